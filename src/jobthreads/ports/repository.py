"""Where threads are kept, one transaction at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from jobthreads.ports.rooms import Bell, Entries, Files, Inbox, Links, Marks, Outbox, Search

__all__ = ["Repository", "UnitOfWork"]


class UnitOfWork(Protocol):
    """One transaction, or one read: the verbs of the repository, grouped by room."""

    @property
    def entries(self) -> Entries:
        """Threads and their entries."""
        ...

    @property
    def files(self) -> Files:
        """Where files lie, and who sees them."""
        ...

    @property
    def inbox(self) -> Inbox:
        """The threads panel."""
        ...

    @property
    def search(self) -> Search:
        """What entries are found by."""
        ...

    @property
    def marks(self) -> Marks:
        """What clients have seen."""
        ...

    @property
    def bell(self) -> Bell:
        """Staff unread."""
        ...

    @property
    def outbox(self) -> Outbox:
        """What is to be told."""
        ...

    @property
    def links(self) -> Links:
        """Mailed links, sessions and limits."""
        ...

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call this once everything is durable: after our commit, or the host's; never after a rollback."""
        ...


class Repository(Protocol):
    """Where threads are kept."""

    def atomic(self) -> AbstractContextManager[UnitOfWork]:
        """Open a transaction that commits at the end of the block and rolls back on any exception."""
        ...

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        """Open the same verbs for reading only; no transaction is promised."""
        ...

    def using(self, connection: object) -> Repository:
        """Give the same repository inside the host's open transaction: a savepoint, no commit, no retry."""
        ...
