"""Both doors against a model that a child could check: lists of lines, and who has read how far."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from jobthreads import Job, Quote, Scope, Settings, Visibility
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.domain.text import message_text
from jobthreads.domain.words import words_of
from tests.model.world import BOSS, CLIENTS, RECORDS, SCOPES, TEAM, World, outcome
from tests.servers import Databases

OFFICE = TEAM[:2]
JOBS = tuple(record.scope for record in RECORDS if isinstance(record, Job))

# One record gets most of the talk, so that histories grow long enough to go wrong.
scopes = st.sampled_from((*SCOPES, SCOPES[0], SCOPES[0], SCOPES[0]))
jobs = st.sampled_from((*JOBS, JOBS[0]))
# Most steps are ones that succeed; the rest come from the wrong person.
people = st.sampled_from(OFFICE * 3 + TEAM[2:])
strangers = st.sampled_from([False] * 5 + [True])


class Line:
    """What the model remembers of one entry."""

    def __init__(self, number: int, kind: str, author: str, body: str) -> None:
        self.number, self.kind, self.author, self.body = number, kind, author, body
        self.moves = kind in {"reply", "file"}
        self.id: Any = None
        self.written: Any = None
        self.shown_to: str | None = None
        self.showing = 0
        self.at: Any = None


def said(entry: Any) -> str:
    """A file says its name, everything else its text."""
    return str(entry.file.name if entry.file else entry.body)


class Conversations(RuleBasedStateMachine):
    """Start, write, read, assign, switch, send, move, deliver, in any order; every list is compared each time."""

    world: World

    def __init__(self, empty: Callable[[], SQLAlchemyRepository | None] = lambda: None) -> None:
        super().__init__()
        self.empty = empty

    @initialize(window=st.sampled_from([0, 5]))
    def begin(self, window: int) -> None:
        self.window = window
        self.world = World(Settings(client_posts=None, mails_an_hour=None, mail_window=window), self.empty())
        self.portal_on = True
        self.lines: dict[Scope, list[Line]] = {}
        self.started: dict[Scope, Any] = {}
        # How many of the client's newest visible entries a person has not read.
        self.unread: dict[tuple[str, Scope], int] = {}
        self.seen: dict[tuple[str, Scope], int] = {}
        self.outbox: list[tuple[Scope, Line, int, str]] = []
        self.showings = 0
        self.mails: list[tuple[str, Scope, tuple[str, ...]]] = []
        self.count = 0
        self.world.change(Scope.quote("1"), sent_to_portal=True)
        self.world.assign(JOBS[0], "tradie", on=True)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()

    # What the host says now.

    def record(self, scope: Scope) -> Job | Quote:
        return self.world.record(scope)

    def sendable(self, scope: Scope) -> bool:
        record = self.record(scope)
        return isinstance(record, Job) or record.sent_to_portal

    def reaches(self, person: Any, scope: Scope) -> bool:
        record = self.record(scope)
        return person in OFFICE or (isinstance(record, Job) and person.id in record.assigned_to)

    def text(self) -> str:
        self.count += 1
        return f"message {self.count}"

    def write(self, scope: Scope, kind: str, author: str, body: str, *, visible: bool) -> Line:
        lines = self.lines.setdefault(scope, [])
        line = Line(len(lines) + 1, kind, author, body)
        line.written = self.world.now
        lines.append(line)
        if visible:
            self.show(scope, line)
        return line

    def show(self, scope: Scope, line: Line) -> None:
        self.showings += 1
        line.shown_to, line.showing, line.at = self.record(scope).client_id, self.showings, self.world.now
        if line.moves and line.author not in {client.id for client in CLIENTS}:
            self.outbox.append((scope, line, line.showing, line.shown_to))

    def rung(self, scope: Scope, line: Line) -> None:
        for person in TEAM:
            if self.reaches(person, scope):
                self.unread[person.id, scope] = self.unread.get((person.id, scope), 0) + 1

    def written_by_client_after(self, scope: Scope, number: int) -> int:
        ids = {client.id for client in CLIENTS}
        lines = self.lines.get(scope, [])
        return sum(line.number > number and line.author in ids and line.shown_to is not None for line in lines)

    # Steps.

    def client_of(self, scope: Scope, stranger: bool) -> Any:
        owner = self.record(scope).client_id
        return next(client for client in CLIENTS if (client.id == owner) is not stranger)

    @rule(scope=scopes, stranger=strangers, person=people)
    def start(self, scope: Scope, stranger: bool, person: Any) -> None:
        self.world.tick()
        client = self.client_of(scope, stranger)
        got = outcome(lambda: self.world.threads.staff.start(person, client_id=client.id, scope=scope))
        if not self.reaches(person, scope):
            expected = "NotFound"
        elif person not in OFFICE:
            expected = "NotPermitted"
        elif not self.portal_on:
            expected = "PortalDisabled"
        elif self.record(scope).client_id != client.id:
            expected = "NotThisClients"
        elif not self.sendable(scope):
            expected = "QuoteNotSent"
        else:
            expected = "done"
            self.lines.setdefault(scope, [])
            if self.conversation_at(scope) is None:
                self.started[scope] = self.world.now
        assert expected == got

    @rule(scope=scopes, person=people)
    def reply(self, scope: Scope, person: Any) -> None:
        self.world.tick()
        body = self.text()
        got = outcome(lambda: self.world.threads.staff.reply(person, scope, body))
        if not self.reaches(person, scope):
            expected = "NotFound"
        elif person not in OFFICE:
            expected = "NotPermitted"
        elif not self.portal_on:
            expected = "PortalDisabled"
        elif not self.sendable(scope):
            expected = "QuoteNotSent"
        else:
            expected = "done"
            self.write(scope, "reply", person.id, body, visible=True)
        assert expected == got

    @rule(scope=scopes, person=people)
    def note(self, scope: Scope, person: Any) -> None:
        self.world.tick()
        body = self.text()
        got = outcome(lambda: self.world.threads.staff.note(person, scope, body))
        if not self.reaches(person, scope):
            expected = "NotFound"
        elif person not in OFFICE or scope not in JOBS:
            expected = "NotPermitted"
        else:
            expected = "done"
            self.write(scope, "note", person.id, body, visible=False)
        assert expected == got

    @rule(scope=scopes, stranger=strangers)
    def client_reply(self, scope: Scope, stranger: bool) -> None:
        self.world.tick()
        client = self.client_of(scope, stranger)
        body = self.text()
        got = outcome(lambda: self.world.threads.portal.reply(client, scope, body))
        if self.record(scope).client_id != client.id or not self.sendable(scope):
            expected = "NotFound"
        elif not self.portal_on:
            expected = "PortalDisabled"
        else:
            expected = "done"
            self.rung(scope, self.write(scope, "reply", client.id, body, visible=True))
        assert expected == got

    @rule(scope=scopes, visible=st.booleans())
    def status_changes(self, scope: Scope, visible: bool) -> None:
        self.world.tick()
        new = self.text()
        visibility = "visible" if visible else "internal"
        got = outcome(
            lambda: self.world.threads.record.status_changed(
                "acme", scope, old="before", new=new, by=BOSS, visibility=visibility
            )
        )
        assert ("done" if scope in JOBS else "NotPermitted") == got
        if got == "done":
            self.write(scope, "status_change", "boss", new, visible=visible)

    @rule(scope=scopes, person=people, visible=st.booleans())
    def attach(self, scope: Scope, person: Any, visible: bool) -> None:
        self.world.tick()
        name = self.text()
        wrote: list[Any] = []
        got = outcome(
            lambda: wrote.append(
                self.world.threads.staff.attach(
                    person,
                    scope,
                    BytesIO(name.encode()),
                    name=f"{name}.txt",
                    visibility=Visibility.VISIBLE if visible else Visibility.INTERNAL,
                )
            )
        )
        if not self.reaches(person, scope):
            expected = "NotFound"
        elif person not in OFFICE:
            expected = "NotPermitted"
        elif scope not in JOBS:
            expected = "AttachmentsNotSupported"
        elif visible and not self.portal_on:
            expected = "PortalDisabled"
        else:
            expected = "done"
            self.write(scope, "file", person.id, f"{name}.txt", visible=visible).id = wrote[0].id
        assert expected == got

    @rule(scope=jobs, stranger=strangers)
    def client_uploads(self, scope: Scope, stranger: bool) -> None:
        self.world.tick()
        client = self.client_of(scope, stranger)
        name = self.text()
        wrote: list[Any] = []
        got = outcome(
            lambda: wrote.append(
                self.world.threads.portal.attach(client, scope, BytesIO(name.encode()), name=f"{name}.txt")
            )
        )
        record = self.record(scope)
        assert isinstance(record, Job)
        if record.client_id != client.id:
            expected = "NotFound"
        elif not self.portal_on:
            expected = "PortalDisabled"
        elif not record.client_uploads:
            expected = "UploadsOff"
        else:
            expected = "done"
            line = self.write(scope, "file", client.id, f"{name}.txt", visible=True)
            line.id = wrote[0].id
            self.rung(scope, line)
        assert expected == got

    @rule(scope=jobs, pick=st.integers(0, 5), on=st.booleans())
    def show_or_hide(self, scope: Scope, pick: int, on: bool) -> None:
        self.world.tick()
        files = [line for line in self.lines.get(scope, []) if line.kind == "file"]
        if not files:
            return
        line = files[pick % len(files)]
        visibility = Visibility.VISIBLE if on else Visibility.INTERNAL
        got = outcome(lambda: self.world.threads.staff.set_visibility(BOSS, line.id, visibility))
        if on and not self.portal_on:
            assert got == "PortalDisabled"
            return
        assert got == "done"
        if on and line.shown_to is None:
            self.show(scope, line)
        elif not on:
            was_shown = line.shown_to is not None
            line.shown_to, line.showing, line.at = None, 0, None
            later = self.written_by_client_after(scope, line.number)
            for person in TEAM:
                if was_shown and line.author in {"c1", "c2"} and self.unread.get((person.id, scope), 0) > later:
                    self.unread[person.id, scope] -= 1

    @rule(scope=jobs, person=st.sampled_from(TEAM[2:]), on=st.booleans())
    def assign(self, scope: Scope, person: Any, on: bool) -> None:
        self.world.assign(scope, person.id, on=on)

    @rule(scope=scopes, delivers=st.booleans())
    def portal_is_off_for_a_while(self, scope: Scope, delivers: bool) -> None:
        self.world.switch_portal(on=False)
        self.portal_on = False
        self.reply(scope, BOSS)
        self.start(scope, False, BOSS)
        self.client_reply(scope, False)
        self.note(scope, BOSS)
        self.attach(scope, BOSS, True)
        if scope in JOBS:
            self.client_uploads(scope, False)
            self.show_or_hide(scope, 0, True)
            self.show_or_hide(scope, 1, False)
        self.staff_reads(scope, BOSS, 0)
        self.bell_cleared(BOSS)
        if delivers:
            self.deliver()
        self.staff_see_their_threads()
        self.clients_see_what_was_shown_to_them()
        self.world.switch_portal(on=True)
        self.portal_on = True

    @rule(delivers=st.booleans(), stays=strangers)
    def quote_is_taken_back(self, delivers: bool, stays: bool) -> None:
        quote = Scope.quote("1")
        self.reply(quote, BOSS)
        self.world.change(quote, sent_to_portal=False)
        self.reply(quote, BOSS)
        self.start(quote, False, BOSS)
        self.client_reply(quote, False)
        if delivers:
            self.deliver()
        if not stays:
            self.world.change(quote, sent_to_portal=True)

    @rule(sent=st.just(True))
    def send_quote(self, sent: bool) -> None:
        self.world.change(Scope.quote("1"), sent_to_portal=sent)

    @rule(scope=jobs, client=st.sampled_from(CLIENTS))
    def move_to_client(self, scope: Scope, client: Any) -> None:
        self.world.change(scope, client_id=client.id)

    @rule(scope=scopes, stranger=strangers, person=people, back=st.integers(0, 3))
    def client_writes_and_staff_reads(self, scope: Scope, stranger: bool, person: Any, back: int) -> None:
        self.client_reply(scope, stranger)
        self.staff_reads(scope, person, back)

    @rule(scope=scopes, person=people, back=st.integers(0, 3))
    def staff_reads(self, scope: Scope, person: Any, back: int) -> None:
        upto = max(0, len(self.lines.get(scope, [])) - back)
        got = outcome(lambda: self.world.threads.staff.mark_read(person, scope, upto=upto))
        if not self.reaches(person, scope):
            expected = "NotFound"
        elif not self.portal_on:
            expected = "PortalDisabled"
        else:
            expected = "done"
            later = self.written_by_client_after(scope, upto)
            self.unread[person.id, scope] = min(self.unread.get((person.id, scope), 0), later)
        assert expected == got

    @rule(person=people)
    def bell_cleared(self, person: Any) -> None:
        self.world.threads.bell.mark_read(person)
        if self.portal_on:
            for scope in SCOPES:
                if self.reaches(person, scope):
                    self.unread[person.id, scope] = 0

    @rule(scope=scopes, back=st.integers(0, 2))
    def client_reads(self, scope: Scope, back: int) -> None:
        client = self.client_of(scope, stranger=False)
        if not self.client_sees(client, scope):
            return
        page = self.world.threads.portal.conversation(client, scope).entries.items
        if len(page) > back:
            self.world.threads.portal.mark_read(client, scope, upto=page[back].id)
            shown = self.shown(client, scope)
            if any(line.moves for line in shown):
                showing = shown[-1 - back].showing
                self.seen[client.id, scope] = max(self.seen.get((client.id, scope), 0), showing)

    @rule()
    def deliver(self) -> None:
        self.world.tick(6)
        while self.world.threads.delivery.run_once():
            pass
        waiting, self.outbox = self.outbox, []
        batches: dict[Any, list[str]] = {}
        for number, (scope, line, showing, client_id) in enumerate(waiting):
            told = self.portal_on and self.sendable(scope) and self.record(scope).client_id == client_id
            if told and line.showing == showing:
                batches.setdefault((client_id, scope, 0 if self.window else number), []).append(line.body)
        self.mails += [(client_id, scope, tuple(told)) for (client_id, scope, _), told in batches.items()]

    # What everyone sees.

    def conversation_at(self, scope: Scope) -> Any:
        times = [line.at for line in self.lines.get(scope, []) if line.moves and line.shown_to is not None]
        if scope in self.started:
            times.append(self.started[scope])
        return max(times, default=None)

    def shown(self, client: Any, scope: Scope) -> list[Line]:
        shown = [line for line in self.lines.get(scope, []) if line.shown_to == client.id]
        return sorted(shown, key=lambda line: line.showing)

    def client_sees(self, client: Any, scope: Scope) -> bool:
        return self.portal_on and self.record(scope).client_id == client.id and self.sendable(scope)

    @invariant()
    def staff_see_their_threads(self) -> None:
        """M3, M7, M8, J10: order, unread and bell are the model's, for every role."""
        if not hasattr(self, "world"):
            return
        for person in TEAM:
            if not self.portal_on:
                assert outcome(lambda person=person: self.world.threads.staff.inbox(person)) == "PortalDisabled"
                assert self.world.threads.bell.unread(person) == 0
                continue
            mine = [
                scope for scope in SCOPES if self.conversation_at(scope) is not None and self.reaches(person, scope)
            ]
            mine.sort(key=self.conversation_at, reverse=True)
            unread = {scope: self.unread.get((person.id, scope), 0) for scope in SCOPES}
            rows = self.world.threads.staff.inbox(person).items
            assert [(scope, unread[scope], self.newest(scope)) for scope in mine] == [
                (row.scope, row.unread, row.snippet) for row in rows
            ]
            rung = {scope for scope in mine if unread[scope]}
            assert len(rung) == self.world.threads.bell.unread(person)
            assert rung == {notice.scope for notice in self.world.threads.bell.notices(person)}

    def newest(self, scope: Scope) -> str:
        spoken = [line for line in self.lines[scope] if line.moves and line.shown_to is not None]
        return max(spoken, key=lambda line: line.showing).body if spoken else ""

    @invariant()
    def staff_see_every_line(self) -> None:
        """M9, J1: the feed holds everything in order, the conversation the visible part."""
        if not hasattr(self, "world"):
            return
        for scope in SCOPES:
            lines = self.lines.get(scope, [])
            feed = self.world.threads.staff.feed(BOSS, scope).items
            assert [line.number for line in reversed(lines)][:50] == [entry.seq for entry in feed]
            if self.portal_on:
                said = self.world.threads.staff.conversation(BOSS, scope).entries.items
                assert [line.number for line in reversed(lines) if line.shown_to][:50] == [e.seq for e in said]

    @invariant()
    def clients_see_what_was_shown_to_them(self) -> None:
        """M11, J9, S1: each portal list is the model's: order, dot, snippet, and nothing of another client."""
        if not hasattr(self, "world"):
            return
        for client in CLIENTS:
            if not self.portal_on:
                assert outcome(lambda client=client: self.world.threads.portal.records(client)) == "PortalDisabled"
                continue
            expected = []
            for place, scope in enumerate(self.host_order(client)):
                shown = self.shown(client, scope)
                moving = [line for line in shown if line.moves]
                seen = self.seen.get((client.id, scope), 0)
                unread = sum(line.author != client.id and line.showing > seen for line in moving)
                newest = moving[-1] if moving else None
                rank = (0, -newest.at.timestamp(), 0) if newest else (1, 0, place)
                expected.append((rank, scope, unread, newest.body if newest else ""))
                page = self.world.threads.portal.conversation(client, scope).entries.items
                assert [line.body for line in reversed(shown)][:50] == [said(entry) for entry in page]
            rows = self.world.threads.portal.records(client).items
            assert [line[1:] for line in sorted(expected, key=lambda line: line[0])] == [
                (row.scope, row.unread, row.snippet) for row in rows
            ]

    @invariant()
    def each_finds_what_the_model_holds(self) -> None:
        """J12, M3, M11, S1: each search gives what holds the words in the reach of the person, the newest first."""
        if not hasattr(self, "world"):
            return
        every = [(scope, line) for scope, lines in self.lines.items() for line in lines]
        for query in ("message", f"message {self.count}", f"{self.count // 2} messa", "txt", "before"):
            *whole, begin = words_of(query)
            found = [
                (scope, line)
                for scope, line in every
                if self.holds(line.body, whole, begin) or (query == "before" and line.kind == "status_change")
            ]
            found.sort(key=lambda one: one[1].written, reverse=True)
            for person in TEAM if self.portal_on else ():
                hits = self.world.threads.staff.search(person, query, limit=200).items
                mine = [(scope, line.number) for scope, line in found if self.reaches(person, scope)]
                assert mine == [(hit.scope, hit.entry.seq) for hit in hits]
            for client in CLIENTS if self.portal_on else ():
                theirs = [
                    (scope, line)
                    for scope, line in found
                    if query != "before" and line.shown_to == client.id and self.client_sees(client, scope)
                ]
                theirs.sort(key=lambda one: one[1].showing, reverse=True)
                shown = self.world.threads.portal.search(client, query, limit=200).items
                assert [(scope, line.body) for scope, line in theirs] == [(hit.scope, said(hit.entry)) for hit in shown]
        if not self.portal_on:
            assert outcome(lambda: self.world.threads.staff.search(BOSS, "message")) == "PortalDisabled"
            assert outcome(lambda: self.world.threads.portal.search(CLIENTS[0], "message")) == "PortalDisabled"

    @staticmethod
    def holds(text: str, whole: list[str], begin: str) -> bool:
        held = words_of(text)
        return set(whole) <= set(held) and any(word.startswith(begin) for word in held)

    def host_order(self, client: Any) -> list[Scope]:
        theirs = self.world.directory.records_of_client("acme", client.id)
        return [record.scope for record in theirs if self.client_sees(client, record.scope)]

    @invariant()
    def mail_is_what_the_model_sent(self) -> None:
        """M6, S5: one mail per reply, or per window, to the client it was shown to, and no other."""
        if not hasattr(self, "world"):
            return
        sent = [
            (mail.client.id, mail.scope, tuple(said(entry) for entry in mail.entries))
            for mail in self.world.mailbox.sent
        ]
        assert sorted(self.mails, key=str) == sorted(sent, key=str)


LIVES = hypothesis_settings(
    max_examples=70,
    stateful_step_count=40,
    deadline=None,
    print_blob=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
Conversations.TestCase.settings = LIVES
TestConversations = Conversations.TestCase


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_servers_behave_as_the_model_too(databases: Databases, kind: str) -> None:
    """M7: what is said, read and unread is the same on every database, through fewer and shorter lives."""
    few = hypothesis_settings(LIVES, max_examples=4, stateful_step_count=20)
    run_state_machine_as_test(lambda: Conversations(lambda: databases.emptied(kind)), settings=few)  # type: ignore[arg-type]


def test_the_models_texts_are_texts_that_are_kept() -> None:
    """M5: the model compares texts as they were typed, so they must be kept as they are."""
    assert message_text("message 1") == "message 1"
