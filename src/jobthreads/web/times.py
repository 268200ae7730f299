"""Times as people read them, in the business's own time zone."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from attrs import field, frozen
from markupsafe import Markup, escape

from jobthreads.sentences import Sentence, pgettext
from jobthreads.sentences import gettext as _
from jobthreads.web.language import ENGLISH, Language

__all__ = ["Times"]

_DAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
_SHORT_DAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
_MONTHS = (
    *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
    *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
)
_SHORT_MONTHS = (
    *(pgettext("short month", "Jan"), pgettext("short month", "Feb"), pgettext("short month", "Mar")),
    *(pgettext("short month", "Apr"), pgettext("short month", "May"), pgettext("short month", "Jun")),
    *(pgettext("short month", "Jul"), pgettext("short month", "Aug"), pgettext("short month", "Sep")),
    *(pgettext("short month", "Oct"), pgettext("short month", "Nov"), pgettext("short month", "Dec")),
)


@frozen
class Times:
    """How times read at one moment in one time zone and one language.

    Words by the day, not by the minute: a page that stays open does not grow wrong.
    """

    now: datetime
    zone: tzinfo
    language: Language = ENGLISH
    _said: dict[tuple[str, date], str] = field(factory=dict, init=False, repr=False, eq=False)
    """What was said of a day, since many rows are of one day."""

    def short(self, at: datetime) -> Markup:
        """A time in a list: `14:05`, `Yesterday`, `Mon`, `3 Nov`."""
        here = at.astimezone(self.zone)
        return self._time(here, _clock(here) if self._age(here.date()) <= 0 else self._words(here.date()))

    def clock(self, at: datetime) -> Markup:
        """A time under its day's heading: `14:05`."""
        here = at.astimezone(self.zone)
        return self._time(here, _clock(here))

    def full(self, at: datetime) -> Markup:
        """A time that stands alone: `Today 14:05`, `Mon 14:05`, `3 Nov 14:05`."""
        here = at.astimezone(self.zone)
        # Translators: such as "Today 14:05" and "3 Nov 14:05".
        return self._time(
            here, self.language.say(_("%(day)s %(time)s", day=self._words(here.date()), time=_clock(here)))
        )

    def day(self, at: datetime) -> date:
        """The day on which it happened here."""
        return at.astimezone(self.zone).date()

    def day_label(self, day: date) -> str:
        """A day's heading: `Today`, `Yesterday`, `Monday 3 November`."""
        if self._age(day) <= 1:
            return self._words(day)
        # Translators: such as "Monday 3 November".
        return self.language.say(_("%(weekday)s %(date)s", weekday=_DAYS[day.weekday()], date=self._date(day, _MONTHS)))

    def _age(self, day: date) -> int:
        return (self.day(self.now) - day).days

    def _words(self, day: date) -> str:
        """A day in a list: `Today`, `Yesterday`, `Mon`, `3 Nov`."""
        known = self._said.get(("short", day))
        if known is None:
            age = self._age(day)
            said = _SHORT_DAYS[day.weekday()] if age < 7 else self._date(day, _SHORT_MONTHS)
            if age <= 1:
                said = _("Yesterday") if age == 1 else _("Today")
            known = self._said["short", day] = self.language.say(said)
        return known

    def _date(self, day: date, months: tuple[Sentence, ...]) -> Sentence:
        month = months[day.month - 1]
        if day.year == self.day(self.now).year:
            # Translators: such as "3 November" and "3 Nov".
            return _("%(day)s %(month)s", day=day.day, month=month)
        return _("%(day)s %(month)s %(year)s", day=day.day, month=month, year=str(day.year))

    def _time(self, here: datetime, words: str) -> Markup:
        day = here.date()
        whole = self._said.get(("whole", day))
        if whole is None:
            facts = {"day": day.day, "month": _MONTHS[day.month - 1], "year": str(day.year)}
            whole = self._said["whole", day] = self.language.say(_("%(day)s %(month)s %(year)s", **facts))
        # Translators: such as "3 November 2026, 14:05".
        title = self.language.say(_("%(date)s, %(time)s", date=whole, time=_clock(here)))
        at = here.isoformat(timespec="seconds")
        return Markup(f'<time datetime="{at}" title="{escape(title)}">{escape(words)}</time>')  # noqa: S704 - escaped


def _clock(here: datetime) -> str:
    return f"{here:%H:%M}"
