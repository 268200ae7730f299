"""Retries, and what is judged before them."""

from __future__ import annotations

import pytest

from jobthreads import AccessPolicy, Visibility
from jobthreads.errors import (
    EmptyText,
    InvalidInput,
    NotFound,
    NotPermitted,
    PortalDisabled,
    QuoteNotSent,
    RequestReused,
    ThreadMoved,
)
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE


def test_a_retry_answers_the_first_entry(shop: Shop) -> None:
    """S4: the same request with the same content gives the first entry, from every door that writes."""
    staff, portal, record = shop.threads.staff, shop.threads.portal, shop.threads.record
    calls = [
        lambda: staff.reply(shop.kim, shop.job.scope, "Reply", request_id="r"),
        lambda: staff.note(shop.kim, shop.job.scope, "Note", request_id="r"),
        lambda: portal.reply(shop.dana, shop.job.scope, "Client", request_id="r"),
        lambda: record.status_changed("acme", shop.job.scope, old="a", new="b", request_id="r"),
        lambda: record.form_saved("acme", shop.job.scope, form="Site", changes={"Gate": "4"}, request_id="r"),
    ]
    first = [call() for call in calls]
    shop.clock.advance(hours=1)
    assert first == [call() for call in calls]
    assert 5 == len(shop.entries(shop.job.scope))


def test_a_retry_doubles_nothing_beside_the_entry(shop: Shop) -> None:
    """S4: a retry sends no second mail, rings no second time, and moves no thread."""
    for _ in range(3):
        shop.threads.staff.reply(shop.kim, shop.job.scope, "Reply", request_id="r")
        shop.threads.portal.reply(shop.dana, shop.job.scope, "Client", request_id="r")
        shop.clock.advance(minutes=1)
    assert [["Reply"]] == shop.mails()
    assert [1] == [notice.count for notice in shop.threads.bell.notices(shop.kim)]
    assert 1 == shop.threads.portal.conversation(shop.dana, shop.job.scope).unread
    assert shop.clock.advance(minutes=-3) == shop.threads.staff.inbox(shop.kim).items[0].at


def test_trimming_is_no_difference(shop: Shop) -> None:
    """S4: content is compared as it is stored."""
    first = shop.threads.staff.reply(shop.kim, shop.job.scope, "One\ntwo", request_id="r")
    assert first == shop.threads.staff.reply(shop.kim, shop.job.scope, " One\r\ntwo\n", request_id="r")


def test_other_content_is_refused(shop: Shop) -> None:
    """S4: the same request with another text or on another record is refused, and nothing is stored (S6)."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Reply", request_id="r")
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Client", request_id="r")
    shop.threads.record.status_changed("acme", shop.job.scope, old="a", new="b", request_id="r")
    for reuse in (
        lambda: shop.threads.staff.reply(shop.kim, shop.job.scope, "Another", request_id="r"),
        lambda: shop.threads.staff.reply(shop.kim, shop.garage.scope, "Reply", request_id="r"),
        lambda: shop.threads.portal.reply(shop.dana, shop.job.scope, "Another", request_id="r"),
        lambda: shop.threads.portal.reply(shop.dana, shop.garage.scope, "Client", request_id="r"),
        lambda: shop.threads.record.status_changed("acme", shop.job.scope, old="a", new="c", request_id="r"),
        lambda: shop.threads.record.status_changed(
            "acme", shop.job.scope, old="a", new="b", visibility=Visibility.VISIBLE, request_id="r"
        ),
    ):
        with pytest.raises(RequestReused):
            reuse()
    assert 3 == len(shop.entries(shop.job.scope))
    with shop.repository.reading() as work:
        # Not even an empty thread stays behind.
        assert not work.entries.exists("acme", shop.garage.scope)


def test_a_request_is_its_authors_and_its_calls_own(shop: Shop) -> None:
    """S4: the same id of another person, call or business is another request."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "kim", request_id="r")
    shop.threads.staff.reply(shop.ada, shop.job.scope, "ada", request_id="r")
    shop.threads.staff.note(shop.kim, shop.job.scope, "note", request_id="r")
    shop.threads.portal.reply(shop.dana, shop.job.scope, "dana", request_id="r")
    shop.threads.staff.reply(shop.kim, shop.job.scope, "another id", request_id="R")
    shop.threads.staff.reply(shop.vera, shop.job.scope, "volt", request_id="r")
    assert ["kim", "ada", "note", "dana", "another id"] == shop.bodies(shop.job.scope)


def test_without_a_request_id_each_call_is_its_own(shop: Shop) -> None:
    """S4: what carries no request id is stored each time."""
    for _ in range(2):
        shop.threads.staff.reply(shop.kim, shop.job.scope, "Again")
    assert ["Again", "Again"] == shop.bodies(shop.job.scope)


def test_access_is_judged_before_the_retry(shop: Shop) -> None:
    """S4: who may no longer write gets no answer by repeating an old request."""
    threads = shop.open(access=AccessPolicy(field_staff="reply"))
    threads.staff.reply(shop.tom, shop.job.scope, "Reply", request_id="r")
    with pytest.raises(NotPermitted):
        shop.threads.staff.reply(shop.tom, shop.job.scope, "Reply", request_id="r")
    shop.change(shop.job, assigned_to=[])
    with pytest.raises(NotFound):
        threads.staff.reply(shop.tom, shop.job.scope, "Reply", request_id="r")


