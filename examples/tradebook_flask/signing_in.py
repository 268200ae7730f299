"""Who is there: a page to sign in as anyone, since this is a demonstration."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Request, Response, abort, current_app, g, redirect, render_template, request, session
from sqlalchemy import select
from werkzeug.wrappers import Response as WerkzeugResponse

import jobthreads as jt
from tradebook.company import FIELD_ROLES, ROLES
from tradebook_flask import tables as t
from tradebook_flask.place import tradebook
from tradebook_flask.threads import client_of, staff_of

pages = Blueprint("signing_in", __name__)


def current_staff(_request: Request) -> jt.Staff | None:
    """Tell jobthreads which of our people is signed in."""
    if "staff" in session and "staff" not in g:  # looked up once a request, though every page asks several times
        with tradebook().database.reading() as database:
            row = database.get(t.Staff, session["staff"])
            g.staff = staff_of(row) if row else None
    person: jt.Staff | None = g.get("staff")
    return person


def current_client(_request: Request) -> jt.Client | None:
    """Tell jobthreads which customer is signed in."""
    if "client" in session and "client" not in g:
        with tradebook().database.reading() as database:
            row = database.get(t.Client, session["client"])
            g.client = client_of(row) if row else None
    person: jt.Client | None = g.get("client")
    return person


def office(*, field_staff: bool = False) -> jt.Staff:
    """The staff member at work, or the sign-in page; `field_staff` says that Tradies and Apprentices may come in."""
    person = current_staff(request)
    if person is None:
        abort(redirect("/"))
    if not field_staff and person.role in FIELD_ROLES:
        abort(403, "This page is for the office.")
    return person


def who() -> dict[str, Any]:
    """What every template knows: the person at work, and whether they belong to the office."""
    person = current_staff(request)
    return {"me": person, "in_office": person is not None and person.role not in FIELD_ROLES}


@pages.get("/")
def choose() -> str:
    """Offer everyone to sign in as."""
    with tradebook().database.reading() as database:
        order = list(ROLES)
        staff = sorted(database.scalars(select(t.Staff)), key=lambda person: order.index(person.role))
        clients = database.scalars(select(t.Client).order_by(t.Client.name)).all()
        company = database.scalars(select(t.Business)).one()
        return render_template("sign_in.html", staff=staff, clients=clients, company=company)


@pages.get("/favicon.ico")
def favicon() -> Response:
    """Our mark, for pages that do not name one."""
    return current_app.send_static_file("mark.svg")


@pages.post("/sign-in")
def sign_in() -> WerkzeugResponse:
    """Become this staff member or client."""
    session.clear()
    if "client" in request.form:
        session["client"] = request.form["client"]
        return redirect("/portal/", 303)
    session["staff"] = request.form.get("staff", "")
    return redirect("/jobs", 303)


@pages.post("/sign-out")
def sign_out() -> Response | WerkzeugResponse:
    """Become nobody."""
    session.clear()
    return redirect("/", 303)
