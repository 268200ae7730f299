"""The contract of a `Directory`: run it on your own, over your own tables."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from attrs import frozen

from jobthreads.domain.people import Business, Client, Staff
from jobthreads.domain.records import Job, Record, Scope
from jobthreads.ports import Directory
from jobthreads.testing.contracts.contract import Contract

__all__ = ["DirectoryContract", "KnownDirectory"]


@frozen(kw_only=True)
class KnownDirectory:
    """A directory, and everything it holds of one business.

    `records` stand in the host's order. Give at least two clients, one job with someone assigned, and one person
    of the team who is assigned to nothing; and, if the host has several, a second business that holds something.
    """

    directory: Directory
    business: Business
    team: Sequence[Staff]
    clients: Sequence[Client]
    records: Sequence[Record]
    other_business: Business | None = None


class DirectoryContract(Contract):
    """Override the fixture `known`."""

    @pytest.fixture
    def known(self) -> KnownDirectory:
        """The directory on trial, with what it holds."""
        raise NotImplementedError("Override the fixture `known`.")

    def test_it_gives_the_business(self, known: KnownDirectory) -> None:
        """A business is given by its id."""
        assert known.business == known.directory.business(known.business.id)

    def test_an_unknown_business_is_none(self, known: KnownDirectory) -> None:
        """A business that does not exist is None, and nothing is found in it."""
        assert known.directory.business("no-such-business") is None
        assert list(known.directory.team("no-such-business")) == []
        assert dict(known.directory.clients("no-such-business", [one.id for one in known.clients])) == {}
        assert dict(known.directory.records("no-such-business", [one.scope for one in known.records])) == {}
        assert list(known.directory.search_clients("no-such-business", "", 10)) == []

    def test_it_gives_clients_in_one_batch(self, known: KnownDirectory) -> None:
        """Clients are given by their ids, all at once."""
        expected = {one.id: one for one in known.clients}
        assert expected == dict(known.directory.clients(known.business.id, list(expected)))

    def test_it_gives_records_in_one_batch(self, known: KnownDirectory) -> None:
        """Jobs and quotes are given by their scopes, sent to the portal or not."""
        expected = {one.scope: one for one in known.records}
        assert expected == dict(known.directory.records(known.business.id, list(expected)))

    def test_unknown_ids_are_left_out(self, known: KnownDirectory) -> None:
        """Ids that nothing has are left out, and nothing is raised for them."""
        first_client, first_record = known.clients[0], known.records[0]
        assert {first_client.id: first_client} == dict(
            known.directory.clients(known.business.id, ["no-such-client", first_client.id, "12345678901234567890"])
        )
        assert {first_record.scope: first_record} == dict(
            known.directory.records(
                known.business.id, [Scope.job("no-such-job"), first_record.scope, Scope.quote("12345678901234567890")]
            )
        )
        assert list(known.directory.records_of_client(known.business.id, "no-such-client")) == []

    def test_nothing_is_asked_for_nothing(self, known: KnownDirectory) -> None:
        """An empty batch gives an empty answer."""
        assert dict(known.directory.clients(known.business.id, [])) == {}
        assert dict(known.directory.records(known.business.id, [])) == {}

    def test_an_id_is_exact(self, known: KnownDirectory) -> None:
        """An id with a dot more names something else."""
        assert known.directory.business(known.business.id + ".") is None
        assert dict(known.directory.clients(known.business.id, [known.clients[0].id + "."])) == {}
        scope = Scope(kind=known.records[0].scope.kind, id=known.records[0].id + ".")
        assert dict(known.directory.records(known.business.id, [scope])) == {}

    def test_a_client_has_their_records_in_order(self, known: KnownDirectory) -> None:
        """The records of one client are all of theirs and no others, in the host's order."""
        for client in known.clients:
            expected = [record for record in known.records if record.client_id == client.id]
            assert expected == list(known.directory.records_of_client(known.business.id, client.id))

    def test_searching_for_nothing_finds_all_clients(self, known: KnownDirectory) -> None:
        """An empty text matches every client of the business."""
        found = known.directory.search_clients(known.business.id, "", len(known.clients) + 1)
        assert sorted(one.id for one in known.clients) == sorted(one.id for one in found)

    def test_searching_stops_at_the_limit(self, known: KnownDirectory) -> None:
        """No more clients than the limit are given."""
        assert len(list(known.directory.search_clients(known.business.id, "", 1))) == 1

    def test_searching_finds_a_client_by_name(self, known: KnownDirectory) -> None:
        """A client's whole name finds them."""
        for client in known.clients:
            assert client in list(known.directory.search_clients(known.business.id, client.name, 50))

    def test_searching_takes_what_is_typed_as_text(self, known: KnownDirectory) -> None:
        """A percent sign, an underscore and a quote are letters, not wildcards."""
        for typed in ("%", "_", "' OR 1=1 --"):
            found = list(known.directory.search_clients(known.business.id, typed, 50))
            assert [one for one in found if typed not in f"{one.name} {one.email}"] == []

    def test_assignment_is_the_same_from_both_sides(self, known: KnownDirectory) -> None:
        """The jobs of a person are exactly the jobs that name the person (M3)."""
        for person in known.team:
            expected = {job.id for job in known.records if isinstance(job, Job) and person.id in job.assigned_to}
            given = known.directory.jobs_assigned_to(person)
            assert expected == {job.id if isinstance(job, Job) else job for job in given}

    def test_it_gives_the_team(self, known: KnownDirectory) -> None:
        """The team is everyone of the business who may sign in."""
        expected = sorted(known.team, key=lambda person: person.id)
        assert expected == sorted(known.directory.team(known.business.id), key=lambda person: person.id)

    def test_nothing_crosses_businesses(self, known: KnownDirectory) -> None:
        """What one business holds is unknown in another, and the other way round (S3)."""
        if known.other_business is None:
            return
        other = known.other_business.id
        assert known.other_business == known.directory.business(other)
        given: list[Staff | Client | Record] = [
            *known.directory.team(other),
            *known.directory.clients(other, [one.id for one in known.clients]).values(),
            *known.directory.records(other, [one.scope for one in known.records]).values(),
            *known.directory.search_clients(other, "", 200),
        ]
        assert {one.business_id for one in given} <= {other}
