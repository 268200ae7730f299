"""Mail that cannot be sent: tried again, given up, queued again by hand."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from jobthreads import Settings
from jobthreads.errors import PermanentFailure, TemporaryFailure
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE

BUSY = TemporaryFailure("450 busy")


def test_a_temporary_failure_is_tried_again(shop: Shop) -> None:
    """S5: a notifier that cannot now is asked again after a pause, with the same id on every attempt."""
    shop.mailbox.fail([BUSY, BUSY])
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    assert [] == shop.mails()
    assert 0 == shop.threads.delivery.run_once()
    shop.clock.advance(seconds=37)
    assert [] == shop.mails()
    shop.clock.advance(seconds=73)
    assert [["Hello"]] == shop.mails()
    assert 3 == len(shop.mailbox.attempts)
    assert 1 == len({one.id for one in shop.mailbox.attempts})
    assert 3 == len({one.link for one in shop.mailbox.attempts})


def test_the_pauses_grow(shop: Shop) -> None:
    """S5: each pause is twice the one before, spread by a fifth, six hours at most."""
    shop.mailbox.fail([BUSY] * 11)
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    pauses = []
    for _ in range(11):
        assert 1 == shop.threads.delivery.run_once()
        with shop.repository.reading() as work:
            due = work.outbox.next_due()
        assert due is not None
        pauses.append(due - shop.clock())
        shop.clock.set(due)
    for number, pause in enumerate(pauses):
        plain = min(timedelta(seconds=30) * 2**number, timedelta(hours=6))
        assert plain * 0.79 < pause < plain * 1.21
    assert [["Hello"]] == shop.mails()


@pytest.mark.parametrize("error", [ValueError("a bug"), ConnectionError("refused"), TimeoutError(), KeyError("x")])
def test_an_unknown_exception_is_temporary(shop: Shop, error: Exception) -> None:
    """S5: whatever a notifier raises counts as temporary and stops no worker."""
    shop.mailbox.fail([error])
    shop.threads.staff.reply(shop.kim, shop.job.scope, "One")
    shop.threads.staff.reply(shop.kim, shop.garage.scope, "Two")
    assert 2 == shop.threads.delivery.run_once()
    assert 1 == len(shop.mailbox.sent)
    assert [] == shop.threads.delivery.failed()
    shop.clock.advance(minutes=1)
    assert 2 == len(shop.mails())


def test_a_directory_that_fails_is_temporary(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """S5: when the host cannot answer, the mail is tried again, never sent unasked."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")

    def broken(business_id: str) -> None:
        raise RuntimeError("the host's database is down")

    with monkeypatch.context() as patch:
        patch.setattr(shop.directory, "business", broken)
        assert [] == shop.mails()
    shop.clock.advance(minutes=1)
    assert [["Hello"]] == shop.mails()


def test_a_permanent_failure_is_given_up_at_once(shop: Shop) -> None:
    """S5: what can never be delivered is listed with its reason and not tried again by itself."""
    shop.mailbox.fail([PermanentFailure("550 no such box")])
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    assert [] == shop.mails()
    shop.clock.advance(days=30)
    assert [] == shop.mails()
    (failed,) = shop.threads.delivery.failed()
    assert ("acme", shop.job.scope, "mailbox", "dana", 1, "550 no such box") == (
        failed.business_id,
        failed.scope,
        failed.channel,
        failed.client_id,
        failed.attempts,
        failed.error,
    )
    assert ([failed], []) == (shop.threads.delivery.failed("acme"), shop.threads.delivery.failed("volt"))


def test_it_is_given_up_after_so_many_attempts(shop: Shop) -> None:
    """S5: after `Settings.attempts` a temporary failure is given up with its last reason."""
    threads = shop.open(settings=Settings(attempts=3))
    shop.mailbox.fail([BUSY, BUSY, ConnectionError("refused")])
    threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    for _ in range(9):
        threads.deliver()
        shop.clock.advance(hours=1)
    assert 3 == len(shop.mailbox.attempts)
    (failed,) = threads.delivery.failed()
    assert (3, "ConnectionError: refused") == (failed.attempts, failed.error)


def test_what_was_given_up_can_be_queued_again(shop: Shop) -> None:
    """S5: an operator queues it again under the same id, and it has all its attempts anew."""
    shop.mailbox.fail([PermanentFailure("550"), BUSY])
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    shop.mails()
    (failed,) = shop.threads.delivery.failed()
    assert shop.threads.delivery.retry(uuid4()) is False
    assert shop.threads.delivery.retry(failed.id) is True
    assert shop.threads.delivery.retry(failed.id) is False
    assert [] == shop.threads.delivery.failed()
    assert [] == shop.mails()
    shop.clock.advance(minutes=1)
    assert [["Hello"]] == shop.mails()
    assert {failed.id} == {one.id for one in shop.mailbox.attempts}


def test_what_is_queued_again_is_decided_again(shop: Shop) -> None:
    """S5: a retried notification meets the switches of its new time."""
    shop.mailbox.fail([PermanentFailure("550")])
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    shop.mails()
    (failed,) = shop.threads.delivery.failed()
    shop.portal(on=False)
    shop.threads.delivery.retry(failed.id)
    assert [] == shop.mails()
    shop.portal(on=True)
    assert ([], []) == (shop.mails(), shop.threads.delivery.failed())


def test_a_worker_that_dies_is_followed_by_another(shop: Shop) -> None:
    """S5: what a dead worker held comes again after its lease, under the same id."""

    class Killed(BaseException):
        pass

    class Deadly:
        channel = "mailbox"

        def deliver(self, notification: object) -> None:
            raise Killed

    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    with pytest.raises(Killed):
        shop.open(notifiers=[Deadly()]).delivery.run_once()
    assert [] == shop.mails()
    shop.clock.advance(minutes=4, seconds=59)
    assert [] == shop.mails()
    shop.clock.advance(seconds=1)
    assert [["Hello"]] == shop.mails()
    assert [] == shop.threads.delivery.failed()


def test_a_slow_worker_does_not_close_what_another_holds(shop: Shop) -> None:
    """S5: a worker whose lease ran out while it was sending changes nothing of the next one's claim."""

    class Slow:
        channel = "mailbox"

        def deliver(self, notification: object) -> None:
            shop.clock.advance(minutes=6)
            shop.threads.delivery.run_once()
            raise PermanentFailure("too late to say so")

    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    shop.open(notifiers=[Slow()]).delivery.run_once()
    assert [["Hello"]] == shop.mails()
    assert [] == shop.threads.delivery.failed()


def test_what_came_meanwhile_is_a_mail_of_its_own(shop: Shop) -> None:
    """S5: a batch that failed is sent as it was; what was written since is another mail."""
    threads = shop.open(settings=Settings(mail_window=60))
    shop.mailbox.fail([BUSY])
    threads.staff.reply(shop.kim, shop.job.scope, "1")
    shop.clock.advance(minutes=1)
    threads.deliver()
    threads.staff.reply(shop.kim, shop.job.scope, "2")
    shop.clock.advance(minutes=2)
    assert [["1"], ["2"]] == sorted(shop.mails())
