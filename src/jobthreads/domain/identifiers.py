"""What an id may be: the host's own, ours, and the one a caller gives to a request."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from jobthreads.errors import InvalidInput, Misconfigured, NotFound
from jobthreads.sentences import gettext as _

if TYPE_CHECKING:
    import attrs

__all__ = ["LONGEST_ID", "check_host_id", "check_request_id", "entry_id_from", "is_host_id", "one_of"]

LONGEST_ID = 200
"""Characters in a host id and in a request id, at most."""

_UNFIT = {"Cc", "Cs", "Zs", "Zl", "Zp"}


def is_host_id(value: object) -> bool:
    """Tell whether `value` can name a host's record or person: 1–200 characters that an address can carry."""
    return (
        isinstance(value, str)
        and 1 <= len(value) <= LONGEST_ID
        and value not in {".", ".."}
        and not any(sign in "/\\" or unicodedata.category(sign) in _UNFIT for sign in value)
    )


def check_host_id(instance: Any, attribute: attrs.Attribute[Any], value: object) -> None:
    """Refuse a host id that no address can carry (an attrs validator); raises `Misconfigured`."""
    if not is_host_id(value):
        raise Misconfigured(
            f"{type(instance).__name__}.{attribute.name} is {value!r:.80}: an id is a string of 1 to {LONGEST_ID} "
            "characters without '/', '\\', white space or controls, and not '.' or '..'.",
            hint="Give str(primary_key).",
        )


def check_request_id(request_id: str | None) -> str | None:
    """Give the request id back if it can be stored (1–200 characters); raises `InvalidInput`."""
    if request_id is None:
        return None
    fits = isinstance(request_id, str) and 1 <= len(request_id) <= LONGEST_ID
    if not fits or not {"Cc", "Cs"}.isdisjoint(map(unicodedata.category, request_id)):
        raise InvalidInput(
            _("A request id is a string of 1 to %(most)s characters without controls.", most=LONGEST_ID),
            field="request_id",
        )
    return request_id


W = TypeVar("W", bound=StrEnum)


def one_of(words: type[W], value: str, *, field: str) -> W:
    """Read one of an enum's words; raises `InvalidInput`, which names the words there are."""
    if isinstance(value, words):
        return value
    try:
        return words(value)
    except ValueError:
        raise InvalidInput(
            f"{field} is {str(value)!r:.40}.", field=field, hint=f"One of: {', '.join(words)}."
        ) from None


def entry_id_from(value: UUID | str) -> UUID:
    """Read an entry's id, given as a UUID or its text; raises `NotFound` for anything else (S2)."""
    if isinstance(value, UUID):
        return value
    try:
        return UUID(value)
    except (AttributeError, TypeError, ValueError):
        raise NotFound from None
