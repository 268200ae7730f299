"""The mailbox: what jobthreads e-mailed, since this demonstration sends nothing out."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from tradebook.mailbox import MAIL_CSP, Mail, newest_mails, one_mail


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the newest e-mails."""
    return render(request, "mailbox.html", {"mails": newest_mails(settings.MAIL)})


@require_safe
def show(request: HttpRequest, name: str) -> HttpResponse:
    """Show one e-mail, as HTML or as plain text."""
    mail = _one(name)
    return render(request, "mail.html", {"mail": mail, "plain": request.GET.get("view") == "text" or not mail.html})


@require_safe
@xframe_options_sameorigin
def body(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - the same for everyone
    """The HTML of one e-mail, for the frame."""
    return HttpResponse(_one(name).framed, headers={"Content-Security-Policy": MAIL_CSP})


def _one(name: str) -> Mail:
    mail = one_mail(settings.MAIL, name)
    if mail is None:
        raise Http404
    return mail
