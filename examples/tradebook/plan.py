"""Which clients, jobs and quotes the sample business begins with; the same at every first start."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from attrs import frozen

from tradebook.company import CLIENTS
from tradebook.talk import WORKS, Work

CREWS = (("jess",), ("jess", "eddie"), ("tom",), ("marcus",), ("tom", "eddie"), ())


@frozen
class PlannedClient:
    """A customer to begin with; they are numbered from 1."""

    number: int
    name: str
    address: str
    email: str
    phone: str
    notify_on_replies: bool


@frozen
class PlannedJob:
    """A job to begin with."""

    number: int
    client: PlannedClient
    work: Work
    at: datetime
    status: str
    scheduled_on: date
    crew: tuple[str, ...]

    @property
    def reference(self) -> str:
        """What people call it."""
        return f"J-{self.number}"


@frozen
class PlannedQuote:
    """A quote to begin with."""

    number: int
    client: PlannedClient
    work: Work
    at: datetime
    amount: int
    sent_to_portal: bool

    @property
    def reference(self) -> str:
        """What people call it."""
        return f"Q-{self.number}"


@frozen
class Plan:
    """Everything to begin with; jobs and quotes from the oldest to the newest."""

    clients: list[PlannedClient]
    jobs: list[PlannedJob]
    quotes: list[PlannedQuote]


def make_plan(rng: random.Random, now: datetime, *, small: bool) -> Plan:
    """Plan a busy business, or with `small` a quiet one."""
    clients = list(_clients())[: 4 if small else None]
    jobs = list(_jobs(rng, now, clients, 6 if small else 100, small=small))
    return Plan(clients=clients, jobs=jobs, quotes=list(_quotes(rng, now, clients, 4 if small else 40)))


def talked_about(place: int) -> bool:
    """Tell whether anybody has written about the job in this place; about every tenth nobody has."""
    return place % 10 != 9


def _clients() -> Iterator[PlannedClient]:
    for number, (name, address) in enumerate(CLIENTS, start=1):
        words = ("".join(filter(str.isalnum, word)) for word in name.lower().split())
        yield PlannedClient(
            number=number,
            name=name,
            address=address,
            email=f"{'.'.join(filter(None, words))}@mail.example",
            phone=f"0491 570 {100 + number}",
            notify_on_replies=number % 9 != 0,
        )


def _jobs(
    rng: random.Random, now: datetime, clients: list[PlannedClient], amount: int, *, small: bool
) -> Iterator[PlannedJob]:
    for place in range(amount):
        at = now - timedelta(days=2 + 58 * (amount - place) / amount, minutes=rng.randrange(600))
        work = WORKS[place % len(WORKS)] if place < len(WORKS) else rng.choice(WORKS)
        client = clients[place % len(clients)] if small or place % 3 else rng.choice(clients)
        age = (now - at).days
        status = _status_of(work, rng, age) if talked_about(place) else rng.choice(("Enquiry", "Quoted"))
        yield PlannedJob(
            number=1001 + place,
            client=client,
            work=work,
            at=at,
            status=status,
            scheduled_on=(at + timedelta(days=rng.randrange(4, 20))).date(),
            crew=CREWS[place % len(CREWS)],
        )


def _quotes(rng: random.Random, now: datetime, clients: list[PlannedClient], amount: int) -> Iterator[PlannedQuote]:
    for place in range(amount):
        at = now - timedelta(days=1 + 40 * (amount - place) / amount, minutes=rng.randrange(600))
        work = rng.choice(WORKS)
        yield PlannedQuote(
            number=2001 + place,
            client=clients[place % len(clients)],
            work=work,
            at=at,
            amount=rng.randrange(work.low, work.high, 10),
            sent_to_portal=place % 4 != 3,
        )


def _status_of(work: Work, rng: random.Random, age: int) -> str:
    changes = [line[2:] for line in work.script if line.startswith("= ")]
    last = changes[-1] if changes else "Quoted"
    return rng.choice(("Completed", "Invoiced", "Paid")) if last == "Completed" and age > 20 else last
