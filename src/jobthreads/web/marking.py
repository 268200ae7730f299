"""The words that were searched for, marked in a text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from markupsafe import Markup

from jobthreads.domain.search import Query
from jobthreads.domain.words import words_of

__all__ = ["excerpt", "marked", "touched"]

_EXCERPT = 180
_LEAD = 40
"""Characters before the first found word, so that it stands in sight."""


def excerpt(text: str, query: Query) -> Markup:
    """Fold a text to one line around the first word that was searched for, at most 180 characters, marked."""
    line = " ".join(text.split())
    first = next((begin for begin, end in _runs(line) if touched(line[begin:end], query)), 0)
    begin = line.rfind(" ", 0, first - _LEAD) + 1 if first > _LEAD and len(line) > _EXCERPT else 0
    begin = first if first - begin > 2 * _LEAD else begin
    end = len(line)
    if end - begin > _EXCERPT:
        end = line.rfind(" ", first + 1, begin + _EXCERPT)
        end = begin + _EXCERPT if end < 0 else end
    shown = marked(line[begin:end], query)
    return Markup("{}{}{}").format("…" if begin else "", shown, "…" if end < len(line) else "")


def marked(text: str, query: Query) -> Markup:
    """Escape a text, and mark the words in it that were searched for."""
    parts: list[str | Markup] = []
    place = 0
    for begin, end in _runs(text):
        if touched(text[begin:end], query):
            parts += [text[place:begin], Markup('<mark class="jt-mark">{}</mark>').format(text[begin:end])]
            place = end
    return Markup("").join([*parts, text[place:]])


def touched(text: str, query: Query) -> bool:
    """Tell whether a text holds one of the words that were searched for."""
    return any(query.touches(word) for word in words_of(text))


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Where words stand in a text as it was written: runs of letters, digits and their marks."""
    begin: int | None = None
    for place, sign in enumerate(text):
        inside = sign.isalnum() or (not sign.isascii() and _is_part(sign))
        if inside and begin is None:
            begin = place
        elif not inside and begin is not None:
            yield begin, place
            begin = None
    if begin is not None:
        yield begin, len(text)


def _is_part(sign: str) -> bool:
    return unicodedata.category(sign).startswith("M") or bool(words_of(sign))
