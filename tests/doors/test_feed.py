"""The activity feed, and what the host records in it."""

from __future__ import annotations

import inspect
from datetime import datetime, timedelta

import pytest

from jobthreads import Author, AuthorKind, Entry, EntryKind, FormSave, StatusChange, Visibility
from jobthreads.errors import InvalidInput, NotFound, NotPermitted
from jobthreads.services.staff import StaffDoor
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """A shop whose job has one entry of each kind, by each side."""
    shop.threads.staff.note(shop.kim, shop.job.scope, "1 note")
    shop.threads.staff.reply(shop.ada, shop.job.scope, "2 reply")
    shop.threads.portal.reply(shop.dana, shop.job.scope, "3 client")
    shop.threads.record.status_changed("acme", shop.job.scope, old="Quoted", new="Booked", by=shop.kim)
    shop.threads.record.form_saved("acme", shop.job.scope, form="Site", changes={"Gate": 4})
    return shop


def _kinds(items: tuple[Entry, ...]) -> list[int]:
    return [entry.seq for entry in items]


def test_the_choice_is_always_explicit() -> None:
    """J2: a note and a reply are two calls, and no call chooses for the writer."""
    assert "visibility" not in inspect.signature(StaffDoor.note).parameters
    assert "visibility" not in inspect.signature(StaffDoor.reply).parameters


def test_a_note_is_internal_and_a_reply_visible(busy: Shop) -> None:
    """J2: every entry carries which of the two it is."""
    assert ["internal", "visible", "visible", "internal", "internal"] == [
        entry.visibility for entry in busy.entries(busy.job.scope)
    ]


def test_a_note_is_for_the_business_only(busy: Shop) -> None:
    """J3: a note stands in the feed of staff, and in nothing that a client is given."""
    assert "1 note" in busy.bodies(busy.job.scope)
    opened = busy.threads.portal.conversation(busy.dana, busy.job.scope)
    assert ["3 client", "2 reply"] == [entry.body for entry in opened.entries.items]
    assert [["2 reply"]] == busy.mails()


def test_the_feed_filters_by_kind_and_author(busy: Shop) -> None:
    """J11: the feed narrows to kinds, to one author, and to both at once."""
    feed = busy.threads.staff.feed
    kim, dana = Author.of(busy.kim), Author(kind=AuthorKind.CLIENT, id="dana")
    assert [5, 4, 3, 2, 1] == _kinds(feed(busy.kim, busy.job.scope).items)
    assert [3, 2] == _kinds(feed(busy.kim, busy.job.scope, kinds=[EntryKind.REPLY]).items)
    assert [4, 1] == _kinds(feed(busy.kim, busy.job.scope, kinds=["note", "status_change"]).items)  # type: ignore[list-item]
    assert [4, 1] == _kinds(feed(busy.kim, busy.job.scope, author=kim).items)
    assert [3] == _kinds(feed(busy.kim, busy.job.scope, author=dana).items)
    assert [1] == _kinds(feed(busy.kim, busy.job.scope, author=kim, kinds=[EntryKind.NOTE]).items)
    assert [] == _kinds(feed(busy.kim, busy.job.scope, author=dana, kinds=[EntryKind.NOTE]).items)
    assert [5] == _kinds(feed(busy.kim, busy.job.scope, author=Author.of(None)).items)


def test_a_filtered_feed_pages(busy: Shop) -> None:
    """J11: the filters hold from page to page."""
    for _ in range(3):
        busy.threads.staff.note(busy.kim, busy.job.scope, "more")
        busy.threads.staff.reply(busy.kim, busy.job.scope, "more")
    notes = {"kinds": [EntryKind.NOTE], "limit": 3}
    first = busy.threads.staff.feed(busy.kim, busy.job.scope, **notes)
    second = busy.threads.staff.feed(busy.kim, busy.job.scope, cursor=first.next, **notes)
    assert ([10, 8, 6], [1], None) == (_kinds(first.items), _kinds(second.items), second.next)


def test_the_header_names_the_authors(busy: Shop) -> None:
    """J11: the header offers everyone who has an entry, each once."""
    authors = busy.threads.staff.header(busy.kim, busy.job.scope).authors
    assert {
        (AuthorKind.STAFF, "kim"),
        (AuthorKind.STAFF, "ada"),
        (AuthorKind.CLIENT, "dana"),
        (AuthorKind.SYSTEM, ""),
    } == {(author.kind, author.id) for author in authors}


def test_what_the_host_records_is_kept(busy: Shop) -> None:
    """J1: a status change keeps old and new, a form save its title and changes, each with who did it."""
    change, form = busy.entries(busy.job.scope)[3:]
    assert (StatusChange(old="Quoted", new="Booked"), "kim") == (change.status, change.author.id)
    assert (FormSave(form="Site", changes={"Gate": "4"}), AuthorKind.SYSTEM) == (form.form, form.author.kind)


def test_the_host_may_say_when(shop: Shop) -> None:
    """J1: a status change may carry its own time; the client sees when it became visible instead (S1)."""
    at = shop.clock() - timedelta(days=40)
    entry = shop.threads.record.status_changed(
        "acme", shop.job.scope, old="", new="Booked", at=at, visibility=Visibility.VISIBLE
    )
    assert at == entry.at
    assert [shop.clock()] == [
        one.at for one in shop.threads.portal.conversation(shop.dana, shop.job.scope).entries.items
    ]


def test_a_recorded_time_is_aware(shop: Shop) -> None:
    """S6: a time without a zone is refused by its name."""
    with pytest.raises(InvalidInput) as refused:
        shop.threads.record.status_changed(
            "acme",
            shop.job.scope,
            old="",
            new="x",
            at=datetime(2026, 3, 2),  # noqa: DTZ001 - what is refused
        )
    assert "at" == refused.value.field


def test_labels_of_the_host_are_one_line(shop: Shop) -> None:
    """J1: what the host records is folded to lines without controls, and a form has 200 changes at most."""
    entry = shop.threads.record.status_changed("acme", shop.job.scope, old="a\r\nb", new="c\x00d")
    assert StatusChange(old="a b", new="c d") == entry.status
    with pytest.raises(InvalidInput) as refused:
        shop.threads.record.form_saved(
            "acme", shop.job.scope, form="Site", changes={str(number): "x" for number in range(201)}
        )
    assert "changes" == refused.value.field


def test_a_quote_has_replies_only(shop: Shop) -> None:
    """J1: notes and records on a quote are refused with the reason."""
    for refuse in (
        lambda: shop.threads.staff.note(shop.kim, shop.quote.scope, "A note"),
        lambda: shop.threads.record.status_changed("acme", shop.quote.scope, old="", new="x"),
        lambda: shop.threads.record.form_saved("acme", shop.quote.scope, form="Site", changes={}),
    ):
        with pytest.raises(NotPermitted) as refused:
            refuse()
        assert "A quote has messages only." == str(refused.value)
    assert [] == shop.entries(shop.quote.scope)


def test_what_is_recorded_is_of_one_business(shop: Shop) -> None:
    """S3: the host cannot record in one business by a person of another, nor in one that is unknown."""
    with pytest.raises(NotFound):
        shop.threads.record.status_changed("acme", shop.job.scope, old="", new="x", by=shop.vera)
    with pytest.raises(NotFound):
        shop.threads.record.status_changed("ACME", shop.job.scope, old="", new="x")
