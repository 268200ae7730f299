"""The business itself: its customers, its settings, its pipelines."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import jobthreads as jt
from tradebook_flask import tables as t
from tradebook_flask.place import tradebook
from tradebook_flask.signing_in import office

pages = Blueprint("business", __name__)


@pages.get("/clients")
def clients() -> str:
    """List the customers."""
    me = office()
    jobs = select(func.count()).where(t.Job.client_id == t.Client.id).scalar_subquery()
    quotes = select(func.count()).where(t.Quote.client_id == t.Client.id).scalar_subquery()
    wanted = select(t.Client, jobs, quotes).where(t.Client.business_id == me.business_id).order_by(t.Client.name)
    with tradebook().database.reading() as session:
        return render_template("clients.html", rows=session.execute(wanted).all())


@pages.get("/clients/<client_id>")
def client(client_id: str) -> str:
    """Show one customer, with their jobs and quotes."""
    me = office()
    with tradebook().database.reading() as session:
        return render_template(
            "client.html",
            client=_client(session, me, client_id),
            jobs=session.scalars(select(t.Job).filter_by(client_id=client_id).order_by(t.Job.id.desc())).all(),
            quotes=session.scalars(select(t.Quote).filter_by(client_id=client_id).order_by(t.Quote.id.desc())).all(),
        )


@pages.post("/clients/<client_id>/notifications")
def notifications(client_id: str) -> Response:
    """Customer profile → Notifications: "Notify on replies"."""
    me = office()
    with tradebook().database.writing() as session:
        row = _client(session, me, client_id)
        row.notify_on_replies = "notify_on_replies" in request.form
        flash(f"{row.name} {'is told by e-mail' if row.notify_on_replies else 'gets no e-mail'} when you reply.")
    return redirect(f"/clients/{client_id}", 303)


@pages.get("/settings")
def settings() -> str:
    """Business Settings: Site, Pipelines, Team."""
    me = office()
    with tradebook().database.reading() as session:
        return render_template(
            "settings.html",
            company=session.get(t.Business, me.business_id),
            pipelines=session.scalars(select(t.Pipeline).filter_by(business_id=me.business_id)).all(),
            team=session.scalars(select(t.Staff).filter_by(business_id=me.business_id)).all(),
        )


@pages.post("/settings/site")
def site() -> Response:
    """Business Settings → Site: "Client Portal"."""
    me = office()
    with tradebook().database.writing() as session:
        company = session.get(t.Business, me.business_id) or abort(404)
        company.portal_enabled = "portal_enabled" in request.form
        flash(f"The Client Portal is {'on' if company.portal_enabled else 'off'}.")
    return redirect("/settings", 303)


@pages.get("/settings/pipelines/<pipeline_id>")
def pipeline(pipeline_id: str) -> str:
    """Pipeline → Edit."""
    me = office()
    with tradebook().database.reading() as session:
        return render_template("pipeline.html", pipeline=_pipeline(session, me, pipeline_id))


@pages.post("/settings/pipelines/<pipeline_id>")
def save_pipeline(pipeline_id: str) -> Response:
    """Pipeline → Edit: its name, and "Customer can upload"."""
    me = office()
    with tradebook().database.writing() as session:
        row = _pipeline(session, me, pipeline_id)
        row.name = request.form.get("name", "").strip()[:200] or row.name
        row.client_uploads = "client_uploads" in request.form
        flash(f"{row.name} saved.")
    return redirect(f"/settings/pipelines/{pipeline_id}", 303)


def _client(session: Session, me: jt.Staff, client_id: str) -> t.Client:
    wanted = select(t.Client).filter_by(business_id=me.business_id, id=client_id)
    return session.scalars(wanted).one_or_none() or abort(404)


def _pipeline(session: Session, me: jt.Staff, pipeline_id: str) -> t.Pipeline:
    wanted = select(t.Pipeline).filter_by(business_id=me.business_id, id=pipeline_id)
    return session.scalars(wanted).one_or_none() or abort(404)
