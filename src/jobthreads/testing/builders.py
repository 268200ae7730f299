"""Small people, records and businesses that fit together, and a `JobThreads` that is ready to use."""

from __future__ import annotations

from typing import Any

from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.app import JobThreads
from jobthreads.domain.directory import StaticDirectory
from jobthreads.domain.people import Business, Client, Role, Staff
from jobthreads.domain.records import Job, Quote
from jobthreads.testing.clock import Clock
from jobthreads.testing.mailbox import Mailbox

__all__ = ["TrialThreads", "business", "client", "job", "quote", "staff", "threads"]


def business(id: str = "acme", **fields: Any) -> Business:  # noqa: A002 - the field's own name
    """A business with its Client Portal on."""
    return Business(**{"id": id, "name": str(id).title() + " Electrical", "portal_enabled": True, **fields})


def staff(id: str = "kim", **fields: Any) -> Staff:  # noqa: A002 - the field's own name
    """A person of the business `acme`, its owner unless `role` says otherwise; the name follows from the id."""
    return Staff(
        **{"id": id, "business_id": "acme", "name": str(id).title() + " Lee", "role": Role.BUSINESS_OWNER, **fields}
    )


def client(id: str = "dana", **fields: Any) -> Client:  # noqa: A002 - the field's own name
    """A client of the business `acme`; name and address follow from the id."""
    known = {"id": id, "business_id": "acme", "name": str(id).title() + " Reyes", "email": f"{id}@example.com"}
    return Client(**{**known, **fields})


def job(id: str = "1042", **fields: Any) -> Job:  # noqa: A002 - the field's own name
    """A job of the client `dana`, nobody assigned; the reference follows from the id."""
    known = {"id": id, "business_id": "acme", "client_id": "dana", "reference": f"J-{id}", "title": "Kitchen rewire"}
    return Job(**{**known, **fields})


def quote(id: str = "88", **fields: Any) -> Quote:  # noqa: A002 - the field's own name
    """A quote of the client `dana`, sent to the portal; the reference follows from the id."""
    known = {"id": id, "business_id": "acme", "client_id": "dana", "reference": f"Q-{id}", "title": "Solar panels"}
    return Quote(**{**known, "sent_to_portal": True, **fields})


class TrialThreads(JobThreads):
    """A `JobThreads` whose outside can be seen and moved: `directory`, `repository`, `mailbox` and `clock`."""

    directory: StaticDirectory
    repository: SQLAlchemyRepository
    mailbox: Mailbox
    clock: Clock

    def close(self) -> None:
        """Stop the delivery thread, and give the database's connections back."""
        super().close()
        self.repository.close()

    def deliver(self) -> int:
        """Send everything that is due by now; how many notifications were taken."""
        taken = 0
        while more := self.delivery.run_once():
            taken += more
        return taken


def threads(**overrides: Any) -> TrialThreads:
    """Give a `JobThreads` that is ready: in-memory SQLite, a mailbox for mail, a clock that stands still.

    Its directory holds one `business()`, `staff()`, `client()`, `job()` and `quote()`. Whatever `JobThreads` takes
    may be given instead, and then stands in the attribute of that name. Nothing is sent until `deliver`.
    Close it after use, or open it by `with`.
    """
    mailbox, clock = Mailbox(), Clock()
    wiring: dict[str, Any] = {
        "notifiers": [mailbox],
        "portal_url": "https://acme.example/portal",
        "delivery": "off",
        "clock": clock,
        **overrides,
    }
    if "directory" not in wiring:
        wiring["directory"] = StaticDirectory(
            businesses=[business()], staff=[staff()], clients=[client()], records=[job(), quote()]
        )
    if "repository" not in wiring:
        wiring["repository"] = SQLAlchemyRepository.from_url("sqlite://", create=True)
    ready = TrialThreads(**wiring)
    ready.directory, ready.repository, ready.clock = wiring["directory"], wiring["repository"], wiring["clock"]
    ready.mailbox = next((one for one in wiring["notifiers"] if isinstance(one, Mailbox)), mailbox)
    return ready
