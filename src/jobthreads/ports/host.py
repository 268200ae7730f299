"""The host's own people and records, and its ways to tell clients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from jobthreads.domain.notifications import Notification
from jobthreads.domain.people import Business, Client, Staff
from jobthreads.domain.records import Job, Record, Scope

__all__ = ["Directory", "Notifier"]


class Directory(Protocol):
    """The host's own people and records, read anew on every call.

    Every method answers for one business only, leaves unknown ids out, never raises for them, and is called before
    our transaction or savepoint opens, at most once of each kind a page.
    """

    def business(self, business_id: str) -> Business | None:
        """The business, None if there is none of this id."""
        ...

    def clients(self, business_id: str, ids: Sequence[str]) -> Mapping[str, Client]:
        """The clients of these ids, by id."""
        ...

    def records(self, business_id: str, scopes: Sequence[Scope]) -> Mapping[Scope, Record]:
        """The jobs and quotes of these scopes, sent to the portal or not, by scope."""
        ...

    def records_of_client(self, business_id: str, client_id: str) -> Iterable[Record]:
        """Every job and quote of one client, in the order in which the host lists them."""
        ...

    def search_clients(self, business_id: str, text: str, limit: int) -> Iterable[Client]:
        """At most `limit` clients that match what was typed, all for an empty text, in the host's order."""
        ...

    def jobs_assigned_to(self, staff: Staff) -> Iterable[str | Job]:
        """The ids of the jobs (or the jobs) this person is assigned to now: the inverse of `Job.assigned_to`."""
        ...

    def team(self, business_id: str) -> Iterable[Staff]:
        """Every staff member of the business who may sign in now."""
        ...


class Notifier(Protocol):
    """A way to tell a client: e-mail, or a host's own text messages.

    `channel` is a short word, stable and unique among the notifiers of one `JobThreads`.
    """

    @property
    def channel(self) -> str:
        """The name under which deliveries are kept, at most 40 characters."""
        ...

    def deliver(self, notification: Notification) -> None:
        """Deliver it now, at least once; the same `notification.id` may come again after a crash.

        Raises `TemporaryFailure` to be asked again later and `PermanentFailure` to be never asked again; any other
        exception counts as temporary. Must not read anything but what it is given.
        """
        ...
