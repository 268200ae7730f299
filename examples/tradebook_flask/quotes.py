"""Quotes: the list, one quote, and sending it to the Client Portal."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

import jobthreads as jt
from tradebook_flask import tables as t
from tradebook_flask.place import tradebook
from tradebook_flask.signing_in import office

pages = Blueprint("quotes", __name__, url_prefix="/quotes")


@pages.get("")
def index() -> str:
    """List the quotes, all or those sent or not sent."""
    me = office()
    sent = request.args.get("sent", "")
    wanted = select(t.Quote).where(t.Quote.business_id == me.business_id).options(joinedload(t.Quote.client))
    if sent in {"yes", "no"}:
        wanted = wanted.where(t.Quote.sent_to_portal.is_(sent == "yes"))
    with tradebook().database.reading() as session:
        return render_template(
            "quotes.html", quotes=session.scalars(wanted.order_by(t.Quote.id.desc())).all(), sent=sent
        )


@pages.get("/<quote_id>")
def show(quote_id: str) -> str:
    """Show one quote."""
    me = office()
    with tradebook().database.reading() as session:
        return render_template("quote.html", quote=_quote(session, me, quote_id), scope=jt.Scope.quote(quote_id))


@pages.post("/<quote_id>/portal")
def send(quote_id: str) -> Response:
    """Send the quote to the Client Portal, or take it back."""
    me = office()
    with tradebook().database.writing() as session:
        quote = _quote(session, me, quote_id)
        quote.sent_to_portal = request.form.get("sent") == "yes"
        flash(f"{quote.reference} is {'now in' if quote.sent_to_portal else 'no longer in'} the Client Portal.")
    return redirect(f"/quotes/{quote_id}", 303)


def _quote(session: Session, me: jt.Staff, quote_id: str) -> t.Quote:
    wanted = select(t.Quote).where(t.Quote.business_id == me.business_id, t.Quote.id == quote_id)
    return session.scalars(wanted).one_or_none() or abort(404)
