"""Jobs: the list, one job with its Activity tab, and what can be done to it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response

import jobthreads as jt
from tradebook.company import FIELD_ROLES, FORMS, STATUSES
from tradebook_flask import tables as t
from tradebook_flask.place import tradebook
from tradebook_flask.signing_in import office

pages = Blueprint("jobs", __name__, url_prefix="/jobs")

PER_PAGE = 25


@pages.get("")
def index() -> str:
    """List the jobs, for field staff those they are assigned to."""
    me = office(field_staff=True)
    status, text = request.args.get("status", ""), request.args.get("q", "").strip()
    page = max(1, request.args.get("page", 1, type=int))
    wanted = _reachable(me)
    if status:
        wanted = wanted.where(t.Job.status == status)
    if text:
        wanted = wanted.join(t.Job.client).where(
            or_(*(column.icontains(text, autoescape=True) for column in (t.Job.title, t.Job.reference, t.Client.name)))
        )
    with tradebook().database.reading() as session:
        total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        rows = session.scalars(
            wanted.options(joinedload(t.Job.client), selectinload(t.Job.assigned))
            .order_by(t.Job.id.desc())
            .limit(PER_PAGE)
            .offset((page - 1) * PER_PAGE)
        ).all()
        return render_template(
            "jobs.html",
            jobs=rows,
            total=total,
            page=page,
            last_page=max(1, -(-total // PER_PAGE)),
            status=status,
            text=text,
            statuses=STATUSES,
        )


@pages.get("/<job_id>")
def show(job_id: str) -> str:
    """Show one job; its Activity tab is jobthreads' panel."""
    me = office(field_staff=True)
    with tradebook().database.reading() as session:
        job = _job(session, me, job_id)
        answers: dict[str, dict[str, str]] = {form: {} for form in FORMS}
        for answer in job.answers:
            answers.setdefault(answer.form, {})[answer.field] = answer.value
        return render_template(
            "job.html",
            job=job,
            scope=jt.Scope.job(job.id),
            tab="activity" if request.args.get("tab") == "activity" else "details",
            statuses=STATUSES,
            forms=FORMS,
            answers=answers,
            free=session.scalars(select(t.Staff).where(t.Staff.id.not_in([p.id for p in job.assigned]))).all(),
        )


@pages.post("/<job_id>/status")
def change_status(job_id: str) -> Response:
    """Change the status, and put the change into the feed: both or neither."""
    me = office(field_staff=True)
    new = request.form.get("status", "")
    if new not in STATUSES:
        abort(400, "There is no such status.")
    visibility = jt.Visibility.VISIBLE if "show_client" in request.form else jt.Visibility.INTERNAL
    with tradebook().database.writing() as session:
        job = _job(session, me, job_id)
        if job.status != new:
            tradebook().threads.using(session).record.status_changed(
                me.business_id, jt.Scope.job(job.id), old=job.status, new=new, by=me, visibility=visibility
            )
            job.status = new
    flash(f"Status: {new}.")
    return redirect(f"/jobs/{job_id}", 303)


@pages.post("/<job_id>/forms/<form>")
def save_form(job_id: str, form: str) -> Response:
    """Save one of the job's forms, and put what changed into the feed: both or neither."""
    me = office(field_staff=True)
    if form not in FORMS:
        abort(404)
    with tradebook().database.writing() as session:
        job = _job(session, me, job_id)
        kept = {answer.field: answer for answer in job.answers if answer.form == form}
        changes: dict[str, str] = {}
        for field in FORMS[form]:
            value = request.form.get(field, "").strip()[:2000]
            if value == (kept[field].value if field in kept else ""):
                continue
            changes[field] = value
            session.merge(t.FormAnswer(job_id=job.id, form=form, field=field, value=value))
        if changes:
            tradebook().threads.using(session).record.form_saved(
                me.business_id, jt.Scope.job(job.id), form=form, changes=changes, by=me
            )
    flash(f"{form} saved." if changes else f"{form}: nothing changed.")
    return redirect(f"/jobs/{job_id}#forms", 303)


@pages.post("/<job_id>/assignments")
def assign(job_id: str) -> Response:
    """Put someone on the job; from their next click they see its thread."""
    me = office()
    with tradebook().database.writing() as session:
        job = _job(session, me, job_id)
        person = session.get(t.Staff, request.form.get("staff", "")) or abort(404)
        session.merge(t.Assignment(job_id=job.id, staff_id=person.id))
        flash(f"{person.name} is assigned to {job.reference}.")
    return redirect(f"/jobs/{job_id}", 303)


@pages.post("/<job_id>/assignments/<staff_id>/remove")
def unassign(job_id: str, staff_id: str) -> Response:
    """Take someone off the job; from their next click they no longer see its thread."""
    me = office()
    with tradebook().database.writing() as session:
        job = _job(session, me, job_id)
        assignment = session.get(t.Assignment, (job.id, staff_id))
        if assignment:
            session.delete(assignment)
            flash(f"Taken off {job.reference}.")
    return redirect(f"/jobs/{job_id}", 303)


def _reachable(me: jt.Staff) -> Select[Any]:
    jobs = select(t.Job).where(t.Job.business_id == me.business_id)
    return jobs.where(t.Job.assigned.any(t.Staff.id == me.id)) if me.role in FIELD_ROLES else jobs


def _job(session: Session, me: jt.Staff, job_id: str) -> t.Job:
    job: t.Job | None = session.scalars(_reachable(me).where(t.Job.id == job_id)).one_or_none()
    return job or abort(404)
