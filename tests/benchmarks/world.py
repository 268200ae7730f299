"""The host of the benchmark: ten trades businesses, one of which holds half of everything."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from time import perf_counter
from typing import Any

from attrs import frozen

from jobthreads import Business, Client, Job, Quote, Role, Scope, Staff
from jobthreads.domain.records import Record

__all__ = ["BIG", "SEED", "Plot", "Size", "TimedDirectory", "World"]

SEED = 20
BIG = Scope.job("ten-thousand")
"""The one job with ten thousand entries, in the business that holds half."""

_BUSINESSES = 10
_CLIENTS = 20_000
_THREADS_OF_A_CLIENT = 5
_OFFICE = (Role.BUSINESS_OWNER, Role.ADMIN, Role.FINANCE, Role.SUPERVISOR, Role.SUPERVISOR)
_STAFF = 20
_JOBS_OF_A_TRADIE = 40


class Size(Enum):
    """How many threads there are."""

    S = 1_000
    M = 20_000
    L = 100_000


@frozen(kw_only=True)
class Plot:
    """One thread to be: whose it is, and who of the field is assigned to it."""

    business: int
    number: int
    record: Record
    client: Client
    assigned: tuple[str, ...]


class World:
    """Businesses, people and records of one size, the same in every run."""

    def __init__(self, size: Size) -> None:
        self.size = size
        dice = random.Random(SEED)
        self.businesses = [
            Business(id=f"trade-{b}", name=f"Trade {b} Pty Ltd", portal_enabled=True) for b in range(_BUSINESSES)
        ]
        self.staff = [
            [
                Staff(
                    id=f"s{b}-{i}",
                    business_id=self.businesses[b].id,
                    name=f"Staff {i} of {b}",
                    role=_OFFICE[i] if i < len(_OFFICE) else Role.TRADIE,
                )
                for i in range(_STAFF)
            ]
            for b in range(_BUSINESSES)
        ]
        self.clients = [
            [
                Client(id=f"c{b}-{i}", business_id=self.businesses[b].id, name=f"Client {i}", email=f"c{i}@example.com")
                for i in range(self._share(b, _CLIENTS))
            ]
            for b in range(_BUSINESSES)
        ]
        self.plots: list[list[Plot]] = []
        for b in range(_BUSINESSES):
            count = self._share(b, size.value)
            assigned: dict[int, list[str]] = {}
            for person in self.field(b):
                jobs = [
                    number for number in dice.sample(range(count), min(_JOBS_OF_A_TRADIE, count)) if number % 10 != 9
                ]
                for number in jobs:
                    assigned.setdefault(number, []).append(person.id)
            self.plots.append([self._plot(b, number, tuple(assigned.get(number, ()))) for number in range(count)])
        self.big = Plot(
            business=0,
            number=len(self.plots[0]),
            record=Job(
                id=BIG.id,
                business_id=self.businesses[0].id,
                client_id=self.clients[0][0].id,
                reference="J-BIG",
                title="Office tower",
            ),
            client=self.clients[0][0],
            assigned=(),
        )

    @staticmethod
    def _share(b: int, whole: int) -> int:
        return whole // 2 if b == 0 else whole // 2 // (_BUSINESSES - 1)

    def _plot(self, b: int, number: int, assigned: tuple[str, ...]) -> Plot:
        client = self.clients[b][number // _THREADS_OF_A_CLIENT % len(self.clients[b])]
        whose = {"business_id": client.business_id, "client_id": client.id, "title": f"Kitchen rewire {number}"}
        record: Record = (
            Quote(id=f"{b}{number:06}", reference=f"Q-{number}", sent_to_portal=True, **whose)
            if number % 10 == 9
            else Job(id=f"{b}{number:06}", reference=f"J-{number}", assigned_to=assigned, **whose)
        )
        return Plot(business=b, number=number, record=record, client=client, assigned=assigned)

    def office(self, b: int) -> list[Staff]:
        """The people of a business who work with every thread."""
        return self.staff[b][: len(_OFFICE)]

    def field(self, b: int) -> list[Staff]:
        """The people of a business who see the jobs they are assigned to."""
        return self.staff[b][len(_OFFICE) :]

    def every_plot(self) -> Iterable[Plot]:
        """Every thread there is, the long one last."""
        for plots in self.plots:
            yield from plots
        yield self.big


def _looked_at(value: Any) -> object:
    return hash(value.id), hash(value.business_id), hash(getattr(value, "client_id", None))


class TimedDirectory:
    """A `Directory` of look-ups in dictionaries, which counts its calls and the seconds they took.

    A host makes its answers anew for each call, and whoever reads them finds them in the processor's cache. These are
    looked at instead, or the larger world would be slower to read for lying all over the memory.
    """

    def __init__(self, world: World) -> None:
        self.seconds = 0.0
        self.calls = 0
        self._businesses = {business.id: business for business in world.businesses}
        self._team = {business.id: team for business, team in zip(world.businesses, world.staff, strict=True)}
        self._clients = {
            business.id: {client.id: client for client in clients}
            for business, clients in zip(world.businesses, world.clients, strict=True)
        }
        self._records: dict[str, dict[Scope, Record]] = {business.id: {} for business in world.businesses}
        self._of_client: dict[tuple[str, str], list[Record]] = {}
        self._of_staff: dict[tuple[str, str], list[str]] = {}
        for plot in world.every_plot():
            record = plot.record
            self._records[record.business_id][record.scope] = record
            self._of_client.setdefault((record.business_id, record.client_id), []).append(record)
            for person in plot.assigned:
                self._of_staff.setdefault((record.business_id, person), []).append(record.id)

    def _since(self, began: float, found: Iterable[object] = ()) -> None:
        deque(map(_looked_at, found), maxlen=0)
        self.calls += 1
        self.seconds += perf_counter() - began

    def business(self, business_id: str) -> Business | None:
        began = perf_counter()
        found = self._businesses.get(business_id)
        self._since(began)
        return found

    def clients(self, business_id: str, ids: Sequence[str]) -> Mapping[str, Client]:
        began = perf_counter()
        known = self._clients[business_id]
        found = {client_id: known[client_id] for client_id in ids if client_id in known}
        self._since(began, found.values())
        return found

    def records(self, business_id: str, scopes: Sequence[Scope]) -> Mapping[Scope, Record]:
        began = perf_counter()
        known = self._records[business_id]
        found = {scope: known[scope] for scope in scopes if scope in known}
        self._since(began, found.values())
        return found

    def records_of_client(self, business_id: str, client_id: str) -> Iterable[Record]:
        began = perf_counter()
        found = self._of_client.get((business_id, client_id), [])
        self._since(began, found)
        return found

    def search_clients(self, business_id: str, text: str, limit: int) -> Iterable[Client]:
        return list(self._clients[business_id].values())[:limit]

    def jobs_assigned_to(self, staff: Staff) -> Iterable[str]:
        began = perf_counter()
        found = self._of_staff.get((staff.business_id, staff.id), [])
        self._since(began)
        return found

    def team(self, business_id: str) -> Iterable[Staff]:
        began = perf_counter()
        found = self._team[business_id]
        self._since(began)
        return found
