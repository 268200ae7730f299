"""The mailbox: what jobthreads e-mailed, since this demonstration sends nothing out."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from tradebook.mailbox import MAIL_CSP, Mail, newest_mails, one_mail
from tradebook_flask.place import tradebook

pages = Blueprint("mailbox", __name__, url_prefix="/mailbox")


@pages.get("")
def index() -> str:
    """List the newest e-mails."""
    return render_template("mailbox.html", mails=newest_mails(tradebook().mail))


@pages.get("/<name>")
def show(name: str) -> str:
    """Show one e-mail, as HTML or as plain text."""
    mail = _one(name)
    return render_template("mail.html", mail=mail, plain=request.args.get("view") == "text" or not mail.html)


@pages.get("/<name>/body")
def body(name: str) -> Response:
    """The HTML of one e-mail, for the frame."""
    answer = Response(_one(name).framed, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = MAIL_CSP
    return answer


def _one(name: str) -> Mail:
    return one_mail(tradebook().mail, name) or abort(404)
