"""Values made of parts that were checked before: a page of fifty would spend more time on checks than on its rows."""

from __future__ import annotations

from typing import Any

__all__ = ["draft_of"]


def draft_of(kind: Any) -> Any:
    """Make a class whose bare instances can be written to, and then become a frozen `kind` by their `__class__`.

    It takes a sixth of the time of the checks, converters and keywords of `kind` itself. Only for parts that come from
    a value of ours, or from a row that one was written to; every field has to be set. `kind` must have been made with
    `weakref_slot=False`, since the two must be laid out alike.
    """
    return type(f"{kind.__name__}Draft", (), {"__slots__": kind.__slots__})
