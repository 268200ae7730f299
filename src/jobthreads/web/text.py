"""A message's text as HTML: escaped, its line breaks kept, its addresses live."""

from __future__ import annotations

import re
from collections.abc import Callable

from markupsafe import Markup, escape

from jobthreads.domain.search import Query
from jobthreads.web.marking import marked

__all__ = ["linked"]

_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'`]{2,1900}", re.IGNORECASE)
_TRAILING = ".,;:!?…*_~"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def linked(text: str, found: Query | None = None) -> Markup:
    """Escape a text, keep its line breaks, make links of its web addresses, and mark the words that were `found`."""

    def plain(part: str) -> Markup:
        return marked(part, found) if found else escape(part)

    parts: list[Markup] = []
    place = 0
    for match in _ADDRESS.finditer(text):
        address = _trimmed(match.group())
        if address.lower() in {"http://", "https://", "www."}:
            continue
        target = address if "://" in address else f"https://{address}"
        parts.append(_lines(text[place : match.start()], plain))
        parts.append(
            Markup('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>').format(
                target, plain(address)
            )
        )
        place = match.start() + len(address)
    parts.append(_lines(text[place:], plain))
    return Markup("").join(parts)


def _lines(text: str, plain: Callable[[str], Markup]) -> Markup:
    return Markup("<br>\n").join(plain(line) for line in text.split("\n"))


def _trimmed(address: str) -> str:
    """Leave a sentence's own marks at an address's end out of it."""
    while address and (
        address[-1] in _TRAILING
        or (address[-1] in _PAIRS and address.count(address[-1]) > address.count(_PAIRS[address[-1]]))
    ):
        address = address[:-1]
    return address
