"""What a message's text may be (M5)."""

from __future__ import annotations

import unicodedata

from jobthreads.errors import EmptyText, InvalidInput, TextTooLong
from jobthreads.sentences import gettext as _

__all__ = ["LONGEST_TEXT", "message_text", "one_line"]

LONGEST_TEXT = 10_000
"""Characters in a message, at most, after trimming."""


def message_text(text: str, *, field: str = "text") -> str:
    """Give a message's text as it is stored: trimmed, line ends as LF, 1–10,000 characters (M5).

    Raises `EmptyText`, `TextTooLong`, or `InvalidInput` for controls, which no keyboard makes.
    """
    if not isinstance(text, str):
        raise InvalidInput(_("A message is text."), field=field)
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > LONGEST_TEXT:
        raise TextTooLong(field=field, length=len(text), limit=LONGEST_TEXT)
    categories = set(map(unicodedata.category, set(text) - {"\n", "\t"}))
    if categories & {"Cc", "Cs"}:
        raise InvalidInput(
            _("The message holds signs that cannot be shown (control characters)."),
            field=field,
            hint=_("Remove them, or paste the text as plain text."),
        )
    if categories <= {"Cf", "Zs", "Zl", "Zp", "Cn", "Co"}:
        raise EmptyText(field=field)
    return text


def one_line(text: str) -> str:
    """Fold a host's label (a name, title or status) to one line without controls, at most 500 characters."""
    kept = "".join(" " if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} else sign for sign in str(text))
    return " ".join(kept.split())[:500]
