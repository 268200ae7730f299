"""The delivery room: what the outbox holds is decided again and sent (S5)."""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from uuid import UUID

from jobthreads import faults, signals
from jobthreads.domain.notifications import Batch, FailedDelivery, Notification
from jobthreads.domain.portal import PortalEntry
from jobthreads.errors import PermanentFailure
from jobthreads.policies.access import unsent
from jobthreads.policies.audience import project
from jobthreads.services.file_work import FileWork
from jobthreads.services.ground import Ground
from jobthreads.services.links import make_link

__all__ = ["DeliveryRoom"]

_CLAIM = 20
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=6)
_log = logging.getLogger("jobthreads")


class DeliveryRoom:
    """Sends what is due: at least once, with the same `Notification.id` on every attempt."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def run_once(self) -> int:
        """Do what is due now: 10 files and 20 notifications at most; how many were taken (0: nothing is due)."""
        return FileWork(self._ground).run_once() + self._send_due()

    def _send_due(self) -> int:
        ground = self._ground
        if not ground.notifiers:
            return 0
        now = ground.clock()
        with ground.repository.atomic() as work:
            batches = work.outbox.claim(
                channels=list(ground.notifiers),
                now=now,
                until=now + ground.settings.lease,
                limit=_CLAIM,
                mails_an_hour=ground.settings.mails_an_hour,
            )
        faults.hit("delivery.claimed")
        for batch in batches:
            self._send(batch)
        return len(batches)

    def failed(self, business_id: str | None = None, *, limit: int = 100) -> list[FailedDelivery]:
        """The notifications that were given up, newest first; of one business, or of all for an operator."""
        with self._ground.repository.reading() as work:
            return work.outbox.failed(business_id, limit)

    def retry(self, batch_id: UUID) -> bool:
        """Queue a given-up notification again; False if there is none of this id."""
        with self._ground.repository.atomic() as work:
            found = work.outbox.retry(batch_id, now=self._ground.clock())
            if found:
                work.after_commit(self._ground.wake)
            return found

    def _send(self, batch: Batch) -> None:
        try:
            notification = self._decide(batch)
            if notification is None:
                self._settle(batch, "dropped")
                return
            self._ground.notifiers[batch.channel].deliver(notification)
        except PermanentFailure as failure:
            self._give_up(batch, str(failure))
        except Exception as failure:  # noqa: BLE001 - whatever a notifier or the host raises must not stop the worker
            self._put_off(batch, failure)
        else:
            faults.hit("delivery.sent")
            if self._settle(batch, "sent"):
                signals.tell(
                    signals.notification_sent,
                    self._ground.sender,
                    business_id=batch.business_id,
                    scope=batch.scope,
                    channel=batch.channel,
                    notification_id=batch.id,
                )

    def _decide(self, batch: Batch) -> Notification | None:
        """Decide anew, from the host's answers of this moment, what this client may be told; None for nothing."""
        ground = self._ground
        business = ground.directory.business(batch.business_id)
        if business is None or not business.portal_enabled:
            return None
        client = ground.client(business.id, batch.client_id)
        record = ground.record(business.id, batch.scope)
        if client is None or record is None or record.client_id != client.id or unsent(record):
            return None
        entries: list[PortalEntry] = []
        if client.notify_on_replies:
            shown = (
                project(kept, client=client, business=business, settings=ground.settings) for kept in batch.entries
            )
            entries = [entry for entry in shown if entry is not None]
        if not entries and not batch.asked_for_link:
            return None
        return Notification(
            id=batch.id,
            business=business,
            client=client,
            scope=batch.scope,
            reference=record.reference,
            title=record.title,
            entries=tuple(entries),
            link=make_link(ground, business, client, batch.scope),
            locale=client.locale,
        )

    def _settle(self, batch: Batch, state: str, error: str = "") -> bool:
        with self._ground.repository.atomic() as work:
            return work.outbox.settle(batch, state, now=self._ground.clock(), error=error)

    def _put_off(self, batch: Batch, failure: Exception) -> None:
        error = f"{type(failure).__name__}: {failure}"[:500]
        _log.warning("Notification %s was not sent (attempt %d): %s", batch.id, batch.attempt, error)
        if batch.attempt >= self._ground.settings.attempts:
            self._give_up(batch, error)
            return
        wait = min(_FIRST_WAIT * 2 ** (batch.attempt - 1), _LONGEST_WAIT)
        # Spread the retries, so that a mail server that comes back is not met by all of them at once.
        due_at = self._ground.clock() + wait * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        with self._ground.repository.atomic() as work:
            work.outbox.postpone(batch, due_at=due_at, error=error)

    def _give_up(self, batch: Batch, error: str) -> None:
        _log.error("Notification %s was given up: %s", batch.id, error)
        if self._settle(batch, "dead", error):
            signals.tell(
                signals.notification_failed,
                self._ground.sender,
                business_id=batch.business_id,
                scope=batch.scope,
                channel=batch.channel,
                notification_id=batch.id,
                error=error,
            )
