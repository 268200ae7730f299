"""The template tags: `{% load jobthreads %}`. Nothing is looked up before a tag asks, and nothing twice a request.

Each takes the request from the template's context. Where nobody is signed in, or the library cannot answer just now,
there is nothing to show: no panel, no bell, a count of 0.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.core.exceptions import ImproperlyConfigured
from django.template import Context

from jobthreads.django.host import HostPage

register = template.Library()


def _page(context: Context) -> HostPage:
    native = context.get("request") or getattr(context, "request", None)
    if native is None:
        raise ImproperlyConfigured("The template has no request. Render it with one: render(request, …).")
    return HostPage.of(native)


@register.simple_tag(takes_context=True)
def jobthreads_assets(context: Context) -> str:
    """The style sheet and the script, for the page's head."""
    return _page(context).assets


@register.simple_tag(takes_context=True)
def jobthreads_activity(context: Context, record: Any, kind: str = "job") -> str:
    """The activity feed of a job with its composer: `{% jobthreads_activity job.pk %}`; of any key, or a `Scope`.

    A quote has messages only: `{% jobthreads_activity quote.pk "quote" %}`.
    """
    return _page(context).activity(record, kind)


@register.simple_tag(takes_context=True)
def jobthreads_bell(context: Context) -> str:
    """The bell with its count, a link to the notifications."""
    return _page(context).bell


@register.simple_tag(takes_context=True)
def jobthreads_unread(context: Context) -> int:
    """How many threads are unread, a number: `{% jobthreads_unread as unread %}`."""
    return _page(context).unread


@register.simple_tag(takes_context=True)
def jobthreads_availability(context: Context) -> Any:
    """Whether Messages stands in the sidebar: `{% jobthreads_availability as messages %}{% if messages.shown %}`.

    Where it does not, `messages.why_not` says why not.
    """
    return _page(context).availability


@register.simple_tag(takes_context=True)
def jobthreads_messages_url(context: Context) -> str:
    """The address of the inbox."""
    return _page(context).messages_url


@register.simple_tag(takes_context=True)
def jobthreads_bell_url(context: Context) -> str:
    """The address of the notifications."""
    return _page(context).bell_url


@register.simple_tag(takes_context=True)
def jobthreads_portal_url(context: Context) -> str:
    """The address of the client's list."""
    return _page(context).portal_url


@register.simple_tag(takes_context=True)
def jobthreads_conversation_url(context: Context, record: Any, kind: str = "job") -> str:
    """The address of one conversation in the inbox: `{% jobthreads_conversation_url quote.pk "quote" %}`."""
    return _page(context).conversation_url(record, kind)


@register.simple_tag(takes_context=True)
def jobthreads_activity_url(context: Context, record: Any) -> str:
    """The address of a job's activity feed."""
    return _page(context).activity_url(record)
