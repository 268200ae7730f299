"""A contract suite cannot be quietly switched off."""

from __future__ import annotations

import pytest

from jobthreads.testing import Clock, DirectoryContract, Mailbox, RepositoryContract, notification, threads
from jobthreads.testing.contracts import bells, files, lines, links, names, outboxes, searches, transactions

ROOMS = [
    transactions.TransactionContract,
    names.NamesContract,
    lines.EntriesContract,
    lines.InboxContract,
    files.FilesContract,
    searches.SearchContract,
    bells.MarksContract,
    bells.BellContract,
    outboxes.OutboxContract,
    links.LinksContract,
]


def test_a_test_of_the_contract_may_not_be_replaced() -> None:
    """S6: replacing a promised test, or taking it away, is refused when the class is made."""
    with pytest.raises(TypeError, match="replaces a test of its contract"):
        type("Lax", (DirectoryContract,), {"test_it_gives_the_team": lambda self: None})
    with pytest.raises(TypeError, match="xfail"):
        type("Laxer", (DirectoryContract,), {"test_it_gives_the_team": None})


def test_a_failure_may_be_owned_up_to() -> None:
    """S6: a test that is known to fail may be marked so, with a reason; one more test may always be added."""

    def fails(self: object) -> None:
        raise AssertionError

    reason = pytest.mark.xfail(reason="the old address book has no team")
    type("Honest", (DirectoryContract,), {"test_it_gives_the_team": reason(fails), "test_one_more": fails})

    def fails_silently(self: object) -> None:
        raise AssertionError

    with pytest.raises(TypeError):
        type("Silent", (DirectoryContract,), {"test_it_gives_the_team": pytest.mark.xfail(fails_silently)})


def test_no_room_hides_another_rooms_test() -> None:
    """S6: the whole contract holds every room's tests: no two have one name."""
    names = [name for room in ROOMS for name in vars(room) if name.startswith("test_")]
    assert len(names) == len(set(names))
    assert set(names) == {name for name in dir(RepositoryContract) if name.startswith("test_")}


def test_a_ready_jobthreads_works() -> None:
    """M6: `threads()` gives doors, mailbox and clock that stand together."""
    with threads() as opened:
        owner = next(iter(opened.directory.team("acme")))
        job, quote = opened.directory.records_of_client("acme", "dana")
        opened.staff.reply(owner, job.scope, "Hello")
        opened.staff.reply(owner, quote.scope, "Hello")
        assert 2 == opened.deliver()
        assert ["J-1042", "Q-88"] == sorted(one.reference for one in opened.mailbox.sent)
        before = opened.now()
        opened.clock.advance(seconds=90, minutes=1)
        assert 150 == (opened.now() - before).total_seconds()
        assert opened.settings.link_days == 30


def test_what_is_given_is_used() -> None:
    """M6: parts that are given stand in the attributes of their names."""
    clock, mailbox = Clock(), Mailbox("post")
    with threads(clock=clock, notifiers=[mailbox]) as opened:
        assert (clock, mailbox) == (opened.clock, opened.mailbox)
    mailbox.deliver(notification("Hello"))
    assert ["Hello"] == [entry.body for entry in mailbox.sent[0].entries]


def test_a_clock_shows_aware_times() -> None:
    """S6: a time without a zone is refused."""
    with pytest.raises(ValueError, match="aware"):
        Clock().set(Clock()().replace(tzinfo=None))
