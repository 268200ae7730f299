"""The contract of a `Notifier`: run it on your own way to tell a client."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import pytest
from attrs import evolve

from jobthreads.domain.entries import EntryKind
from jobthreads.domain.notifications import Notification
from jobthreads.domain.portal import PortalEntry, PortalFile
from jobthreads.ports import Notifier
from jobthreads.testing.builders import business, client, job
from jobthreads.testing.clock import MONDAY
from jobthreads.testing.contracts.contract import Contract

__all__ = ["NotifierContract", "notification"]


def notification(*texts: str, **fields: Any) -> Notification:
    """A notification about the job 1042 with one reply of each text, as a notifier is given it."""
    record = job()
    entries = tuple(
        PortalEntry(id=uuid4(), kind=EntryKind.REPLY, author_name="Kim Lee", from_me=False, at=MONDAY, body=text)
        for text in texts
    )
    known: dict[str, Any] = {
        "id": uuid4(),
        "business": business(),
        "client": client(),
        "scope": record.scope,
        "reference": record.reference,
        "title": record.title,
        "entries": entries,
        "link": "https://acme.example/portal/enter/a-token-of-many-letters",
        "locale": None,
    }
    return Notification(**{**known, **fields})


class NotifierContract(Contract):
    """Override the fixtures `notifier` and `delivered`."""

    @pytest.fixture
    def notifier(self) -> Notifier:
        """The notifier on trial."""
        raise NotImplementedError("Override the fixture `notifier`.")

    @pytest.fixture
    def delivered(self, notifier: Notifier) -> Callable[[], Sequence[str]]:
        """A function that gives the text of everything delivered until now, oldest first."""
        raise NotImplementedError("Override the fixture `delivered`.")

    def test_its_channel_is_a_short_word(self, notifier: Notifier) -> None:
        """The channel is 1 to 40 plain characters, the same each time."""
        assert 1 <= len(notifier.channel) <= 40
        assert notifier.channel.isascii()
        assert notifier.channel == notifier.channel

    def test_it_delivers_once(self, notifier: Notifier, delivered: Callable[[], Sequence[str]]) -> None:
        """One call delivers one thing, with the reply's text and the link (M6)."""
        given = notification("We can start on Friday.")
        notifier.deliver(given)
        assert len(delivered()) == 1
        assert "We can start on Friday." in delivered()[0]
        assert given.link in delivered()[0]

    def test_it_delivers_every_reply_in_order(self, notifier: Notifier, delivered: Callable[[], Sequence[str]]) -> None:
        """Replies that became one notification stand in it in their order (M6)."""
        notifier.deliver(notification("First of all.", "And then this."))
        (text,) = delivered()
        assert -1 < text.index("First of all.") < text.index("And then this.")

    def test_it_takes_the_same_again(self, notifier: Notifier, delivered: Callable[[], Sequence[str]]) -> None:
        """The same notification may come again after a crash, and is no error."""
        given = notification("We can start on Friday.")
        notifier.deliver(given)
        notifier.deliver(given)
        assert "We can start on Friday." in delivered()[0]

    def test_it_delivers_a_fresh_link(self, notifier: Notifier, delivered: Callable[[], Sequence[str]]) -> None:
        """A notification without entries is the link that the client asked for."""
        given = notification()
        notifier.deliver(given)
        assert given.link in delivered()[0]

    def test_it_never_names_a_file(self, notifier: Notifier, delivered: Callable[[], Sequence[str]]) -> None:
        """A file is told of, and its name is not (M6)."""
        given = notification("The plan is there.")
        file = PortalFile(name="divorce-papers.pdf", size=1024, type="application/pdf")
        entry = PortalEntry(id=uuid4(), kind=EntryKind.FILE, author_name="Kim Lee", from_me=False, at=MONDAY, file=file)
        notifier.deliver(evolve(given, entries=(*given.entries, entry)))
        assert "The plan is there." in delivered()[0]
        assert "divorce-papers" not in delivered()[0]

    def test_it_stands_hostile_words(self, notifier: Notifier, delivered: Callable[[], Sequence[str]]) -> None:
        """Whatever names, titles and texts hold, it is delivered as text."""
        nasty = "=?utf-8?q?=0d=0aBcc:_all@example.com?= <script>alert(1)</script> {{ 7*7 }} ünï ☂ \u202e"
        notifier.deliver(
            notification(
                f"Before {nasty} after",
                title=nasty,
                reference=nasty,
                client=client(name=nasty),
                business=business(name=nasty),
            )
        )
        assert len(delivered()) == 1
