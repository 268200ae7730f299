"""The workload on a server of its own, and in files, for the checks that compare times."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.loading import Place, PostgreSQL, SQLite
from tests.benchmarks.world import Size, World
from tests.servers import postgres_url, skip_or_fail, why_absent


@pytest.fixture(scope="session")
def worlds() -> dict[Size, World]:
    """The two sizes that are compared."""
    return {size: World(size) for size in (Size.S, Size.M)}


@pytest.fixture(scope="session")
def postgresql(worlds: dict[Size, World]) -> Iterator[PostgreSQL]:
    """PostgreSQL with the workload of both sizes, without what is searched for."""
    url = postgres_url()
    if url is None:
        skip_or_fail(why_absent("postgresql"))
    place = PostgreSQL(url, words=False)
    yield place
    for size in worlds:
        place.drop(size)
        if "JOBTHREADS_TEST_POSTGRES" not in os.environ or os.environ.get("CI"):
            place.forget(size)


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """SQLite files with the same."""
    return SQLite(Path(tmp_path_factory.mktemp("benchmark")), words=False)
