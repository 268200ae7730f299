"""What a client sees and writes."""

from __future__ import annotations

from uuid import uuid4

import pytest

from jobthreads import EntryKind, Settings, Visibility
from jobthreads.errors import NotFound, NotPermitted
from jobthreads.testing import job
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE


def test_every_job_and_every_sent_quote_is_listed(shop: Shop) -> None:
    """M11: the portal lists jobs and sent quotes in the host's order, with or without a thread."""
    listed = shop.threads.portal.records(shop.dana).items
    assert [shop.job.scope, shop.garage.scope, shop.quote.scope] == [record.scope for record in listed]
    assert [("J-1042", "Kitchen rewire", "", None, 0)] == [
        (record.reference, record.title, record.snippet, record.at, record.unread) for record in listed[:1]
    ]
    shop.change(shop.draft, sent_to_portal=True)
    assert 4 == len(shop.threads.portal.records(shop.dana).items)


def test_what_is_not_theirs_is_not_found(shop: Shop) -> None:
    """M11: another client's record and a quote that is not sent are not found, in every call."""
    shop.threads.staff.reply(shop.kim, shop.roof.scope, "For Omar")
    omars = shop.entries(shop.roof.scope)[0].id
    for scope in (shop.roof.scope, shop.draft.scope, job("none").scope):
        for ask in (
            lambda scope=scope: shop.threads.portal.conversation(shop.dana, scope),
            lambda scope=scope: shop.threads.portal.reply(shop.dana, scope, "Hello"),
            lambda scope=scope: shop.threads.portal.mark_read(shop.dana, scope, upto=omars),
        ):
            with pytest.raises(NotFound):
                ask()


def test_a_reply_and_the_answer(shop: Shop) -> None:
    """J4: a customer reply shows in the client's view of the job, and the client writes back from there."""
    sent = shop.threads.staff.reply(shop.kim, shop.job.scope, "Friday?")
    shop.clock.advance(minutes=5)
    back = shop.threads.portal.reply(shop.dana, shop.job.scope, "Friday is fine.")
    opened = shop.threads.portal.conversation(shop.dana, shop.job.scope)
    assert [("Friday is fine.", "Dana Reyes", True), ("Friday?", "Kim Lee", False)] == [
        (entry.body, entry.author_name, entry.from_me) for entry in opened.entries.items
    ]
    assert [back.id, sent.id] == [entry.id for entry in opened.entries.items]
    assert (True, False) == (opened.can_reply, opened.can_upload)


def test_a_reply_moves_the_record_up_with_a_dot(shop: Shop) -> None:
    """J9: a visible reply moves the record to the top with an unread dot, until the client has seen it."""
    reply = shop.threads.staff.reply(shop.kim, shop.quote.scope, "Have a\nlook")
    first = shop.threads.portal.records(shop.dana).items[0]
    assert (shop.quote.scope, "Have a look", 1, shop.clock()) == (first.scope, first.snippet, first.unread, first.at)
    assert shop.threads.portal.mark_read(shop.dana, shop.quote.scope, upto=reply.id) is True
    assert 0 == shop.threads.portal.records(shop.dana).items[0].unread
    assert shop.threads.portal.mark_read(shop.dana, shop.quote.scope, upto=str(reply.id)) is False


def test_a_visible_status_change_stands_in_its_place(shop: Shop) -> None:
    """J9: a visible status change or form save shows its new status or title, and makes no dot, mail or move."""
    shop.threads.staff.reply(shop.kim, shop.garage.scope, "Hello")
    before = shop.threads.portal.records(shop.dana)
    shop.clock.advance(hours=1)
    visible = {"visibility": Visibility.VISIBLE}
    shop.threads.record.status_changed("acme", shop.job.scope, old="Disputed", new="Booked", by=shop.kim, **visible)
    saved = shop.threads.record.form_saved(
        "acme", shop.job.scope, form="Site check", changes={"Mould": "yes"}, **visible
    )
    assert before == shop.threads.portal.records(shop.dana)
    opened = shop.threads.portal.conversation(shop.dana, shop.job.scope)
    assert [("Site check", EntryKind.FORM_SAVE), ("Booked", EntryKind.STATUS_CHANGE)] == [
        (entry.body, entry.kind) for entry in opened.entries.items
    ]
    assert 0 == opened.unread
    assert [["Hello"]] == shop.mails()
    assert shop.threads.portal.mark_read(shop.dana, shop.job.scope, upto=saved.id) is False


