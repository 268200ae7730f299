"""Measures, prints one table, and writes one JSON file: `tox -e bench`."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
import tempfile
from pathlib import Path

import attrs

from tests.benchmarks.files import FileBench
from tests.benchmarks.growing import growths
from tests.benchmarks.loading import MariaDB, Place, PostgreSQL, SQLite
from tests.benchmarks.measuring import Sample, measure
from tests.benchmarks.operations import benches
from tests.benchmarks.world import Size, World


def main() -> None:
    """Measure what the command line asks for."""
    options = _options()
    places = _places(options)
    if options.growth:
        _print_growth(places, options)
        return
    results: list[dict[str, object]] = []
    for name in options.sizes:
        world = World(Size[name])
        for place in places:
            _measure_place(world, place, options, results)
            found = {
                "python": platform.python_version(),
                "machine": f"{platform.machine()}, {os.cpu_count()} CPUs",
                "load": os.getloadavg(),
                "results": results,
            }
            options.json.write_text(json.dumps(found, indent=1) + "\n")
    print(f"\nwritten: {options.json}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tox -e bench --", description=__doc__)
    parser.add_argument("--sizes", default="S,M", type=lambda text: text.upper().split(","), help="of S, M and L")
    parser.add_argument("--databases", default="sqlite,postgresql,mariadb", type=lambda text: text.split(","))
    parser.add_argument("--folder", default=Path(tempfile.gettempdir(), "jobthreads-bench"), type=Path)
    parser.add_argument("--rounds", default=600, type=int, help="of each operation, at most")
    parser.add_argument("--seconds", default=6.0, type=float, help="for each operation, at most")
    parser.add_argument("--growth", action="store_true", help="from the first to the last of the sizes, and no more")
    parser.add_argument("--only", default="", help="operations whose name holds this")
    parser.add_argument("--json", default=Path("benchmark.json"), type=Path)
    return parser.parse_args()


def _places(options: argparse.Namespace) -> list[Place]:
    servers = {
        "postgresql": os.environ.get("JOBTHREADS_TEST_POSTGRES"),
        "mariadb": os.environ.get("JOBTHREADS_TEST_MARIADB"),
    }
    places: list[Place] = []
    for name in options.databases:
        url = servers.get(name)
        if name == "sqlite":
            places.append(SQLite(options.folder))
        elif url is None:
            print(f"{name} is left out: JOBTHREADS_TEST_{'POSTGRES' if name == 'postgresql' else 'MARIADB'} is not set")
        else:
            places.append(PostgreSQL(url) if name == "postgresql" else MariaDB(url))
    if not places:
        sys.exit("There is no database to measure.")
    return places


def _print_growth(places: list[Place], options: argparse.Namespace) -> None:
    small, large = (World(Size[options.sizes[which]]) for which in (0, -1))
    for place in places:
        print(f"\n{place.name}, from {small.size.name} to {large.size.name}", flush=True)
        for name, growth, by_hand in growths(place, small, large):
            print(f"{name:28}{growth:7.2f}   by hand{by_hand:7.2f}", flush=True)
        place.drop(small.size)
        place.drop(large.size)


def _measure_place(world: World, place: Place, options: argparse.Namespace, results: list[dict[str, object]]) -> None:
    print(f"\n{place.name}, size {world.size.name}: {world.size.value:,} threads", flush=True)
    print(f"{'operation':28}{'rows':>5}{'by hand':>20}{'jobthreads':>20}{'host':>6}{'ratio':>7}{'limit':>7}")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        files = Path(folder, "files")
        with benches(world, place.copy(world), files) as bench:
            # Else the copy is written to the disk while the first operations are measured.
            os.sync()
            operations = bench.operations()
            peaks: dict[str, float] = {}
            if place.name == "sqlite":
                file_bench = FileBench(bench, Path(folder))
                operations += file_bench.operations()
                peaks = file_bench.peaks()
            for operation in operations:
                if options.only in operation.name:
                    sample = measure(bench, operation, rounds=options.rounds, seconds=options.seconds)
                    _print(sample, peaks.get(operation.name))
                    results.append(
                        {
                            "database": place.name,
                            "size": world.size.name,
                            **attrs.asdict(sample),
                            **_peak(peaks, sample),
                        }
                    )
    place.drop(world.size)


def _peak(peaks: dict[str, float], sample: Sample) -> dict[str, float]:
    return {"peak_mib": peaks[sample.operation]} if sample.operation in peaks else {}


def _print(sample: Sample, peak: float | None) -> None:
    ours, raw = (f"{way.median:,.0f} ({way.low:,.0f}–{way.high:,.0f})" for way in (sample.ours, sample.raw))
    over = "" if sample.over_limit <= 1 else f"  over {sample.over_limit:.2f}"
    memory = "" if peak is None else f"  peak {peak:.2f} MiB"
    limit = "+60 µs" if sample.extra else "–" if sample.limit == math.inf else f"{sample.limit:.2f}"
    print(
        f"{sample.operation:28}{sample.rows:>5}{raw:>20}{ours:>20}{sample.host:>6.0f}{sample.ratio:>7.2f}{limit:>7}"
        f"{over}{memory}",
        flush=True,
    )


if __name__ == "__main__":
    main()
