"""What grows with the business: twenty times as many threads may not make a call half as slow again."""

from __future__ import annotations

from statistics import quantiles
from time import perf_counter

import pytest

from tests.benchmarks.loading import Place
from tests.benchmarks.operations import Bench, Operation, benches
from tests.benchmarks.world import Size, World

MOST = 1.5

SOME = 40
"""So many different calls, again and again: what grows is what a database does, not what happens to lie in memory."""


def _quick(times: list[float]) -> float:
    """The first quartile: what a call takes when nobody else is on the machine."""
    return quantiles(times, n=4)[0]


def _timed(bench: Bench, operation: Operation, i: int) -> float:
    if operation.before is not None:
        operation.before(i)
    began = perf_counter()
    operation.ours(i)
    return perf_counter() - began


def _growth(small: tuple[Bench, Operation], large: tuple[Bench, Operation], rounds: int) -> float:
    """How much longer the same call takes in the larger business, both measured in turn."""
    times: dict[int, list[float]] = {0: [], 1: []}
    for i in range(rounds):
        for which in (0, 1) if i % 2 else (1, 0):
            times[which].append(_timed(*(small, large)[which], i % SOME))
    return _quick(times[1]) / _quick(times[0])


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_grows_with_the_business(kind: str, request: pytest.FixtureRequest, worlds: dict[Size, World]) -> None:
    """From 1,000 threads to 20,000 no list, post or mark takes more than one and a half times as long."""
    place: Place = request.getfixturevalue(kind)
    with (
        benches(worlds[Size.S], place.copy(worlds[Size.S])) as small,
        benches(worlds[Size.M], place.copy(worlds[Size.M])) as large,
    ):
        pairs = zip(small.operations(search=False), large.operations(search=False), strict=True)
        grown: dict[str, float] = {}
        for one, other in pairs:
            rounds = 60
            growth = _growth((small, one), (large, other), rounds)
            while growth > MOST and rounds < 1000:
                # Somebody else may have been on the machine: look longer before it counts.
                rounds *= 4
                growth = min(growth, _growth((small, one), (large, other), rounds))
            grown[one.name] = growth
        print("\n" + "\n".join(f"{kind:11} {name:28} {growth:5.2f}" for name, growth in grown.items()))
        assert {} == {name: growth for name, growth in grown.items() if growth > MOST}
