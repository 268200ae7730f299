"""How much longer the same call takes in a larger business, both measured in turn, the host's look-ups apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import quantiles
from time import perf_counter

from tests.benchmarks.loading import Place
from tests.benchmarks.operations import Bench, Operation, benches
from tests.benchmarks.world import World

__all__ = ["MOST", "growths"]

MOST = 1.5

SOME = 40
"""So many different calls, again and again: what grows is what a database does, not what happens to lie in memory."""


def growths(place: Place, small: World, large: World) -> Iterator[tuple[str, float, float]]:
    """Each operation, how many times as long it takes in the large business, and how many times by hand."""
    with benches(small, place.copy(small)) as one, benches(large, place.copy(large)) as other:
        pairs = zip(one.operations(search=place.words), other.operations(search=place.words), strict=True)
        for first, second in pairs:
            if "common word" in first.name:
                # It is in as large a part of all entries as before, and they are sorted.
                continue
            ours = _timer(one, first, first.ours), _timer(other, second, second.ours)
            rounds = 60
            growth = _growth(*ours, rounds)
            while growth > MOST and rounds < 1000:
                # Somebody else may have been on the machine: look longer before it counts.
                rounds *= 4
                growth = min(growth, _growth(*ours, rounds))
            by_hand = _growth(_timer(one, first, first.raw), _timer(other, second, second.raw), 120)
            yield first.name, growth, by_hand


Timer = Callable[[int], float]
"""Does one round of an operation, and tells how many seconds of it were not the host's."""


def _timer(bench: Bench, operation: Operation, way: Callable[[int], int]) -> Timer:
    def timed(i: int) -> float:
        if operation.before is not None:
            operation.before(i)
        in_host = bench.directory.seconds
        began = perf_counter()
        way(i)
        return perf_counter() - began - (bench.directory.seconds - in_host)

    return timed


def _growth(small: Timer, large: Timer, rounds: int) -> float:
    times: dict[Timer, list[float]] = {small: [], large: []}
    for i in range(rounds):
        for timer in (small, large) if i % 2 else (large, small):
            times[timer].append(timer(i % SOME))
    return _quick(times[large]) / _quick(times[small])


def _quick(times: list[float]) -> float:
    """The first quartile: what a call takes when nobody else is on the machine."""
    return quantiles(times, n=4)[0]
