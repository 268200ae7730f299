"""What stays when records are renamed, taken away, or given to another client."""

from __future__ import annotations

import pytest
from attrs import evolve

from jobthreads import Scope
from jobthreads.domain.paging import cursor_to
from jobthreads.errors import NotFound, NotPermitted
from jobthreads.testing import job
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE


@pytest.fixture
def gone(shop: Shop) -> Shop:
    """A shop in which the host has taken away a job that was talked about."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Before")
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Answer")
    shop.threads.staff.note(shop.kim, shop.job.scope, "Note")
    shop.directory.remove(shop.job)
    return shop


def test_a_gone_record_can_be_read_by_the_office(gone: Shop) -> None:
    """M9: office roles read the history of a record that is gone, under its last known reference."""
    assert ["Before", "Answer", "Note"] == gone.bodies(gone.job.scope)
    opened = gone.threads.staff.conversation(gone.kim, gone.job.scope)
    assert (None, None, "J-1042", "Kitchen rewire", "Dana Reyes") == (
        opened.record,
        opened.client,
        opened.reference,
        opened.title,
        opened.client_name,
    )
    header = gone.threads.staff.header(gone.kim, gone.job.scope)
    assert (None, "J-1042", "Dana Reyes") == (header.record, header.reference, header.client_name)
    (row,) = gone.threads.staff.inbox(gone.kim).items
    assert ("J-1042", "Kitchen rewire", "Dana Reyes", "Answer", 1) == (
        row.reference,
        row.title,
        row.client_name,
        row.snippet,
        row.unread,
    )


def test_a_gone_record_is_read_only(gone: Shop) -> None:
    """M9: nobody writes on a record that is gone, and the refusal says why."""
    for refuse in (
        lambda: gone.threads.staff.reply(gone.kim, gone.job.scope, "Hello"),
        lambda: gone.threads.staff.note(gone.kim, gone.job.scope, "Note"),
        lambda: gone.threads.staff.start(gone.kim, client_id="dana", scope=gone.job.scope),
    ):
        with pytest.raises(NotPermitted) as refused:
            refuse()
        assert "no longer there" in str(refused.value)
    header = gone.threads.staff.header(gone.kim, gone.job.scope)
    assert (False, False) == (header.can_note, header.can_reply)
    assert "no longer there" in (header.why_not or "")
    with pytest.raises(NotFound):
        gone.threads.record.status_changed("acme", gone.job.scope, old="", new="x")


def test_a_gone_record_can_be_marked_read(gone: Shop) -> None:
    """M9: its bell can still be cleared."""
    assert 1 == gone.threads.bell.unread(gone.kim)
    assert gone.threads.staff.mark_read(gone.kim, gone.job.scope, upto=3) is True
    assert gone.threads.bell.mark_read(gone.ada, gone.job.scope) is True


def test_a_gone_record_sends_no_mail(gone: Shop) -> None:
    """M9: mail that waits for a record that is gone is dropped."""
    assert [] == gone.mails()


def test_a_gone_record_is_not_found_by_the_others(gone: Shop) -> None:
    """M9: field roles and clients do not find it, even if the host still names it as assigned."""
    for ask in (
        lambda: gone.threads.staff.feed(gone.tom, gone.job.scope),
        lambda: gone.threads.staff.conversation(gone.tom, gone.job.scope),
        lambda: gone.threads.staff.header(gone.tom, gone.job.scope),
        lambda: gone.threads.staff.reply(gone.tom, gone.job.scope, "Hello"),
        lambda: gone.threads.portal.conversation(gone.dana, gone.job.scope),
        lambda: gone.threads.portal.reply(gone.dana, gone.job.scope, "Hello"),
    ):
        with pytest.raises(NotFound):
            ask()
    assert gone.job.scope not in {record.scope for record in gone.threads.portal.records(gone.dana).items}


def test_a_careless_directory_shows_field_roles_nothing_gone(gone: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """M9: a host that still says who is assigned to a job it no longer gives lets nobody in by that."""
    monkeypatch.setattr(gone.directory, "jobs_assigned_to", lambda staff: [gone.job.id])
    with pytest.raises(NotFound):
        gone.threads.staff.feed(gone.tom, gone.job.scope)
    assert () == gone.threads.staff.inbox(gone.tom).items


def test_a_record_that_comes_back_goes_on(gone: Shop) -> None:
    """M9: once the host gives it again, the thread goes on where it stood."""
    gone.directory.put(evolve(gone.job, reference="J-1042b"))
    gone.threads.staff.reply(gone.kim, gone.job.scope, "Back")
    assert ["Before", "Answer", "Note", "Back"] == gone.bodies(gone.job.scope)
    assert "J-1042b" == gone.threads.staff.inbox(gone.kim).items[0].reference


def test_a_record_that_never_was_is_not_found(shop: Shop) -> None:
    """S2: a scope that neither the host nor a thread knows is not found in any call."""
    for ask in (
        lambda: shop.threads.staff.feed(shop.kim, Scope.job("none")),
        lambda: shop.threads.staff.header(shop.kim, Scope.job("none")),
        lambda: shop.threads.staff.conversation(shop.kim, Scope.job("none")),
        lambda: shop.threads.staff.reply(shop.kim, Scope.job("none"), "Hello"),
        lambda: shop.threads.staff.note(shop.kim, Scope.job("none"), "Hello"),
        lambda: shop.threads.explain(shop.kim, shop.tom, "view", Scope.job("none")),
        lambda: shop.threads.record.status_changed("acme", Scope.job("none"), old="", new="x"),
    ):
        with pytest.raises(NotFound):
            ask()


def test_history_stays_with_its_authors_names(shop: Shop) -> None:
    """M9: what was written stays under the name of then, whoever is renamed or leaves."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    renamed = shop.change(shop.kim, name="Kim Park")
    shop.threads.staff.reply(renamed, shop.job.scope, "Again")
    shop.directory.remove(renamed)
    assert ["Kim Lee", "Kim Park"] == [entry.author.name for entry in shop.entries(shop.job.scope, shop.ada)]
    assert [("kim", "Kim Park")] == [
        (author.id, author.name) for author in shop.threads.staff.header(shop.ada, shop.job.scope).authors
    ]


