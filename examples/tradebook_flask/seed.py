"""Sample data: a busy trades business, or with `small` a quiet one; the same at every first start."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path

from attrs import define, field, frozen
from sqlalchemy import select
from sqlalchemy.orm import Session

import jobthreads as jt
from jobthreads.adapters.previews import make_preview
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.adapters.storage import LocalStorage
from tradebook_flask import tables as t
from tradebook_flask.database import Database
from tradebook_flask.samples import sample_file
from tradebook_flask.talk import FRESH, LATER, QUOTE_TALK, WORKS, Work
from tradebook_flask.threads import business_of, client_of, record_of, staff_of

COMPANY = "Northside Electrical & Plumbing"
BUSINESS = "northside"

STAFF = (
    ("kim", "Kim Lee", "business_owner"),
    ("priya", "Priya Nair", "admin"),
    ("olive", "Olive Grant", "finance"),
    ("marcus", "Marcus Bell", "sole_trader"),
    ("tom", "Tom Hargrave", "supervisor"),
    ("jess", "Jess Moana", "tradie"),
    ("eddie", "Eddie Walsh", "apprentice"),
)

CLIENTS = (
    ("Dana Reyes", "14 Banksia Street, Northcote"),
    ("Abbott & Sons Bakery", "203 High Street, Thornbury"),
    ("Amir Haddad", "7 Clarke Street, Fairfield"),
    ("Beth Ormond", "31 Rushall Crescent, Fitzroy North"),
    ("Carlos Mendoza", "5 Gillies Street, Fairfield"),
    ("Ella Fitzgibbon", "88 Station Street, Carlton North"),
    ("Farida Khan", "19 Hawthorn Road, Northcote"),
    ("George Papadakis", "2 Union Street, Brunswick"),
    ("Greenleaf Childcare", "61 Separation Street, Northcote"),
    ("Hannah Whitlock", "12 Keele Street, Collingwood"),
    ("Ivan Petrov", "140 Plenty Road, Preston"),
    ("Joan Tanaka", "9 Arthurton Road, Northcote"),
    ("Kestrel Property Management", "Level 2, 410 Smith Street, Collingwood"),
    ("Liam O'Connell", "27 Mitchell Street, Brunswick East"),
    ("Mina Park", "3 Scotchmer Street, Fitzroy North"),
    ("Noor van Dijk", "55 Bastings Street, Northcote"),
    ("Owen Blackwood", "18 Gold Street, Clifton Hill"),
    ("Rosa Lindqvist", "74 Ross Street, Northcote"),
    ("Samuel Adeyemi", "6 Woolton Avenue, Thornbury"),
    ("The Corner Bookshop", "120 Queens Parade, Fitzroy North"),
)

PIPELINES = (
    ("electrical", "Electrical work", True),
    ("plumbing", "Plumbing and gas", True),
    ("maintenance", "Maintenance plans", False),
)

OFFICE = ("kim", "priya", "tom", "priya", "kim")
CREWS = (("jess",), ("jess", "eddie"), ("tom",), ("marcus",), ("tom", "eddie"), ())
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def fill(database: Database, *, files: Path, small: bool) -> None:
    """Write the sample data, unless there is data already: all of it, or after a crash none; no mail is sent for it."""
    rng = random.Random(2026)
    now = datetime.now(UTC).replace(microsecond=0)
    with database.writing() as session:
        if session.scalars(select(t.Business)).first():
            return
        _people(session, clients=4 if small else len(CLIENTS))
        samples = _records(session, rng, now, small=small)
        session.flush()
        if not small:
            _History(session, database.url, files, rng, now).write(samples)


def _people(session: Session, *, clients: int) -> None:
    session.add(t.Business(id=BUSINESS, name=COMPANY, phone="(03) 5550 1870", suburb="Northcote"))
    session.flush()
    session.add_all(t.Staff(id=key, business_id=BUSINESS, name=name, role=role) for key, name, role in STAFF)
    session.add_all(
        t.Pipeline(id=key, business_id=BUSINESS, name=name, client_uploads=on) for key, name, on in PIPELINES
    )
    for number, (name, address) in enumerate(CLIENTS[:clients], start=1):
        words = ("".join(filter(str.isalnum, word)) for word in name.lower().split())
        session.add(
            t.Client(
                id=f"c{number}",
                business_id=BUSINESS,
                name=name,
                email=f"{'.'.join(filter(None, words))}@mail.example",
                phone=f"0491 570 {100 + number}",
                address=address,
                notify_on_replies=number % 9 != 0,
            )
        )
    session.flush()


@frozen
class _Sample:
    """A record, the work it is about, and when it came in."""

    row: t.Job | t.Quote
    work: Work
    at: datetime


def _records(session: Session, rng: random.Random, now: datetime, *, small: bool) -> list[_Sample]:
    clients = list(session.scalars(select(t.Client)).all())
    jobs, quotes = (6, 4) if small else (100, 40)
    samples: list[_Sample] = []
    job_numbers, quote_numbers = count(1001), count(2001)
    for place in range(jobs):
        at = now - timedelta(days=2 + 58 * (jobs - place) / jobs, minutes=rng.randrange(600))
        work = WORKS[place % len(WORKS)] if place < len(WORKS) else rng.choice(WORKS)
        client = clients[place % len(clients)] if small or place % 3 else rng.choice(clients)
        key = str(next(job_numbers))
        age = (now - at).days
        job = t.Job(
            id=key,
            business_id=BUSINESS,
            client_id=client.id,
            pipeline_id=work.pipeline,
            reference=f"J-{key}",
            title=work.title,
            status=_status_of(work, rng, age) if _talked_about(place) else rng.choice(("Enquiry", "Quoted")),
            address=client.address,
            scheduled_on=(at + timedelta(days=rng.randrange(4, 20))).date(),
            created_at=at,
        )
        job.pipeline = session.get_one(t.Pipeline, work.pipeline)
        job.client = client
        job.assigned = [session.get_one(t.Staff, person) for person in CREWS[place % len(CREWS)]]
        session.add(job)
        samples.append(_Sample(row=job, work=work, at=at))
    for place in range(quotes):
        at = now - timedelta(days=1 + 40 * (quotes - place) / quotes, minutes=rng.randrange(600))
        work, client = rng.choice(WORKS), clients[place % len(clients)]
        key = str(next(quote_numbers))
        quote = t.Quote(
            id=key,
            business_id=BUSINESS,
            client_id=client.id,
            reference=f"Q-{key}",
            title=work.title,
            amount=rng.randrange(work.low, work.high, 10),
            created_at=at,
            sent_to_portal=place % 4 != 3,
        )
        quote.client = client
        session.add(quote)
        samples.append(_Sample(row=quote, work=work, at=at))
    return samples


@define
class _Clock:
    """The time that jobthreads believes it is, while the past is written."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@frozen
