"""Search from both doors: who finds what."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from attrs import evolve

from jobthreads import (
    AccessPolicy,
    Action,
    Author,
    EntryKind,
    Grant,
    PortalAuthor,
    Scope,
    Settings,
    Visibility,
)
from jobthreads.adapters.sqlalchemy import words
from jobthreads.adapters.storage import LocalStorage
from jobthreads.domain.entries import KeptEntry
from jobthreads.domain.scanning import Clean, Infected
from jobthreads.domain.search import ShownWords, staff_words
from jobthreads.errors import InvalidInput, JobThreadsError, NotFound, NotPermitted, PortalDisabled
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

VISIBLE, INTERNAL = Visibility.VISIBLE, Visibility.INTERNAL


def staff(shop: Shop, text: str, **asked: object) -> list[str | None]:
    """What Kim finds, or whoever is named."""
    actor = asked.pop("actor", shop.kim)
    found = shop.threads.staff.search(actor, text, **asked)  # type: ignore[arg-type]
    return [hit.entry.file.name if hit.entry.file else hit.entry.body for hit in found.items]


def client(shop: Shop, text: str, **asked: object) -> list[str | None]:
    """What Dana finds, or whoever is named."""
    found = shop.threads.portal.search(asked.pop("client", shop.dana), text, **asked)  # type: ignore[arg-type]
    return [hit.entry.file.name if hit.entry.file else hit.entry.body for hit in found.items]


@pytest.fixture
def talked(shop: Shop) -> Shop:
    """A shop where Friday is on everybody's lips."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "We start on Friday.")
    shop.clock.advance(minutes=1)
    shop.threads.staff.note(shop.kim, shop.job.scope, "Friday, bring the ladder")
    shop.clock.advance(minutes=1)
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Friday is fine!")
    shop.clock.advance(minutes=1)
    shop.threads.staff.reply(shop.kim, shop.quote.scope, "The quote holds till Friday")
    shop.clock.advance(minutes=1)
    shop.threads.staff.reply(shop.kim, shop.roof.scope, "Friday at Omar's")
    return shop


@ON_EVERY_DATABASE
def test_each_side_finds_its_own(talked: Shop) -> None:
    """J12: every word, the last as a beginning, newest first; staff in their reach, a client in what they are shown."""
    everything = [
        "Friday at Omar's",
        "The quote holds till Friday",
        "Friday is fine!",
        "Friday, bring the ladder",
        "We start on Friday.",
    ]
    assert everything == staff(talked, "FRÍDAY")
    assert everything[1:3] + everything[4:] == client(talked, "friday")
    assert ["Friday at Omar's"] == client(talked, "frid", client=talked.omar)
    assert ["We start on Friday."] == client(talked, "friday sta")
    assert [] == client(talked, "ladder")
    assert [] == client(talked, "sta friday")


def test_a_hit_names_its_record(talked: Shop) -> None:
    """J12: a hit holds what is needed to show and to open it; a client's is the entry as they are shown it."""
    (hit,) = talked.threads.staff.search(talked.kim, "ladder").items
    assert (talked.job.scope, "J-1042", "Kitchen rewire", "dana", "Dana Reyes", EntryKind.NOTE) == (
        hit.scope,
        hit.reference,
        hit.title,
        hit.client_id,
        hit.client_name,
        hit.entry.kind,
    )
    found = talked.threads.portal.search(talked.dana, "start friday").items[0]
    shown = talked.threads.portal.conversation(talked.dana, talked.job.scope).entries.items
    assert (talked.job.scope, "J-1042", "Kitchen rewire") == (found.scope, found.reference, found.title)
    assert found.entry in shown


