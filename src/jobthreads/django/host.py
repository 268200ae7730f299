"""What the template tags ask: the library in the host's own Django templates."""

from __future__ import annotations

from typing import Self

from django.http import HttpRequest

from jobthreads.django.sites import mounted
from jobthreads.django.translate import request_from
from jobthreads.web import host_page
from jobthreads.web.http import Request

__all__ = ["HostPage"]

_KEPT = "_jobthreads_page"


class HostPage(host_page.HostPage):
    """What a host's template may ask for, one for each request."""

    def __init__(self, native: HttpRequest) -> None:
        self._native = native

    @classmethod
    def of(cls, native: HttpRequest) -> Self:
        """The one of this request."""
        known: Self | None = native.__dict__.get(_KEPT)
        if known is None:
            known = native.__dict__[_KEPT] = cls(native)
        return known

    def _find(self, side: str) -> host_page.Mounted | None:
        return mounted(side, self._native)

    def _request(self, mounted: host_page.Mounted) -> Request | None:
        return request_from(self._native, mounted.address)

    def _path(self) -> str:
        return self._native.path
