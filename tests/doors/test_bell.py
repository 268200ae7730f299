"""The bell, which is staff unread."""

from __future__ import annotations

import pytest

from jobthreads import EntryKind, Scope, Visibility
from jobthreads.errors import InvalidInput, NotFound
from jobthreads.testing import job, staff
from jobthreads.testing.contracts.written import write_in
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE


def test_a_clients_reply_rings(shop: Shop) -> None:
    """J10: a client's reply makes one line per thread that names client, record and what came."""
    shop.threads.portal.reply(shop.dana, shop.job.scope, "One")
    shop.clock.advance(minutes=1)
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Two")
    (notice,) = shop.threads.bell.notices(shop.kim)
    assert (shop.job.scope, "J-1042", "Kitchen rewire", "Dana Reyes") == (
        notice.scope,
        notice.reference,
        notice.title,
        notice.client_name,
    )
    assert (EntryKind.REPLY, 2, shop.clock()) == (notice.what, notice.count, notice.at)
    assert 1 == shop.threads.bell.unread(shop.kim)


def test_it_rings_for_everyone_in_reach(shop: Shop) -> None:
    """M8: it is unread for each person whose reach holds the thread, and for nobody else."""
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Hello")
    unread = {who.id: shop.threads.bell.unread(who) for who in (shop.kim, shop.ada, shop.tom, shop.ann, shop.vera)}
    assert {"kim": 1, "ada": 1, "tom": 1, "ann": 0, "vera": 0} == unread


def test_nothing_else_rings(shop: Shop) -> None:
    """M8: notes, status changes and other staff's replies ring for nobody."""
    shop.threads.staff.reply(shop.ada, shop.job.scope, "Hello")
    shop.threads.staff.note(shop.ada, shop.job.scope, "Note")
    shop.threads.record.status_changed("acme", shop.job.scope, old="", new="x", visibility=Visibility.VISIBLE)
    shop.threads.record.form_saved("acme", shop.job.scope, form="Site", changes={}, by=shop.dana)
    assert 0 == shop.threads.bell.unread(shop.kim)


def test_who_comes_later_starts_with_nothing(shop: Shop) -> None:
    """M8: who is hired or assigned later has nothing unread, and then only what came since."""
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Before")
    new = staff("new")
    shop.directory.put(new)
    late = shop.change(shop.job, assigned_to=["tom", "ann"])
    assert [0, 0] == [shop.threads.bell.unread(new), shop.threads.bell.unread(shop.ann)]
    shop.threads.portal.reply(shop.dana, late.scope, "After")
    assert [1, 1] == [notice.count for who in (new, shop.ann) for notice in shop.threads.bell.notices(who)]
    assert 2 == shop.threads.bell.notices(shop.kim)[0].count


def test_writing_marks_nothing_read(shop: Shop) -> None:
    """M8: someone who replies or notes has still not read what came."""
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Hello")
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hi")
    shop.threads.staff.note(shop.kim, shop.job.scope, "Called")
    assert 1 == shop.threads.bell.unread(shop.kim)


def test_reading_clears_what_was_seen(shop: Shop) -> None:
    """J10: reading up to an entry leaves only what the client wrote after it; the inbox shows the same number."""
    entries = [shop.threads.portal.reply(shop.dana, shop.job.scope, text) for text in ("1", "2", "3")]
    second = next(entry.seq for entry in shop.entries(shop.job.scope) if entry.id == entries[1].id)
    assert shop.threads.staff.mark_read(shop.kim, shop.job.scope, upto=second) is True
    assert [1] == [notice.count for notice in shop.threads.bell.notices(shop.kim)]
    assert [1] == [row.unread for row in shop.threads.staff.inbox(shop.kim).items]
    assert shop.threads.staff.mark_read(shop.kim, shop.job.scope, upto=3) is True
    assert 0 == shop.threads.bell.unread(shop.kim)
    assert shop.threads.staff.mark_read(shop.kim, shop.job.scope, upto=3) is False
    assert 1 == shop.threads.bell.unread(shop.ada)


