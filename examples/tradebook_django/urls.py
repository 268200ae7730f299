"""Tradebook's addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from tradebook_django import business, jobs, mailbox, quotes, signing_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("", signing_in.choose),
    path("favicon.ico", RedirectView.as_view(url="/static/mark.svg")),
    path("sign-in", signing_in.sign_in),
    path("sign-out", signing_in.sign_out),
    path("jobs", jobs.index),
    path("jobs/<int:job_id>", jobs.show),
    path("jobs/<int:job_id>/status", jobs.change_status),
    path("jobs/<int:job_id>/forms/<form>", jobs.save_form),
    path("jobs/<int:job_id>/assignments", jobs.assign),
    path("jobs/<int:job_id>/assignments/<username>/remove", jobs.unassign),
    path("quotes", quotes.index),
    path("quotes/<int:quote_id>", quotes.show),
    path("quotes/<int:quote_id>/portal", quotes.send),
    path("clients", business.clients),
    path("clients/<code>", business.client),
    path("clients/<code>/notifications", business.notifications),
    path("settings", business.settings),
    path("settings/site", business.site),
    path("settings/pipelines/<slug>", business.pipeline),
    path("mailbox", mailbox.index),
    path("mailbox/<name>", mailbox.show),
    path("mailbox/<name>/body", mailbox.body),
]

# jobthreads begins
urlpatterns += [
    path("office/", include("jobthreads.django.staff_urls")),
    path("portal/", include("jobthreads.django.portal_urls")),
]
# jobthreads ends

handler400 = "tradebook_django.refusals.bad_request"
handler403 = "tradebook_django.refusals.forbidden"
handler404 = "tradebook_django.refusals.not_found"
