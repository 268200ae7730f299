"""The outbox room: what is to be told to clients, claimed by a lease and a token."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import bindparam, func, literal_column, null, or_, select, update

from jobthreads.adapters.sqlalchemy.dialect import Kit, Runner
from jobthreads.adapters.sqlalchemy.rows import ENTRY_COLUMNS, ENTRY_WIDTH, kept_of, scope_of
from jobthreads.adapters.sqlalchemy.schema import delivery, entry, thread
from jobthreads.domain.notifications import Batch, Delivery, FailedDelivery
from jobthreads.domain.times import micros, time_of

__all__ = ["OutboxRoom", "OutboxStatements"]

_HOUR = timedelta(hours=1) // timedelta(microseconds=1)


class OutboxStatements:
    """The room's statements for one dialect. Claims and operator counts look across businesses, by name."""

    def __init__(self, kit: Kit) -> None:
        queued = delivery.c.state == literal_column("'queued'")
        free = or_(delivery.c.lease_until.is_(None), delivery.c.lease_until <= bindparam("now"))
        its_thread = (thread.c.business_id == delivery.c.business_id) & (thread.c.id == delivery.c.thread_id)
        self.queue = kit.prepare(
            kit.insert_or_leave(delivery, "business_id", "entry_id", "showing", "channel", "client_id")
        )
        self.claim_due = kit.prepare(
            select(
                delivery.c.id,
                delivery.c.business_id,
                delivery.c.thread_id,
                delivery.c.channel,
                delivery.c.client_id,
                delivery.c.batch_id,
                delivery.c.due_at > delivery.c.created_at,
            )
            .where(
                queued,
                delivery.c.due_at <= bindparam("now"),
                free,
                delivery.c.channel.in_(kit.members("channels", words=True)),
            )
            .order_by(delivery.c.due_at, delivery.c.created_at, delivery.c.id)
            .limit(bindparam("limit"))
        )
        recipient = [
            delivery.c.business_id == bindparam("of_business"),
            delivery.c.client_id == bindparam("of_client"),
            delivery.c.channel == bindparam("of_channel"),
        ]
        self.sent_lately = kit.prepare(
            select(func.count(delivery.c.batch_id.distinct()), func.min(delivery.c.settled_at)).where(
                *recipient, delivery.c.state == literal_column("'sent'"), delivery.c.settled_at > bindparam("since")
            )
        )
        self.in_flight = kit.prepare(
            select(func.count(delivery.c.batch_id.distinct())).where(
                *recipient, queued, delivery.c.lease_until > bindparam("now")
            )
        )
        waiting = [queued, delivery.c.batch_id.is_(None)]
        one = [*waiting, delivery.c.business_id == bindparam("of_business"), delivery.c.id == bindparam("of_id")]
        group = [*waiting, *recipient, delivery.c.thread_id == bindparam("of_thread")]
        again = [queued, delivery.c.batch_id == bindparam("of_batch"), free]
        claimed = {
            "batch_id": bindparam("batch"),
            "token": bindparam("token"),
            "lease_until": bindparam("until"),
            "attempts": delivery.c.attempts + literal_column("1"),
        }
        self.claim_one = kit.prepare(update(delivery).where(*one).values(claimed))
        self.claim_group = kit.prepare(update(delivery).where(*group).values(claimed))
        self.claim_again = kit.prepare(update(delivery).where(*again).values(claimed))
        held: dict[str, Any] = {"due_at": bindparam("later")}
        self.hold_one = kit.prepare(update(delivery).where(*one).values(held))
        self.hold_again = kit.prepare(update(delivery).where(*again).values(held))
        shown_entry = (
            (entry.c.business_id == delivery.c.business_id)
            & (entry.c.id == delivery.c.entry_id)
            & (entry.c.showing == delivery.c.showing)
            & (entry.c.shown_to == delivery.c.client_id)
            & (entry.c.visibility == "visible")
        )
        self.claim_content = kit.prepare(
            select(
                *ENTRY_COLUMNS,
                thread.c.scope,
                delivery.c.business_id,
                delivery.c.thread_id,
                delivery.c.channel,
                delivery.c.client_id,
                delivery.c.attempts,
                delivery.c.entry_id,
            )
            .select_from(delivery.join(thread, its_thread).outerjoin(entry, shown_entry))
            .where(delivery.c.batch_id == bindparam("batch"), delivery.c.token == bindparam("token"))
            .order_by(entry.c.showing)
        )
        mine = [
            delivery.c.business_id == bindparam("of_business"),
            delivery.c.batch_id == bindparam("of_batch"),
            delivery.c.token == bindparam("of_token"),
            queued,
        ]
        self.settle = kit.prepare(
            update(delivery)
            .where(*mine)
            .values(
                state=bindparam("new_state"),
                settled_at=bindparam("now"),
                error=bindparam("error"),
                token=null(),
                lease_until=null(),
            )
        )
        self.postpone = kit.prepare(
            update(delivery)
            .where(*mine)
            .values(due_at=bindparam("later"), error=bindparam("error"), token=null(), lease_until=null())
        )
        dead = delivery.c.state == literal_column("'dead'")
        failed = (
            select(
                delivery.c.batch_id,
                delivery.c.business_id,
                thread.c.scope,
                delivery.c.channel,
                delivery.c.client_id,
                func.max(delivery.c.attempts),
                func.max(delivery.c.error),
                func.max(delivery.c.settled_at),
            )
            .select_from(delivery.join(thread, its_thread))
            .where(dead)
            .group_by(
                delivery.c.batch_id,
                delivery.c.business_id,
                thread.c.scope,
                delivery.c.channel,
                delivery.c.client_id,
            )
            .order_by(func.max(delivery.c.settled_at).desc())
            .limit(bindparam("limit"))
        )
        self.operator_failed = kit.prepare(failed)
        self.failed = kit.prepare(failed.where(delivery.c.business_id == bindparam("business_id")))
        self.operator_retry = kit.prepare(
            update(delivery)
            .where(dead, delivery.c.batch_id == bindparam("of_batch"))
            .values(
                state=literal_column("'queued'"),
                due_at=bindparam("now"),
                attempts=literal_column("0"),
                settled_at=null(),
                error=null(),
            )
        )
        self.operator_next_due = kit.prepare(
            select(func.min(func.coalesce(delivery.c.lease_until, delivery.c.due_at))).where(queued)
        )