def test_the_names_are_the_hosts_present_ones(talked: Shop) -> None:
    """J12, M9: a hit has the record's present names, and the last known ones once the host gives none."""
    talked.change(talked.job, title="Bathroom rewire")
    assert "Bathroom rewire" == talked.threads.staff.search(talked.kim, "ladder").items[0].title
    talked.directory.remove(talked.job)
    assert ("J-1042", "Kitchen rewire", "Dana Reyes") == (
        (hit := talked.threads.staff.search(talked.kim, "ladder").items[0]).reference,
        hit.title,
        hit.client_name,
    )
    assert [] == staff(talked, "ladder", actor=talked.tom)
    with pytest.raises(NotFound):
        talked.threads.staff.search(talked.tom, "ladder", scope=talked.job.scope)
    assert ["Friday, bring the ladder"] == staff(talked, "ladder", scope=talked.job.scope)


def test_field_staff_find_in_their_jobs_alone(talked: Shop) -> None:
    """M3: a tradie finds everything on the jobs they are assigned to, and nothing else; unassigned, nothing."""
    in_his = ["Friday at Omar's", "Friday is fine!", "Friday, bring the ladder", "We start on Friday."]
    assert in_his == staff(talked, "friday", actor=talked.tom)
    assert [] == staff(talked, "friday", actor=talked.ann)
    talked.change(talked.job, assigned_to=[])
    assert ["Friday at Omar's"] == staff(talked, "friday", actor=talked.tom)
    for scope in (talked.job.scope, talked.quote.scope, Scope.job("never")):
        with pytest.raises(NotFound):
            talked.threads.staff.search(talked.tom, "friday", scope=scope)


def test_a_role_finds_what_it_may_see(talked: Shop) -> None:
    """M3: who may only see messages finds what is visible; who may not see messages searches one feed at a time."""
    grants = {"reader": Grant(actions=[Action.MESSAGES]), "auditor": Grant(actions=[Action.VIEW])}
    talked.threads = talked.open(access=AccessPolicy(grants=grants))
    reader, auditor = talked.person("reader"), talked.person("auditor")
    assert [] == staff(talked, "ladder", actor=reader)
    assert 4 == len(staff(talked, "friday", actor=reader))
    assert ["Friday, bring the ladder"] == staff(talked, "ladder", actor=auditor, scope=talked.job.scope)
    for actor, scope in ((auditor, None), (reader, talked.job.scope)):
        with pytest.raises(NotPermitted):
            talked.threads.staff.search(actor, "friday", scope=scope)


def test_one_records_feed_is_searched_with_its_filters(talked: Shop) -> None:
    """J11, J12: in one feed words, types and author narrow together."""
    job = talked.job.scope
    assert 3 == len(staff(talked, "friday", scope=job))
    assert ["Friday, bring the ladder"] == staff(talked, "friday", scope=job, kinds=["note"])
    assert ["Friday is fine!"] == staff(talked, "fri", scope=job, author=Author.of(talked.dana))
    assert [] == staff(talked, "fri", scope=job, author=Author.of(talked.dana), kinds=["note"])
    assert ["We start on Friday."] == staff(talked, "start", author=Author.of(talked.kim), kinds=["reply"])
    assert ["The quote holds till Friday"] == client(talked, "friday", scope=talked.quote.scope)


def test_the_portal_switch_closes_messages_not_the_feed(talked: Shop) -> None:
    """M2: while the portal is off a search of the inbox and of the portal is refused, of one feed it goes on."""
    talked.portal(on=False)
    refused: list[Callable[[], object]] = [
        lambda: talked.threads.staff.search(talked.kim, "friday"),
        lambda: talked.threads.portal.search(talked.dana, "friday"),
        lambda: talked.threads.portal.search(talked.dana, "friday", scope=talked.job.scope),
    ]
    for call in refused:
        with pytest.raises(PortalDisabled):
            call()
    assert 3 == len(staff(talked, "friday", scope=talked.job.scope))
    talked.portal(on=True)
    assert 5 == len(staff(talked, "friday"))