def test_the_switch_is_judged_before_the_retry(shop: Shop) -> None:
    """S4: a retry meets the portal switch first, on both sides."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Reply", request_id="r")
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Client", request_id="r")
    shop.portal(on=False)
    with pytest.raises(PortalDisabled):
        shop.threads.staff.reply(shop.kim, shop.job.scope, "Reply", request_id="r")
    with pytest.raises(PortalDisabled):
        shop.threads.portal.reply(shop.dana, shop.job.scope, "Client", request_id="r")


def test_the_retry_is_judged_before_if_seen(shop: Shop) -> None:
    """S4: a retry answers the first entry although the client has written since the page was made."""
    first = shop.threads.staff.reply(shop.kim, shop.job.scope, "Reply", request_id="r", if_seen=0)
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Client")
    assert first == shop.threads.staff.reply(shop.kim, shop.job.scope, "Reply", request_id="r", if_seen=0)
    with pytest.raises(RequestReused):
        shop.threads.staff.reply(shop.kim, shop.job.scope, "Another", request_id="r", if_seen=0)


def test_the_retry_is_judged_before_the_quote(shop: Shop) -> None:
    """S4: what was acknowledged on a sent quote is answered again after it was withdrawn; what is new is not."""
    first = shop.threads.staff.reply(shop.kim, shop.quote.scope, "Reply", request_id="r")
    shop.change(shop.quote, sent_to_portal=False)
    assert first == shop.threads.staff.reply(shop.kim, shop.quote.scope, "Reply", request_id="r")
    with pytest.raises(QuoteNotSent):
        shop.threads.staff.reply(shop.kim, shop.quote.scope, "Reply", request_id="r-2")


def test_a_retry_is_not_found_once_it_is_not_shown(shop: Shop) -> None:
    """S4: a client's retry is not found when the record is no longer theirs, and answers again when it is back."""
    first = shop.threads.portal.reply(shop.dana, shop.job.scope, "Client", request_id="r")
    away = shop.change(shop.job, client_id="omar")
    with pytest.raises(NotFound):
        shop.threads.portal.reply(shop.dana, away.scope, "Client", request_id="r")
    shop.change(away, client_id="dana")
    assert first == shop.threads.portal.reply(shop.dana, away.scope, "Client", request_id="r")


def test_a_thread_that_moved_sends_nothing(shop: Shop) -> None:
    """S4: if the client has written since the writer's page, nothing is sent, and what came is told."""
    seen = shop.threads.staff.reply(shop.kim, shop.job.scope, "We come at 8").seq
    came = shop.threads.portal.reply(shop.dana, shop.job.scope, "Please not before 10")
    with pytest.raises(ThreadMoved) as refused:
        shop.threads.staff.reply(shop.kim, shop.job.scope, "See you at 8", if_seen=seen)
    assert (came.id, "Please not before 10") == (refused.value.entry.id, refused.value.entry.body)
    assert ["We come at 8", "Please not before 10"] == shop.bodies(shop.job.scope)
    shop.threads.staff.reply(shop.kim, shop.job.scope, "At 10 then", if_seen=refused.value.entry.seq)
    assert 3 == len(shop.entries(shop.job.scope))


def test_only_a_clients_entry_moves_a_thread(shop: Shop) -> None:
    """S4: a colleague's reply or note since the page was made holds nothing up."""
    shop.threads.staff.reply(shop.ada, shop.job.scope, "One")
    shop.threads.staff.note(shop.ada, shop.job.scope, "Two")
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Three", if_seen=0)
    shop.threads.staff.reply(shop.kim, shop.garage.scope, "The very first", if_seen=0)


@pytest.mark.parametrize(
    ("text", "request_id", "field", "kind"),
    [
        (" \n", "r", "text", EmptyText),
        ("x" * 10_001, "r", "text", InvalidInput),
        ("a\x00", None, "text", InvalidInput),
        ("Hello", "", "request_id", InvalidInput),
        ("Hello", "x" * 201, "request_id", InvalidInput),
        ("Hello", "a\nb", "request_id", InvalidInput),
    ],
)
def test_a_refused_input_changes_nothing(
    shop: Shop, text: str, request_id: str | None, field: str, kind: type[InvalidInput]
) -> None:
    """S6: what cannot be used names its field and a next step, and leaves no entry, no thread, no mail, no ring."""
    for write in (
        lambda: shop.threads.staff.reply(shop.kim, shop.job.scope, text, request_id=request_id),
        lambda: shop.threads.staff.note(shop.kim, shop.job.scope, text, request_id=request_id),
        lambda: shop.threads.portal.reply(shop.dana, shop.job.scope, text, request_id=request_id),
    ):
        with pytest.raises(kind) as refused:
            write()
        assert field == refused.value.field
        assert refused.value.hint
    assert [] == shop.entries(shop.job.scope)
    assert [] == shop.mails()
    assert 0 == shop.threads.bell.unread(shop.kim)
    assert () == shop.threads.staff.inbox(shop.kim).items


def test_access_is_judged_before_the_text(shop: Shop) -> None:
    """S2: an empty message on someone else's record is not found, not empty."""
    for write in (
        lambda: shop.threads.staff.reply(shop.tom, shop.garage.scope, ""),
        lambda: shop.threads.portal.reply(shop.dana, shop.roof.scope, ""),
        lambda: shop.threads.staff.note(shop.tom, shop.garage.scope, "", request_id=""),
    ):
        with pytest.raises(NotFound):
            write()
