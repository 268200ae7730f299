"""The contract of the outbox room: what is due is taken once, frozen, and closed by its token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from attrs import evolve

from jobthreads.domain.notifications import Batch, Delivery
from jobthreads.domain.records import Scope
from jobthreads.ports import Repository
from jobthreads.testing.clock import MONDAY
from jobthreads.testing.contracts.contract import Contract
from jobthreads.testing.contracts.written import ALIKE, JOB, delivery, keep_thread, write

__all__ = ["OutboxContract"]

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


class OutboxContract(Contract):
    """What is to be told to clients."""

    def test_nothing_is_due_where_nothing_waits(self, repository: Repository) -> None:
        """An empty outbox gives nothing, and no time."""
        assert [] == _claim(repository)
        with repository.reading() as work:
            assert work.outbox.next_due() is None
            assert work.outbox.failed(None, 9) == []

    def test_what_is_due_is_taken_with_its_content(self, repository: Repository) -> None:
        """A claim gives the entry, for whom and where to."""
        kept, _ = _queued(repository, "Hello")
        (batch,) = _claim(repository)
        assert ["Hello"] == _texts(batch)
        assert (kept.entry, kept.showing) == (batch.entries[0].entry, batch.entries[0].showing)
        assert ("acme", JOB, "email", "dana", 1, False) == (
            batch.business_id,
            batch.scope,
            batch.channel,
            batch.client_id,
            batch.attempt,
            batch.asked_for_link,
        )

    def test_it_waits_until_it_is_due(self, repository: Repository) -> None:
        """Nothing is taken before its time, and `next_due` says when that is."""
        _queued(repository, wait=5 * _MINUTE)
        _queued(repository, wait=7 * _MINUTE)
        with repository.reading() as work:
            assert work.outbox.next_due() == MONDAY + 5 * _MINUTE
        assert [] == _claim(repository, MONDAY + 5 * _MINUTE - timedelta(microseconds=1))
        assert 1 == len(_claim(repository, MONDAY + 5 * _MINUTE))

    def test_only_wanted_channels_are_taken(self, repository: Repository) -> None:
        """A worker without a notifier for a channel leaves its rows alone."""
        _queued(repository, channel="sms")
        assert [] == _claim(repository, channels=["email"])
        assert [] == _claim(repository, channels=[])
        assert 1 == len(_claim(repository, channels=["email", "sms"]))

    def test_the_same_row_is_queued_once(self, repository: Repository) -> None:
        """One entry, showing, channel and recipient make one row; another channel makes another."""
        _, row = _queued(repository)
        with repository.atomic() as work:
            work.outbox.queue([evolve(row, id=uuid4()), evolve(row, id=uuid4(), channel="sms")])
        assert {"email", "sms"} == {batch.channel for batch in _claim(repository, channels=["email", "sms"])}

    def test_fresh_links_are_each_a_row(self, repository: Repository) -> None:
        """A link that was asked for has no entry, and two are two."""
        thread = keep_thread(repository)
        with repository.atomic() as work:
            work.outbox.queue([delivery(thread.id, None), delivery(thread.id, None)])
        batches = _claim(repository)
        assert [(True, ())] * 2 == [(batch.asked_for_link, batch.entries) for batch in batches]

    def test_no_two_workers_take_the_same(self, repository: Repository) -> None:
        """What one worker holds, another does not get while the lease runs."""
        _queued(repository)
        assert 1 == len(_claim(repository))
        assert [] == _claim(repository, MONDAY + 4 * _MINUTE)

    def test_no_more_than_the_limit_is_taken(self, repository: Repository) -> None:
        """A claim takes at most `limit`, the longest due first."""
        for minute in (3, 1, 2):
            _queued(repository, str(minute), created_at=MONDAY + minute * _MINUTE)
        late = MONDAY + _HOUR
        assert [["1"], ["2"]] == [_texts(batch) for batch in _claim(repository, late, limit=2)]
        assert [["3"]] == [_texts(batch) for batch in _claim(repository, late, limit=2)]

    def test_a_lease_runs_out(self, repository: Repository) -> None:
        """After the lease the same batch comes again under the same id, as a further attempt."""
        _queued(repository, "Hello")
        (first,) = _claim(repository)
        with repository.reading() as work:
            assert work.outbox.next_due() == MONDAY + 5 * _MINUTE
        (second,) = _claim(repository, MONDAY + 5 * _MINUTE)
        assert (first.id, 2, ["Hello"]) == (second.id, second.attempt, _texts(second))
        assert first.token != second.token

    def test_a_lost_claim_changes_nothing(self, repository: Repository) -> None:
        """Whoever lost the claim can neither close it nor give it back."""
        _queued(repository)
        (first,) = _claim(repository)
        (second,) = _claim(repository, MONDAY + 5 * _MINUTE)
        with repository.atomic() as work:
            assert work.outbox.settle(first, "sent", now=MONDAY) is False
            assert work.outbox.settle(first, "dead", now=MONDAY, error="late") is False
            assert work.outbox.postpone(first, due_at=MONDAY, error="late") is False
            assert work.outbox.settle(evolve(second, business_id="volt"), "sent", now=MONDAY) is False
            assert work.outbox.settle(second, "sent", now=MONDAY) is True
            assert work.outbox.settle(second, "sent", now=MONDAY) is False
            assert work.outbox.failed(None, 9) == []

    @pytest.mark.parametrize("state", ["sent", "dropped"])
    def test_what_is_closed_never_comes_again(self, repository: Repository, state: str) -> None:
        """A batch that was sent or dropped is over."""
        _, row = _queued(repository)
        (batch,) = _claim(repository)
        with repository.atomic() as work:
            assert work.outbox.settle(batch, state, now=MONDAY) is True
            work.outbox.queue([evolve(row, id=uuid4())])
        assert [] == _claim(repository, MONDAY + timedelta(days=9))
        with repository.atomic() as work:
            assert work.outbox.retry(batch.id, now=MONDAY) is False
            assert work.outbox.next_due() is None

    def test_what_is_put_off_comes_again_then(self, repository: Repository) -> None:
        """A batch given back comes again at its new time, under the same id."""
        _queued(repository, "Hello")
        (first,) = _claim(repository)
        with repository.atomic() as work:
            assert work.outbox.postpone(first, due_at=MONDAY + _HOUR, error="busy") is True
            assert work.outbox.next_due() == MONDAY + _HOUR
        assert [] == _claim(repository, MONDAY + _HOUR - _MINUTE)
        (second,) = _claim(repository, MONDAY + _HOUR)
        assert (first.id, 2, ["Hello"]) == (second.id, second.attempt, _texts(second))

    def test_what_waits_for_the_window_becomes_one(self, repository: Repository) -> None:
        """Rows that wait for the window become one batch when the first is due, oldest entry first (M6)."""
        _queued(repository, "1", wait=5 * _MINUTE)
        _queued(repository, "2", wait=5 * _MINUTE, created_at=MONDAY + 2 * _MINUTE)
        _queued(repository, "other thread", wait=5 * _MINUTE, scope=Scope.job("2"))
        _queued(repository, "other client", wait=5 * _MINUTE, client_id="omar")
        batches = _claim(repository, MONDAY + 5 * _MINUTE)
        assert [["1", "2"], ["other client"], ["other thread"]] == sorted(_texts(batch) for batch in batches)

    def test_without_a_window_each_is_its_own(self, repository: Repository) -> None:
        """Rows that are due at once are sent each by itself."""
        _queued(repository, "1")
        _queued(repository, "2")
        assert [["1"], ["2"]] == sorted(_texts(batch) for batch in _claim(repository))

    def test_a_claimed_batch_is_frozen(self, repository: Repository) -> None:
        """What is queued after the claim is no part of it, even when it comes again."""
        _queued(repository, "1", wait=_MINUTE)
        (first,) = _claim(repository, MONDAY + _MINUTE)
        _queued(repository, "2", wait=_MINUTE, created_at=MONDAY + _MINUTE)
        with repository.atomic() as work:
            work.outbox.postpone(first, due_at=MONDAY + 3 * _MINUTE, error="busy")
        batches = _claim(repository, MONDAY + 3 * _MINUTE)
        assert {first.id} < {batch.id for batch in batches}
        assert [["1"], ["2"]] == sorted(_texts(batch) for batch in batches)

    def test_the_cap_puts_off_and_merges(self, repository: Repository) -> None:
        """Beyond the cap the rest waits until the oldest mail is an hour old, then goes as one; none is lost."""
        for number in range(5):
            _queued(repository, str(number))
        taken = _claim(repository, mails_an_hour=2)
        assert 2 == len(taken)
        assert [] == _claim(repository, MONDAY + _MINUTE, mails_an_hour=2)
        with repository.atomic() as work:
            for batch in taken:
                work.outbox.settle(batch, "sent", now=MONDAY + _MINUTE)
        assert [] == _claim(repository, MONDAY + _HOUR - _MINUTE, mails_an_hour=2)
        (rest,) = _claim(repository, MONDAY + _HOUR + _MINUTE, mails_an_hour=2)
        assert 3 == len(rest.entries)
        assert {"0", "1", "2", "3", "4"} == {text for batch in [*taken, rest] for text in _texts(batch)}

    def test_what_comes_again_keeps_to_the_cap(self, repository: Repository) -> None:
        """A batch that failed waits for its recipient's hour like any other, and stays the batch it was."""
        _queued(repository, "failed")
        (failed,) = _claim(repository, mails_an_hour=1)
        with repository.atomic() as work:
            work.outbox.postpone(failed, due_at=MONDAY + 2 * _MINUTE, error="busy")
        _queued(repository, "sent", created_at=MONDAY + _MINUTE)
        (sent,) = _claim(repository, MONDAY + _MINUTE, mails_an_hour=1)
        with repository.atomic() as work:
            work.outbox.settle(sent, "sent", now=MONDAY + _MINUTE)
        assert _claim(repository, MONDAY + 2 * _MINUTE, mails_an_hour=1) == []
        (again,) = _claim(repository, MONDAY + _HOUR + 2 * _MINUTE, mails_an_hour=1)
        assert (failed.id, 2, ["failed"]) == (again.id, again.attempt, _texts(again))

    def test_the_cap_is_each_recipients_own(self, repository: Repository) -> None:
        """One client's cap holds back nobody else, on no other channel, in no other business."""
        for one in ALIKE:
            _queued(repository, client_id=one)
        _queued(repository, client_id="acme", channel="sms", scope=Scope.job("2"))
        _queued(repository, client_id="acme", business_id="volt")
        batches = _claim(repository, mails_an_hour=1, channels=["email", "sms"])
        assert len(ALIKE) + 2 == len(batches)

    def test_what_is_capped_does_not_hide_what_is_due(self, repository: Repository) -> None:
        """A claim that finds only capped rows first still takes what is due behind them."""
        for number in range(6):
            _queued(repository, f"dana {number}")
        (first,) = _claim(repository, limit=1, mails_an_hour=1)
        with repository.atomic() as work:
            work.outbox.settle(first, "sent", now=MONDAY)
        _queued(repository, "omar", client_id="omar", created_at=MONDAY + _MINUTE)
        (batch,) = _claim(repository, MONDAY + _MINUTE, limit=3, mails_an_hour=1)
        assert ["omar"] == _texts(batch)

    def test_what_was_given_up_is_listed_and_can_be_queued_again(self, repository: Repository) -> None:
        """A dead batch is listed with its error, newest first, and comes again under its id when retried."""
        _queued(repository, "old")
        _queued(repository, "volt's", business_id="volt")
        for later, batch in enumerate(sorted(_claim(repository), key=lambda one: one.business_id)):
            with repository.atomic() as work:
                assert work.outbox.settle(batch, "dead", now=MONDAY + later * _MINUTE, error="550 no such box")
        with repository.reading() as work:
            newest, oldest = work.outbox.failed(None, 9)
            assert ("volt", "acme") == (newest.business_id, oldest.business_id)
            assert [oldest] == work.outbox.failed("acme", 9)
            assert [newest] == work.outbox.failed(None, 1)
            assert [] == work.outbox.failed("ACME", 9)
            assert work.outbox.next_due() is None
        assert (JOB, "email", "dana", 1, "550 no such box", MONDAY) == (
            oldest.scope,
            oldest.channel,
            oldest.client_id,
            oldest.attempts,
            oldest.error,
            oldest.at,
        )
        with repository.atomic() as work:
            assert work.outbox.retry(uuid4(), now=MONDAY) is False
            assert work.outbox.retry(oldest.id, now=MONDAY + _HOUR) is True
            assert work.outbox.retry(oldest.id, now=MONDAY + _HOUR) is False
            assert [newest] == work.outbox.failed(None, 9)
        (again,) = _claim(repository, MONDAY + _HOUR)
        assert (oldest.id, 1, ["old"]) == (again.id, again.attempt, _texts(again))


def _queued(
    repository: Repository,
    text: str = "Hello",
    *,
    scope: Scope = JOB,
    business_id: str = "acme",
    client_id: str = "dana",
    **fields: Any,
) -> tuple[Any, Delivery]:
    kept = write(repository, text, scope=scope, business_id=business_id, shown_to=client_id)
    thread_id: UUID = keep_thread(repository, business_id, scope).id
    row = delivery(thread_id, kept, business_id=business_id, client_id=client_id, **fields)
    with repository.atomic() as work:
        work.outbox.queue([row])
    return kept, row


def _claim(
    repository: Repository,
    now: datetime = MONDAY,
    *,
    channels: list[str] | None = None,
    limit: int = 20,
    mails_an_hour: int | None = None,
) -> list[Batch]:
    with repository.atomic() as work:
        return work.outbox.claim(
            channels=["email"] if channels is None else channels,
            now=now,
            until=now + 5 * _MINUTE,
            limit=limit,
            mails_an_hour=mails_an_hour,
        )


def _texts(batch: Batch) -> list[str | None]:
    return [kept.entry.body for kept in batch.entries]
