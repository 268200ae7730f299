"""What each role sees and may write, through the doors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jobthreads import AccessPolicy, Action, FieldStaff, Grant, Scope, Staff
from jobthreads.errors import JobThreadsError, NotFound, NotPermitted
from jobthreads.testing import TrialThreads, staff
from tests.shop import FIELD, OFFICE, Shop

CALLS: dict[str, Callable[[TrialThreads, Staff, Scope], object]] = {
    "feed": lambda threads, who, scope: threads.staff.feed(who, scope),
    "header": lambda threads, who, scope: threads.staff.header(who, scope),
    "conversation": lambda threads, who, scope: threads.staff.conversation(who, scope),
    "mark_read": lambda threads, who, scope: threads.staff.mark_read(who, scope, upto=1),
    "bell": lambda threads, who, scope: threads.bell.mark_read(who, scope),
    "note": lambda threads, who, scope: threads.staff.note(who, scope, "A note"),
    "reply": lambda threads, who, scope: threads.staff.reply(who, scope, "A reply"),
}
LOOKS = {"feed", "header", "conversation", "mark_read", "bell"}


def outcome(call: Callable[[], object]) -> str:
    try:
        call()
    except JobThreadsError as refusal:
        return refusal.code
    return "ok"


@pytest.mark.parametrize("role", OFFICE)
def test_office_roles_work_with_every_thread(shop: Shop, role: str) -> None:
    """M3: the five office roles see, note and reply on every job, and reply on every sent quote."""
    person = staff("new", role=role)
    for scope in (shop.job.scope, shop.garage.scope, shop.roof.scope):
        for name, call in CALLS.items():
            assert (name, "ok") == (name, outcome(lambda: call(shop.threads, person, scope)))  # noqa: B023 - called at once
    assert "ok" == outcome(lambda: shop.threads.staff.reply(person, shop.quote.scope, "A reply"))
    assert 4 == len(shop.threads.staff.inbox(person).items)


@pytest.mark.parametrize("role", FIELD)
@pytest.mark.parametrize("may", FieldStaff)
@pytest.mark.parametrize("name", CALLS)
def test_field_roles_see_assigned_jobs(shop: Shop, role: str, may: FieldStaff, name: str) -> None:
    """M3: field roles reach assigned jobs only, and write there what the one setting says."""
    shop.threads.staff.note(shop.kim, shop.job.scope, "internal")
    threads = shop.open(access=AccessPolicy(field_staff=may))
    person = shop.person(role)
    writes = {FieldStaff.VIEW: set(), FieldStaff.NOTE: {"note"}, FieldStaff.REPLY: {"note", "reply"}}[may]
    expected = "ok" if name in LOOKS | writes else "not-permitted"
    assert expected == outcome(lambda: CALLS[name](threads, person, shop.job.scope))
    for scope in (shop.garage.scope, shop.quote.scope, shop.draft.scope, Scope.job("none"), Scope.quote("none")):
        assert "not-found" == outcome(lambda: CALLS[name](threads, person, scope))  # noqa: B023 - called at once


@pytest.mark.parametrize("role", FIELD)
def test_a_field_role_sees_internal_entries_of_assigned_jobs(shop: Shop, role: str) -> None:
    """M3: the whole feed of an assigned job is theirs to read."""
    shop.threads.staff.note(shop.kim, shop.job.scope, "internal")
    shop.threads.staff.reply(shop.kim, shop.job.scope, "visible")
    assert ["internal", "visible"] == [entry.body for entry in shop.entries(shop.job.scope, shop.person(role))]


@pytest.mark.parametrize("role", FIELD)
def test_a_field_role_finds_nothing_else_in_any_list(shop: Shop, role: str) -> None:
    """M3: inbox, its unread filter, the bell and its count hold assigned jobs only."""
    team_mate = shop.change(shop.tom, role=role)
    for scope, client in [
        (shop.job.scope, shop.dana),
        (shop.garage.scope, shop.dana),
        (shop.quote.scope, shop.dana),
        (shop.roof.scope, shop.omar),
    ]:
        shop.threads.portal.reply(client, scope, "Hello")
    assigned = {shop.job.scope, shop.roof.scope}
    assert assigned == {row.scope for row in shop.threads.staff.inbox(team_mate).items}
    assert assigned == {row.scope for row in shop.threads.staff.inbox(team_mate, unread_only=True).items}
    assert [shop.job.scope] == [row.scope for row in shop.threads.staff.inbox(team_mate, client_id="dana").items]
    assert assigned == {notice.scope for notice in shop.threads.bell.notices(team_mate)}
    assert 2 == shop.threads.bell.unread(team_mate)
    assert 4 == shop.threads.bell.unread(shop.kim)


def test_unassigning_takes_effect_on_the_next_call(shop: Shop) -> None:
    """M3: assignment is the host's, and is read on every call, both ways."""
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Hello")
    assert 1 == shop.threads.bell.unread(shop.tom)
    shop.threads.staff.feed(shop.tom, shop.job.scope)
    taken_away = shop.change(shop.job, assigned_to=[])
    with pytest.raises(NotFound):
        shop.threads.staff.feed(shop.tom, shop.job.scope)
    assert (0, ()) == (shop.threads.bell.unread(shop.tom), shop.threads.bell.notices(shop.tom))
    assert () == shop.threads.staff.inbox(shop.tom).items
    shop.change(taken_away, assigned_to=["tom"])
    assert 1 == shop.threads.bell.unread(shop.tom)
    assert [shop.job.scope] == [row.scope for row in shop.threads.staff.inbox(shop.tom).items]


