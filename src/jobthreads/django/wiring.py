"""`threads`: the project's `JobThreads`, built when it is first used, and anew when the setting changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections, reset_queries

from jobthreads.app import JobThreads
from jobthreads.django import conf

__all__ = ["DjangoThreads", "threads"]

_PARTS = frozenset({"staff", "portal", "bell", "record", "delivery", "_ground", "_thread"})
_log = logging.getLogger("jobthreads")


class DjangoThreads(JobThreads):
    """A `JobThreads` that reads the setting `JOBTHREADS` when it is first used.

    Importing it imports no model, so a project's own models may. Every call joins the `transaction.atomic` around
    it; mail and signals wait for the commit.
    """

    def __init__(self) -> None:
        self._building = threading.RLock()
        self._being_built = False

    def __getattr__(self, name: str) -> Any:
        if name not in _PARTS:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        with self._building:
            if name not in self.__dict__:
                if self._being_built:
                    raise ImproperlyConfigured("JOBTHREADS names something that uses `threads` while it is being made.")
                self._being_built = True
                try:
                    super().__init__(**_parts())
                finally:
                    self._being_built = False
            return self.__dict__[name]

    def awake(self, context: Callable[[], AbstractContextManager[object]] | None = None) -> None:
        """Start the delivery thread of this process; never while Django's test runner is at work."""
        if not hasattr(mail, "outbox"):
            super().awake(context or own_connections)

    def _wake(self) -> None:
        # Mail goes out from processes that serve requests: a management command, or a queue's worker, only wakes.
        if self._thread is not None:
            self._thread.wake()

    def rebuild(self) -> None:
        """Stop what runs, and read the setting anew when next used."""
        with self._building:
            if "_ground" in self.__dict__:
                self.close()
            for name in _PARTS:
                self.__dict__.pop(name, None)
            conf.forget()


def _parts() -> dict[str, Any]:
    from jobthreads.adapters.email import EmailNotifier
    from jobthreads.django.mail import DjangoMail
    from jobthreads.django.repository import DjangoRepository
    from jobthreads.django.storage import DjangoStorage

    made = conf.configured()
    notifiers = list(made.notifiers)
    if made.sender:
        notifiers.insert(0, EmailNotifier(DjangoMail(), sender=made.sender))
    parts: dict[str, Any] = {
        "directory": made.directory,
        "repository": DjangoRepository(made.database),
        "notifiers": notifiers,
        "portal_url": made.portal_url,
        "delivery": made.delivery,
        "access": made.access,
        "settings": made.settings,
        "attachments": made.attachments,
        "storage": DjangoStorage(made.storage) if isinstance(made.storage, str) else made.storage,
        "scanner": made.scanner,
        "previews": made.previews,
    }
    if made.clock is not None:
        parts["clock"] = made.clock
    return parts


@contextmanager
def own_connections() -> Iterator[None]:
    """What the delivery thread works in: its connections are closed as Django closes a request's."""
    reset_queries()
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()


threads = DjangoThreads()
"""The project's `JobThreads`."""


def settings_changed(*, setting: str, **_: object) -> None:
    """Respect `override_settings`."""
    if setting in {"JOBTHREADS", "STORAGES", "DATABASES"}:
        threads.rebuild()


def request_began(**_: object) -> None:
    """Start the delivery thread at the first request; a host's page stands, whatever is wrong with our setting."""
    try:
        threads.awake()
    except Exception:  # noqa: BLE001 - it is the project's page, and the checks have said what is wrong
        _log.exception("The delivery thread cannot be started.")
