"""The business itself: its customers, its settings, its pipelines."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tradebook_django.models import Client, Pipeline, Staff
from tradebook_django.signing_in import me, office


@require_safe
@office
def clients(request: HttpRequest) -> HttpResponse:
    """List the customers."""
    rows = Client.objects.filter(business=me(request).business_id).annotate(
        job_count=Count("jobs", distinct=True), quote_count=Count("quotes", distinct=True)
    )
    return render(request, "clients.html", {"clients": rows})


@require_safe
@office
def client(request: HttpRequest, code: str) -> HttpResponse:
    """Show one customer, with their jobs and quotes."""
    return render(request, "client.html", {"client": _client(request, code)})


@require_POST
@office
def notifications(request: HttpRequest, code: str) -> HttpResponse:
    """Customer profile → Notifications: "Notify on replies"."""
    row = _client(request, code)
    row.notify_on_replies = "notify_on_replies" in request.POST
    row.save()
    what = "is told by e-mail" if row.notify_on_replies else "gets no e-mail"
    messages.success(request, f"{row.name} {what} when you reply.")
    return redirect(f"/clients/{code}")


@require_safe
@office
def settings(request: HttpRequest) -> HttpResponse:
    """Business Settings: Site, Pipelines, Team."""
    company = me(request).business
    facts = {
        "company": company,
        "pipelines": Pipeline.objects.filter(business=company).order_by("id"),
        "team": Staff.objects.filter(business=company).order_by("id"),
    }
    return render(request, "settings.html", facts)


@require_POST
@office
def site(request: HttpRequest) -> HttpResponse:
    """Business Settings → Site: "Client Portal"."""
    company = me(request).business
    company.portal_enabled = "portal_enabled" in request.POST
    company.save()
    messages.success(request, f"The Client Portal is {'on' if company.portal_enabled else 'off'}.")
    return redirect("/settings")


@require_http_methods(["GET", "HEAD", "POST"])
@office
def pipeline(request: HttpRequest, slug: str) -> HttpResponse:
    """Pipeline → Edit: its name, and "Customer can upload"."""
    row = get_object_or_404(Pipeline, business=me(request).business_id, slug=slug)
    if request.method != "POST":
        return render(request, "pipeline.html", {"pipeline": row})
    row.name = request.POST.get("name", "").strip()[:200] or row.name
    row.client_uploads = "client_uploads" in request.POST
    row.save()
    messages.success(request, f"{row.name} saved.")
    return redirect(f"/settings/pipelines/{slug}")


def _client(request: HttpRequest, code: str) -> Client:
    return get_object_or_404(Client, business=me(request).business_id, code=code)
