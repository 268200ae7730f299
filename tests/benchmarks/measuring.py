"""Two ways of the same work, measured in turn, so that a busy machine slows both alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from statistics import median, quantiles
from time import perf_counter

from attrs import frozen

from tests.benchmarks.operations import Bench, Operation

__all__ = ["Sample", "Spread", "measure", "spread_of"]


@frozen(kw_only=True)
class Spread:
    """Median and quartiles of the times of one way, in microseconds."""

    low: float
    median: float
    high: float


@frozen(kw_only=True)
class Sample:
    """What was measured of one operation.

    `ratio` is that of the medians; `host` the microseconds of a call that were the Directory's, which are not in
    `ours`. `over_limit` is the ratio over its limit, where `extra` microseconds are added to the floor.
    """

    operation: str
    rounds: int
    rows: int
    ours: Spread
    raw: Spread
    ratio: float
    host: float
    limit: float
    extra: float
    over_limit: float


def spread_of(seconds: Sequence[float]) -> Spread:
    """Their spread."""
    low, middle, high = quantiles(seconds, n=4)
    return Spread(low=low * 1e6, median=middle * 1e6, high=high * 1e6)


def measure(bench: Bench, operation: Operation, *, rounds: int, seconds: float) -> Sample:
    """Run both ways in turn, A B B A, until there were so many rounds, or so many seconds have gone."""
    directory = bench.directory
    host: list[float] = []

    def timed(way: Callable[[int], int], i: int) -> tuple[float, int]:
        if operation.before is not None:
            operation.before(i)
        spent = directory.seconds
        began = perf_counter()
        rows = way(i)
        took = perf_counter() - began
        in_host = directory.seconds - spent
        if way is operation.ours:
            host.append(in_host)
        return took - in_host, rows

    for i in range(8):
        (_, mine), (_, theirs) = timed(operation.ours, i), timed(operation.raw, i)
        assert mine == theirs, f"{operation.name}: {mine} rows, and {theirs} by hand"
    ours: list[float] = []
    raw: list[float] = []
    rows = 0
    gc.collect()
    until = perf_counter() + seconds
    while len(ours) < rounds and (perf_counter() < until or len(ours) < 20):
        i = len(ours) + 8
        for way in (operation.ours, operation.raw) if i % 2 else (operation.raw, operation.ours):
            took, rows = timed(way, i)
            (ours if way is operation.ours else raw).append(took)
    one, other = spread_of(ours), spread_of(raw)
    ratio = one.median / (other.median + operation.extra * 1e6)
    limit = operation.limits[bench.backend]
    return Sample(
        operation=operation.name,
        rounds=len(ours),
        rows=rows,
        ours=one,
        raw=other,
        ratio=one.median / other.median,
        host=median(host) * 1e6,
        limit=limit,
        extra=operation.extra * 1e6,
        over_limit=ratio / limit,
    )
