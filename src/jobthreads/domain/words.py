"""The words of a text, by which entries are found: made here, once, the same for every database (J12)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["LONGEST_WORD", "distinct_words", "words_of"]

LONGEST_WORD = 60
"""Letters and digits by which a word is told from others; what follows does not count."""


_WORD = re.compile(r"[^\W_]+")
"""Letters and digits: what `str.isalnum` takes for such."""


def words_of(text: str) -> list[str]:
    """Give the words of a text in their order: runs of letters and digits, blind to case, accents and spelling forms.

    `"Größe ﬁx №5"` has the words `grosse`, `fix`, `no5`.
    """
    plain = _without_marks(_without_marks(text).casefold())
    return _WORD.findall(plain)


def distinct_words(texts: Iterable[str]) -> tuple[str, ...]:
    """Give each word of these texts once, cut at `LONGEST_WORD`, in the order of their first appearance."""
    return tuple(dict.fromkeys([word[:LONGEST_WORD] for word in words_of(" ".join(texts))]))


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in plain if not unicodedata.category(sign).startswith("M"))
