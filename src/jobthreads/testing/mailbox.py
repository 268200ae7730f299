"""A notifier that keeps what it is given, so that a test can read it."""

from __future__ import annotations

from collections.abc import Iterable

from jobthreads.domain.notifications import Notification

__all__ = ["Mailbox"]


class Mailbox:
    """A `Notifier` whose `sent` list holds every `Notification` it took, oldest first.

    `fail` makes the next deliveries raise the given exceptions, one each, before anything is kept.
    """

    def __init__(self, channel: str = "mailbox") -> None:
        self._channel = channel
        self._failures: list[Exception] = []
        self.sent: list[Notification] = []
        self.attempts: list[Notification] = []

    @property
    def channel(self) -> str:
        """The name under which deliveries are kept."""
        return self._channel

    def fail(self, failures: Iterable[Exception]) -> None:
        """Raise these, one at each of the next deliveries."""
        self._failures.extend(failures)

    def deliver(self, notification: Notification) -> None:
        """Keep the notification, or raise what `fail` was told; `attempts` holds every one that came."""
        self.attempts.append(notification)
        if self._failures:
            raise self._failures.pop(0)
        self.sent.append(notification)
