"""Times as they are kept: whole microseconds since 1970, exact and the same on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["micros", "time_of"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_EXACT = 2**33 * 1_000_000
"""Below it the nearest double is less than half a microsecond away: until the year 2242."""

_at_timestamp = datetime.fromtimestamp


def micros(time: datetime) -> int:
    """A time as whole microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def time_of(value: int) -> datetime:
    """The time that `micros` wrote."""
    if not 0 <= value < _EXACT:
        return _EPOCH + timedelta(microseconds=value)
    return _at_timestamp(value / 1e6, UTC)
