"""The mailbox: what jobthreads e-mailed, since this demonstration sends nothing out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from attrs import frozen
from flask import Blueprint, Response, abort, render_template, request
from markupsafe import Markup, escape

from tradebook_flask.place import tradebook

pages = Blueprint("mailbox", __name__, url_prefix="/mailbox")

NEWEST = 100

# The mail stands in a frame of its own: it may bring its styles, run nothing, and its links open in the whole window.
MAIL_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation"
)


@frozen
class Mail:
    """One kept e-mail."""

    name: str
    to: str
    sender: str
    subject: str
    at: datetime
    text: str
    html: str


@pages.get("")
def index() -> str:
    """List the newest e-mails."""
    return render_template("mailbox.html", mails=[_read(path) for path in _paths()[:NEWEST]])


@pages.get("/<name>")
def show(name: str) -> str:
    """Show one e-mail, as HTML or as plain text."""
    mail = _one(name)
    plain = request.args.get("view") == "text" or not mail.html
    return render_template("mail.html", mail=mail, plain=plain, text=_with_links(mail.text))


@pages.get("/<name>/body")
def body(name: str) -> Response:
    """The HTML of one e-mail, for the frame."""
    answer = Response('<!doctype html><base target="_top">' + _one(name).html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = MAIL_CSP
    return answer


def _paths() -> list[Path]:
    """The kept e-mails, newest first."""
    return sorted(tradebook().mail.glob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def _one(name: str) -> Mail:
    found = next((path for path in _paths() if path.stem == name), None)
    return _read(found) if found else abort(404)


def _read(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    date = message["Date"]
    return Mail(
        name=path.stem,
        to=str(message["To"] or ""),
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or "(no subject)"),
        at=parsedate_to_datetime(str(date)) if date else datetime.fromtimestamp(path.stat().st_mtime, UTC),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""


def _with_links(text: str) -> Markup:
    pieces = re.split(r"(https?://[^\s<>\"]+)", text)
    return Markup().join(
        Markup('<a href="{0}">{0}</a>').format(piece) if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )
