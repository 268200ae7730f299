"""The threads panel and the conversation."""

from __future__ import annotations

import pytest

from jobthreads import Visibility
from jobthreads.errors import InvalidInput, NotFound
from jobthreads.testing import job
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE


def test_a_row_says_what_it_is_about(shop: Shop) -> None:
    """M7: a row holds the client's name, the record's reference and title, the last visible message and its time."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "We can start\non Friday.")
    (row,) = shop.threads.staff.inbox(shop.kim).items
    assert (shop.job.scope, "J-1042", "Kitchen rewire", "dana", "Dana Reyes", "We can start on Friday.") == (
        row.scope,
        row.reference,
        row.title,
        row.client_id,
        row.client_name,
        row.snippet,
    )
    assert (shop.clock(), 0) == (row.at, row.unread)


def test_only_conversations_are_listed(shop: Shop) -> None:
    """M7: a thread with notes and status changes only has not begun; either side may begin it."""
    shop.threads.staff.note(shop.kim, shop.job.scope, "A note")
    shop.threads.record.status_changed("acme", shop.job.scope, old="", new="Booked", visibility=Visibility.VISIBLE)
    assert () == shop.threads.staff.inbox(shop.kim).items
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Hello?")
    assert ["Hello?"] == [row.snippet for row in shop.threads.staff.inbox(shop.kim).items]


def test_the_newest_conversation_stands_first(shop: Shop) -> None:
    """M7: visible replies of either side move a thread up; notes and status changes do not."""
    for record in (shop.job, shop.garage, shop.quote):
        shop.threads.staff.start(shop.kim, client_id="dana", scope=record.scope)
        shop.clock.advance(minutes=1)

    def order() -> list[str]:
        return [row.reference for row in shop.threads.staff.inbox(shop.kim).items]

    assert ["Q-88", "J-1043", "J-1042"] == order()
    shop.threads.staff.note(shop.kim, shop.job.scope, "A note")
    shop.threads.record.status_changed("acme", shop.garage.scope, old="", new="x", visibility=Visibility.VISIBLE)
    assert ["Q-88", "J-1043", "J-1042"] == order()
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Hello")
    shop.clock.advance(minutes=1)
    assert ["J-1042", "Q-88", "J-1043"] == order()
    shop.threads.staff.reply(shop.kim, shop.garage.scope, "Hello")
    assert ["J-1043", "J-1042", "Q-88"] == order()


def test_the_list_pages_without_an_end(shop: Shop) -> None:
    """M7: page after page holds every conversation once, even those of one moment."""
    records = [job(str(number)) for number in range(23)]
    shop.directory.put(*records)
    for number, record in enumerate(records):
        shop.threads.staff.start(shop.kim, client_id="dana", scope=record.scope)
        if number % 3:
            shop.clock.advance(seconds=1)
    seen, cursor = [], None
    while True:
        page = shop.threads.staff.inbox(shop.kim, cursor=cursor, limit=5)
        seen += page.items
        cursor = page.next
        if cursor is None:
            break
    assert 23 == len(seen) == len({row.scope for row in seen})
    assert [row.scope for row in seen] == [row.scope for row in shop.threads.staff.inbox(shop.kim, limit=200).items]
    assert seen == sorted(seen, key=lambda row: row.at, reverse=True)


def test_a_full_last_page_has_no_next(shop: Shop) -> None:
    """M7: a page that holds exactly the rest says that it is the last."""
    shop.threads.staff.start(shop.kim, client_id="dana", scope=shop.job.scope)
    shop.threads.staff.start(shop.kim, client_id="dana", scope=shop.garage.scope)
    assert shop.threads.staff.inbox(shop.kim, limit=2).next is None
    assert shop.threads.staff.inbox(shop.kim, limit=1).next is not None


def test_the_list_can_be_of_one_client_or_unread(shop: Shop) -> None:
    """M7: the panel may be narrowed to one client, to what is unread, or to both."""
    shop.threads.portal.reply(shop.dana, shop.job.scope, "1")
    shop.threads.staff.reply(shop.kim, shop.garage.scope, "2")
    shop.threads.portal.reply(shop.omar, shop.roof.scope, "3")

    def found(**filters: object) -> set[str]:
        return {row.reference for row in shop.threads.staff.inbox(shop.kim, **filters).items}  # type: ignore[arg-type]

    assert {"J-1042", "J-1043"} == found(client_id="dana")
    assert {"J-1042", "J-2001"} == found(unread_only=True)
    assert {"J-1042"} == found(unread_only=True, client_id="dana")
    assert set() == found(client_id="nobody")


@pytest.mark.parametrize("cursor", ["", "x", "%%", "{}", "W10", "bnVsbA", "WyJhIiwiYiJd", "WzEsMiwzXQ", 5])
def test_a_bad_place_is_refused(shop: Shop, cursor: str) -> None:
    """S6: a cursor that is not of this list is refused by its name, in every list."""
    shop.threads.staff.start(shop.kim, client_id="dana", scope=shop.job.scope)
    for ask in (
        lambda: shop.threads.staff.inbox(shop.kim, cursor=cursor),
        lambda: shop.threads.staff.feed(shop.kim, shop.job.scope, cursor=cursor),
        lambda: shop.threads.staff.conversation(shop.kim, shop.job.scope, cursor=cursor),
        lambda: shop.threads.portal.records(shop.dana, cursor=cursor),
        lambda: shop.threads.portal.conversation(shop.dana, shop.job.scope, cursor=cursor),
    ):
        with pytest.raises(InvalidInput) as refused:
            ask()
        assert "cursor" == refused.value.field


@pytest.mark.parametrize("limit", [0, 201, -1, True, "5"])
def test_a_bad_length_is_refused(shop: Shop, limit: int) -> None:
    """S6: every list refuses a page of no length, and says what fits."""
    for ask in (
        lambda: shop.threads.staff.inbox(shop.kim, limit=limit),
        lambda: shop.threads.staff.feed(shop.kim, shop.job.scope, limit=limit),
        lambda: shop.threads.staff.conversation(shop.kim, shop.job.scope, limit=limit),
        lambda: shop.threads.portal.records(shop.dana, limit=limit),
        lambda: shop.threads.portal.conversation(shop.dana, shop.job.scope, limit=limit),
    ):
        with pytest.raises(InvalidInput) as refused:
            ask()
        assert ("limit", "Ask for 1 to 200.") == (refused.value.field, refused.value.hint)


def test_the_conversation_shows_visible_entries(shop: Shop) -> None:
    """M7: the conversation holds what the client was shown, newest first, the feed holds everything."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "1")
    shop.threads.staff.note(shop.kim, shop.job.scope, "2")
    shop.threads.portal.reply(shop.dana, shop.job.scope, "3")
    opened = shop.threads.staff.conversation(shop.kim, shop.job.scope)
    assert ["3", "1"] == [entry.body for entry in opened.entries.items]
    assert 1 == opened.unread
    assert ["1", "2", "3"] == shop.bodies(shop.job.scope)


