"""What the library asks of the host."""

from __future__ import annotations

import uuid

from django.db.models import Q

from jobthreads import Business, Client, Role, Scope, ScopeKind, Staff
from jobthreads import Job as JobValue
from jobthreads import Quote as QuoteValue
from tests.django.trade.models import Company, Customer, Job, Quote, User


def _numbers(ids):
    return [int(one) for one in ids if one.isascii() and one.isdecimal() and len(one) < 19]


def _uuids(ids):
    return [uuid.UUID(one) for one in ids if len(one) == 36 and one == str(_uuid_or_zero(one))]


def _uuid_or_zero(text):
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def business(row):
    return Business(id=str(row.pk), name=row.name, portal_enabled=row.portal_enabled)


def staff(row):
    return Staff(id=str(row.pk), business_id=str(row.company_id), name=row.get_full_name(), role=row.role)


def client(row):
    return Client(
        id=str(row.pk),
        business_id=str(row.company_id),
        name=row.name,
        email=row.email or None,
        notify_on_replies=row.notify_on_replies,
    )


def record(row):
    facts = {
        "id": str(row.pk),
        "business_id": str(row.company_id),
        "client_id": str(row.customer_id),
        "reference": row.number,
        "title": row.title,
    }
    if isinstance(row, Quote):
        return QuoteValue(**facts, sent_to_portal=row.sent)
    crew = [str(person.pk) for person in row.crew.all()]
    return JobValue(**facts, assigned_to=crew, client_uploads=row.customer_can_upload)


class Directory:
    def business(self, business_id):
        row = Company.objects.filter(pk__in=_numbers([business_id])).first()
        return business(row) if row else None

    def clients(self, business_id, ids):
        found = Customer.objects.filter(company__in=_numbers([business_id]), pk__in=_numbers(ids))
        return {str(row.pk): client(row) for row in found}

    def records(self, business_id, scopes):
        jobs = _numbers(scope.id for scope in scopes if scope.kind is ScopeKind.JOB)
        quotes = _uuids(scope.id for scope in scopes if scope.kind is ScopeKind.QUOTE)
        return {made.scope: made for made in self._records(business_id, Q(pk__in=jobs), Q(pk__in=quotes))}

    def records_of_client(self, business_id, client_id):
        mine = Q(customer__in=_numbers([client_id]))
        return self._records(business_id, mine, mine)

    def search_clients(self, business_id, text, limit):
        found = Customer.objects.filter(company__in=_numbers([business_id]), name__icontains=text)
        return [client(row) for row in found.order_by("name", "pk")[:limit]]

    def jobs_assigned_to(self, staff):
        mine = Job.objects.filter(company__in=_numbers([staff.business_id]), crew__in=_numbers([staff.id]))
        return [str(key) for key in mine.values_list("pk", flat=True)]

    def team(self, business_id):
        found = User.objects.filter(company__in=_numbers([business_id]), is_active=True, customer=None)
        return [staff(row) for row in found.order_by("pk")]

    def _records(self, business_id, jobs, quotes):
        ours = {"company__in": _numbers([business_id])}
        for row in Job.objects.filter(jobs, **ours).prefetch_related("crew").order_by("-pk"):
            yield record(row)
        for row in Quote.objects.filter(quotes, **ours).order_by("number"):
            yield record(row)


def current_staff(request):
    user = request.user
    return staff(user) if user.is_authenticated and user.company_id and not hasattr(user, "customer") else None


def current_client(request):
    user = request.user
    return client(user.customer) if user.is_authenticated and hasattr(user, "customer") else None


def record_url(scope: Scope):
    return f"/{scope.kind}/{scope.id}"


ROLES = {str(role) for role in Role}