def test_a_client_finds_nothing_on_a_record_that_is_not_theirs(talked: Shop) -> None:
    """M11, S2: another's record, an unsent quote, one that never was: not found; nor what an earlier client saw."""
    for scope in (talked.roof.scope, talked.draft.scope, Scope.job("never")):
        with pytest.raises(NotFound):
            talked.threads.portal.search(talked.dana, "friday", scope=scope)
    talked.change(talked.job, client_id="omar")
    assert ["The quote holds till Friday"] == client(talked, "friday")
    assert ["Friday at Omar's"] == client(talked, "friday", client=talked.omar)
    talked.change(talked.quote, sent_to_portal=False)
    assert [] == client(talked, "friday")
    talked.change(talked.job, client_id="dana")
    assert ["Friday is fine!", "We start on Friday."] == client(talked, "friday")


def test_businesses_find_only_their_own(talked: Shop) -> None:
    """S3: the same ids in another business find nothing of ours, by any cursor of ours either."""
    assert [] == staff(talked, "friday", actor=talked.vera)
    page = talked.threads.staff.search(talked.kim, "friday", limit=1)
    assert page.next is not None
    assert [] == staff(talked, "friday", actor=talked.vera, cursor=page.next)


def test_a_client_never_finds_what_they_are_not_shown(talked: Shop) -> None:
    """S1: not an old status, a form's answers or title while internal, nor a hidden name."""
    record = talked.threads.record
    for visibility in (INTERNAL, VISIBLE):
        word = visibility.value
        record.status_changed("acme", talked.job.scope, old=f"old{word}", new=f"new{word}", visibility=visibility)
        record.form_saved(
            "acme", talked.job.scope, form=f"form{word}", changes={"field": f"answer{word}"}, visibility=visibility
        )
    words = [f"{what}{word}" for what in ("old", "new", "form", "answer") for word in ("internal", "visible")]
    assert ["newvisible", "formvisible"] == [word for word in words if client(talked, word)]
    assert [] == client(talked, "field")
    assert words == [word for word in words if staff(talked, word)]


