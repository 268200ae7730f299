"""The few XML facts that a proof needs, from a bounded piece of text and without any document type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.parsers import expat

from jobthreads.policies.attachments.verdicts import Damaged

__all__ = ["elements", "root"]


class _Enough(Exception):
    """The parser has told what was asked."""


def _refuse_document_type(*_: object) -> None:
    raise Damaged


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    # Before any entity can be declared: expansion bombs and outside references end here.
    parser.StartDoctypeDeclHandler = _refuse_document_type
    return parser


def elements(text: bytes, see: Callable[[str, Mapping[str, str]], None]) -> None:
    """Show every element of a whole document as "namespace name" and its attributes; none is kept."""
    parser = _parser()
    parser.StartElementHandler = see
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Damaged from error


def root(start: bytes) -> str:
    """Give the root element as "namespace name" from a document's first bytes."""
    found: list[str] = []

    def first(name: str, _: Mapping[str, str]) -> None:
        found.append(name)
        raise _Enough

    parser = _parser()
    parser.StartElementHandler = first
    try:
        parser.Parse(start, False)
    except _Enough:
        return found[0]
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Damaged from error
    raise Damaged
