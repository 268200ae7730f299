"""Histories of a business, each step marked as internal or not, and how to live them."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from attrs import evolve, frozen
from hypothesis import strategies as st

from jobthreads import Entry, Job, JobThreads, Scope, Settings, Visibility
from jobthreads.adapters.email import EmailNotifier, MailFolder
from jobthreads.errors import JobThreadsError
from tests.model.observation import in_order_of_appearance, mailed, portal_app, through_the_door, through_the_web
from tests.model.world import APPRENTICE, BEGIN, BOSS, CLIENTS, FOREMAN, SCOPES, World

INTERNAL = (
    "note",
    "hidden status",
    "hidden form",
    "assign",
    "staff reads",
    "bell read",
    "rename",
    "start",
    "hidden file",
    "hide and hide",
)
OPEN = (
    "reply",
    "client reply",
    "client reads",
    "shown status",
    "shown form",
    "move",
    "quote",
    "deliver",
    "portal",
    "refused",
    "shown file",
    "show and hide",
    "client file",
    "client opens",
)


@frozen
class Step:
    """One thing that happens on one record; `number` makes its text, `flag` is its yes or no."""

    name: str
    scope: int
    flag: bool
    number: int

    @property
    def internal(self) -> bool:
        return self.name in INTERNAL


def _steps(names: tuple[str, ...]) -> st.SearchStrategy[Step]:
    return st.builds(Step, st.sampled_from(names), st.sampled_from([0, 0, 0, 1, 2]), st.booleans(), st.integers(1, 9))


HISTORIES = st.lists(st.one_of(_steps(INTERNAL), _steps(OPEN)), min_size=5, max_size=25)

STRICT = Settings(client_posts=3, client_files=2, mails_an_hour=2, mail_window=2)
"""Small limits and a window, so that a quota shared with internal things would show."""


class Life:
    """One history lived: the world it happened in, and everything the clients saw on the way."""

    def __init__(self, folder: Path, *, settings: Settings) -> None:
        self.world = World(settings)
        self.mail = folder
        notifier = EmailNotifier(MailFolder(folder), sender="Acme <no-reply@acme.example>")
        self.world.threads = JobThreads(
            directory=self.world.directory,
            repository=self.world.repository,
            notifiers=[notifier],
            storage=self.world.storage,
            portal_url="https://acme.example/portal",
            delivery="off",
            settings=settings,
            clock=lambda: self.world.now,
            new_id=self._new_id,
        )
        self.app = portal_app(self.world)
        self.world.change(SCOPES[2], sent_to_portal=True)
        self.seen: list[str] = []
        self.second = self.made = 0
        self.shown: set[UUID] = set()

    def _new_id(self) -> UUID:
        """An id of the step's own, so that a step left out changes none of the others' (ETags are made of ids)."""
        self.made += 1
        return UUID(bytes=hashlib.sha256(f"{self.second} {self.made}".encode()).digest()[:16], version=4)

    def live(self, history: list[Step], *, internal: bool) -> list[str]:
        """Live the history, with its internal steps or without, and give what the clients saw."""
        for second, step in enumerate(history):
            # Time is the history's own, so that leaving steps out moves nothing.
            self.world.now = after(second)
            self.second, self.made = second, 0
            if step.internal and not internal:
                continue
            with suppress(JobThreadsError):
                self._do(step)
            if not step.internal:
                self.seen += through_the_door(self.world)
        self.world.now = after(len(history) + 60)
        self.second, self.made = len(history), 0
        self.seen += through_the_web(self.world, self.app)
        while self.world.threads.delivery.run_once():
            pass
        self.seen += mailed(self.mail)
        self.world.close()
        return in_order_of_appearance(self.seen)

    def _files(self, scope: Scope) -> list[Entry]:
        return [line for line in self.world.threads.staff.feed(BOSS, scope, limit=200).items if line.file]

    def _do(self, step: Step) -> Any:
        world, threads, scope = self.world, self.world.threads, SCOPES[step.scope]
        record = world.record(scope)
        client = next(client for client in CLIENTS if client.id == record.client_id)
        text = f"{step.name} {step.number}"
        visibility = "visible" if step.name.startswith("shown") else "internal"
        match step.name:
            case "note":
                return threads.staff.note(FOREMAN if step.flag else BOSS, scope, f"secret {text}")
            case "hidden status" | "shown status":
                return threads.record.status_changed(
                    "acme", scope, old="secret old", new=text, by=BOSS, visibility=visibility
                )
            case "hidden form" | "shown form":
                return threads.record.form_saved(
                    "acme", scope, form=text, changes={"secret field": text}, by=BOSS, visibility=visibility
                )
            case "assign":
                return world.assign(scope, "tradie", on=step.flag) if isinstance(record, Job) else None
            case "staff reads":
                return threads.staff.mark_read(BOSS, scope, upto=step.number)
            case "bell read":
                return threads.bell.mark_read(BOSS)
            case "rename":
                return world.directory.put(evolve(APPRENTICE, name=f"Secret {step.number}"))
            case "start":
                return threads.staff.start(BOSS, client_id=client.id, scope=scope)
            case "reply":
                return threads.staff.reply(BOSS, scope, text, request_id=text if step.flag else None)
            case "client reply":
                return threads.portal.reply(client, scope, text, request_id=text if step.flag else None)
            case "client reads":
                page = threads.portal.conversation(client, scope, limit=step.number).entries.items
                return threads.portal.mark_read(client, scope, upto=page[-1].id) if page else None
            case "move":
                return world.change(scope, client_id="c2" if step.flag else "c1")
            case "quote":
                return world.change(SCOPES[2], sent_to_portal=step.flag)
            case "portal":
                return world.switch_portal(on=step.flag or step.number > 3)
            case "hidden file" | "shown file":
                content = BytesIO(f"secret {text}".encode())
                wrote = threads.staff.attach(BOSS, scope, content, name=f"{text}.txt", visibility=visibility)
                if not step.internal:
                    self.shown.add(wrote.id)
                return wrote
            case "hide and hide":
                # Files that were never shown are hidden once more: nothing, for a client.
                hidden = [line for line in self._files(scope) if line.visibility is Visibility.INTERNAL]
                return [threads.staff.set_visibility(BOSS, line.id, Visibility.INTERNAL) for line in hidden]
            case "show and hide":
                # Only files that are there in both lives: internal ones are internal events.
                shown = [line for line in self._files(scope) if line.id in self.shown]
                wanted = Visibility.VISIBLE if step.flag else Visibility.INTERNAL
                line = shown[step.number % len(shown)] if shown else None
                return threads.staff.set_visibility(BOSS, line.id, wanted) if line else None
            case "client file":
                content = BytesIO(text.encode())
                self.shown.add(threads.portal.attach(client, scope, content, name=f"{text}.txt").id)
                return None
            case "client opens":
                page = threads.portal.conversation(client, scope).entries.items
                for entry in page:
                    with suppress(JobThreadsError), threads.portal.open_file(client, entry.id) as opened:
                        self.seen.append(f"{opened.name} {opened.type} {opened.size} {opened.read(99)!r}")
                return None
            case "refused":
                return threads.portal.reply(client, scope, "")
            case _:
                return threads.delivery.run_once()


def after(seconds: int) -> datetime:
    """The history's time."""
    return BEGIN + timedelta(seconds=seconds)
