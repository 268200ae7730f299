"""What every storage refuses before it touches anything."""

from __future__ import annotations

import re
from datetime import datetime

__all__ = ["aware", "is_key", "safe_key", "span"]

# No dot, slash, sign or capital: no path, option or second spelling can be made of it, on any file system.
_KEY = re.compile(r"[a-z0-9]{16,64}")


def is_key(text: str) -> bool:
    """Tell whether a storage would take this as a key."""
    return _KEY.fullmatch(text) is not None


def safe_key(key: str) -> str:
    """Give the key back, or raise `ValueError`; its text stands in no error, since it may be hostile."""
    if not (isinstance(key, str) and is_key(key)):
        raise ValueError("A storage key has 16 to 64 small letters and digits, and nothing else.")
    return key


def span(start: int, end: int | None) -> None:
    """Raise `ValueError` unless `start` and `end` are a range of bytes."""
    if start < 0 or (end is not None and end < start):
        raise ValueError("A range of bytes begins at 0 or later, and does not end before it begins.")


def aware(time: datetime) -> datetime:
    """Give the time back, or raise `ValueError` if it has no offset."""
    if time.utcoffset() is None:
        raise ValueError("A storage compares aware times only.")
    return time
