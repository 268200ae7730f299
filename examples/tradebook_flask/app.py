"""The Flask application: its parts, its cookies and its headers."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, abort, render_template, request
from werkzeug.exceptions import HTTPException

from jobthreads import Scope, ScopeKind
from jobthreads.flask import portal_blueprint, staff_blueprint
from tradebook.company import COMPANY, PHONE, ROLES, SUBURB
from tradebook.secret import kept_secret
from tradebook.shown import CSP, STATIC, day, initials, money
from tradebook.signs import MARK, sign
from tradebook_flask import business, jobs, mailbox, quotes, seed, signing_in
from tradebook_flask.database import Database
from tradebook_flask.place import Tradebook
from tradebook_flask.threads import make_threads


def create_app(data: Path, *, address: str, small: bool = False) -> Flask:
    """Make Tradebook over the data folder, which is filled if it is new; `address` is where people reach it."""
    data.mkdir(parents=True, exist_ok=True)
    database = Database(data.resolve() / "tradebook.db")
    threads = make_threads(database, files=data / "files", mail=data / "mail", portal_url=f"{address}/portal")
    seed.fill(database, files=data / "files", small=small)

    app = Flask(__name__, static_folder=STATIC)
    app.secret_key = kept_secret(data / "secret")
    app.config.update(SESSION_COOKIE_NAME="tradebook", SESSION_COOKIE_SAMESITE="Lax")
    app.extensions["tradebook"] = Tradebook(database=database, threads=threads, mail=data / "mail")

    app.register_blueprint(
        staff_blueprint(threads, staff=signing_in.current_staff, shell="layout.html", record_url=record_url),
        url_prefix="/office",
    )
    app.register_blueprint(
        portal_blueprint(threads, client=signing_in.current_client, shell="portal_layout.html"),
        url_prefix="/portal",
    )
    for part in (signing_in, jobs, quotes, business, mailbox):
        app.register_blueprint(part.pages)

    app.before_request(refuse_foreign_forms)
    app.after_request(add_headers)
    app.context_processor(signing_in.who)
    app.register_error_handler(HTTPException, show_error)
    app.add_template_filter(day)
    app.add_template_filter(money)
    app.add_template_filter(initials, "initials_of")
    app.jinja_env.globals.update(ROLES=ROLES, COMPANY=COMPANY, PHONE=PHONE, SUBURB=SUBURB, sign=sign, mark=MARK)
    return app


def record_url(scope: Scope) -> str:
    """Where jobthreads finds our own page of a job or quote."""
    return f"/{'jobs' if scope.kind is ScopeKind.JOB else 'quotes'}/{scope.id}"


def refuse_foreign_forms() -> None:
    """Refuse a form that another site made the browser send; with the Lax cookie, that is all it takes."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin is not None and origin != request.host_url.rstrip("/"):
        abort(403, "This form came from another site.")


def add_headers(response: Response) -> Response:
    """Say what a page may load, unless a page has said so itself."""
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.endpoint != "static" and response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def show_error(error: HTTPException) -> tuple[str, int]:
    """Our own page for "not found" and the like."""
    return render_template("error.html", error=error), error.code or 500
