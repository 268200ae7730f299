"""Who is there: a page to sign in as anyone, since this is a demonstration."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth import login, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tradebook.company import COMPANY, PHONE, ROLES, SUBURB
from tradebook_django.models import Business, Client, Staff

View = Callable[..., HttpResponse]


def me(request: HttpRequest) -> Staff:
    """The staff member at work, on a page that asks for one."""
    return cast("Staff", request.user)


def anyone_at_work(view: View) -> View:
    """Let staff in, field staff too, and send everyone else to the sign-in page."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.user.is_authenticated else redirect("/")

    return asked


def office(view: View) -> View:
    """Let the office in; Tradies and Apprentices are refused."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not me(request).in_office:
            raise PermissionDenied("This page is for the office.")
        return view(request, *args, **kwargs)

    return anyone_at_work(asked)


def who(request: HttpRequest) -> dict[str, Any]:
    """What every template knows: the person at work, and the company."""
    person = request.user if request.user.is_authenticated else None
    return {"me": person, "COMPANY": COMPANY, "PHONE": PHONE, "SUBURB": SUBURB}


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Offer everyone to sign in as."""
    order = list(ROLES)
    facts = {
        "staff": sorted(Staff.objects.all(), key=lambda person: order.index(person.role)),
        "clients": Client.objects.all(),
        "company": Business.objects.get(),
    }
    return render(request, "sign_in.html", facts)


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Become this staff member or client."""
    logout(request)
    if "client" in request.POST:
        client = get_object_or_404(Client, code=request.POST["client"])
        request.session["client"] = str(client.pk)
        return redirect("/portal/")
    login(request, get_object_or_404(Staff, username=request.POST.get("staff", "")))
    return redirect("/jobs")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Become nobody."""
    logout(request)
    return redirect("/")
