"""Times as people read them, in the business's own time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from attrs import frozen
from markupsafe import Markup

__all__ = ["Times"]

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@frozen
class Times:
    """How times read at one moment in one time zone.

    Words by the day, not by the minute: a page that stays open does not grow wrong.
    """

    now: datetime
    zone: tzinfo

    def short(self, at: datetime) -> Markup:
        """A time in a list: `14:05`, `Yesterday`, `Mon`, `3 Nov`."""
        day = self.day(at)
        age = (self.day(self.now) - day).days
        if age <= 0:
            words = self._clock(at)
        elif age == 1:
            words = "Yesterday"
        elif age < 7:
            words = _DAYS[day.weekday()][:3]
        else:
            words = self._date(day, _MONTHS[day.month - 1][:3])
        return self._time(at, words)

    def clock(self, at: datetime) -> Markup:
        """A time under its day's heading: `14:05`."""
        return self._time(at, self._clock(at))

    def full(self, at: datetime) -> Markup:
        """A time that stands alone: `Today 14:05`, `Mon 14:05`, `3 Nov 14:05`."""
        day = self.day(at)
        age = (self.day(self.now) - day).days
        words = {0: "Today", 1: "Yesterday"}.get(max(age, 0)) or (
            _DAYS[day.weekday()][:3] if age < 7 else self._date(day, _MONTHS[day.month - 1][:3])
        )
        return self._time(at, f"{words} {self._clock(at)}")

    def day(self, at: datetime) -> date:
        """The day on which it happened here."""
        return at.astimezone(self.zone).date()

    def day_label(self, day: date) -> str:
        """A day's heading: `Today`, `Yesterday`, `Monday 3 November`."""
        today = self.day(self.now)
        if day >= today:
            return "Today"
        if day == today - timedelta(days=1):
            return "Yesterday"
        return f"{_DAYS[day.weekday()]} {self._date(day, _MONTHS[day.month - 1])}"

    def _date(self, day: date, month: str) -> str:
        year = "" if day.year == self.day(self.now).year else f" {day.year}"
        return f"{day.day} {month}{year}"

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%H:%M}"

    def _time(self, at: datetime, words: str) -> Markup:
        here = at.astimezone(self.zone)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            here.isoformat(timespec="seconds"),
            f"{here.day} {_MONTHS[here.month - 1]} {here.year}, {here:%H:%M}",
            words,
        )
