"""The contract of the search room: found by words alone, the same on every database, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from attrs import evolve

from jobthreads.domain.entries import (
    Author,
    AuthorKind,
    EntryKind,
    File,
    FormSave,
    KeptEntry,
    ScanState,
    StatusChange,
    Visibility,
)
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope
from jobthreads.domain.search import FoundEntry, Query
from jobthreads.ports import Repository
from jobthreads.testing.clock import MONDAY
from jobthreads.testing.contracts.contract import Contract
from jobthreads.testing.contracts.written import ALIKE, DANA, JOB, KIM, write, write_in

__all__ = ["SearchContract"]

_OTHER = Scope.job("2")
_EVERYWHERE = (JOB, _OTHER, Scope.quote("1042"))

_SPELLINGS = {
    "Straße": ("straße", "STRASSE", "strasse", "stra"),
    "Ein ﬁxer Ölfilm": ("fixer", "olfilm", "ÖLFILM", "ein ﬁxer ö"),
    "3 kΩ": ("3 kω", "KΩ"),
    "İstanbul ılık": ("istanbul", "ISTANBUL", "ılık"),
    "e\u0301te\u0301": ("été", "ete", "ÉTÉ"),
    "هٰذَا مَطْبَخ": ("مطبخ", "هذا مط"),
    "厨房重新布线": ("厨房", "厨房重新布线"),
    "かがく ガラス": ("かがく", "カラ"),
    "부엌 배선": ("부엌", "배"),
    "хорошо, договорились": ("ХОРОШО", "договор"),
    "आज काम": ("आज", "काम"),
    "𝔘nicode 𐐷𐐲 𞤁𞤢𞤱": ("unicode", "𐐷", "𞤁𞤢𞤱", "𞤣𞤢"),
    "Breaker 20A/30mA, №5": ("20a", "30ma no5", "no"),
    "zzz top Zürich": ("zzz", "zz", "zurich"),
    "a an the of und or not near": ("the", "of", "a an", "not near", "or und"),
    "１２３ 456": ("123", "45"),
    "x" * 70: ("x" * 70, "x" * 60, "x" * 61, "xxx"),
    "ж" * 70: ("ж" * 70, "Ж" * 60),
    "😀kitchen😀": ("kitchen",),
}
"""Texts, and what each is found by."""

_SIGNS = (
    '"',
    "'",
    "*",
    "-",
    "+",
    "(",
    ")",
    "~",
    "@",
    "<",
    ">",
    "%",
    "_",
    ":",
    "\\",
    "&",
    "|",
    "!",
    "^",
    "\0",
    "{",
    "$",
)


class SearchContract(Contract):
    """Entries by their words (J12)."""

    def test_every_word_is_held(self, repository: Repository) -> None:
        """An entry is found that holds every word, in any order, the last one as a beginning."""
        write(repository, "We start on Friday at the kitchen")
        write(repository, "Friday suits me", author=DANA)
        assert [2, 1] == _staff(repository, "friday")
        assert [1] == _staff(repository, "KITCHEN friday")
        assert [1] == _staff(repository, "friday kitch")
        assert [] == _staff(repository, "kitch friday")
        assert [] == _staff(repository, "friday saturday")
        assert [2] == _staff(repository, "reyes friday")
        assert [2, 1] == _client(repository, "friday")
        assert [1] == _client(repository, "kitchen fri")
        assert [] == _client(repository, "kitch friday")

    def test_case_accents_and_spellings_are_one(self, repository: Repository) -> None:
        """Case, accents and forms of one letter make no difference, in any script; nothing is too common or short."""
        with repository.atomic() as work:
            for text in _SPELLINGS:
                write_in(work, text)
        for number, (text, queries) in enumerate(_SPELLINGS.items(), start=1):
            for asked in (text, *queries):
                assert number in _staff(repository, asked), (text, asked)
                assert number in _client(repository, asked), (text, asked)
        assert [] == _staff(repository, "kuche")
        assert [] == _staff(repository, "nicode")
        assert [] == _staff(repository, "房")
        assert [] == _staff(repository, "straßen")

    def test_signs_are_just_text(self, repository: Repository) -> None:
        """No sign in a text or in a query means anything: it stands between words (S6)."""
        text = "plan " + " ".join(f"a{sign}b{sign}" for sign in _SIGNS if sign != "\0") + " NEAR(one two) OR wreck"
        write(repository, text)
        write(repository, "other words")
        for sign in _SIGNS:
            for asked in (f"{sign}plan", f"plan{sign}", f"{sign}plan{sign} one", f"one{sign}plan", f"one {sign} plan"):
                assert [1] == _staff(repository, asked), asked
                assert [1] == _client(repository, asked), asked
        for asked in ("plan OR other", "NEAR(plan other)", "plan AND NOT wreck", 'plan" OR "other', "words:plan"):
            assert [] == [number for number in _staff(repository, asked) if number == 2], asked
        assert [1] == _staff(repository, "near one two or wreck")

    def test_staff_find_every_kind_of_entry(self, repository: Repository) -> None:
        """Staff find replies, notes, files by name, statuses old and new, forms with their answers, and by author."""
        _one_of_each(repository)
        for number, words in {
            1: ("replybody", "kim"),
            2: ("notebody",),
            3: ("filename pdf",),
            4: ("oldstatus", "newstatus oldstatus"),
            5: ("formtitle", "fieldname fieldvalue"),
        }.items():
            for asked in words:
                assert number in _staff(repository, asked), asked
        assert [5, 4, 3, 2, 1] == _staff(repository, "lee kim")

    def test_a_client_finds_only_what_they_are_shown(self, repository: Repository) -> None:
        """No note, no old status, no form's answer, and a name only while names are shown (S1)."""
        _one_of_each(repository)
        for asked, expected in {
            "replybody": [1],
            "notebody": [],
            "filename": [3],
            "newstatus": [4],
            "oldstatus": [],
            "formtitle": [5],
            "fieldname": [],
            "fieldvalue": [],
        }.items():
            assert expected == _client(repository, asked), asked
        assert [5, 4, 3, 1] == _client(repository, "kim", authors=True)
        assert [1] == _client(repository, "kim lee reply", authors=True)
        assert [] == _client(repository, "kim")
        assert [] == _client(repository, "kim lee reply")
        assert [] == _client(repository, "replybody kim")

    def test_a_client_finds_nothing_of_an_earlier_one(self, repository: Repository) -> None:
        """What was shown to another client is not found, on whatever record (M11)."""
        write(repository, "for dana")
        write(repository, "for omar", shown_to="omar")
        assert [1] == _client(repository, "for")
        assert [2] == _client(repository, "for", client_id="omar")
        for other in ("DANA", "dána", "dana "):
            assert [] == _client(repository, "for", client_id=other)

    def test_only_the_given_records_are_searched(self, repository: Repository) -> None:
        """A client's search keeps to these records, and staff's to their reach (M3, M11)."""
        write(repository, "Friday")
        write(repository, "Friday", scope=_OTHER)
        assert [("2", 1), ("1042", 1)] == sorted(_places(_entries(repository, "friday")), key=lambda one: one[0] != "2")
        assert [("2", 1)] == _places(_entries(repository, "friday", reach=Reach.jobs(["2"])))
        assert [("2", 1)] == _places(_entries(repository, "friday", scope=_OTHER))
        assert [] == _entries(repository, "friday", scope=_OTHER, reach=Reach.jobs(["1042"]))
        assert [] == _entries(repository, "friday", reach=Reach.nothing())
        assert [("2", 1)] == [
            (kept.entry.scope.id, kept.entry.seq) for kept in _shown(repository, "friday", scopes=[_OTHER])
        ]
        assert [] == _shown(repository, "friday", scopes=[])

    def test_search_filters_by_kind_author_and_visibility(self, repository: Repository) -> None:
        """Kinds, an author and what is visible narrow what staff find, all at once too (J11)."""
        write(repository, "Friday")
        write(repository, "Friday", kind=EntryKind.NOTE)
        write(repository, "Friday", author=DANA)
        assert [3, 1] == _staff(repository, "friday", kinds=[EntryKind.REPLY])
        assert [2, 1] == _staff(repository, "friday", author=evolve(KIM, name="renamed"))
        assert [1] == _staff(repository, "friday", kinds=[EntryKind.REPLY], author=KIM, scope=JOB)
        assert [3, 1] == _staff(repository, "friday", visible_only=True)
        assert [] == _staff(repository, "friday", author=Author(kind=AuthorKind.CLIENT, id="kim"))

    def test_businesses_do_not_find_each_others(self, repository: Repository) -> None:
        """A search of one business finds nothing of another, however alike their ids are (S3)."""
        for one in ALIKE:
            write(repository, f"word {one} end", business_id=one)
        for one in ALIKE:
            found = _entries(repository, "word end", business_id=one)
            assert [f"word {one} end"] == [hit.entry.body for hit in found]
            shown = _shown(repository, "word end", business_id=one)
            assert [f"word {one} end"] == [kept.entry.body for kept in shown]
        assert [] == _entries(repository, "word", business_id="volt")

    def test_the_newest_stands_first_and_pages_fit_together(self, repository: Repository) -> None:
        """By time, then by number, never by how often a word stands there; without a hole or a repetition."""
        with repository.atomic() as work:
            for number in range(7):
                write_in(work, "friday " * (8 - number), at=MONDAY + timedelta(hours=number // 2))
        seen: list[int] = []
        after = None
        while page := _entries(repository, "friday", after=after, limit=3):
            seen += [hit.entry.seq for hit in page]
            after = page[-1].place
        assert [7, 6, 5, 4, 3, 2, 1] == seen
        seen = []
        last = None
        while kept := _shown(repository, "friday", after=last, limit=3):
            seen += [one.entry.seq for one in kept]
            last = kept[-1]
        assert [7, 6, 5, 4, 3, 2, 1] == seen

    def test_a_clients_search_begins_again_after_what_is_not_shown(self, repository: Repository) -> None:
        """A place that is not shown to this client begins the list anew (S1)."""
        write(repository, "Friday")
        for place in (write(repository, "Friday", kind=EntryKind.NOTE), write(repository, "Friday", shown_to="omar")):
            assert [1] == [kept.entry.seq for kept in _shown(repository, "friday", after=place)]

    def test_a_file_is_found_while_it_is_shown(self, repository: Repository) -> None:
        """Hidden, a file's name is found by nobody but staff, at once; shown again, it is new (J6)."""
        file = File(name="switchboard.pdf", size=1, type="application/pdf")
        write(repository, kind=EntryKind.FILE, visibility=Visibility.INTERNAL, file=file)
        assert ([1], []) == (_staff(repository, "switchboard"), _client(repository, "switchboard"))
        _turn(repository, Visibility.VISIBLE)
        assert ([1], [1]) == (_staff(repository, "switchboard"), _client(repository, "switchboard"))
        write(repository, "The switchboard", at=MONDAY + timedelta(hours=1))
        assert [2, 1] == _client(repository, "switchboard")
        _turn(repository, Visibility.INTERNAL)
        assert ([2, 1], [2]) == (_staff(repository, "switchboard"), _client(repository, "switchboard"))
        _turn(repository, Visibility.VISIBLE, hours=2)
        assert [1, 2] == _client(repository, "switchboard")
        assert [] == _client(repository, "switchboard", client_id="omar")

    def test_a_file_that_is_checked_is_found_once_it_is_shown(self, repository: Repository) -> None:
        """What the scanner has not passed is not found by the client, since it is not shown (J6)."""
        file = File(name="switchboard.pdf", size=1, type="application/pdf", state=ScanState.PENDING)
        write(repository, kind=EntryKind.FILE, visibility=Visibility.VISIBLE, file=file)
        assert ([1], []) == (_staff(repository, "switchboard"), _client(repository, "switchboard"))
        _turn(repository, Visibility.VISIBLE, state=ScanState.CLEAN)
        assert ([1], [1]) == (_staff(repository, "switchboard"), _client(repository, "switchboard"))

    def test_long_texts_are_found_to_their_end(self, repository: Repository) -> None:
        """The last word of the longest message is found, and of a form with all its answers."""
        write(repository, " ".join(f"w{number}" for number in range(1500)) + " end")
        changes = {f"field {number}": "value " * 80 + f"v{number}" for number in range(200)}
        write(repository, kind=EntryKind.FORM_SAVE, form=FormSave(form="Site", changes=changes))
        assert [1] == _staff(repository, "w0 w1499 end")
        assert [2] == _staff(repository, "site v0 v199")


def _one_of_each(repository: Repository) -> None:
    file = File(name="filename.pdf", size=1, type="application/pdf")
    form = FormSave(form="Formtitle", changes={"Fieldname": "Fieldvalue"})
    write(repository, "Replybody")
    write(repository, "Notebody", kind=EntryKind.NOTE)
    write(repository, kind=EntryKind.FILE, file=file)
    write(repository, kind=EntryKind.STATUS_CHANGE, status=StatusChange(old="Oldstatus", new="Newstatus"))
    write(repository, kind=EntryKind.FORM_SAVE, form=form)


def _turn(
    repository: Repository, visibility: Visibility, *, state: ScanState = ScanState.CLEAN, hours: int = 0
) -> None:
    """Give the first entry of the thread, a file, this visibility and state."""
    with repository.atomic() as work:
        thread = work.entries.lock("acme", JOB)
        assert thread is not None
        (line,) = [entry for entry in _feed(work) if entry.seq == 1]
        kept = work.entries.one("acme", line.id)
        assert kept is not None
        assert kept.entry.file is not None
        was = kept.showing.client_id if kept.showing else None
        changed = evolve(
            kept, entry=evolve(kept.entry, visibility=visibility, file=evolve(kept.entry.file, state=state))
        )
        if visibility is Visibility.VISIBLE:
            thread, changed = thread.show(changed, now=MONDAY + timedelta(hours=hours), shown_to="dana")
        else:
            thread, changed = thread.hide(changed, None)
        work.files.change(thread, changed, was_shown_to=was)
        work.entries.save(thread)


def _feed(work: Any) -> Any:
    return work.entries.feed("acme", JOB, kinds=(), author=None, visible_only=False, before=None, limit=50)[0]


def _entries(repository: Repository, text: str, **asked: Any) -> list[FoundEntry]:
    plain: dict[str, Any] = {
        "scope": None,
        "kinds": (),
        "author": None,
        "visible_only": False,
        "after": None,
        "limit": 50,
    }
    business_id, reach = asked.pop("business_id", "acme"), asked.pop("reach", Reach.everything())
    with repository.reading() as work:
        return work.search.entries(business_id, reach, Query.of(text), **{**plain, **asked})


def _staff(repository: Repository, text: str, **asked: Any) -> list[int]:
    """The numbers of what staff find."""
    return [hit.entry.seq for hit in _entries(repository, text, **asked)]


def _places(found: Iterable[FoundEntry]) -> list[tuple[str, int]]:
    return [(hit.entry.scope.id, hit.entry.seq) for hit in found]


def _shown(
    repository: Repository,
    text: str,
    *,
    business_id: str = "acme",
    client_id: str = "dana",
    scopes: Iterable[Scope] = _EVERYWHERE,
    authors: bool = False,
    after: KeptEntry | None = None,
    limit: int = 50,
) -> list[KeptEntry]:
    place = after.entry.id if after else None
    with repository.reading() as work:
        found = work.search.shown(
            business_id, client_id, scopes, Query.of(text), authors=authors, after=place, limit=limit
        )
    assert all(kept.showing is not None and kept.showing.client_id == client_id for kept in found)
    return found


def _client(repository: Repository, text: str, **asked: Any) -> list[int]:
    """The numbers of what a client finds."""
    return [kept.entry.seq for kept in _shown(repository, text, **asked)]