class _Event:
    """One line of one record's history, at its time."""

    at: datetime
    order: int
    sample: _Sample
    line: str


@define
class _History:
    """Writes weeks of conversation through jobthreads' own doors, with a clock that we set."""

    session: Session
    url: str
    files: Path
    rng: random.Random
    now: datetime
    order: count[int] = field(factory=count)

    def write(self, samples: list[_Sample]) -> None:
        """Write everything in the order of time."""
        clock, session = _Clock(self.now), self.session
        clients = {row.id: client_of(row) for row in session.scalars(select(t.Client))}
        staff = {row.id: staff_of(row) for row in session.scalars(select(t.Staff))}
        company = business_of(session.get_one(t.Business, BUSINESS))
        records = [record_of(sample.row) for sample in samples]
        past = jt.JobThreads(
            directory=jt.StaticDirectory(
                businesses=[company], staff=list(staff.values()), clients=list(clients.values()), records=records
            ),
            repository=SQLAlchemyRepository.from_url(self.url),
            storage=LocalStorage(self.files),
            previews=make_preview,  # the running app will make them
            notifiers=[],  # nobody is told of the past
            portal_url="http://tradebook.example/portal",
            delivery="off",
            clock=clock,
        )
        events = sorted(self._events(samples), key=lambda event: (event.at, event.order))
        fresh = self._fresh(samples)
        with past:
            doors = past.using(session)
            for event in events:
                clock.now = event.at
                self._happen(doors, event, staff, clients)
            clock.now = self.now - timedelta(hours=6)
            for person in staff.values():
                doors.bell.mark_read(person)
            self._clients_read(doors, clients)
            for event in fresh:
                clock.now = event.at
                self._happen(doors, event, staff, clients)

    def _events(self, samples: list[_Sample]) -> list[_Event]:
        events: list[_Event] = []
        for place, sample in enumerate(samples):
            if isinstance(sample.row, t.Quote):
                if sample.row.sent_to_portal and place % 3:
                    events += self._timed(sample, self.rng.choice(QUOTE_TALK))
                continue
            if not _talked_about(place):
                continue
            lines = sample.work.script
            later = 9 if place % 20 == 3 else self.rng.randrange(3) if place % 2 else 0
            for talk in self.rng.sample(LATER, later):
                lines += talk
            events += self._timed(sample, lines)
        return events

    def _timed(self, sample: _Sample, lines: tuple[str, ...]) -> list[_Event]:
        """Spread the lines over working hours, from the record's first day to some hours ago."""
        end = self.now - timedelta(hours=8)
        step = min(timedelta(hours=30), (end - sample.at) / (len(lines) + 1))
        events: list[_Event] = []
        at = last = sample.at
        for line in lines:
            at += step * self.rng.uniform(0.05, 1.0)
            last = max(last + timedelta(minutes=1), self._working_hour(at, end))
            events.append(_Event(last, next(self.order), sample, line))
        return events

    def _working_hour(self, at: datetime, end: datetime) -> datetime:
        if 7 <= at.hour < 19:
            return at
        moved = at.replace(hour=7 + at.hour % 11)
        return moved if moved < end else at

    def _fresh(self, samples: list[_Sample]) -> list[_Event]:
        """What clients wrote in the last hours, unread as yet; the newest on a job of the Tradie."""
        talked = [s for place, s in enumerate(samples) if isinstance(s.row, t.Job) and _talked_about(place)]
        chosen = [talked[-2], talked[-11], talked[-17], next(s for s in reversed(talked[:-4]) if _crew(s) == {"jess"})]
        return [
            _Event(self.now - timedelta(minutes=300 - 85 * place), next(self.order), sample, f"C {text}")
            for place, (sample, text) in enumerate(zip(chosen, FRESH, strict=True))
        ]

    def _happen(
        self, doors: jt.JobThreads, event: _Event, staff: dict[str, jt.Staff], clients: dict[str, jt.Client]
    ) -> None:
        row, (kind, _, text) = event.sample.row, event.line.partition(" ")
        scope = jt.Scope.job(row.id) if isinstance(row, t.Job) else jt.Scope.quote(row.id)
        client = clients[row.client_id]
        crew = sorted(_crew(event.sample)) or ["tom"]
        writer = staff[OFFICE[int(row.id) % len(OFFICE)]]
        hand = staff[crew[0]]
        text = text.format(
            first=client.name.split(maxsplit=1)[0],
            day=DAYS[int(row.id) % len(DAYS)],
            mate=hand.name.split()[0],
            finance="Olive",
            number=20000 + int(row.id),
            title=row.title.lower(),
        )
        if kind == "C":
            doors.portal.reply(client, scope, text)
        elif kind == "S":
            doors.staff.reply(writer, scope, text)
        elif kind == "N":
            doors.staff.note(writer, scope, text)
        elif kind.startswith("+"):
            self._attach(doors, kind, scope, client if kind == "+C" else writer, text, row.title)
        elif kind == "=":
            self._status(doors, scope, text, by=hand if text in {"In progress", "Completed"} else writer)
        else:
            form, *answers = text.split("|")
            changes = dict(answer.split("=", 1) for answer in answers)
            for name, value in changes.items():
                self.session.merge(t.FormAnswer(job_id=row.id, form=form, field=name, value=value))
            doors.record.form_saved(BUSINESS, scope, form=form, changes=changes, by=hand)

    def _attach(
        self, doors: jt.JobThreads, kind: str, scope: jt.Scope, by: jt.Client | jt.Staff, name: str, title: str
    ) -> None:
        file = BytesIO(sample_file(name, title))
        if isinstance(by, jt.Client):
            doors.portal.attach(by, scope, file, name=name)
        else:
            visibility = jt.Visibility.VISIBLE if kind == "+S" else jt.Visibility.INTERNAL
            doors.staff.attach(by, scope, file, name=name, visibility=visibility)

    def _status(self, doors: jt.JobThreads, scope: jt.Scope, new: str, *, by: jt.Staff) -> None:
        before = {"Booked": "Quoted", "In progress": "Booked", "Completed": "In progress"}
        doors.record.status_changed(BUSINESS, scope, old=before[new], new=new, by=by)

    def _clients_read(self, doors: jt.JobThreads, clients: dict[str, jt.Client]) -> None:
        """Let most clients have seen what was written to them."""
        for place, client in enumerate(clients.values()):
            for record in doors.portal.records(client, limit=200).items:
                if record.unread and (place % 4 or record.scope.kind is jt.ScopeKind.QUOTE):
                    newest = doors.portal.conversation(client, record.scope, limit=1).entries.items[0]
                    doors.portal.mark_read(client, record.scope, upto=newest.id)


def _talked_about(place: int) -> bool:
    return place % 10 != 9  # about every tenth job nobody has written yet


def _status_of(work: Work, rng: random.Random, age: int) -> str:
    changes = [line[2:] for line in work.script if line.startswith("= ")]
    last = changes[-1] if changes else "Quoted"
    return rng.choice(("Completed", "Invoiced", "Paid")) if last == "Completed" and age > 20 else last


def _crew(sample: _Sample) -> set[str]:
    return {person.id for person in sample.row.assigned} if isinstance(sample.row, t.Job) else set()