def test_an_index_of_internal_words_would_be_seen(talked: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """S1: the test above is no ornament: an index made of the staff's words turns it red."""
    plain = words.shown_words

    def leaking(kept: KeptEntry) -> ShownWords | None:
        shown = plain(kept)
        return evolve(shown, content=staff_words(kept.entry)) if shown else None

    monkeypatch.setattr(words, "shown_words", leaking)
    with pytest.raises(AssertionError):
        test_a_client_never_finds_what_they_are_not_shown(talked)


def test_a_staff_name_is_found_only_while_it_is_shown(talked: Shop) -> None:
    """S1: with `portal_author` the business, no name finds anything, whatever was shown before."""
    assert ["The quote holds till Friday", "We start on Friday."] == client(talked, "kim")
    assert ["We start on Friday."] == client(talked, "kim lee start")
    hiding = talked.open(settings=Settings(portal_author=PortalAuthor.BUSINESS))
    for text in ("kim", "lee", "kim lee start", "start kim"):
        assert () == hiding.portal.search(talked.dana, text).items
    assert 1 == len(hiding.portal.search(talked.dana, "start").items)
    hiding.staff.reply(talked.kim, talked.job.scope, "Signed off")
    assert () == hiding.portal.search(talked.dana, "kim").items
    assert ["Signed off"] == client(talked, "kim signed")


def test_a_file_is_found_while_it_is_shown(talked: Shop, tmp_path: Path) -> None:
    """J6: hidden, its name is gone from the client's search on the next call; shown again, it is the newest."""
    talked.threads = talked.open(storage=LocalStorage(tmp_path / "files"))
    plan = talked.threads.staff.attach(
        talked.kim, talked.job.scope, BytesIO(b"The plan."), name="switchboard-plan.txt", visibility=INTERNAL
    )
    assert (["switchboard-plan.txt"], []) == (staff(talked, "switchboard"), client(talked, "switchboard"))
    for _ in range(2):
        talked.threads.staff.set_visibility(talked.kim, plan.id, VISIBLE)
        assert ["switchboard-plan.txt"] == client(talked, "PLAN switch")
        talked.threads.staff.set_visibility(talked.kim, plan.id, INTERNAL)
        assert [] == client(talked, "switchboard")
    assert ["switchboard-plan.txt"] == staff(talked, "switchboard")


@pytest.mark.parametrize("harmless", [True, False])
def test_a_file_is_found_once_it_is_clean(talked: Shop, tmp_path: Path, harmless: bool) -> None:
    """J6: until the scanner has passed it, and if it never does, the client finds nothing of it."""

    class Scanner:
        def scan(self, file: object) -> Clean | Infected:
            return Clean() if harmless else Infected(name="Eicar")

    talked.threads = talked.open(storage=LocalStorage(tmp_path / "files"), scanner=Scanner())
    talked.threads.staff.attach(
        talked.kim, talked.job.scope, BytesIO(b"The plan."), name="switchboard.txt", visibility=VISIBLE
    )
    assert [] == client(talked, "switchboard")
    talked.threads.delivery.run_once()
    assert (["switchboard.txt"] if harmless else []) == client(talked, "switchboard")
    assert ["switchboard.txt"] == staff(talked, "switchboard")


@ON_EVERY_DATABASE
def test_pages_fit_together(shop: Shop) -> None:
    """J12: page after page holds every hit once, newest first, even those of one moment; never by rank."""
    for number in range(25):
        shop.threads.staff.reply(shop.kim, (shop.job, shop.garage)[number % 2].scope, "friday " * (25 - number))
        if number % 5 == 0:
            shop.clock.advance(minutes=1)
    for find in (
        lambda cursor: shop.threads.staff.search(shop.kim, "friday", cursor=cursor, limit=4),
        lambda cursor: shop.threads.portal.search(shop.dana, "friday", cursor=cursor, limit=4),
    ):
        hits, cursor = [], None
        while True:
            page = find(cursor)
            hits += page.items
            cursor = page.next
            if cursor is None:
                break
        assert 25 == len({hit.entry.id for hit in hits}) == len(hits)
        times = [hit.entry.at for hit in hits]
        assert times == sorted(times, reverse=True)


def test_a_clients_cursor_holds_an_entry_of_theirs(talked: Shop) -> None:
    """S1: the place is the last entry's id; hidden since, the list begins again; nothing else is a place."""
    page = talked.threads.portal.search(talked.dana, "friday", limit=1)
    assert page.next is not None
    assert 2 == len(client(talked, "friday", cursor=page.next))
    for cursor in ("", "x", "WzFd", page.next + "x"):
        with pytest.raises((InvalidInput, NotFound)):
            talked.threads.portal.search(talked.dana, "friday", cursor=cursor)


@pytest.mark.parametrize("text", ["", " ", "?!", "x" * 201])
def test_access_is_judged_before_the_words(talked: Shop, text: str) -> None:
    """S4, S6: a text that cannot be searched for says so, to whoever may search at all."""
    for call in (talked.threads.staff.search, talked.threads.portal.search):
        person = talked.kim if call == talked.threads.staff.search else talked.dana
        with pytest.raises(InvalidInput) as refused:
            call(person, text)  # type: ignore[arg-type]
        assert "text" == refused.value.field
        with pytest.raises(NotFound):
            call(person, text, scope=Scope.job("never"))  # type: ignore[arg-type]


def test_a_page_holds_1_to_200_lines(talked: Shop) -> None:
    """S6: another length is refused."""
    for limit in (0, 201, -1):
        with pytest.raises(JobThreadsError):
            talked.threads.staff.search(talked.kim, "friday", limit=limit)
        with pytest.raises(JobThreadsError):
            talked.threads.portal.search(talked.dana, "friday", limit=limit)
