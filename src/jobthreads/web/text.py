"""A message's text as HTML: escaped, its line breaks kept, its addresses live."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

__all__ = ["linked"]

_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'`]{2,1900}", re.IGNORECASE)
_TRAILING = ".,;:!?…*_~"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def linked(text: str) -> Markup:
    """Escape a text, keep its line breaks, and make links of its web addresses."""
    parts: list[Markup] = []
    place = 0
    for found in _ADDRESS.finditer(text):
        address = _trimmed(found.group())
        if address.lower() in {"http://", "https://", "www."}:
            continue
        target = address if "://" in address else f"https://{address}"
        parts.append(_lines(text[place : found.start()]))
        parts.append(
            Markup('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>').format(target, address)
        )
        place = found.start() + len(address)
    parts.append(_lines(text[place:]))
    return Markup("").join(parts)


def _lines(text: str) -> Markup:
    return Markup("<br>\n").join(escape(line) for line in text.split("\n"))


def _trimmed(address: str) -> str:
    """Leave a sentence's own marks at an address's end out of it."""
    while address and (
        address[-1] in _TRAILING
        or (address[-1] in _PAIRS and address.count(address[-1]) > address.count(_PAIRS[address[-1]]))
    ):
        address = address[:-1]
    return address
