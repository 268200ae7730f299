"""How texts and times read, and how lines are grouped: without a framework and without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobthreads import Author, AuthorKind, Entry, EntryKind, PortalEntry, Scope, StatusChange, Visibility
from jobthreads.services.staff import FeedHeader
from jobthreads.web.addresses import Addresses
from jobthreads.web.lines import client_days, feed_line, staff_days
from jobthreads.web.text import linked
from jobthreads.web.times import Times

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
TIMES = Times(NOW, UTC)
HEADER = FeedHeader(
    scope=Scope.job("1042"),
    record=None,
    client=None,
    reference="J-1042",
    title="Kitchen rewire",
    client_name="Dana",
    can_note=True,
    can_reply=True,
    why_not=None,
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a & b", "a &amp; b"),
        ("one\ntwo\n\nthree", "one<br>\ntwo<br>\n<br>\nthree"),
        ('"><img src=x onerror=y>', "&#34;&gt;&lt;img src=x onerror=y&gt;"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("mail me at a@b.example", "mail me at a@b.example"),
        ("http://", "http://"),
    ],
)
def test_a_text_without_addresses_is_only_escaped(text: str, html: str) -> None:
    """Security: text is text, its line breaks kept."""
    assert html == linked(text)


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("See https://x.example.", "https://x.example", "https://x.example"),
        ("(see https://x.example/a)", "https://x.example/a", "https://x.example/a"),
        ("https://x.example/a_(b)", "https://x.example/a_(b)", "https://x.example/a_(b)"),
        ("www.x.example, ok", "https://www.x.example", "www.x.example"),
        ("HTTPS://X.example/?a=1&b=2", "HTTPS://X.example/?a=1&amp;b=2", "HTTPS://X.example/?a=1&amp;b=2"),
        ("https://x.example/<b>", "https://x.example/", "https://x.example/"),
    ],
)
def test_an_address_is_live(text: str, address: str, shown: str) -> None:
    """Look: links are live; the sentence around them is not part of them."""
    link = f'<a href="{address}" rel="noopener noreferrer nofollow" target="_blank">{shown}</a>'
    assert link in linked(text)


@given(st.text(alphabet="<>&\"'/:.htpsw x\n)(", max_size=60))
def test_no_text_makes_an_element(text: str) -> None:
    """Security: whatever is typed, the only elements are ours."""
    rest = linked(text)
    for ours in ("<br>", "</a>"):
        rest = rest.replace(ours, "")
    for piece in rest.split("<")[1:]:
        assert piece.startswith(('a href="http', 'a href="HTTP'))


@pytest.mark.parametrize(
    ("ago", "short", "full"),
    [
        (timedelta(minutes=5), "11:55", "Today 11:55"),
        (timedelta(minutes=-5), "12:05", "Today 12:05"),
        (timedelta(days=1), "Yesterday", "Yesterday 12:00"),
        (timedelta(days=2), "Mon", "Mon 12:00"),
        (timedelta(days=30), "2 Feb", "2 Feb 12:00"),
        (timedelta(days=365), "4 Mar 2025", "4 Mar 2025 12:00"),
    ],
)
def test_times_read_by_the_day(ago: timedelta, short: str, full: str) -> None:
    """Look: short day text, with the exact time beside it for machines."""
    assert f">{short}</time>" in TIMES.short(NOW - ago)
    assert f">{full}</time>" in TIMES.full(NOW - ago)
    assert f'datetime="{(NOW - ago).isoformat()}"' in TIMES.clock(NOW - ago)


def test_days_are_those_of_the_business() -> None:
    """A time zone decides which day it is."""
    sydney = Times(NOW, ZoneInfo("Australia/Sydney"))
    late = datetime(2026, 3, 3, 20, 0, tzinfo=UTC)
    assert ("Yesterday", "Today") == (TIMES.day_label(TIMES.day(late)), sydney.day_label(sydney.day(late)))
    assert "Monday 2 March" == TIMES.day_label(datetime(2026, 3, 2, tzinfo=UTC).date())


KIM, DANA = Author(kind="staff", id="7", name="Kim Lee"), Author(kind="client", id="c1", name="Dana Reyes")


def entry(seq: int, author: Author, at: datetime, **rest: object) -> Entry:
    return Entry(
        **{
            "id": uuid4(),
            "scope": Scope.job("1"),
            "seq": seq,
            "kind": EntryKind.REPLY,
            "visibility": Visibility.VISIBLE,
            "author": author,
            "at": at,
            "body": f"number {seq}",
            **rest,
        }
    )


def test_lines_are_grouped_by_person_and_day_with_new_at_the_first_unread() -> None:
    """Look: days as separators, consecutive ones of one person grouped, "New" at the first unread."""
    hour, day = timedelta(hours=1), timedelta(days=1)
    newest_first = [
        entry(5, DANA, NOW),
        entry(4, DANA, NOW - hour),
        entry(3, DANA, NOW - day),
        entry(2, KIM, NOW - day - hour),
        entry(1, KIM, NOW - day - 2 * hour),
    ]
    days = staff_days(newest_first, unread=2, times=TIMES, urls=Addresses("/office"))
    assert ["Yesterday", "Today"] == [one.label for one in days]
    lines = [line for one in days for line in one.lines]
    assert [f"number {seq}" for seq in range(1, 6)] == [line.body for line in lines]
    assert [True, False, True, True, False] == [line.first for line in lines]
    assert [False, False, False, True, False] == [line.new for line in lines]
    assert [True, True, False, False, False] == [line.ours for line in lines]


def test_more_unread_than_the_page_holds_begins_at_its_top() -> None:
    """The page's oldest unread one carries the line."""
    days = staff_days([entry(1, DANA, NOW)], unread=9, times=TIMES, urls=Addresses("/office"))
    assert [True] == [line.new for one in days for line in one.lines]


def test_the_clients_days_count_others_replies_only() -> None:
    """J9: a visible status change is no news."""

    def shown(kind: EntryKind, from_me: bool) -> PortalEntry:
        return PortalEntry(id=uuid4(), kind=kind, author_name="Acme", from_me=from_me, at=NOW, body="Booked")

    newest_first = [shown(EntryKind.STATUS_CHANGE, False), shown(EntryKind.REPLY, False), shown(EntryKind.REPLY, True)]
    lines = [
        line
        for day in client_days(newest_first, unread=1, times=TIMES, urls=Addresses("/office"))
        for line in day.lines
    ]
    assert [("You", False), ("Acme", True), ("Acme", False)] == [(line.name, line.new) for line in lines]
    assert "The status is now: Booked" == lines[-1].verb


def test_the_system_is_no_person() -> None:
    """J1: without a person the sentence stands by itself."""
    change = entry(
        1,
        Author(kind=AuthorKind.SYSTEM),
        NOW,
        kind=EntryKind.STATUS_CHANGE,
        body=None,
        status=StatusChange(old="Quoted", new="Booked"),
    )
    line = feed_line(change, HEADER, Addresses("/office"))
    assert "Status changed from Quoted to Booked" == line.said
