"""What keeps other sites and other people out: the header contract, and who may send a change."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlsplit

from jobthreads.web.http import Request
from jobthreads.web.problems import CrossSite

__all__ = ["HEADERS", "Kind", "check_same_site", "local_path"]


class Kind(StrEnum):
    """What an answer is, which decides its headers."""

    PAGE = "page"
    HOSTED = "hosted"
    """A page in the host's own shell: the host decides its Content-Security-Policy."""
    FRAGMENT = "fragment"
    ENTER = "enter"
    """A page whose address holds a link's token."""
    REDIRECT = "redirect"
    API = "api"
    ASSET = "asset"


_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SEALED = "default-src 'none'; frame-ancestors 'none'"
_PRIVATE = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_OURS = {"Content-Security-Policy": _POLICY, "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"}

HEADERS: Mapping[Kind, Mapping[str, str]] = {
    Kind.PAGE: {**_PRIVATE, **_OURS},
    Kind.HOSTED: _PRIVATE,
    Kind.FRAGMENT: {**_PRIVATE, "Content-Security-Policy": _SEALED},
    # no-referrer would make a browser post the page's form with "Origin: null", which we refuse.
    Kind.ENTER: {**_PRIVATE, **_OURS, "Referrer-Policy": "strict-origin"},
    Kind.REDIRECT: _PRIVATE,
    Kind.API: {**_PRIVATE, "Content-Security-Policy": _SEALED},
    Kind.ASSET: {
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _SEALED,
    },
}
"""The one header contract: every answer of every adapter carries its kind's headers; files have `download_headers`."""


def check_same_site(request: Request) -> None:
    """Let a change in only from our own pages, or from a program without cookies; raises `CrossSite`.

    A browser tells where a request comes from, so no token and no secret is needed.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    referer = request.headers.get("referer")
    if site is not None and site != "same-origin":
        raise CrossSite
    told = origin if origin is not None else _origin_of(referer) if referer is not None else None
    if told is not None and told.lower() != request.origin:
        raise CrossSite
    if site is None and told is None and "cookie" in request.headers:
        raise CrossSite


def _origin_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "null"
    return f"{parts.scheme}://{parts.netloc}"


def local_path(address: str) -> str | None:
    """Give an address back if it is a path on this very site, so that no form can send people elsewhere."""
    fits = address.startswith("/") and not address.startswith(("//", "/\\"))
    clean = all(sign.isprintable() and sign not in "\\ " for sign in address)
    return address if fits and clean and len(address) <= 2000 else None
