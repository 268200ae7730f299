"""The Client Portal, off and on again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jobthreads.errors import NotFound, PortalDisabled
from tests.shop import Shop

CALLS: dict[str, Callable[[Shop], object]] = {
    "inbox": lambda shop: shop.threads.staff.inbox(shop.kim),
    "conversation": lambda shop: shop.threads.staff.conversation(shop.kim, shop.job.scope),
    "start": lambda shop: shop.threads.staff.start(shop.kim, client_id="dana", scope=shop.job.scope),
    "reply": lambda shop: shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello"),
    "a retried reply": lambda shop: shop.threads.staff.reply(shop.kim, shop.job.scope, "Before", request_id="r-1"),
    "mark_read": lambda shop: shop.threads.staff.mark_read(shop.kim, shop.job.scope, upto=9),
    "clients": lambda shop: shop.threads.staff.clients(shop.kim),
    "scopes": lambda shop: shop.threads.staff.scopes(shop.kim, "dana"),
    "portal records": lambda shop: shop.threads.portal.records(shop.dana),
    "portal conversation": lambda shop: shop.threads.portal.conversation(shop.dana, shop.job.scope),
    "portal reply": lambda shop: shop.threads.portal.reply(shop.dana, shop.job.scope, "Hello"),
    "a retried portal reply": lambda shop: shop.threads.portal.reply(
        shop.dana, shop.job.scope, "Before", request_id="p-1"
    ),
    "portal mark_read": lambda shop: shop.threads.portal.mark_read(
        shop.dana, shop.job.scope, upto=shop.entries(shop.job.scope)[0].id
    ),
}


@pytest.fixture
def talked(shop: Shop) -> Shop:
    """A shop in which both sides have written."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Before", request_id="r-1")
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Before", request_id="p-1")
    return shop


@pytest.mark.parametrize("name", CALLS)
def test_off_closes_both_sides(talked: Shop, name: str) -> None:
    """M2: while the portal is off, each of these is refused at once, retries included; back on, it works."""
    talked.portal(on=False)
    with pytest.raises(PortalDisabled):
        CALLS[name](talked)
    talked.portal(on=True)
    CALLS[name](talked)


def test_what_is_refused_leaves_nothing(talked: Shop) -> None:
    """S6: a reply that the switch refused is not stored."""
    talked.portal(on=False)
    for call in CALLS.values():
        with pytest.raises(PortalDisabled):
            call(talked)
    assert ["Before", "Before"] == talked.bodies(talked.job.scope)


def test_notes_status_changes_and_the_feed_go_on(talked: Shop) -> None:
    """M2: what stays inside the business needs no portal."""
    talked.portal(on=False)
    talked.threads.staff.note(talked.kim, talked.job.scope, "A note")
    talked.threads.record.status_changed("acme", talked.job.scope, old="Quoted", new="Booked")
    talked.threads.record.form_saved("acme", talked.job.scope, form="Site", changes={"Gate": "4"})
    assert [1, 2, 3, 4, 5] == [entry.seq for entry in talked.entries(talked.job.scope)]
    assert talked.threads.staff.header(talked.kim, talked.job.scope).can_note


def test_the_bell_is_silent_and_keeps_its_rows(talked: Shop) -> None:
    """M2: while the portal is off the bell is empty, and rings as before once it is on again."""
    before = talked.threads.bell.notices(talked.kim)
    talked.portal(on=False)
    assert (0, ()) == (talked.threads.bell.unread(talked.kim), talked.threads.bell.notices(talked.kim))
    assert talked.threads.bell.mark_read(talked.kim) is False
    assert talked.threads.bell.mark_read(talked.kim, talked.job.scope) is False
    talked.portal(on=True)
    assert (1, before) == (talked.threads.bell.unread(talked.kim), talked.threads.bell.notices(talked.kim))


def test_the_messages_item_leaves_the_sidebar(shop: Shop) -> None:
    """M2: Messages is shown with the portal, and where it is not shown, the reason names the switch (M10)."""
    assert shop.threads.staff.availability(shop.kim).shown
    shop.portal(on=False)
    hidden = shop.threads.staff.availability(shop.kim)
    assert not hidden.shown
    assert "Business Settings → Site" in (hidden.why_not or "")


def test_queued_mail_is_dropped(talked: Shop) -> None:
    """M2: mail that waits when the portal goes off is dropped, and not sent when it is on again."""
    talked.portal(on=False)
    assert [] == talked.mails()
    talked.portal(on=True)
    assert [] == talked.mails()
    talked.threads.staff.reply(talked.kim, talked.job.scope, "After")
    assert [["After"]] == talked.mails()


def test_mailed_links_are_closed_with_it(shop: Shop) -> None:
    """M2: links already mailed and sessions already open answer that the portal is off, and work again later."""
    token = shop.link_of()
    session = shop.threads.portal.enter(token).session
    shop.portal(on=False)
    for refuse in (shop.threads.portal.preview, shop.threads.portal.enter):
        with pytest.raises(PortalDisabled) as refused:
            refuse(token)
        assert "Acme Electrical" in refused.value.hint
        assert "Settings" not in refused.value.hint
    client = shop.threads.portal.client_of(session)
    assert client is not None
    with pytest.raises(PortalDisabled):
        shop.threads.portal.records(client)
    shop.portal(on=True)
    assert shop.threads.portal.enter(token).client == shop.dana


def test_off_tells_a_client_nothing_of_what_is_not_theirs(shop: Shop) -> None:
    """S4: access is judged before the switch: what is not theirs is not found, portal on or off."""
    shop.portal(on=False)
    for scope in (shop.roof.scope, shop.draft.scope):
        with pytest.raises(NotFound):
            shop.threads.portal.conversation(shop.dana, scope)
        with pytest.raises(NotFound):
            shop.threads.portal.reply(shop.dana, scope, "Hello")


def test_another_businesss_switch_is_its_own(shop: Shop) -> None:
    """S3: one business's portal says nothing about another's."""
    shop.portal(on=False)
    assert shop.threads.staff.availability(shop.vera).shown
    shop.threads.staff.reply(shop.vera, shop.job.scope, "Volt works on")
