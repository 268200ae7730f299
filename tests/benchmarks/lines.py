"""The rows of the workload, as the library itself would have written them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from jobthreads import Author, Entry, EntryKind, Staff, Visibility
from jobthreads.adapters.sqlalchemy.words import terms_of
from jobthreads.domain.entries import KeptEntry, Showing
from jobthreads.domain.records import Job
from jobthreads.domain.words import distinct_words
from tests.benchmarks.world import BIG, SEED, Plot, World

__all__ = ["COLUMNS", "COMMON", "RARE", "Rows", "Terms", "rows"]

COMMON = "switchboard"
"""A word of every third text."""

RARE = "zirconium"
"""A word of thirty texts in the business that holds half, and of no other."""

_JOB = "RNSCNRFCSNVCRNISCFNR"
"""A job's life: Reply, Client's reply, Note, Status change, Form save, Visible file, Internal file."""
_QUOTE = "RCRCRCRCRCRCRCRCRCRC"
_TEN_THOUSAND = 10_000
_UNREAD_NOTICES = 120
_KIND = {"R": "reply", "C": "reply", "N": "note", "S": "status_change", "F": "form_save", "V": "file", "I": "file"}
_EPOCH = 1_700_000_000_000_000
_MINUTE = 60_000_000
_HOUR = 60 * _MINUTE

_STATUS = {"old": "Scheduled", "new": "In progress"}
_STATUS_WORDS = distinct_words(_STATUS.values())
_FORM = {"Switched off": "yes", "Tested": "no"}
_FORM_WORDS = distinct_words(["Site check", *(text for change in _FORM.items() for text in change)])

COLUMNS = {
    "jobthreads_thread": [
        "business_id",
        "id",
        "scope",
        "reference",
        "title",
        "client_id",
        "client_name",
        "seq",
        "shown",
        "client_seq",
        "started_at",
        "spoken_seq",
        "spoken_at",
        "conversation_at",
    ],
    "jobthreads_entry": [
        "business_id",
        "thread_id",
        "seq",
        "id",
        "kind",
        "visibility",
        "author_kind",
        "author_id",
        "author_name",
        "at",
        "body",
        "details",
        "showing",
        "shown_at",
        "shown_to",
        "request_call",
        "request_id",
        "words",
    ],
    "jobthreads_file": [
        "business_id",
        "entry_id",
        "thread_id",
        "seq",
        "blob_key",
        "scan",
        "preview",
        "preview_key",
        "due_at",
        "token",
        "attempts",
    ],
    "jobthreads_read": ["business_id", "client_id", "thread_id", "newest_seq", "seen"],
    "jobthreads_notice": ["business_id", "staff_id", "thread_id", "unread", "last_seq", "what", "at"],
    "jobthreads_delivery": [
        "business_id",
        "id",
        "thread_id",
        "entry_id",
        "showing",
        "channel",
        "client_id",
        "state",
        "due_at",
        "created_at",
        "attempts",
        "batch_id",
        "token",
        "lease_until",
        "settled_at",
        "error",
    ],
}

Rows = dict[str, list[tuple[Any, ...]]]


class _Texts:
    """Texts of made-up words, some of them common, and the words of each."""

    def __init__(self, dice: random.Random) -> None:
        signs = "bcdfghklmnprstvw", "aeiou"
        words = ["".join(dice.choice(signs[i % 2]) for i in range(dice.randint(3, 9))) for _ in range(3000)]
        weights = [1 / rank for rank in range(1, len(words) + 1)]
        self._some = [" ".join(dice.choices(words, weights, k=dice.randint(4, 34))) for _ in range(6000)]
        for i in range(0, len(self._some), 3):
            self._some[i] += f" {COMMON}"
        self._words = [distinct_words([text]) for text in self._some]
        self._next = 0

    def one(self) -> tuple[str, tuple[str, ...]]:
        self._next += 1
        place = self._next * 7919 % len(self._some)
        return self._some[place], self._words[place]


class Terms:
    """The terms of a thread's entries: what `terms_of` gives, made of words that are known already."""

    def __init__(self, plot: Plot, staff: Staff) -> None:
        probe = KeptEntry(
            entry=Entry(
                id=UUID(int=0),
                scope=plot.record.scope,
                seq=1,
                kind=EntryKind.REPLY,
                visibility=Visibility.VISIBLE,
                author=Author.of(staff),
                at=datetime(2026, 1, 1, tzinfo=UTC),
                body="x",
            ),
            showing=Showing(number=1, at=datetime(2026, 1, 1, tzinfo=UTC), client_id=plot.client.id),
        )
        terms = terms_of(plot.record.business_id, plot.record.scope, probe).split()
        self._thread = terms[0]
        self._shown, self._shown_author, self.staff = (
            next(term[:5] for term in terms if term.startswith(side)) for side in "caw"
        )

    def of(
        self,
        content: tuple[str, ...],
        *,
        shown: bool,
        author: tuple[str, ...],
        by_staff: bool,
        more: tuple[str, ...] = (),
    ) -> str:
        """An entry's terms: `content` is what a client is shown, `more` what staff find in place of it."""
        terms = [self._thread]
        if shown:
            terms += [self._shown + word for word in content]
            if by_staff:
                terms += [self._shown_author + word for word in author]
        said = () if more else content
        terms += [self.staff + word for word in dict.fromkeys((*said, *author, *more))]
        return " ".join(terms)


