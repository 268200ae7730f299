"""How much longer the same call takes in a larger business, both measured in turn."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import quantiles
from time import perf_counter

from tests.benchmarks.loading import Place
from tests.benchmarks.operations import Bench, Operation, benches
from tests.benchmarks.world import World

__all__ = ["MOST", "growths"]

MOST = 1.5

SOME = 40
"""So many different calls, again and again: what grows is what a database does, not what happens to lie in memory."""


def growths(place: Place, small: World, large: World) -> Iterator[tuple[str, float]]:
    """Each operation, and how many times as long it takes in the large business."""
    with benches(small, place.copy(small)) as one, benches(large, place.copy(large)) as other:
        pairs = zip(one.operations(search=place.words), other.operations(search=place.words), strict=True)
        for first, second in pairs:
            if "common word" in first.name:
                # It is in as large a part of all entries as before, and they are sorted.
                continue
            rounds = 60
            growth = _growth((one, first), (other, second), rounds)
            while growth > MOST and rounds < 1000:
                # Somebody else may have been on the machine: look longer before it counts.
                rounds *= 4
                growth = min(growth, _growth((one, first), (other, second), rounds))
            yield first.name, growth


def _growth(small: tuple[Bench, Operation], large: tuple[Bench, Operation], rounds: int) -> float:
    times: dict[int, list[float]] = {0: [], 1: []}
    for i in range(rounds):
        for which in (0, 1) if i % 2 else (1, 0):
            times[which].append(_timed(*(small, large)[which], i % SOME))
    return _quick(times[1]) / _quick(times[0])


def _timed(bench: Bench, operation: Operation, i: int) -> float:
    if operation.before is not None:
        operation.before(i)
    began = perf_counter()
    operation.ours(i)
    return perf_counter() - began


def _quick(times: list[float]) -> float:
    """The first quartile: what a call takes when nobody else is on the machine."""
    return quantiles(times, n=4)[0]
