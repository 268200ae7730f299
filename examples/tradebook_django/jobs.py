"""Jobs: the list, one job with its Activity tab, and what can be done to it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

import jobthreads as jt
from jobthreads.django import threads
from tradebook.company import FORMS, STATUSES
from tradebook_django.models import FormAnswer, Job, Staff
from tradebook_django.signing_in import anyone_at_work, me, office
from tradebook_django.threads import staff_of

PER_PAGE = 25


@require_safe
@anyone_at_work
def index(request: HttpRequest) -> HttpResponse:
    """List the jobs, for field staff those they are assigned to."""
    status, text = request.GET.get("status", ""), request.GET.get("q", "").strip()
    jobs = _reachable(me(request))
    if status:
        jobs = jobs.filter(status=status)
    if text:
        jobs = jobs.filter(Q(title__icontains=text) | Q(reference__icontains=text) | Q(client__name__icontains=text))
    paged = Paginator(jobs.select_related("client").prefetch_related("assigned"), PER_PAGE)
    page = paged.get_page(request.GET.get("page"))
    return render(request, "jobs.html", {"page": page, "status": status, "text": text, "statuses": STATUSES})


@require_safe
@anyone_at_work
def show(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show one job; its Activity tab is jobthreads' panel."""
    job = _job(request, job_id)
    answers = {(answer.form, answer.field): answer.value for answer in job.answers.all()}
    facts = {
        "job": job,
        "tab": "activity" if request.GET.get("tab") == "activity" else "details",
        "statuses": STATUSES,
        "forms": {form: {name: answers.get((form, name), "") for name in names} for form, names in FORMS.items()},
        "free": Staff.objects.filter(business=job.business_id).exclude(jobs=job).order_by("id"),
    }
    return render(request, "job.html", facts)


@require_POST
@anyone_at_work
def change_status(request: HttpRequest, job_id: int) -> HttpResponse:
    """Change the status, and put the change into the feed: both or neither."""
    new = request.POST.get("status", "")
    if new not in STATUSES:
        raise BadRequest("There is no such status.")
    visibility = jt.Visibility.VISIBLE if "show_client" in request.POST else jt.Visibility.INTERNAL
    with transaction.atomic():
        job, by = _job(request, job_id), staff_of(me(request))
        if job.status != new:
            threads.record.status_changed(
                by.business_id, jt.Scope.job(str(job.pk)), old=job.status, new=new, by=by, visibility=visibility
            )
            job.status = new
            job.save()
    messages.success(request, f"Status: {new}.")
    return redirect(f"/jobs/{job_id}")


@require_POST
@anyone_at_work
def save_form(request: HttpRequest, job_id: int, form: str) -> HttpResponse:
    """Save one of the job's forms, and put what changed into the feed: both or neither."""
    if form not in FORMS:
        raise Http404
    with transaction.atomic():
        job, by = _job(request, job_id), staff_of(me(request))
        kept = dict(job.answers.filter(form=form).values_list("field", "value"))
        given = {field: request.POST.get(field, "").strip()[:2000] for field in FORMS[form]}
        changes = {field: value for field, value in given.items() if value != kept.get(field, "")}
        for field, value in changes.items():
            FormAnswer.objects.update_or_create(job=job, form=form, field=field, defaults={"value": value})
        if changes:
            scope = jt.Scope.job(str(job.pk))
            threads.record.form_saved(by.business_id, scope, form=form, changes=changes, by=by)
    messages.success(request, f"{form} saved." if changes else f"{form}: nothing changed.")
    return redirect(f"/jobs/{job_id}#forms")


@require_POST
@office
def assign(request: HttpRequest, job_id: int) -> HttpResponse:
    """Put someone on the job; from their next click they see its thread."""
    job = _job(request, job_id)
    person = get_object_or_404(Staff, username=request.POST.get("staff", ""))
    job.assigned.add(person)
    messages.success(request, f"{person.name} is assigned to {job.reference}.")
    return redirect(f"/jobs/{job_id}")


@require_POST
@office
def unassign(request: HttpRequest, job_id: int, username: str) -> HttpResponse:
    """Take someone off the job; from their next click they no longer see its thread."""
    job = _job(request, job_id)
    job.assigned.remove(*job.assigned.filter(username=username))
    messages.success(request, f"Taken off {job.reference}.")
    return redirect(f"/jobs/{job_id}")


def _reachable(person: Staff) -> QuerySet[Job]:
    jobs = Job.objects.filter(business=person.business_id)
    return jobs if person.in_office else jobs.filter(assigned=person)


def _job(request: HttpRequest, job_id: int) -> Job:
    return get_object_or_404(_reachable(me(request)).select_related("client", "pipeline"), pk=job_id)
