"""`StaticDirectory` keeps the directory's contract."""

from __future__ import annotations

import pytest

from jobthreads import Role, StaticDirectory
from jobthreads.testing import DirectoryContract, KnownDirectory, business, client, job, quote, staff


class TestStaticDirectory(DirectoryContract):
    """The directory over lists."""

    @pytest.fixture
    def known(self) -> KnownDirectory:
        team = [staff(), staff("tom", role=Role.TRADIE), staff("ann", role=Role.APPRENTICE)]
        clients = [client(), client("omar"), client("o_neil", name="100% O'Neil")]
        records = [
            job("3", assigned_to=["tom"]),
            job("1", client_id="omar", assigned_to=["tom", "kim"]),
            quote("3"),
            job("2"),
            quote("4", sent_to_portal=False),
        ]
        volt = business("volt")
        directory = StaticDirectory(
            businesses=[business(), volt],
            staff=[*team, staff(business_id="volt"), staff("vera", business_id="volt")],
            clients=[*clients, client(business_id="volt", name="Volt's Dana")],
            records=[*records, job("3", business_id="volt", assigned_to=["vera", "tom"])],
        )
        return KnownDirectory(
            directory=directory, business=business(), team=team, clients=clients, records=records, other_business=volt
        )


def test_it_can_be_changed() -> None:
    """M9: `put` replaces a value by its id and `remove` takes it away, once or twice."""
    directory = StaticDirectory()
    directory.put(business(), staff(), client(), job(), quote())
    directory.put(client(name="Dana Moreno"), job(title="New"))
    assert "Dana Moreno" == directory.clients("acme", ["dana"])["dana"].name
    assert ["New", "Solar panels"] == [one.title for one in directory.records_of_client("acme", "dana")]
    for _ in range(2):
        directory.remove(business(), staff(), client(), job(), quote())
    assert directory.business("acme") is None
    assert [] == list(directory.team("acme"))
    assert [] == list(directory.records_of_client("acme", "dana"))


def test_clients_are_found_by_address_too() -> None:
    """M4: what is typed is looked for in name and address, blind to case."""
    directory = StaticDirectory(clients=[client(), client("omar", email=None)])
    assert ["dana"] == [one.id for one in directory.search_clients("acme", "DANA@EX", 9)]
    assert ["omar"] == [one.id for one in directory.search_clients("acme", "omar r", 9)]
