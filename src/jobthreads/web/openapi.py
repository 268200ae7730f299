"""The OpenAPI 3.1 document, made from the table of routes and the attrs classes, so that it cannot fall behind."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs

from jobthreads.domain.entries import EntryKind
from jobthreads.domain.paging import Page
from jobthreads.domain.records import Job, Quote, Scope
from jobthreads.domain.search import LONGEST_QUERY
from jobthreads.web.routes import Face, Route

__all__ = ["document"]

_PARAMETERS: dict[str, dict[str, Any]] = {
    "cursor": {"description": "`next` of the page before.", "schema": {"type": "string"}},
    "limit": {
        "description": "Lines on a page.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    },
    "unread": {"description": "Only unread conversations, if given.", "schema": {"const": "1"}},
    "client": {"description": "A client's id.", "schema": {"type": "string"}},
    "text": {"description": "What to search the clients for.", "schema": {"type": "string"}},
    "type": {
        "description": "Only entries of these kinds.",
        "schema": {"type": "array", "items": {"$ref": "#/components/schemas/EntryKind"}},
    },
    "q": {
        "description": "Words that must all be there; the last may be the beginning of one.",
        "schema": {"type": "string", "maxLength": LONGEST_QUERY},
    },
    "scope": {"description": "Only on this record, as `job:1042`.", "schema": {"type": "string"}},
    "author": {"description": "Only entries of this author, as `client:c1`.", "schema": {"type": "string"}},
}

_SCOPE = {
    "type": "string",
    "description": "A record, as `job:1042` or `quote:88`.",
    "pattern": "^(job|quote):.+$",
}
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    bytes: {},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    Scope: _SCOPE,
    type(None): {"type": "null"},
    Any: {},
}
_PROBLEM = {
    "type": "object",
    "description": "An RFC 9457 problem.",
    "required": ["type", "title", "status", "detail", "hint", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong."},
        "hint": {"type": "string", "description": "What to do next."},
        "code": {"type": "string", "description": "A stable word for programs."},
        "field": {"type": "string", "description": "Which field cannot be used."},
        "file_name": {"type": "string", "description": "Which file was refused."},
        "seems": {"type": "string", "description": "What type the refused file looks like."},
        "limit": {"type": "integer"},
        "length": {"type": "integer"},
        "retry_after": {"type": "integer", "description": "Seconds."},
    },
}


_BINARY = {"type": "string", "contentMediaType": "application/octet-stream", "description": "The file."}
_FILE_ANSWERS = {
    "200": {"description": "The file, as an attachment.", "content": {"*/*": {"schema": {}}}},
    "206": {"description": "The range that was asked for.", "content": {"*/*": {"schema": {}}}},
    "416": {"description": "The file has no such range."},
}


def document(side: str, routes: tuple[Route, ...], server: str) -> dict[str, Any]:
    """Describe the API of one mount; `server` is the mount's address."""
    schemas = _Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        if route.face is Face.API:
            where = "/" + route.path.replace("<", "{").replace(">", "}")
            paths.setdefault(where, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"jobthreads, {side}", "version": "1"},
        "servers": [{"url": server.rstrip("/") or "/"}],
        "paths": paths,
        "components": {"schemas": {**dict(sorted(schemas.named.items())), "Problem": _PROBLEM}},
    }


def _operation(route: Route, schemas: _Schemas) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string"}}
        for part in route.path.split("/")
        if part.startswith("<")
    ]
    if "type" in route.query:
        schemas.of(EntryKind)
    parameters += [{"name": name, "in": "query", **_PARAMETERS[name]} for name in route.query]
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    found: dict[str, Any] = {
        "operationId": "_".join(filter(None, (route.name, route.records))),
        "summary": route.summary,
        "parameters": parameters,
        "responses": {
            str(route.status): {
                "description": "Done.",
                "content": {"application/json": {"schema": schemas.of(route.answer)}},
            },
            "default": {"description": "Refused; nothing was changed.", "content": problem},
        },
    }
    if route.answer is bytes:
        found["responses"] |= _FILE_ANSWERS
    elif route.method == "GET":
        found["responses"]["304"] = {"description": "Nothing has changed since the ETag in If-None-Match."}
    if route.upload:
        found["requestBody"] = {
            "required": True,
            "content": {"multipart/form-data": {"schema": schemas.upload(route.body)}},
        }
    elif route.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas.of(route.body, closed=True)}},
        }
    return found


class _Schemas:
    """The JSON Schemas of our values, each named once."""

    def __init__(self) -> None:
        self.named: dict[str, Any] = {}

    def of(self, kind: Any, *, closed: bool = False) -> dict[str, Any]:
        """The schema of a type; `closed` for what we take, where an unknown field is refused."""
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        origin, inner = get_origin(kind), get_args(kind)
        if origin in {Union, types.UnionType}:
            return {"anyOf": [self.of(one) for one in inner]}
        if origin is tuple:
            return {"type": "array", "items": self.of(inner[0])}
        if origin in {Mapping, dict}:
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        if origin is Page:
            return self._named(f"PageOf{inner[0].__name__}", lambda: self._page(inner[0]))
        if issubclass(kind, StrEnum):
            return self._named(kind.__name__, lambda: {"type": "string", "enum": [one.value for one in kind]})
        return self._named(kind.__name__, lambda: self._value(kind, closed))

    def upload(self, kind: Any) -> dict[str, Any]:
        """The schema of a form: the fields of a type, and one file."""
        fields = self._value(kind, closed=True)
        return {
            **fields,
            "required": ["file", *fields["required"]],
            "properties": {"file": _BINARY, **fields["properties"]},
        }

    def _named(self, name: str, make: Any) -> dict[str, Any]:
        if name not in self.named:
            self.named[name] = {}
            self.named[name] = make()
        return {"$ref": f"#/components/schemas/{name}"}

    def _page(self, line: Any) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["items", "next"],
            "properties": {
                "items": {"type": "array", "items": self.of(line)},
                "next": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            },
        }

    def _value(self, kind: Any, closed: bool) -> dict[str, Any]:
        hints = get_type_hints(kind)
        fields = [field for field in attrs.fields(kind) if not isinstance(hints[field.name], TypeVar)]
        found: dict[str, Any] = {
            "type": "object",
            "required": [field.name for field in fields if not closed or field.default is attrs.NOTHING],
            "properties": {field.name: self.of(hints[field.name]) for field in fields},
        }
        if kind in {Job, Quote}:
            found["properties"]["kind"] = {"const": kind.__name__.lower()}
            found["required"].append("kind")
        if closed:
            found["additionalProperties"] = False
        return found
