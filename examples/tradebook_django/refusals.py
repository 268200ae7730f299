"""Our own pages for "not found" and the like, and what every page may load."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tradebook.shown import CSP


def headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Say what a page may load, unless a page has said so itself."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent cannot be used."""
    return _refuse(request, HTTPStatus.BAD_REQUEST, str(exception))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The person may not."""
    return _refuse(request, HTTPStatus.FORBIDDEN, str(exception))


def foreign_form(request: HttpRequest, reason: str) -> HttpResponse:  # noqa: ARG001 - it speaks to developers
    """Another site made the browser send a form, or the form is older than the sign-in."""
    return _refuse(request, HTTPStatus.FORBIDDEN, "This form came from another site.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - it names the address only
    """There is nothing there."""
    return _refuse(request, HTTPStatus.NOT_FOUND, "The address is wrong, or what stood here is gone.")


def _refuse(request: HttpRequest, status: HTTPStatus, about: str) -> HttpResponse:
    return render(request, "error.html", {"name": status.phrase, "about": about}, status=status)
