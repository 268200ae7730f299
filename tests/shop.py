"""Two trades businesses with people in every role, for tests to move about in."""

from __future__ import annotations

from typing import Any, TypeVar

from attrs import evolve

from jobthreads import Entry, JobThreads, Role, Scope, Staff, StaticDirectory
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.testing import Clock, Mailbox, TrialThreads, business, client, job, quote, staff, threads

Value = TypeVar("Value")

OFFICE = (Role.ADMIN, Role.BUSINESS_OWNER, Role.FINANCE, Role.SOLE_TRADER, Role.SUPERVISOR)
FIELD = (Role.TRADIE, Role.APPRENTICE)


class Shop:
    """Acme has the clients Dana and Omar; Volt holds ids that are the same as Acme's, and other people's words.

    `job` and `quote` are Dana's; `tom`, a tradie, is assigned to `job` and not to `garage`, which is Dana's too.
    """

    def __init__(self, repository: SQLAlchemyRepository) -> None:
        self.acme = business()
        self.volt = business("volt")
        self.kim = staff()
        self.ada = staff("ada", role=Role.ADMIN)
        self.tom = staff("tom", role=Role.TRADIE)
        self.ann = staff("ann", role=Role.APPRENTICE)
        self.vera = staff("vera", business_id="volt")
        self.dana = client()
        self.omar = client("omar")
        self.job = job(assigned_to=["tom"])
        self.garage = job("1043", title="Garage lights")
        self.roof = job("2001", client_id="omar", title="Roof fan", assigned_to=["tom"])
        self.quote = quote()
        self.draft = quote("89", title="Battery", sent_to_portal=False)
        self.directory = StaticDirectory(
            businesses=[self.acme, self.volt],
            staff=[self.kim, self.ada, self.tom, self.ann, self.vera],
            clients=[self.dana, self.omar, client(business_id="volt", name="Volt's Dana")],
            records=[
                self.job,
                self.garage,
                self.roof,
                self.quote,
                self.draft,
                job(business_id="volt", title="Volt's job", reference="V-1"),
                quote(business_id="volt", title="Volt's quote", reference="V-2"),
            ],
        )
        self.repository = repository
        self.clock = Clock()
        self.mailbox = Mailbox()
        self.threads = self.open()

    def open(self, **overrides: Any) -> TrialThreads:
        """Open the same shop with other settings or another policy."""
        return threads(
            **{
                "directory": self.directory,
                "repository": self.repository,
                "notifiers": [self.mailbox],
                "clock": self.clock,
                **overrides,
            }
        )

    def change(self, value: Value, **fields: Any) -> Value:
        """Change what the host holds, and give it as it is now."""
        changed = evolve(value, **fields)
        self.directory.put(changed)
        return changed

    def portal(self, *, on: bool) -> None:
        """Turn Acme's Client Portal on or off."""
        self.acme = self.change(self.acme, portal_enabled=on)

    def person(self, role: str) -> Staff:
        """Someone of Acme in this role, assigned to what Tom is assigned to if it is a field role."""
        return staff("tom", role=role)

    def entries(self, scope: Scope, actor: Staff | None = None) -> list[Entry]:
        """A record's whole feed, oldest first."""
        return list(reversed(self.threads.staff.feed(actor or self.kim, scope, limit=200).items))

    def bodies(self, scope: Scope) -> list[str | None]:
        """The texts of a record's whole feed, oldest first."""
        return [entry.body for entry in self.entries(scope)]

    def mails(self) -> list[list[str | None]]:
        """Send what is due; the texts of every mail sent until now."""
        self.threads.deliver()
        return [[entry.body for entry in one.entries] for one in self.mailbox.sent]

    def link_of(self, threads: JobThreads | None = None) -> str:
        """Write to Dana, deliver, and give the token of the newest mailed link."""
        opened = threads or self.threads
        opened.staff.reply(self.kim, self.job.scope, "Have a look.")
        while opened.delivery.run_once():
            pass
        return self.mailbox.sent[-1].link.rpartition("/")[2]