def test_the_conversation_pages(shop: Shop) -> None:
    """M7: an older page follows the newest one, visible entries only."""
    for number in range(7):
        shop.threads.staff.reply(shop.kim, shop.job.scope, str(number))
        shop.threads.staff.note(shop.kim, shop.job.scope, "between")
    first = shop.threads.staff.conversation(shop.kim, shop.job.scope, limit=4).entries
    second = shop.threads.staff.conversation(shop.kim, shop.job.scope, limit=4, cursor=first.next).entries
    assert [list("6543"), list("210")] == [[entry.body for entry in page.items] for page in (first, second)]
    assert second.next is None


def test_a_record_nobody_wrote_on_can_be_opened(shop: Shop) -> None:
    """M7: conversation and feed open any record in reach, empty."""
    assert () == shop.threads.staff.conversation(shop.kim, shop.garage.scope).entries.items
    assert () == shop.threads.staff.feed(shop.kim, shop.garage.scope).items
    assert () == shop.threads.staff.inbox(shop.kim).items


def test_the_panel_shows_present_names(shop: Shop) -> None:
    """M9: rows and conversation show what record and client are called now."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    shop.change(shop.job, reference="J-NEW", title="Kitchen and hall")
    shop.change(shop.dana, name="Dana Moreno")
    (row,) = shop.threads.staff.inbox(shop.kim).items
    opened = shop.threads.staff.conversation(shop.kim, shop.job.scope)
    assert ("J-NEW", "Kitchen and hall", "Dana Moreno") == (row.reference, row.title, row.client_name)
    assert ("J-NEW", "Kitchen and hall", "Dana Moreno") == (opened.reference, opened.title, opened.client_name)


def test_an_unknown_business_is_not_found(shop: Shop) -> None:
    """S3: an actor of a business that the host does not know finds nothing."""
    shop.directory.remove(shop.acme)
    for ask in (
        lambda: shop.threads.staff.inbox(shop.kim),
        lambda: shop.threads.staff.availability(shop.kim),
        lambda: shop.threads.portal.records(shop.dana),
        lambda: shop.threads.bell.unread(shop.kim),
    ):
        with pytest.raises(NotFound):
            ask()