class _Head(NamedTuple):
    """A row of `claim_due`."""

    id: str
    business_id: str
    thread_id: str
    channel: str
    client_id: str
    batch_id: str | None
    waited: bool

    @property
    def group(self) -> tuple[str, ...]:
        return self.business_id, self.thread_id, self.channel, self.client_id


class OutboxRoom:
    """Deliveries over one connection."""

    def __init__(self, runner: Runner, statements: OutboxStatements) -> None:
        self._run = runner
        self._sql = statements

    def queue(self, deliveries: Sequence[Delivery]) -> None:
        """Keep these; one that is there already is left alone."""
        self._run.many(
            self._sql.queue,
            [
                {
                    "business_id": item.business_id,
                    "id": str(item.id),
                    "thread_id": str(item.thread_id),
                    "entry_id": str(item.entry_id) if item.entry_id else None,
                    "showing": item.showing,
                    "channel": item.channel,
                    "client_id": item.client_id,
                    "state": "queued",
                    "due_at": micros(item.due_at),
                    "created_at": micros(item.created_at),
                    "attempts": 0,
                    "batch_id": None,
                    "token": None,
                    "lease_until": None,
                    "settled_at": None,
                    "error": None,
                }
                for item in deliveries
            ],
        )

    def claim(
        self, *, channels: Sequence[str], now: datetime, until: datetime, limit: int, mails_an_hour: int | None
    ) -> list[Batch]:
        """Take what is due, frozen into batches."""
        present, token = micros(now), str(uuid4())
        batches: list[Batch] = []
        more = True
        # Recipients beyond their cap are put off, and must not hide what is due behind them.
        while more and not batches:
            found = self._run.rows(self._sql.claim_due, now=present, channels=json.dumps(list(channels)), limit=limit)
            heads = [_Head._make(head) for head in found]
            batches = self._claimed_of(heads, token, present, micros(until), mails_an_hour)
            more = len(heads) == limit
        return batches

    def _claimed_of(
        self, heads: Sequence[_Head], token: str, now: int, until: int, mails_an_hour: int | None
    ) -> list[Batch]:
        batches: list[Batch] = []
        taken: set[object] = set()
        for head in heads:
            batch = str(head.batch_id or uuid4())
            # What waited with others of its thread went with the first of them.
            if batch in taken or (head.batch_id is None and head.group in taken):
                continue
            taken.add(batch)
            full_until = self._full_until(head, now, mails_an_hour)
            if full_until is not None:
                self._hold(head, full_until, now)
            elif self._take(head, batch, token, now, until):
                if head.waited:
                    taken.add(head.group)
                batches.append(self._content(batch, token))
        return batches

    def _full_until(self, head: _Head, now: int, mails_an_hour: int | None) -> int | None:
        """When this recipient may be written to again, None for now."""
        if mails_an_hour is None:
            return None
        recipient = {
            "of_business": head.business_id,
            "of_client": head.client_id,
            "of_channel": head.channel,
        }
        sent, oldest = self._run.rows(self._sql.sent_lately, since=now - _HOUR, **recipient)[0]
        flying = self._run.rows(self._sql.in_flight, now=now, **recipient)[0][0]
        if sent + flying < mails_an_hour:
            return None
        return int(oldest if oldest is not None else now) + _HOUR

    def _hold(self, head: _Head, later: int, now: int) -> None:
        if head.batch_id is None:
            self._run.write(self._sql.hold_one, of_business=head.business_id, of_id=head.id, later=later)
        else:
            self._run.write(self._sql.hold_again, of_batch=head.batch_id, now=now, later=later)

    def _take(self, head: _Head, batch: str, token: str, now: int, until: int) -> bool:
        claim = {"batch": batch, "token": token, "until": until}
        if head.batch_id is not None:
            return self._run.count(self._sql.claim_again, of_batch=batch, now=now, **claim) > 0
        if not head.waited:
            return self._run.count(self._sql.claim_one, of_business=head.business_id, of_id=head.id, **claim) > 0
        return (
            self._run.count(
                self._sql.claim_group,
                of_business=head.business_id,
                of_client=head.client_id,
                of_channel=head.channel,
                of_thread=head.thread_id,
                **claim,
            )
            > 0
        )

    def _content(self, batch: str, token: str) -> Batch:
        rows = self._run.rows(self._sql.claim_content, batch=batch, token=token)
        scope_text, business_id, thread_id, channel, client_id, attempts, _ = rows[0][ENTRY_WIDTH:]
        scope = scope_of(scope_text)
        return Batch(
            id=UUID(batch),
            token=token,
            business_id=business_id,
            thread_id=UUID(thread_id),
            scope=scope,
            channel=channel,
            client_id=client_id,
            attempt=attempts,
            entries=tuple(kept_of(row, scope) for row in rows if row[0] is not None),
            asked_for_link=any(row[-1] is None for row in rows),
        )

    def settle(self, batch: Batch, state: str, *, now: datetime, error: str = "") -> bool:
        """Close a claimed batch."""
        changed = self._run.count(
            self._sql.settle, **self._claimed(batch), new_state=state, now=micros(now), error=error or None
        )
        return changed > 0

    def postpone(self, batch: Batch, *, due_at: datetime, error: str) -> bool:
        """Give a claimed batch back."""
        return self._run.count(self._sql.postpone, **self._claimed(batch), later=micros(due_at), error=error) > 0

    @staticmethod
    def _claimed(batch: Batch) -> dict[str, object]:
        return {"of_business": batch.business_id, "of_batch": str(batch.id), "of_token": batch.token}

    def failed(self, business_id: str | None, limit: int) -> list[FailedDelivery]:
        """The given up, newest first."""
        if business_id is None:
            rows = self._run.rows(self._sql.operator_failed, limit=limit)
        else:
            rows = self._run.rows(self._sql.failed, business_id=business_id, limit=limit)
        return [
            FailedDelivery(
                id=UUID(batch),
                business_id=business,
                scope=scope_of(scope),
                channel=channel,
                client_id=client,
                attempts=attempts,
                error=error or "",
                at=time_of(at),
            )
            for batch, business, scope, channel, client, attempts, error, at in rows
        ]

    def retry(self, batch_id: UUID, *, now: datetime) -> bool:
        """Queue a given-up batch again."""
        return self._run.count(self._sql.operator_retry, of_batch=str(batch_id), now=micros(now)) > 0

    def next_due(self) -> datetime | None:
        """When the next delivery is due."""
        row = self._run.row(self._sql.operator_next_due)
        return time_of(row[0]) if row and row[0] is not None else None
