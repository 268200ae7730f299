"""Django's own rule against foreign forms, on our pages: asked by us, so that its refusal is a page of ours."""

from __future__ import annotations

import logging
from typing import NoReturn

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware, get_token
from markupsafe import Markup

from jobthreads.web.problems import CrossSite

__all__ = ["check_form", "csrf_field", "keep_token"]

_log = logging.getLogger("django.security.csrf")


class _Rule(CsrfViewMiddleware):
    """Django's middleware, for one request; our views work with and without it among the project's."""

    def __init__(self) -> None:
        super().__init__(lambda _: HttpResponse())

    def _reject(self, _: HttpRequest, reason: str) -> NoReturn:
        # Without the path, which may hold a link's token.
        _log.warning("Forbidden (%s)", reason)
        raise CrossSite


def check_form(native: HttpRequest) -> None:
    """Let a form in that carries its token; raises `CrossSite`."""
    rule = _Rule()
    _know_token(native, rule)
    rule.process_view(native, lambda _: HttpResponse(), (), {})


def csrf_field(native: HttpRequest) -> Markup:
    """The hidden field with the token, for a form."""
    _know_token(native, _Rule())
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(get_token(native))


def keep_token(native: HttpRequest, made: HttpResponseBase) -> None:
    """Send the token's cookie along with a page that holds a form."""
    if native.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
        _Rule().process_response(native, made)


def _know_token(native: HttpRequest, rule: CsrfViewMiddleware) -> None:
    if "CSRF_COOKIE" not in native.META:
        rule.process_request(native)
