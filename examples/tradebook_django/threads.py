"""How Tradebook embeds jobthreads: a Directory over its own models, and who is signed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.http import HttpRequest

import jobthreads as jt
from tradebook_django.models import Business, Client, Job, Quote, Staff


def business_of(row: Business) -> jt.Business:
    """Our company, as jobthreads knows it."""
    return jt.Business(id=str(row.pk), name=row.name, portal_enabled=row.portal_enabled)


def staff_of(row: Staff) -> jt.Staff:
    """One of our users; the roles are named as jobthreads names them."""
    return jt.Staff(id=str(row.pk), business_id=str(row.business_id), name=row.name, role=row.role)


def client_of(row: Client) -> jt.Client:
    """One of our customers."""
    return jt.Client(
        id=str(row.pk),
        business_id=str(row.business_id),
        name=row.name,
        email=row.email or None,
        notify_on_replies=row.notify_on_replies,
    )


def record_of(row: Job | Quote) -> jt.Job | jt.Quote:
    """One of our jobs or quotes."""
    facts = {"id": str(row.pk), "business_id": str(row.business_id), "client_id": str(row.client_id)}
    facts |= {"reference": row.reference, "title": row.title}
    if isinstance(row, Quote):
        return jt.Quote(**facts, sent_to_portal=row.sent_to_portal)
    assigned = [str(person.pk) for person in row.assigned.all()]
    return jt.Job(**facts, assigned_to=assigned, client_uploads=row.pipeline.client_uploads)


def keys(model: type[Model], ids: Iterable[str]) -> list[Any]:
    """Those ids that are written like the model's keys; the others are unknown, and no error."""
    found = []
    for one in ids:
        with suppress(ValidationError):
            found += [key for key in [model._meta.pk.clean(one, None)] if str(key) == one]
    return found


class Directory:
    """What jobthreads asks about our people and records, answered from our models each time."""

    def business(self, business_id: str) -> jt.Business | None:
        """The company."""
        row = Business.objects.filter(pk__in=keys(Business, [business_id])).first()
        return business_of(row) if row else None

    def clients(self, business_id: str, ids: Sequence[str]) -> Mapping[str, jt.Client]:
        """Customers by id."""
        rows = Client.objects.filter(business__in=keys(Business, [business_id]), pk__in=keys(Client, ids))
        return {str(row.pk): client_of(row) for row in rows}

    def records(self, business_id: str, scopes: Sequence[jt.Scope]) -> Mapping[jt.Scope, jt.Job | jt.Quote]:
        """Jobs and quotes by scope."""
        jobs = keys(Job, (scope.id for scope in scopes if scope.kind is jt.ScopeKind.JOB))
        quotes = keys(Quote, (scope.id for scope in scopes if scope.kind is jt.ScopeKind.QUOTE))
        return {record.scope: record for record in self._records(business_id, Q(pk__in=jobs), Q(pk__in=quotes))}

    def records_of_client(self, business_id: str, client_id: str) -> Iterable[jt.Job | jt.Quote]:
        """A customer's jobs, then their quotes, newest first."""
        theirs = Q(client__in=keys(Client, [client_id]))
        return self._records(business_id, theirs, theirs)

    def search_clients(self, business_id: str, text: str, limit: int) -> Iterable[jt.Client]:
        """Customers whose name holds the text, by name."""
        rows = Client.objects.filter(business__in=keys(Business, [business_id]), name__icontains=text)
        return map(client_of, rows[:limit])

    def jobs_assigned_to(self, staff: jt.Staff) -> Iterable[str]:
        """The jobs this person works on now."""
        return map(str, Job.objects.filter(assigned__in=keys(Staff, [staff.id])).values_list("pk", flat=True))

    def team(self, business_id: str) -> Iterable[jt.Staff]:
        """Everyone who works here."""
        return map(staff_of, Staff.objects.filter(business__in=keys(Business, [business_id])))

    def _records(self, business_id: str, jobs: Q, quotes: Q) -> list[jt.Job | jt.Quote]:
        ours = Q(business__in=keys(Business, [business_id]))
        work = Job.objects.filter(ours, jobs).select_related("pipeline").prefetch_related("assigned")
        return [*map(record_of, work), *map(record_of, Quote.objects.filter(ours, quotes))]


def current_staff(request: HttpRequest) -> jt.Staff | None:
    """Tell jobthreads which of our people is signed in."""
    return staff_of(request.user) if request.user.is_authenticated else None


def current_client(request: HttpRequest) -> jt.Client | None:
    """Tell jobthreads which customer is signed in."""
    row = Client.objects.filter(pk__in=keys(Client, [request.session.get("client", "")])).first()
    return client_of(row) if row else None


def record_url(scope: jt.Scope) -> str:
    """Where jobthreads finds our own page of a job or quote."""
    return f"/{'jobs' if scope.kind is jt.ScopeKind.JOB else 'quotes'}/{scope.id}"
