"""How Tradebook embeds jobthreads: a Directory over its own tables, and one `JobThreads`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

import jobthreads as jt
from jobthreads.adapters.email import EmailNotifier, MailFolder
from jobthreads.adapters.previews import make_preview
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.adapters.storage import LocalStorage
from tradebook.company import SENDER
from tradebook_flask import tables as t
from tradebook_flask.database import Database


def business_of(row: t.Business) -> jt.Business:
    """Our company, as jobthreads knows it."""
    return jt.Business(id=row.id, name=row.name, portal_enabled=row.portal_enabled)


def staff_of(row: t.Staff) -> jt.Staff:
    """One of our people; the roles are named as jobthreads names them."""
    return jt.Staff(id=row.id, business_id=row.business_id, name=row.name, role=row.role)


def client_of(row: t.Client) -> jt.Client:
    """One of our customers."""
    return jt.Client(
        id=row.id,
        business_id=row.business_id,
        name=row.name,
        email=row.email,
        notify_on_replies=row.notify_on_replies,
    )


def record_of(row: t.Job | t.Quote) -> jt.Job | jt.Quote:
    """One of our jobs or quotes."""
    if isinstance(row, t.Job):
        return jt.Job(
            id=row.id,
            business_id=row.business_id,
            client_id=row.client_id,
            reference=row.reference,
            title=row.title,
            assigned_to=[person.id for person in row.assigned],
            client_uploads=row.pipeline.client_uploads,
        )
    return jt.Quote(
        id=row.id,
        business_id=row.business_id,
        client_id=row.client_id,
        reference=row.reference,
        title=row.title,
        sent_to_portal=row.sent_to_portal,
    )


JOBS = select(t.Job).options(joinedload(t.Job.pipeline), selectinload(t.Job.assigned)).order_by(t.Job.id.desc())
QUOTES = select(t.Quote).order_by(t.Quote.id.desc())


class TradebookDirectory:
    """What jobthreads asks about our people and records, answered from our tables each time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def business(self, business_id: str) -> jt.Business | None:
        """The company."""
        with self._database.reading() as session:
            row = session.get(t.Business, business_id)
            return business_of(row) if row else None

    def clients(self, business_id: str, ids: Sequence[str]) -> Mapping[str, jt.Client]:
        """Customers by id."""
        wanted = select(t.Client).where(t.Client.business_id == business_id, t.Client.id.in_(ids))
        with self._database.reading() as session:
            return {row.id: client_of(row) for row in session.scalars(wanted)}

    def records(self, business_id: str, scopes: Sequence[jt.Scope]) -> Mapping[jt.Scope, jt.Job | jt.Quote]:
        """Jobs and quotes by scope."""
        jobs = [scope.id for scope in scopes if scope.kind is jt.ScopeKind.JOB]
        quotes = [scope.id for scope in scopes if scope.kind is jt.ScopeKind.QUOTE]
        with self._database.reading() as session:
            rows: list[t.Job | t.Quote] = []
            if jobs:
                rows += session.scalars(JOBS.where(t.Job.business_id == business_id, t.Job.id.in_(jobs)))
            if quotes:
                rows += session.scalars(QUOTES.where(t.Quote.business_id == business_id, t.Quote.id.in_(quotes)))
            return {record.scope: record for record in map(record_of, rows)}

    def records_of_client(self, business_id: str, client_id: str) -> Iterable[jt.Job | jt.Quote]:
        """A customer's jobs, then their quotes, newest first."""
        jobs = JOBS.where(t.Job.business_id == business_id, t.Job.client_id == client_id)
        quotes = QUOTES.where(t.Quote.business_id == business_id, t.Quote.client_id == client_id)
        with self._database.reading() as session:
            return [record_of(row) for query in (jobs, quotes) for row in session.scalars(query)]

    def search_clients(self, business_id: str, text: str, limit: int) -> Iterable[jt.Client]:
        """Customers whose name holds the text, by name."""
        named = func.lower(t.Client.name).contains(text.lower(), autoescape=True)
        found = select(t.Client).where(t.Client.business_id == business_id, named).order_by(t.Client.name)
        with self._database.reading() as session:
            return [client_of(row) for row in session.scalars(found.limit(limit))]

    def jobs_assigned_to(self, staff: jt.Staff) -> Iterable[str]:
        """The jobs this person works on now."""
        with self._database.reading() as session:
            return session.scalars(select(t.Assignment.job_id).where(t.Assignment.staff_id == staff.id)).all()

    def team(self, business_id: str) -> Iterable[jt.Staff]:
        """Everyone who works here."""
        with self._database.reading() as session:
            return [staff_of(row) for row in session.scalars(select(t.Staff).filter_by(business_id=business_id))]


def make_threads(database: Database, *, files: Path, mail: Path, portal_url: str) -> jt.JobThreads:
    """Put it together: our directory, our database file, a folder for files, and one for mail to look at."""
    return jt.JobThreads(
        directory=TradebookDirectory(database),
        repository=SQLAlchemyRepository.from_url(database.url, create=True),
        storage=LocalStorage(files),
        previews=make_preview,
        notifiers=[EmailNotifier(MailFolder(mail), sender=SENDER)],
        portal_url=portal_url,
        delivery="thread",
    )