def test_a_colleagues_reply_after_it_changes_nothing(shop: Shop) -> None:
    """M8: reading up to the client's entry is enough, whatever staff wrote after it."""
    shop.threads.portal.reply(shop.dana, shop.job.scope, "1")
    shop.threads.staff.reply(shop.ada, shop.job.scope, "2")
    shop.threads.staff.mark_read(shop.kim, shop.job.scope, upto=1)
    assert 0 == shop.threads.bell.unread(shop.kim)


def test_one_line_or_all_can_be_cleared(shop: Shop) -> None:
    """J10: the bell clears one thread, or all in reach, and says whether anything changed."""
    for scope in (shop.job.scope, shop.garage.scope, shop.quote.scope):
        shop.threads.portal.reply(shop.dana, scope, "Hello")
    assert shop.threads.bell.mark_read(shop.kim, shop.job.scope) is True
    assert shop.threads.bell.mark_read(shop.kim, shop.job.scope) is False
    assert 2 == shop.threads.bell.unread(shop.kim)
    assert shop.threads.bell.mark_read(shop.kim) is True
    assert shop.threads.bell.mark_read(shop.kim) is False
    assert 0 == shop.threads.bell.unread(shop.kim)
    assert 3 == shop.threads.bell.unread(shop.ada)


def test_clearing_keeps_to_todays_reach(shop: Shop) -> None:
    """M3: clearing all clears what lies in reach now; the rest rings again when it comes back in reach."""
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Hello")
    shop.threads.portal.reply(shop.omar, shop.roof.scope, "Hello")
    away = shop.change(shop.job, assigned_to=[])
    assert shop.threads.bell.mark_read(shop.tom) is True
    shop.change(away, assigned_to=["tom"])
    assert [shop.job.scope] == [notice.scope for notice in shop.threads.bell.notices(shop.tom)]


def test_the_count_and_the_lines_are_one_thing(shop: Shop) -> None:
    """J10: the number counts threads, and stops at a hundred as the lines do."""
    records = [job(f"n{number}") for number in range(102)]
    shop.directory.put(*records)
    threads = shop.open(settings=None)
    with shop.repository.atomic() as work:
        # Written through the port: a hundred posts of one client would meet their limit.
        for record in records:
            write_in(work, scope=record.scope, ring=["kim"])
    assert (100, 100) == (threads.bell.unread(shop.kim), len(threads.bell.notices(shop.kim)))


@pytest.mark.parametrize("upto", [-1, True, "5", 2**63, None, 1.5])
def test_a_place_to_read_to_is_a_number(shop: Shop, upto: int) -> None:
    """S6: a place that is no entry's number is refused by its name."""
    with pytest.raises(InvalidInput) as refused:
        shop.threads.staff.mark_read(shop.kim, shop.job.scope, upto=upto)
    assert "upto" == refused.value.field


def test_reading_ahead_reads_what_is_there(shop: Shop) -> None:
    """J10: a number beyond the newest entry reads everything there is, and nothing that comes."""
    shop.threads.portal.reply(shop.dana, shop.job.scope, "1")
    assert shop.threads.staff.mark_read(shop.kim, shop.job.scope, upto=2**62) is True
    shop.threads.portal.reply(shop.dana, shop.job.scope, "2")
    assert 1 == shop.threads.bell.unread(shop.kim)


def test_unknown_scopes_are_not_found(shop: Shop) -> None:
    """S2: clearing and reading what does not exist is not found."""
    for scope in (Scope.job("none"), Scope.quote("none")):
        with pytest.raises(NotFound):
            shop.threads.bell.mark_read(shop.kim, scope)
        with pytest.raises(NotFound):
            shop.threads.staff.mark_read(shop.kim, scope, upto=1)
    for scope in (shop.garage.scope, shop.quote.scope):
        with pytest.raises(NotFound):
            shop.threads.bell.mark_read(shop.tom, scope)
