"""What a host may listen to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from jobthreads import signals
from jobthreads.errors import JobThreadsError, PermanentFailure
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE

NAMES = [name for name in signals.__all__ if name != "visibility_changed"]


class Heard(list[tuple[str, dict[str, Any]]]):
    """Every signal that came, in order, with what it told."""

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self]


@pytest.fixture
def heard(shop: Shop) -> Iterator[Heard]:
    """A listener on every signal of the shop."""
    heard, receivers = Heard(), {}
    for name in NAMES:

        def receive(sender: object, _name: str = name, **facts: Any) -> None:
            assert sender is shop.threads
            heard.append((_name, facts))

        receivers[name] = receive
        getattr(signals, name).connect(receive, sender=shop.threads)
    yield heard
    for name, receive in receivers.items():
        getattr(signals, name).disconnect(receive)


def test_an_entry_is_told_once_it_is_durable(shop: Shop, heard: Heard) -> None:
    """S4: a signal comes after the commit: whoever hears it finds the entry."""
    found: list[object] = []

    def look(sender: object, **facts: Any) -> None:
        found.append(shop.threads.staff.feed(shop.kim, shop.job.scope).items[0])

    with signals.entry_added.connected_to(look, sender=shop.threads):
        entry = shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    assert [entry] == found
    assert ["thread_started", "entry_added"] == heard.names
    assert {"business_id": "acme", "entry": entry} == heard[1][1]
    assert {"business_id": "acme", "scope": shop.job.scope} == heard[0][1]


def test_a_thread_starts_once(shop: Shop, heard: Heard) -> None:
    """M1: a conversation begins once, by a start or by a first reply of either side; a note begins nothing."""
    shop.threads.staff.note(shop.kim, shop.job.scope, "A note")
    assert ["entry_added"] == heard.names
    shop.threads.staff.start(shop.kim, client_id="dana", scope=shop.job.scope)
    shop.threads.staff.start(shop.ada, client_id="dana", scope=shop.job.scope)
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    shop.threads.portal.reply(shop.dana, shop.garage.scope, "Hello?")
    assert ["entry_added", "thread_started", "entry_added", "thread_started", "entry_added"] == heard.names


def test_reading_is_told_when_it_changed_something(shop: Shop, heard: Heard) -> None:
    """J10: a mark that rose is told with its reader; one that stood there already is not."""
    mine = shop.threads.portal.reply(shop.dana, shop.job.scope, "Hello")
    theirs = shop.threads.staff.reply(shop.kim, shop.job.scope, "Hi")
    heard.clear()
    for _ in range(2):
        shop.threads.staff.mark_read(shop.kim, shop.job.scope, upto=9)
        shop.threads.portal.mark_read(shop.dana, shop.job.scope, upto=theirs.id)
        shop.threads.bell.mark_read(shop.ada, shop.job.scope)
    assert [("thread_read", reader) for reader in (shop.kim, shop.dana, shop.ada)] == [
        (name, facts["reader"]) for name, facts in heard
    ]
    assert mine.id != theirs.id


def test_nothing_is_told_of_what_was_not_written(shop: Shop, heard: Heard) -> None:
    """S6: a refused call and a retry are silent."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello", request_id="r")
    heard.clear()
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello", request_id="r")
    for text, request_id in (("", None), ("Other", "r")):
        with pytest.raises(JobThreadsError):
            shop.threads.staff.reply(shop.kim, shop.job.scope, text, request_id=request_id)
    assert [] == heard


def test_a_failing_receiver_undoes_nothing(shop: Shop, heard: Heard, caplog: pytest.LogCaptureFixture) -> None:
    """S4: a receiver's exception is logged and not raised, and the others still hear."""

    def fail(sender: object, **facts: Any) -> None:
        raise RuntimeError("the host's own fault")

    with signals.entry_added.connected_to(fail), caplog.at_level(logging.ERROR, logger="jobthreads"):
        entry = shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    assert [entry] == shop.entries(shop.job.scope)
    assert "entry_added" in heard.names
    assert "A receiver of the signal" in caplog.text
    assert "Hello" not in caplog.messages[0]


def test_what_was_sent_and_given_up_is_told(shop: Shop, heard: Heard) -> None:
    """M6: each notification that a notifier took is told, and each that was given up, with the reason."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "One")
    shop.mails()
    shop.mailbox.fail([PermanentFailure("no such box")])
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Two")
    shop.mails()
    told = [(name, facts) for name, facts in heard if name.startswith("notification")]
    assert ["notification_sent", "notification_failed"] == [name for name, _ in told]
    assert {"business_id": "acme", "scope": shop.job.scope, "channel": "mailbox"}.items() <= told[0][1].items()
    assert shop.mailbox.sent[0].id == told[0][1]["notification_id"]
    assert "no such box" == told[1][1]["error"]


def test_a_receiver_may_call_the_doors(shop: Shop) -> None:
    """S4: a receiver runs outside of our transaction and may write by itself."""

    def answer(sender: object, entry: Any, **facts: Any) -> None:
        if entry.author.id == "dana":
            shop.threads.staff.note(shop.kim, entry.scope, "Client wrote")

    with signals.entry_added.connected_to(answer, sender=shop.threads):
        shop.threads.portal.reply(shop.dana, shop.job.scope, "Hello")
    assert ["Hello", "Client wrote"] == shop.bodies(shop.job.scope)