class _Writer:
    """Writes one thread after another into rows."""

    def __init__(self, world: World, *, words: bool) -> None:
        self._world = world
        self._with_words = words
        self._dice = random.Random(SEED)
        self._texts = _Texts(self._dice)
        self._names: dict[str, tuple[str, ...]] = {}
        self.rows: Rows = {table: [] for table in COLUMNS}

    def _id(self) -> str:
        text = f"{self._dice.getrandbits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def thread(self, plot: Plot) -> None:
        record, client = plot.record, plot.client
        business_id, thread_id = record.business_id, self._id()
        long = record.scope == BIG
        pattern = _JOB * (_TEN_THOUSAND // len(_JOB)) if long else _JOB if isinstance(record, Job) else _QUOTE
        if plot.number % 3 == 0 and not long:
            pattern = pattern[:-1] + "C"
        count = len(self._world.plots[plot.business])
        # Newest conversations are not the newest rows: a prime step scatters them.
        began = _EPOCH + (plot.number * 7919 % count) * 24 * _HOUR // max(1, count // 365)
        rare = plot.business == 0 and plot.number % max(1, count // 30) == 0 and not long
        terms = Terms(plot, self._world.staff[plot.business][0])
        showing = spoken = client_seq = 0
        at = spoken_at = client_at = began
        for seq, sign in enumerate(pattern, 1):
            at = began + seq * _MINUTE
            entry_id, kind = self._id(), _KIND[sign]
            shown = sign in "RCV"
            if shown:
                showing += 1
                spoken, spoken_at = seq, at
            if sign == "C":
                client_seq, client_at = seq, at
                author = ("client", client.id, client.name)
            else:
                person = self._world.staff[plot.business][(plot.number + seq) % 5]
                author = ("staff", person.id, person.name)
            body, content, more = None, (), ()
            if sign in "RCN":
                body, content = self._texts.one()
                if rare and seq == 1:
                    body, content = f"{RARE} {body}", (RARE, *content)
            elif sign in "VI":
                content = more = distinct_words([f"photo-{seq}.jpg"])
            else:
                more = _STATUS_WORDS if sign == "S" else _FORM_WORDS
            self.rows["jobthreads_entry"].append(
                (
                    business_id,
                    thread_id,
                    seq,
                    entry_id,
                    kind,
                    "visible" if shown else "internal",
                    *author,
                    at,
                    body,
                    self._details(sign, seq),
                    *((showing, at, client.id) if shown else (None, None, None)),
                    *(("attach" if kind == "file" else kind, self._id()) if sign in "RCNVI" else (None, None)),
                    self._terms_of(terms, sign, content, shown, author[2], more),
                )
            )
            if kind == "file":
                self.rows["jobthreads_file"].append(
                    (
                        business_id,
                        entry_id,
                        thread_id,
                        seq,
                        f"{self._dice.getrandbits(128):032x}",
                        "clean",
                        "none",
                        None,
                        None,
                        None,
                        0,
                    )
                )
            if sign in "RV":
                self._mailed(business_id, thread_id, entry_id, showing, client.id, at)
        self.rows["jobthreads_thread"].append(
            (
                business_id,
                thread_id,
                str(record.scope),
                record.reference,
                record.title,
                client.id,
                client.name,
                len(pattern),
                showing,
                client_seq,
                None,
                spoken,
                spoken_at,
                spoken_at,
            )
        )
        seen = showing if plot.number % 5 else showing - 2
        self.rows["jobthreads_read"].append((business_id, client.id, thread_id, spoken, seen))
        unread = 1 if plot.number * 7919 % count >= count - _UNREAD_NOTICES else 0
        for staff_id in [*(person.id for person in self._world.office(plot.business)), *plot.assigned]:
            self.rows["jobthreads_notice"].append(
                (business_id, staff_id, thread_id, unread, client_seq, "reply", client_at)
            )

    def _terms_of(
        self, terms: Terms, sign: str, content: tuple[str, ...], shown: bool, name: str, more: tuple[str, ...]
    ) -> str | None:
        if not self._with_words:
            return None
        if name not in self._names:
            self._names[name] = distinct_words([name])
        author = self._names[name]
        return terms.of(content, shown=shown, author=author, by_staff=sign != "C", more=more)

    @staticmethod
    def _details(sign: str, seq: int) -> str | None:
        details: dict[str, Any]
        if sign == "S":
            details = _STATUS
        elif sign == "F":
            details = {"form": "Site check", "changes": _FORM}
        elif sign in "VI":
            details = {
                "name": f"photo-{seq}.jpg",
                "size": 812_344 + seq,
                "type": "image/jpeg",
                "sha256": "0" * 64,
                "state": "clean",
            }
        else:
            return None
        return json.dumps(details, ensure_ascii=False)

    def _mailed(self, business_id: str, thread_id: str, entry_id: str, showing: int, client_id: str, at: int) -> None:
        self.rows["jobthreads_delivery"].append(
            (
                business_id,
                self._id(),
                thread_id,
                entry_id,
                showing,
                "email",
                client_id,
                "sent",
                at,
                at,
                1,
                self._id(),
                None,
                None,
                at + 1_000_000,
                None,
            )
        )


def rows(world: World, *, words: bool = True, threads_at_once: int = 500) -> Iterator[Rows]:
    """The rows of every table, some threads at a time; without their words where nothing will be searched for."""
    writer = _Writer(world, words=words)
    for number, plot in enumerate(world.every_plot(), 1):
        writer.thread(plot)
        if number % threads_at_once == 0:
            yield writer.rows
            writer.rows = {table: [] for table in COLUMNS}
    yield writer.rows
