"""A short form of the load test; in full length: `python -m tests.benchmarks.load --seconds 60 --clients 1000`."""

from __future__ import annotations

from jobthreads import Scope
from tests.benchmarks.load import BOSS, Ledger, differences, open_threads, run
from tests.servers import ON_EVERY_DATABASE

pytestmark = ON_EVERY_DATABASE

CLIENTS = 12


def test_clients_at_once_lose_and_double_nothing(database_url: str) -> None:
    """S4: over HTTP, from two worker processes: all is answered, and the database holds what was acknowledged."""
    ledger, wrong = run(database_url, clients=CLIENTS, seconds=1)
    assert [] == wrong == ledger.lost
    assert 0 == ledger.without_wait
    assert ledger.share >= 0.99
    assert CLIENTS <= sum(map(len, ledger.posts.values()))


def test_what_is_wrong_would_be_seen(database_url: str) -> None:
    """S4: an entry that was acknowledged and is gone, one that nobody sent, and one sent twice are told."""
    ledger = Ledger()
    with open_threads(database_url, 3) as threads:
        kept = [threads.staff.reply(BOSS, Scope.job(str(job)), "Hello") for job in range(3)]
        threads.staff.reply(BOSS, Scope.job("2"), "Hello")
        ledger.posts = {"0": {str(kept[0].id): "Hello", "gone": "gone"}, "2": {str(kept[2].id): "Hello"}}
        assert [
            "job 0: 1 lost, 0 not acknowledged",
            "job 1: 0 lost, 1 not acknowledged",
            "job 2: 0 lost, 1 not acknowledged",
            "job 2: doubled",
        ] == differences(threads, ledger, 3)
