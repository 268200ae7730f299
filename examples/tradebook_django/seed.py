"""Sample data: a busy trades business, or with `small` a quiet one; the same at every first start."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction

import jobthreads as jt
from jobthreads.adapters.previews import make_preview
from jobthreads.django.repository import DjangoRepository
from jobthreads.django.storage import DjangoStorage
from tradebook.company import COMPANY, PHONE, PIPELINES, STAFF, SUBURB
from tradebook.history import Clock, History, Sample
from tradebook.plan import Plan, PlannedClient, make_plan
from tradebook_django.models import Business, Client, FormAnswer, Job, Pipeline, Quote, Staff
from tradebook_django.threads import business_of, client_of, record_of, staff_of


@transaction.atomic
def fill(*, small: bool) -> None:
    """Write the sample data, unless there is data already: all of it, or after a crash none; no mail is sent for it."""
    if Business.objects.exists():
        return
    rng = random.Random(2026)
    now = datetime.now(UTC).replace(microsecond=0)
    plan = make_plan(rng, now, small=small)
    company = Business.objects.create(name=COMPANY, phone=PHONE, suburb=SUBURB)
    staff = {key: _person(company, key, name, role) for key, name, role in STAFF}
    clients = {client.number: _client(company, client) for client in plan.clients}
    samples = list(_records(company, plan, staff, clients))
    if not small:
        history = History(
            samples=samples,
            staff={key: staff_of(person) for key, person in staff.items()},
            clients={str(client.pk): client_of(client) for client in clients.values()},
            keep_answer=_keep_answer,
            rng=rng,
            now=now,
        )
        _write(history, company)


def _person(company: Business, key: str, name: str, role: str) -> Staff:
    person = Staff(business=company, username=key, name=name, role=role)
    person.set_unusable_password()  # people sign in with a click
    person.save()
    return person


def _client(company: Business, client: PlannedClient) -> Client:
    return Client.objects.create(
        code=f"c{client.number}",
        business=company,
        name=client.name,
        email=client.email,
        phone=client.phone,
        address=client.address,
        notify_on_replies=client.notify_on_replies,
    )


def _records(company: Business, plan: Plan, staff: dict[str, Staff], clients: dict[int, Client]) -> Iterator[Sample]:
    pipelines = {
        key: Pipeline.objects.create(business=company, slug=key, name=name, client_uploads=on)
        for key, name, on in PIPELINES
    }
    for planned in plan.jobs:
        job = Job.objects.create(
            id=planned.number,
            business=company,
            client=clients[planned.client.number],
            pipeline=pipelines[planned.work.pipeline],
            reference=planned.reference,
            title=planned.work.title,
            status=planned.status,
            address=planned.client.address,
            scheduled_on=planned.scheduled_on,
            created_at=planned.at,
        )
        job.assigned.set(staff[person] for person in planned.crew)
        yield Sample(planned, record_of(job))
    for offered in plan.quotes:
        quote = Quote.objects.create(
            id=offered.number,
            business=company,
            client=clients[offered.client.number],
            reference=offered.reference,
            title=offered.work.title,
            amount=offered.amount,
            created_at=offered.at,
            sent_to_portal=offered.sent_to_portal,
        )
        yield Sample(offered, record_of(quote))


def _write(history: History, company: Business) -> None:
    clock = Clock(history.now)
    with jt.JobThreads(
        directory=history.directory(business_of(company)),
        repository=DjangoRepository(),
        storage=DjangoStorage(settings.JOBTHREADS["STORAGE"]),
        previews=make_preview,  # the running app will make them
        notifiers=[],  # nobody is told of the past
        portal_url="http://tradebook.example/portal",
        delivery="off",
        clock=clock,
    ) as past:
        history.write(past, clock)


def _keep_answer(job: str, form: str, field: str, value: str) -> None:
    FormAnswer.objects.update_or_create(job_id=int(job), form=form, field=field, defaults={"value": value})
