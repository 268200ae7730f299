"""Sample data: a busy trades business, or with `small` a quiet one; the same at every first start."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

import jobthreads as jt
from jobthreads.adapters.previews import make_preview
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.adapters.storage import LocalStorage
from tradebook.company import BUSINESS, COMPANY, PHONE, PIPELINES, STAFF, SUBURB
from tradebook.history import Clock, History, Sample
from tradebook.plan import Plan, PlannedClient, make_plan
from tradebook_flask import tables as t
from tradebook_flask.database import Database
from tradebook_flask.threads import business_of, client_of, record_of, staff_of


def fill(database: Database, *, files: Path, small: bool) -> None:
    """Write the sample data, unless there is data already: all of it, or after a crash none; no mail is sent for it."""
    rng = random.Random(2026)
    now = datetime.now(UTC).replace(microsecond=0)
    with database.writing() as session:
        if session.scalars(select(t.Business)).first():
            return
        plan = make_plan(rng, now, small=small)
        _people(session, plan.clients)
        samples = _records(session, plan)
        session.flush()
        if not small:
            history = History(
                samples=samples,
                staff={row.id: staff_of(row) for row in session.scalars(select(t.Staff))},
                clients={row.id: client_of(row) for row in session.scalars(select(t.Client))},
                keep_answer=lambda job, form, field, value: _keep_answer(session, job, form, field, value),
                rng=rng,
                now=now,
            )
            _write(history, session, database.url, files)


def _people(session: Session, clients: list[PlannedClient]) -> None:
    session.add(t.Business(id=BUSINESS, name=COMPANY, phone=PHONE, suburb=SUBURB))
    session.flush()
    session.add_all(t.Staff(id=key, business_id=BUSINESS, name=name, role=role) for key, name, role in STAFF)
    session.add_all(
        t.Pipeline(id=key, business_id=BUSINESS, name=name, client_uploads=on) for key, name, on in PIPELINES
    )
    session.add_all(
        t.Client(
            id=_id_of(client),
            business_id=BUSINESS,
            name=client.name,
            email=client.email,
            phone=client.phone,
            address=client.address,
            notify_on_replies=client.notify_on_replies,
        )
        for client in clients
    )
    session.flush()


def _id_of(client: PlannedClient) -> str:
    return f"c{client.number}"


def _records(session: Session, plan: Plan) -> list[Sample]:
    samples: list[Sample] = []
    for job in plan.jobs:
        row = t.Job(
            id=str(job.number),
            business_id=BUSINESS,
            client_id=_id_of(job.client),
            reference=job.reference,
            title=job.work.title,
            status=job.status,
            address=job.client.address,
            scheduled_on=job.scheduled_on,
            created_at=job.at,
        )
        row.pipeline = session.get_one(t.Pipeline, job.work.pipeline)
        row.assigned = [session.get_one(t.Staff, person) for person in job.crew]
        session.add(row)
        samples.append(Sample(job, record_of(row)))
    for quote in plan.quotes:
        offer = t.Quote(
            id=str(quote.number),
            business_id=BUSINESS,
            client_id=_id_of(quote.client),
            reference=quote.reference,
            title=quote.work.title,
            amount=quote.amount,
            created_at=quote.at,
            sent_to_portal=quote.sent_to_portal,
        )
        session.add(offer)
        samples.append(Sample(quote, record_of(offer)))
    return samples


def _write(history: History, session: Session, url: str, files: Path) -> None:
    clock = Clock(history.now)
    with jt.JobThreads(
        directory=history.directory(business_of(session.get_one(t.Business, BUSINESS))),
        repository=SQLAlchemyRepository.from_url(url),
        storage=LocalStorage(files),
        previews=make_preview,  # the running app will make them
        notifiers=[],  # nobody is told of the past
        portal_url="http://tradebook.example/portal",
        delivery="off",
        clock=clock,
    ) as past:
        history.write(past.using(session), clock)


def _keep_answer(session: Session, job: str, form: str, field: str, value: str) -> None:
    session.merge(t.FormAnswer(job_id=job, form=form, field=field, value=value))
