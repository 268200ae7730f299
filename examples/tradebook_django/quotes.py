"""Quotes: the list, one quote, and sending it to the Client Portal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tradebook_django.models import Quote
from tradebook_django.signing_in import me, office


@require_safe
@office
def index(request: HttpRequest) -> HttpResponse:
    """List the quotes, all or those sent or not sent."""
    sent = request.GET.get("sent", "")
    quotes = Quote.objects.filter(business=me(request).business_id).select_related("client")
    if sent in {"yes", "no"}:
        quotes = quotes.filter(sent_to_portal=sent == "yes")
    return render(request, "quotes.html", {"quotes": quotes, "sent": sent})


@require_safe
@office
def show(request: HttpRequest, quote_id: int) -> HttpResponse:
    """Show one quote."""
    return render(request, "quote.html", {"quote": _quote(request, quote_id)})


@require_POST
@office
def send(request: HttpRequest, quote_id: int) -> HttpResponse:
    """Send the quote to the Client Portal, or take it back."""
    quote = _quote(request, quote_id)
    quote.sent_to_portal = request.POST.get("sent") == "yes"
    quote.save()
    place = "now in" if quote.sent_to_portal else "no longer in"
    messages.success(request, f"{quote.reference} is {place} the Client Portal.")
    return redirect(f"/quotes/{quote_id}")


def _quote(request: HttpRequest, quote_id: int) -> Quote:
    quotes = Quote.objects.filter(business=me(request).business_id).select_related("client")
    return get_object_or_404(quotes, pk=quote_id)