def test_a_new_role_takes_effect_on_the_next_call(shop: Shop) -> None:
    """M3: the role is the one that the host gives with the call."""
    with pytest.raises(NotFound):
        shop.threads.staff.feed(shop.tom, shop.garage.scope)
    shop.threads.staff.feed(staff("tom", role="supervisor"), shop.garage.scope)


def test_a_field_reply_starts_the_thread(shop: Shop) -> None:
    """M3: with REPLY, the first reply on an assigned job starts its thread."""
    threads = shop.open(access=AccessPolicy(field_staff="reply"))
    threads.staff.reply(shop.tom, shop.job.scope, "On my way")
    assert ["On my way"] == [row.snippet for row in threads.staff.inbox(shop.kim).items]


def test_a_host_named_role_is_what_the_policy_says(shop: Shop) -> None:
    """M3: roles of the host's own work like the office, like the field, or by exactly what they are granted."""
    access = AccessPolicy(
        office_roles=[*OFFICE, "dispatcher"],
        field_roles=[*FIELD, "subcontractor"],
        grants={"auditor": Grant(actions=[Action.VIEW])},
    )
    threads = shop.open(access=access)
    threads.staff.reply(staff(role="dispatcher"), shop.garage.scope, "Hello")
    assert [] == [row.scope.id for row in threads.staff.inbox(staff("tom", role="subcontractor")).items]
    with pytest.raises(NotFound):
        threads.staff.feed(staff("tom", role="subcontractor"), shop.garage.scope)
    auditor = staff("al", role="auditor")
    assert 1 == len(threads.staff.feed(auditor, shop.garage.scope).items)
    for refuse in (
        lambda: threads.staff.conversation(auditor, shop.garage.scope),
        lambda: threads.staff.inbox(auditor),
        lambda: threads.staff.note(auditor, shop.garage.scope, "A note"),
    ):
        with pytest.raises(NotPermitted):
            refuse()
    assert not threads.staff.availability(auditor).shown
    assert 0 == threads.bell.unread(auditor)


@pytest.mark.parametrize("name", CALLS)
def test_an_unknown_role_finds_nothing(shop: Shop, name: str) -> None:
    """M3: a role that nobody knows reaches nothing: not found, and empty lists."""
    gardener = staff("tom", role="gardener")
    assert outcome(lambda: CALLS[name](shop.threads, gardener, shop.job.scope)) in (
        {"not-found"} if name != "bell" else {"ok"}
    )
    assert not shop.threads.staff.availability(gardener).shown
    assert (0, ()) == (shop.threads.bell.unread(gardener), shop.threads.bell.notices(gardener))
    for refuse in (
        lambda: shop.threads.staff.inbox(gardener),
        lambda: shop.threads.staff.clients(gardener),
        lambda: shop.threads.staff.scopes(gardener, "dana"),
    ):
        with pytest.raises(NotPermitted):
            refuse()


def test_what_may_be_written_is_told_before(shop: Shop) -> None:
    """M10: header and conversation say whether this person may note and reply, and if not, why not."""
    header = shop.threads.staff.header(shop.tom, shop.job.scope)
    assert (False, False) == (header.can_note, header.can_reply)
    assert "role" in (header.why_not or "")
    conversation = shop.threads.staff.conversation(shop.tom, shop.job.scope)
    assert not conversation.can_reply
    assert conversation.why_not == header.why_not
    office = shop.threads.staff.header(shop.kim, shop.job.scope)
    assert (True, True, None) == (office.can_note, office.can_reply, office.why_not)


def test_not_found_tells_nothing(shop: Shop) -> None:
    """M10: not found is one answer with one hint, whatever the reason."""
    told = set()
    for scope in (shop.garage.scope, shop.quote.scope, Scope.job("none")):
        with pytest.raises(NotFound) as refused:
            shop.threads.staff.feed(shop.tom, scope)
        told.add((str(refused.value), refused.value.hint))
    assert {("There is nothing here.", "It does not exist, or you are not assigned to it; ask your office.")} == told
