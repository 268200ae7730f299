"""A small business whose host data can change under the library, as it does in life."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from attrs import evolve

from jobthreads import (
    Business,
    Client,
    Job,
    JobThreads,
    Notification,
    Quote,
    Role,
    Scope,
    Settings,
    Staff,
    StaticDirectory,
)
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.adapters.storage import LocalStorage

BOSS = Staff(id="boss", business_id="acme", name="Kim Lee", role=Role.BUSINESS_OWNER)
FOREMAN = Staff(id="foreman", business_id="acme", name="Ravi Shah", role=Role.SUPERVISOR)
TRADIE = Staff(id="tradie", business_id="acme", name="Sam Ortiz", role=Role.TRADIE)
APPRENTICE = Staff(id="apprentice", business_id="acme", name="Joe Finn", role=Role.APPRENTICE)
TEAM = (BOSS, FOREMAN, TRADIE, APPRENTICE)
CLIENTS = (
    Client(id="c1", business_id="acme", name="Dana Reyes", email="dana@example.com"),
    Client(id="c2", business_id="acme", name="Otto Berg", email="otto@example.com"),
)
RECORDS = (
    Job(id="1", business_id="acme", client_id="c1", reference="J-1", title="Kitchen rewire", client_uploads=True),
    Job(id="2", business_id="acme", client_id="c2", reference="J-2", title="Boiler swap"),
    Quote(id="1", business_id="acme", client_id="c1", reference="Q-1", title="Extension"),
)
SCOPES = tuple(record.scope for record in RECORDS)
BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Mailbox:
    """A notifier that keeps what it was given."""

    channel = "email"

    def __init__(self) -> None:
        self.sent: list[Notification] = []

    def deliver(self, notification: Notification) -> None:
        self.sent.append(notification)


class World:
    """One `JobThreads` on an empty database, its mailbox, its clock, and the host data it reads."""

    def __init__(self, settings: Settings | None = None, repository: SQLAlchemyRepository | None = None) -> None:
        self.now = BEGIN
        self.directory = StaticDirectory(
            businesses=[Business(id="acme", name="Acme Electrical", portal_enabled=True)],
            staff=TEAM,
            clients=CLIENTS,
            records=RECORDS,
        )
        self.mailbox = Mailbox()
        self.folder = tempfile.TemporaryDirectory()
        self.storage = LocalStorage(self.folder.name)
        self.repository = repository or SQLAlchemyRepository.from_url("sqlite://", create=True)
        self.threads = JobThreads(
            directory=self.directory,
            repository=self.repository,
            notifiers=[self.mailbox],
            portal_url="https://acme.example/portal",
            delivery="off",
            storage=self.storage,
            settings=settings or Settings(client_posts=None, mails_an_hour=None),
            clock=lambda: self.now,
        )

    def tick(self, seconds: int = 1) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def switch_portal(self, *, on: bool) -> None:
        """Turn the Client Portal on or off."""
        business = self.directory.business("acme")
        assert business is not None
        self.directory.put(evolve(business, portal_enabled=on))

    def record(self, scope: Scope) -> Job | Quote:
        """The record as the host has it now."""
        return self.directory.records("acme", [scope])[scope]

    def change(self, scope: Scope, **facts: object) -> None:
        """Change the host's record."""
        self.directory.put(evolve(self.record(scope), **facts))

    def assign(self, scope: Scope, staff_id: str, *, on: bool) -> None:
        """Assign a person to a job, or take them off it."""
        job = self.record(scope)
        assert isinstance(job, Job)
        self.change(scope, assigned_to=({*job.assigned_to} | {staff_id}) - (set() if on else {staff_id}))

    def close(self) -> None:
        """Give the database back."""
        self.threads.close()
        self.repository.close()
        self.folder.cleanup()


def outcome(call: Callable[[], object]) -> str:
    """Run the call and name its refusal, "done" if there was none."""
    from jobthreads.errors import JobThreadsError

    try:
        call()
    except JobThreadsError as refusal:
        return type(refusal).__name__
    return "done"