def test_marking_read_needs_what_was_shown(shop: Shop) -> None:
    """S2: a note's id, another thread's id and a made-up id are all not found, with or without something unread."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    note = shop.threads.staff.note(shop.kim, shop.job.scope, "internal")
    elsewhere = shop.threads.staff.reply(shop.kim, shop.garage.scope, "Elsewhere")
    for _ in range(2):
        for entry_id in (note.id, elsewhere.id, uuid4(), "no id", str(note.id)):
            with pytest.raises(NotFound):
                shop.threads.portal.mark_read(shop.dana, shop.job.scope, upto=entry_id)
        shop.threads.portal.mark_read(shop.dana, shop.job.scope, upto=shop.entries(shop.job.scope)[0].id)


def test_own_words_are_not_unread(shop: Shop) -> None:
    """J9: unread counts what others wrote since the client last looked."""
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Mine")
    first = shop.threads.staff.reply(shop.kim, shop.job.scope, "1")
    shop.threads.staff.reply(shop.kim, shop.job.scope, "2")
    assert 2 == shop.threads.portal.records(shop.dana).items[0].unread
    shop.threads.portal.mark_read(shop.dana, shop.job.scope, upto=first.id)
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Mine again")
    assert 1 == shop.threads.portal.conversation(shop.dana, shop.job.scope).unread


def test_the_list_pages(shop: Shop) -> None:
    """M11: pages hold each record once, in one order; a place that is gone begins anew."""
    records = [job(f"p{number}") for number in range(8)]
    shop.directory.put(*records)
    shop.threads.staff.reply(shop.kim, records[4].scope, "Up")
    whole = [record.scope for record in shop.threads.portal.records(shop.dana).items]
    seen, cursor = [], None
    while True:
        page = shop.threads.portal.records(shop.dana, cursor=cursor, limit=3)
        seen += [record.scope for record in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert whole == seen
    assert records[4].scope == seen[0]
    first = shop.threads.portal.records(shop.dana, limit=3)
    assert shop.garage.scope == first.items[-1].scope
    shop.change(shop.garage, client_id="omar")
    again = shop.threads.portal.records(shop.dana, cursor=first.next, limit=3)
    assert records[4].scope == again.items[0].scope


def test_the_conversation_pages(shop: Shop) -> None:
    """M11: a page follows the last entry that the client was shown."""
    for number in range(7):
        shop.threads.staff.reply(shop.kim, shop.job.scope, str(number))
        shop.threads.staff.note(shop.kim, shop.job.scope, "between")
    first = shop.threads.portal.conversation(shop.dana, shop.job.scope, limit=4).entries
    second = shop.threads.portal.conversation(shop.dana, shop.job.scope, limit=4, cursor=first.next).entries
    assert [list("6543"), list("210")] == [[entry.body for entry in page.items] for page in (first, second)]
    assert second.next is None


def test_a_client_may_be_kept_from_starting(shop: Shop) -> None:
    """M7: with `client_may_start` off, a client answers only where a conversation has begun."""
    threads = shop.open(settings=Settings(client_may_start=False))
    assert not threads.portal.conversation(shop.dana, shop.job.scope).can_reply
    with pytest.raises(NotPermitted):
        threads.portal.reply(shop.dana, shop.job.scope, "Hello?")
    threads.staff.note(shop.kim, shop.job.scope, "A note begins nothing")
    assert not threads.portal.conversation(shop.dana, shop.job.scope).can_reply
    threads.staff.start(shop.kim, client_id="dana", scope=shop.job.scope)
    assert threads.portal.conversation(shop.dana, shop.job.scope).can_reply
    threads.portal.reply(shop.dana, shop.job.scope, "Hello!")
    assert ["A note begins nothing", "Hello!"] == shop.bodies(shop.job.scope)


def test_internal_things_change_nothing(shop: Shop) -> None:
    """S1: notes, internal changes, starts, readers and rings leave everything a client is given as it was."""
    reply = shop.threads.staff.reply(shop.kim, shop.job.scope, "Visible")
    shop.threads.staff.reply(shop.kim, shop.garage.scope, "Visible too")
    shop.mails()

    def given() -> object:
        portal = shop.threads.portal
        return (
            portal.records(shop.dana),
            portal.records(shop.dana, limit=1),
            portal.conversation(shop.dana, shop.job.scope),
            portal.conversation(shop.dana, shop.garage.scope, limit=1),
            shop.mails(),
        )

    before = given()
    shop.clock.advance(hours=3)
    shop.threads.staff.note(shop.kim, shop.job.scope, "canary-note")
    shop.threads.staff.start(shop.ada, client_id="dana", scope=shop.garage.scope)
    shop.threads.record.status_changed("acme", shop.job.scope, old="canary-old", new="canary-new", by=shop.ada)
    shop.threads.record.form_saved("acme", shop.job.scope, form="canary-form", changes={"canary": "x"}, by=shop.tom)
    shop.threads.staff.mark_read(shop.kim, shop.job.scope, upto=9)
    shop.change(shop.garage, assigned_to=["ann"])
    assert before == given()
    assert shop.threads.portal.mark_read(shop.dana, shop.job.scope, upto=reply.id) is True


def test_internal_words_reach_no_client(shop: Shop) -> None:
    """S1: no word of a note or internal change, no silent person's name and no staff id is in what a client gets."""
    shop.directory.put(shop.ada)
    shop.threads.staff.note(shop.ada, shop.job.scope, "canary-note")
    shop.threads.record.status_changed("acme", shop.job.scope, old="canary-old", new="canary-new", by=shop.ada)
    shop.threads.record.status_changed(
        "acme", shop.job.scope, old="canary-old", new="Booked", visibility=Visibility.VISIBLE
    )
    shop.threads.record.form_saved(
        "acme", shop.job.scope, form="Check", changes={"canary-field": "canary-value"}, visibility=Visibility.VISIBLE
    )
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    shop.mails()
    told = repr(
        [
            shop.threads.portal.records(shop.dana),
            shop.threads.portal.conversation(shop.dana, shop.job.scope),
            [(one.entries, one.link, one.title) for one in shop.mailbox.sent],
        ]
    )
    for canary in ("canary", "Ada Lee", "'kim'", "'ada'"):
        assert canary not in told


def test_a_clients_own_reply_sends_them_no_mail(shop: Shop) -> None:
    """M6: only what staff write is mailed to the client."""
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Hello")
    assert [] == shop.mails()
