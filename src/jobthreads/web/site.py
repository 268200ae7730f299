"""A mount: takes a request for one of its addresses, and gives the answer with its headers."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from attrs import evolve
from markupsafe import Markup

from jobthreads.errors import JobThreadsError, NotFound, Unavailable
from jobthreads.web.http import Request, Response
from jobthreads.web.language import Language
from jobthreads.web.openapi import document
from jobthreads.web.problems import CrossSite, MethodNotAllowed, NotSignedIn, problem, refusal_headers, status_of
from jobthreads.web.rendering import ASSETS
from jobthreads.web.routes import Face, Route
from jobthreads.web.security import HEADERS, Kind, check_same_site
from jobthreads.web.visit import Answer, Place, Surroundings, Visit

__all__ = ["Shell", "Site"]

Shell = Callable[[Any, str, Markup], str]
"""Takes the framework's request, a title and content, and gives the host's whole page with them in it."""

_log = logging.getLogger("jobthreads.web")
_SAFE = {"GET", "HEAD", "OPTIONS"}
_BRIEF = {Face.API, Face.DOCUMENT, Face.ASSET, Face.PICTURE}
"""Faces that are refused with a problem, not with a page."""


class Site:
    """One mount. `PortalSite` and `StaffSite` say who asks, and what answers.

    Args:
        here: the doors, and how pages look.
        person: takes the framework's request and gives who asks, or None.
        shell: puts content into the host's page; None for our plain shell.
    """

    side: ClassVar[str]
    routes: ClassVar[tuple[Route, ...]]
    pages: ClassVar[object]
    """What answers with pages, one method a route."""
    api: ClassVar[object]
    """What answers with values, one method a route."""
    paths: ClassVar[tuple[str, ...]]
    """Every address below the mount, with its parameters as `<id>`, for the adapter to hang up."""
    _table: ClassVar[Mapping[str, Mapping[str, Route]]]

    def __init_subclass__(cls) -> None:
        table: dict[str, dict[str, Route]] = {}
        for route in cls.routes:
            table.setdefault(route.path, {})[route.method] = route
        cls._table, cls.paths = table, tuple(table)

    def __init__(self, here: Surroundings, *, person: Callable[[Any], Any], shell: Shell | None = None) -> None:
        self.here = here
        self._person = person
        self._shell = shell

    @classmethod
    def name_of(cls, path: str) -> str:
        """One word for an address, the same in every version: `inbox`, `api_conversation_job`."""
        route = next(iter(cls._table[path].values()))
        face = "api" if route.face is Face.API else ""
        return "_".join(filter(None, (face, route.name, route.records)))

    @classmethod
    def change_at(cls, path: str) -> Route | None:
        """The route that takes a change at this address, if one does."""
        return cls._table[path].get("POST")

    def answer(self, path: str, args: Mapping[str, str], request: Request) -> Response:
        """Answer a request for one of `paths`."""
        methods = self._table[path]
        allowed = tuple(sorted({*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}))
        route = methods.get("GET" if request.method == "HEAD" else request.method)
        face = next(iter(methods.values())).face
        if route is None:
            if request.method == "OPTIONS":
                headers = (("Allow", ", ".join(allowed)), *HEADERS[Kind.API].items())
                return Response(status=204, headers=headers)
            return self._refusal(MethodNotAllowed(allowed), face, request)
        visit = Visit(request=request, route=route, args=args, here=self.here, person=None)
        try:
            if request.method not in _SAFE and request.guard is None:
                check_same_site(request)
            response = self._answered(visit)
        except JobThreadsError as error:
            _note(error, visit)
            response = self._refusal(error, face, request)
        except Exception as trouble:
            if face is not Face.ENTER:
                raise
            # Whoever answered for us would log, mail or show the address, which holds a link's token.
            unanswered = Unavailable()
            unanswered.__cause__ = trouble
            _note(unanswered, visit)
            response = self._refusal(unanswered, face, request)
        return response.without_body() if request.method == "HEAD" else response

    def _answered(self, visit: Visit[Any]) -> Response:
        route, request = visit.route, visit.request
        if route.face is Face.ASSET:
            return self._asset(visit.args["name"])
        if route.face is Face.DOCUMENT:
            return _json(200, document(self.side, self.routes, f"{request.mount}/"), Kind.API)
        if route.signed_in:
            person = self.who(request)
            if person is None:
                if route.face in _BRIEF or request.is_fragment:
                    raise NotSignedIn
                return self._finished(visit.see(self.here.threads.settings.sign_in_url), visit)
            visit = evolve(visit, person=person)
        answering = self.api if route.face is Face.API else self.pages
        try:
            if request.guard is not None and request.method not in _SAFE:
                request.guard()
            answer = getattr(answering, route.name)(visit)
        except JobThreadsError as error:
            if route.face in _BRIEF:
                raise
            _note(error, visit)
            # It may be a form of ours, sent too late: what was typed into it is not lost (S6).
            typed = request.read_form().get("text") if isinstance(error, CrossSite) else ""
            answer = visit.refused(error, text=typed)
        return self._finished(answer, visit)

    def who(self, request: Request) -> Any:
        """Who asks: a `Staff` or a `Client`, or None."""
        return self._person(request.native)

    def places(self, visit: Visit[Any]) -> tuple[Place, ...]:  # noqa: ARG002 - for the mounts to fill
        """The navigation of our own shell."""
        return ()

    def _finished(self, answer: Answer, visit: Visit[Any]) -> Response:
        face, request = visit.route.face, visit.request
        if answer.file is not None:
            return answer.file
        if answer.location is not None:
            kind = Kind.ENTER if face is Face.ENTER else Kind.REDIRECT
            headers = (("Location", answer.location), *answer.headers, *HEADERS[kind].items())
            return Response(status=answer.status, headers=headers)
        conditional = answer.projection is not None and request.method in {"GET", "HEAD"}
        headers = answer.headers
        if conditional and (face is Face.API or request.is_fragment):
            etag = visit.etag(answer.projection)
            headers = (*headers, ("ETag", etag))
            asked = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
            if etag in asked:
                kind = Kind.API if face is Face.API else Kind.FRAGMENT
                return Response(status=304, headers=(*headers, *HEADERS[kind].items()))
        if face is Face.API:
            return _json(answer.status, self.here.converter.unstructure(answer.value), Kind.API, headers)
        return self._page(answer, headers, visit)

    def _page(self, answer: Answer, headers: tuple[tuple[str, str], ...], visit: Visit[Any]) -> Response:
        content = answer.content if answer.content is not None else Markup("")
        request = visit.request
        if request.is_fragment:
            return _html(answer.status, content, Kind.FRAGMENT, headers)
        # A host's page may load scripts of others, and an enter page's address is a secret: it stays in our shell.
        if self._shell is not None and visit.route.face is not Face.ENTER:
            return _html(answer.status, self._shell(request.native, answer.title, content), Kind.HOSTED, headers)
        text = self.here.rendering.render(
            "shell.html",
            {
                "title": answer.title,
                "content": content,
                "assets": self.here.rendering.asset_tags(request.mount, visit.language),
                "side": self.side,
                "places": self.places(visit),
            },
            visit.language,
        )
        return _html(answer.status, text, Kind.ENTER if visit.route.face is Face.ENTER else Kind.PAGE, headers)

    def _refusal(self, error: JobThreadsError, face: Face, request: Request) -> Response:
        """Answer a refusal that no page caught."""
        if face in _BRIEF:
            return self._problem(error, self.here.language(request.native))
        route = Route(method=request.method, path="", name="", summary="", face=face)
        visit = Visit(request=request, route=route, args={}, here=self.here, person=None)
        answer = visit.refused(error)
        return self._page(answer, answer.headers, visit)

    def _problem(self, error: JobThreadsError, language: Language) -> Response:
        shown = problem(error, language)
        body = {name: getattr(shown, name) for name in ("type", "title", "status", "detail", "hint", "code")}
        body |= self.here.converter.unstructure(dict(shown.facts))
        return _json(shown.status, body, Kind.API, refusal_headers(error), "application/problem+json")

    def _asset(self, name: str) -> Response:
        if name not in ASSETS:
            raise NotFound
        headers = (("Content-Type", ASSETS[name]), *HEADERS[Kind.ASSET].items())
        return Response(headers=headers, body=self.here.rendering.assets[name])

    def refused(self, path: str, error: JobThreadsError, request: Request) -> Response:
        """Answer a refusal that the adapter met before us."""
        return self._refusal(error, next(iter(self._table[path].values())).face, request)


def _note(error: JobThreadsError, visit: Visit[Any]) -> None:
    """Log what the operator has to know: the route and the kind of error, never an id, a token or a text."""
    if status_of(error) >= 500:
        _log.error("%s %s: %s", visit.request.method, visit.route.path, type(error).__name__, exc_info=error)
    else:
        _log.info("%s %s refused: %s", visit.request.method, visit.route.path, error.code)


def _html(status: int, text: str, kind: Kind, headers: tuple[tuple[str, str], ...]) -> Response:
    headers = (("Content-Type", "text/html; charset=utf-8"), *headers, *HEADERS[kind].items())
    return Response(status=status, headers=headers, body=text.encode("utf-8", "replace"))


def _json(
    status: int,
    data: Any,
    kind: Kind,
    headers: tuple[tuple[str, str], ...] = (),
    media_type: str = "application/json",
) -> Response:
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(status=status, headers=(("Content-Type", media_type), *headers, *HEADERS[kind].items()), body=body)
