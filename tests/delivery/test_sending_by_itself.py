"""The delivery thread of a web process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from jobthreads import Settings
from jobthreads.errors import Misconfigured
from jobthreads.testing import Mailbox, TrialThreads
from tests.shop import Shop


def _until(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def _running() -> bool:
    return any(thread.name == "jobthreads-delivery" for thread in threading.enumerate())


@pytest.fixture
def sending(shop: Shop) -> Iterator[TrialThreads]:
    """The shop with a delivery thread, stopped at the end."""
    opened = shop.open(delivery="thread")
    yield opened
    super(TrialThreads, opened).close()
    assert not _running()


def test_it_sends_after_a_commit(shop: Shop, sending: TrialThreads) -> None:
    """M6: with delivery="thread" a reply is mailed by itself, and nothing runs before it is needed."""
    assert not _running()
    sending.staff.reply(shop.kim, shop.job.scope, "Hello")
    assert _until(lambda: len(shop.mailbox.sent) == 1)
    sending.staff.reply(shop.kim, shop.job.scope, "Again")
    assert _until(lambda: len(shop.mailbox.sent) == 2)


def test_it_is_one_thread(shop: Shop, sending: TrialThreads) -> None:
    """M6: being awake is idempotent: however often it is called, one thread runs."""
    for _ in range(20):
        sending.awake()
    assert 1 == sum(thread.name == "jobthreads-delivery" for thread in threading.enumerate())
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "jobthreads-delivery")


def test_it_sends_what_waited_when_it_starts(shop: Shop, sending: TrialThreads) -> None:
    """M6: what another process queued before is sent as soon as the thread is up."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Before")
    sending.awake()
    assert _until(lambda: len(shop.mailbox.sent) == 1)


def test_it_wakes_when_the_window_is_over(shop: Shop) -> None:
    """M6: the thread waits for what is due, and not until somebody writes again."""
    opened = shop.open(delivery="thread", settings=Settings(mail_window=0.3), clock=lambda: datetime.now(UTC))
    opened.staff.reply(shop.kim, shop.job.scope, "1")
    opened.staff.reply(shop.kim, shop.job.scope, "2")
    assert _until(lambda: len(shop.mailbox.sent) == 1)
    assert ["1", "2"] == [entry.body for entry in shop.mailbox.sent[0].entries]
    super(TrialThreads, opened).close()


def test_it_works_in_the_hosts_context(shop: Shop, sending: TrialThreads) -> None:
    """M6: each round of sending happens inside the context that the adapter gave."""
    inside = threading.local()

    @contextmanager
    def context() -> Iterator[None]:
        inside.open = True
        yield
        inside.open = False

    seen: list[bool] = []
    deliver = shop.mailbox.deliver
    shop.mailbox.deliver = lambda notification: (seen.append(inside.open), deliver(notification))[1]  # type: ignore[method-assign]
    sending.awake(context)
    sending.staff.reply(shop.kim, shop.job.scope, "Hello")
    assert _until(lambda: seen == [True])


def test_it_outlives_a_failure(shop: Shop, sending: TrialThreads, monkeypatch: pytest.MonkeyPatch) -> None:
    """S5: whatever goes wrong around sending, the thread goes on."""
    failures = iter([OSError("no database")])
    claim = shop.repository.atomic

    def atomic() -> object:
        if threading.current_thread().name == "jobthreads-delivery":
            for failure in failures:
                raise failure
        return claim()

    monkeypatch.setattr(shop.repository, "atomic", atomic)
    sending.staff.reply(shop.kim, shop.job.scope, "One")
    assert _until(lambda: next(failures, None) is None)
    sending.staff.reply(shop.kim, shop.job.scope, "Two")
    assert _until(lambda: len(shop.mailbox.sent) == 2)


def test_closing_stops_it(shop: Shop, sending: TrialThreads) -> None:
    """M6: after close nothing is sent any more, and a late wake starts nothing."""
    sending.awake()
    assert _running()
    super(TrialThreads, sending).close()
    assert not _running()
    sending.staff.reply(shop.kim, shop.job.scope, "Late")
    sending.awake()
    assert not _running()
    assert [] == shop.mailbox.sent
    super(TrialThreads, sending).close()


def test_closing_waits_for_what_is_being_sent(shop: Shop, sending: TrialThreads) -> None:
    """M6: close lets the notification in hand be finished and recorded."""
    taken, go_on = threading.Event(), threading.Event()
    deliver = shop.mailbox.deliver

    def slowly(notification: object) -> None:
        taken.set()
        go_on.wait(10)
        deliver(notification)  # type: ignore[arg-type]

    shop.mailbox.deliver = slowly  # type: ignore[method-assign]
    sending.staff.reply(shop.kim, shop.job.scope, "Hello")
    assert taken.wait(10)
    threading.Timer(0.1, go_on.set).start()
    super(TrialThreads, sending).close()
    assert 1 == len(shop.mailbox.sent)
    shop.mailbox.deliver = deliver  # type: ignore[method-assign]
    shop.clock.advance(hours=1)
    assert [["Hello"]] == shop.mails()


def test_without_notifiers_there_is_no_thread(shop: Shop) -> None:
    """M6: a host that sends nothing has no thread."""
    opened = shop.open(delivery="thread", notifiers=[])
    opened.staff.reply(shop.kim, shop.job.scope, "Hello")
    opened.awake()
    assert not _running()


def test_wiring_is_judged_at_once(shop: Shop) -> None:
    """S6: a wrong wiring is refused with what to write instead."""
    for wrong in (
        {"delivery": "sometimes"},
        {"portal_url": ""},
        {"notifiers": [Mailbox(), Mailbox()]},
        {"notifiers": [Mailbox("")]},
        {"notifiers": [Mailbox("x" * 41)]},
    ):
        with pytest.raises(Misconfigured) as refused:
            shop.open(**wrong)
        assert refused.value.hint.startswith("Give")
