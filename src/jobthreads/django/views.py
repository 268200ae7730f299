"""The views behind `staff_urls` and `portal_urls`. They only translate: who may do what is decided behind the doors."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connections, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from jobthreads.django.csrf import keep_token
from jobthreads.django.sites import KINDS, mounted
from jobthreads.django.translate import request_from, response_to
from jobthreads.errors import JobThreadsError
from jobthreads.web.http import Request

__all__ = ["patterns"]


def patterns(side: str) -> list[URLPattern]:
    """The addresses of a side, each with its name."""
    kind = KINDS[side]
    return [path(address, _view(side, address), name=kind.name_of(address)) for address in kind.paths]


def _view(side: str, address: str) -> Any:
    kind = KINDS[side]
    names = {part[1:-1] for part in address.split("/") if part.startswith("<")}
    change, secret = kind.change_at(address), "<token>" in address

    def view(native: HttpRequest, **values: str) -> HttpResponseBase:
        here = mounted(side, native)
        assert here is not None, "this view has an address"  # noqa: S101
        args = {name: value for name, value in values.items() if name in names}
        try:
            request = request_from(native, here.address, change)
        except JobThreadsError as error:
            bare = Request(method=native.method or "", scheme="", host="", mount=here.address, native=native)
            answer = here.site.refused(address, error, bare)
        else:
            answer = here.site.answer(address, args, request)
        made = response_to(answer, native)
        keep_token(native, made)
        if secret:
            # Django logs the path of whatever is refused, and mails it to ADMINS; we have logged it without.
            made._has_been_logged = True  # type: ignore[attr-defined]
        return made

    # A slow upload must not hold the database: every call of a door is a transaction of its own.
    for alias in connections:
        view = transaction.non_atomic_requests(using=alias)(view)
    # The rule against foreign forms is asked within, the host's sign-in by the callables of the setting.
    # What people write stays out of the error reports that Django mails to ADMINS.
    return csrf_exempt(login_not_required(sensitive_post_parameters()(view)))