@pytest.fixture
def moved(shop: Shop) -> Shop:
    """A shop in which Dana's job has become Omar's."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "For Dana")
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Dana's own words")
    shop.job = shop.change(shop.job, client_id="omar")
    return shop


def test_the_new_client_sees_only_what_comes(moved: Shop) -> None:
    """M11: when a record gets another client, that one sees only what becomes visible from then on."""
    assert () == moved.threads.portal.conversation(moved.omar, moved.job.scope).entries.items
    (listed,) = [one for one in moved.threads.portal.records(moved.omar).items if one.scope == moved.job.scope]
    assert ("", None, 0) == (listed.snippet, listed.at, listed.unread)
    moved.threads.staff.reply(moved.kim, moved.job.scope, "For Omar")
    opened = moved.threads.portal.conversation(moved.omar, moved.job.scope)
    assert (["For Omar"], 1) == ([entry.body for entry in opened.entries.items], opened.unread)


def test_the_earlier_client_finds_nothing(moved: Shop) -> None:
    """M11: the record is not found by the client it no longer belongs to."""
    for ask in (
        lambda: moved.threads.portal.conversation(moved.dana, moved.job.scope),
        lambda: moved.threads.portal.reply(moved.dana, moved.job.scope, "Hello"),
    ):
        with pytest.raises(NotFound):
            ask()
    assert moved.job.scope not in {one.scope for one in moved.threads.portal.records(moved.dana).items}


def test_staff_see_all_of_it(moved: Shop) -> None:
    """M11: staff see what was shown to either client, and the row names the present one."""
    moved.threads.staff.reply(moved.kim, moved.job.scope, "For Omar")
    opened = moved.threads.staff.conversation(moved.kim, moved.job.scope)
    assert ["For Omar", "Dana's own words", "For Dana"] == [entry.body for entry in opened.entries.items]
    assert ["Omar Reyes"] == [row.client_name for row in moved.threads.staff.inbox(moved.kim).items]


def test_moved_back_each_sees_their_own(moved: Shop) -> None:
    """M11: back at the first client, that one sees what was shown to them, before and after, and nothing between."""
    moved.threads.staff.reply(moved.kim, moved.job.scope, "For Omar")
    moved.threads.portal.reply(moved.omar, moved.job.scope, "Omar's own words")
    back = moved.change(moved.job, client_id="dana")
    moved.threads.staff.reply(moved.kim, back.scope, "For Dana again")
    opened = moved.threads.portal.conversation(moved.dana, back.scope)
    assert ["For Dana again", "Dana's own words", "For Dana"] == [entry.body for entry in opened.entries.items]
    assert 2 == opened.unread
    with pytest.raises(NotFound):
        moved.threads.portal.conversation(moved.omar, back.scope)


def test_mail_goes_to_whom_it_was_shown(moved: Shop) -> None:
    """M11: what was queued for the earlier client is dropped, and what comes goes to the new one."""
    assert [] == moved.mails()
    moved.threads.staff.reply(moved.kim, moved.job.scope, "For Omar")
    assert [["For Omar"]] == moved.mails()
    assert ["omar"] == [one.client.id for one in moved.mailbox.sent]


def test_a_place_of_the_earlier_client_begins_anew(moved: Shop) -> None:
    """M11: a cursor on an entry that this client was never shown begins the list again."""
    danas = moved.entries(moved.job.scope)[0]
    moved.threads.staff.reply(moved.kim, moved.job.scope, "For Omar")
    page = moved.threads.portal.conversation(moved.omar, moved.job.scope, cursor=cursor_to(str(danas.id))).entries
    assert ["For Omar"] == [entry.body for entry in page.items]
    with pytest.raises(NotFound):
        moved.threads.portal.mark_read(moved.omar, moved.job.scope, upto=danas.id)


def test_a_new_record_of_an_old_id_is_the_same_thread(shop: Shop) -> None:
    """M1: one scope has one thread for ever: an id that the host gives again finds its history."""
    shop.threads.staff.reply(shop.kim, shop.garage.scope, "Old")
    shop.directory.remove(shop.garage)
    shop.directory.put(job(shop.garage.id, client_id="omar", reference="J-new"))
    assert ["Old"] == shop.bodies(shop.garage.scope)
    assert () == shop.threads.portal.conversation(shop.omar, shop.garage.scope).entries.items
