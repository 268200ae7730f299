"""One page of a list, and the opaque cursor that names the next."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Generic, TypeVar

from attrs import frozen

from jobthreads.errors import InvalidInput
from jobthreads.sentences import gettext as _

__all__ = ["Page", "check_limit", "cursor_from", "cursor_to"]

T = TypeVar("T")


@frozen(kw_only=True)
class Page(Generic[T]):
    """One page of a list.

    `items` stand in the list's order; `next` is the cursor of the following page, None on the last.
    """

    items: tuple[T, ...]
    next: str | None = None


def check_limit(limit: int) -> int:
    """Give a page's length back if it is 1–200; raises `InvalidInput`."""
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= 200:
        raise InvalidInput(_("A page holds 1 to 200 lines."), field="limit", hint=_("Ask for 1 to 200."))
    return limit


_written, _read = json.JSONEncoder(separators=(",", ":")).encode, json.JSONDecoder().decode


def cursor_to(*place: str | int) -> str:
    """Write the place after which the next page begins as one opaque word."""
    return base64.urlsafe_b64encode(_written(place).encode()).decode().rstrip("=")


def cursor_from(cursor: str, *kinds: type) -> list[str | int]:
    """Read what `cursor_to` wrote, one value of each of `kinds`; raises `InvalidInput` for anything else."""
    try:
        place = _read(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode())
    except (AttributeError, UnicodeError, binascii.Error, ValueError, RecursionError):
        place = None
    if not isinstance(place, list) or len(place) != len(kinds) or not all(map(_fits, place, kinds)):
        raise InvalidInput(
            _("This place in the list is not known."), field="cursor", hint=_("Begin again at the first page.")
        )
    return place


def _fits(value: object, kind: type) -> bool:
    if type(value) is not kind:
        return False
    return 0 <= value < 2**63 if isinstance(value, int) else isinstance(value, str) and value.isprintable()
