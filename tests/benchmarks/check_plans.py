"""PostgreSQL's generic plans, to which it may turn at any time: they must be about as good as the others."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import URL, Engine

from tests.benchmarks.loading import PostgreSQL
from tests.benchmarks.operations import benches
from tests.benchmarks.world import Size, World

MOST = 2.0

Sent = list[tuple[str, Any]]


def _statements(call: Callable[[int], object], calls: int) -> Sent:
    """What the library sends for some calls, with its parameters."""
    sent: Sent = []

    def hear(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    for i in range(calls):
        call(i)
    event.remove(Engine, "before_cursor_execute", hear)
    return [(statement, parameters) for statement, parameters in sent if statement.startswith("SELECT")]


def _planned(url: URL, mode: str) -> psycopg.Connection[Any]:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(plain, autocommit=True)
    connection.execute(f"SET plan_cache_mode = {mode}")
    connection.prepare_threshold = 0
    return connection


def _ratio(sent: Sent, generic: psycopg.Connection[Any], custom: psycopg.Connection[Any], rounds: int) -> float:
    """How much longer the generic plan takes, both measured in turn: of all calls together."""
    times: dict[int, list[list[float]]] = {0: [[] for _ in sent], 1: [[] for _ in sent]}
    for i in range(rounds):
        for number, (statement, parameters) in enumerate(sent):
            for which in (0, 1) if i % 2 else (1, 0):
                began = perf_counter()
                (custom, generic)[which].execute(statement, parameters).fetchall()
                times[which][number].append(perf_counter() - began)
    return sum(map(median, times[1])) / sum(map(median, times[0]))


def test_lists_keep_their_speed_under_generic_plans(postgresql: PostgreSQL, worlds: dict[Size, World]) -> None:
    """Under `force_generic_plan` no list takes more than twice what it takes with a plan of its own."""
    world = worlds[Size.M]
    url = postgresql.copy(world)
    with benches(world, url) as bench:
        person = world.office(0)[0]
        some = [bench.job(i) for i in range(12)]
        doors = bench.threads
        lists: dict[str, Callable[[int], object]] = {
            operation.name: operation.ours for operation in bench.operations(search=False) if operation.only_reads
        }
        lists |= {
            "conversation": lambda i: doors.staff.conversation(world.office(some[i].business)[0], some[i].record.scope),
            "portal conversation": lambda i: doors.portal.conversation(some[i].client, some[i].record.scope),
            "notices": lambda i: doors.bell.notices(person),
            "inbox, unread only": lambda i: doors.staff.inbox(person, unread_only=True),
            "inbox of one client": lambda i: doors.staff.inbox(person, client_id=world.clients[0][i].id),
        }
        sent = {name: _statements(call, 12) for name, call in lists.items()}
    ratios: dict[str, float] = {}
    with _planned(url, "force_generic_plan") as generic, _planned(url, "force_custom_plan") as custom:
        for name, statements in sent.items():
            assert statements, name
            rounds = 4
            ratio = _ratio(statements, generic, custom, rounds)
            while ratio > MOST and rounds < 60:
                rounds *= 4
                ratio = min(ratio, _ratio(statements, generic, custom, rounds))
            ratios[name] = ratio
    print("\n" + "\n".join(f"{name:28} {ratio:5.2f}" for name, ratio in ratios.items()))
    assert {} == {name: ratio for name, ratio in ratios.items() if ratio > MOST}
