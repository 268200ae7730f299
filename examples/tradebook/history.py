"""Weeks of conversation about the planned jobs and quotes, written through jobthreads' own doors."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count

from attrs import define, field, frozen

import jobthreads as jt
from tradebook.plan import PlannedJob, PlannedQuote, talked_about
from tradebook.samples import sample_file
from tradebook.talk import FRESH, LATER, QUOTE_TALK

OFFICE = ("kim", "priya", "tom", "priya", "kim")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@define
class Clock:
    """The time that jobthreads believes it is, while the past is written."""

    now: datetime

    def __call__(self) -> datetime:
        """Give it."""
        return self.now


@frozen
class Sample:
    """A planned job or quote, and the host's record that was made of it, as jobthreads knows it."""

    planned: PlannedJob | PlannedQuote
    record: jt.Job | jt.Quote


@frozen
class _Event:
    """One line of one record's history, at its time."""

    at: datetime
    order: int
    sample: Sample
    line: str


@define(kw_only=True)
class History:
    """Writes what was said about the samples.

    Attributes:
        staff: by their short names, as in `company.STAFF`.
        clients: by the host's ids.
        keep_answer: writes one form's answer into the host's own table: of which job, the form, the field, the value.
    """

    samples: list[Sample]
    staff: Mapping[str, jt.Staff]
    clients: Mapping[str, jt.Client]
    keep_answer: Callable[[str, str, str, str], None]
    rng: random.Random
    now: datetime
    _order: count[int] = field(factory=count, init=False)

    def directory(self, business: jt.Business) -> jt.StaticDirectory:
        """Give a directory that answers from memory, since thousands of lines ask it."""
        return jt.StaticDirectory(
            businesses=[business],
            staff=list(self.staff.values()),
            clients=list(self.clients.values()),
            records=[sample.record for sample in self.samples],
        )

    def write(self, doors: jt.JobThreads, clock: Clock) -> None:
        """Write everything in the order of time; the doors' clock is the one given."""
        events = sorted(self._events(), key=lambda event: (event.at, event.order))
        fresh = self._fresh()
        for event in events:
            clock.now = event.at
            self._happen(doors, event)
        clock.now = self.now - timedelta(hours=6)
        for person in self.staff.values():
            doors.bell.mark_read(person)
        self._clients_read(doors)
        for event in fresh:
            clock.now = event.at
            self._happen(doors, event)

    def _events(self) -> list[_Event]:
        events: list[_Event] = []
        for place, sample in enumerate(self.samples):
            planned = sample.planned
            if isinstance(planned, PlannedQuote):
                if planned.sent_to_portal and place % 3:
                    events += self._timed(sample, self.rng.choice(QUOTE_TALK))
                continue
            if not talked_about(place):
                continue
            lines = planned.work.script
            later = 9 if place % 20 == 3 else self.rng.randrange(3) if place % 2 else 0
            for talk in self.rng.sample(LATER, later):
                lines += talk
            events += self._timed(sample, lines)
        return events

    def _timed(self, sample: Sample, lines: tuple[str, ...]) -> list[_Event]:
        """Spread the lines over working hours, from the record's first day to some hours ago."""
        end = self.now - timedelta(hours=8)
        at = last = sample.planned.at
        step = min(timedelta(hours=30), (end - at) / (len(lines) + 1))
        events: list[_Event] = []
        for line in lines:
            at += step * self.rng.uniform(0.05, 1.0)
            last = max(last + timedelta(minutes=1), self._working_hour(at, end))
            events.append(_Event(last, next(self._order), sample, line))
        return events

    def _working_hour(self, at: datetime, end: datetime) -> datetime:
        if 7 <= at.hour < 19:
            return at
        moved = at.replace(hour=7 + at.hour % 11)
        return moved if moved < end else at

    def _fresh(self) -> list[_Event]:
        """What clients wrote in the last hours, unread as yet; the newest on a job of the Tradie."""
        jobs = [sample for sample in self.samples if isinstance(sample.planned, PlannedJob)]
        talked = [sample for place, sample in enumerate(jobs) if talked_about(place)]
        of_the_tradie = next(sample for sample in reversed(talked[:-4]) if _crew(sample) == ("jess",))
        return [
            _Event(self.now - timedelta(minutes=300 - 85 * place), next(self._order), sample, f"C {text}")
            for place, (sample, text) in enumerate(
                zip([talked[-2], talked[-11], talked[-17], of_the_tradie], FRESH, strict=True)
            )
        ]

    def _happen(self, doors: jt.JobThreads, event: _Event) -> None:
        record, number = event.sample.record, event.sample.planned.number
        kind, _, text = event.line.partition(" ")
        scope, client = record.scope, self.clients[record.client_id]
        writer = self.staff[OFFICE[number % len(OFFICE)]]
        hand = self.staff[min(_crew(event.sample), default="tom")]
        text = text.format(
            first=client.name.split(maxsplit=1)[0],
            day=DAYS[number % len(DAYS)],
            mate=hand.name.split()[0],
            finance="Olive",
            number=20000 + number,
            title=record.title.lower(),
        )
        if kind == "C":
            doors.portal.reply(client, scope, text)
        elif kind == "S":
            doors.staff.reply(writer, scope, text)
        elif kind == "N":
            doors.staff.note(writer, scope, text)
        elif kind.startswith("+"):
            self._attach(doors, scope, client if kind == "+C" else writer, text, record.title, shown=kind == "+S")
        elif kind == "=":
            self._status(doors, record, text, by=hand if text in {"In progress", "Completed"} else writer)
        else:
            form, *answers = text.split("|")
            changes = dict(answer.split("=", 1) for answer in answers)
            for name, value in changes.items():
                self.keep_answer(record.id, form, name, value)
            doors.record.form_saved(record.business_id, scope, form=form, changes=changes, by=hand)

    def _attach(
        self, doors: jt.JobThreads, scope: jt.Scope, by: jt.Client | jt.Staff, name: str, title: str, *, shown: bool
    ) -> None:
        file = BytesIO(sample_file(name, title))
        if isinstance(by, jt.Client):
            doors.portal.attach(by, scope, file, name=name)
        else:
            visibility = jt.Visibility.VISIBLE if shown else jt.Visibility.INTERNAL
            doors.staff.attach(by, scope, file, name=name, visibility=visibility)

    def _status(self, doors: jt.JobThreads, record: jt.Job | jt.Quote, new: str, *, by: jt.Staff) -> None:
        before = {"Booked": "Quoted", "In progress": "Booked", "Completed": "In progress"}
        doors.record.status_changed(record.business_id, record.scope, old=before[new], new=new, by=by)

    def _clients_read(self, doors: jt.JobThreads) -> None:
        """Let most clients have seen what was written to them."""
        for place, client in enumerate(self.clients.values()):
            for record in doors.portal.records(client, limit=200).items:
                if record.unread and (place % 4 or record.scope.kind is jt.ScopeKind.QUOTE):
                    newest = doors.portal.conversation(client, record.scope, limit=1).entries.items[0]
                    doors.portal.mark_read(client, record.scope, upto=newest.id)


def _crew(sample: Sample) -> tuple[str, ...]:
    return sample.planned.crew if isinstance(sample.planned, PlannedJob) else ()
