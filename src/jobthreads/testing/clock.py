"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["MONDAY", "Clock"]

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Where a `Clock` stands if nothing else is said: a Monday morning."""


class Clock:
    """Give it as `clock=`: it answers the same time until `advance` or `set` moves it."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self._now = start

    def __call__(self) -> datetime:
        """The time at which the clock stands."""
        return self._now

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> datetime:
        """Move the clock forward, or back by a negative number, and give the new time."""
        self._now += timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        return self._now

    def set(self, now: datetime) -> datetime:
        """Put the clock to this aware time."""
        if now.utcoffset() is None:
            raise ValueError("A clock shows aware times.")
        self._now = now
        return now
