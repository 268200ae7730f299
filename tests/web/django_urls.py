"""The addresses of the Django project in which the pages are tried: the library's, and a few of the host's own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone

from jobthreads import Scope

PAGES: dict[str, str] = {}
"""The host's templates, by name."""

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("django.template.loaders.locmem.Loader", PAGES)],
            "context_processors": ["django.template.context_processors.request", f"{__name__}.names"],
        },
    }
]


def names(_: HttpRequest) -> dict[str, Any]:
    return {"shop": "Acme's own"}


class Everyones:
    """A middleware that gives everyone the time zone they have chosen, and reads every form before the views do."""

    def __init__(self, then: Any) -> None:
        self.then = then

    def __call__(self, request: HttpRequest) -> Any:
        with timezone.override(request.COOKIES.get("zone", "UTC")):
            assert request.POST is not None
            return self.then(request)


def job(request: HttpRequest, job_id: str) -> HttpResponse:
    return render(request, "job.html", {"job_id": job_id})


def quote(request: HttpRequest) -> HttpResponse:
    return render(request, "quote.html", {"scope": Scope.quote("88")})


urlpatterns = [
    path("office/", include("jobthreads.django.staff_urls")),
    path("portal/", include("jobthreads.django.portal_urls")),
    path("b/<tenant>/office/", include("jobthreads.django.staff_urls", namespace="other")),
    path("shop/<job_id>", job),
    path("quote", quote),
]
