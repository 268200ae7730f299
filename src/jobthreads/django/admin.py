"""A read-only admin: nobody writes, shows or hides anything here, and no secret's hash is on any page.

Who may look is a matter of Django's "view" permissions. It shows internal entries of every business, so it is for
operators and never for clients.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jobthreads.django.models import Delivery, Entry, File, PortalLink, Thread
from jobthreads.policies.audience import snippet

__all__ = ["DeliveryAdmin", "EntryAdmin", "FileAdmin", "PortalLinkAdmin", "ThreadAdmin"]

_BUSINESS = ("business_id", admin.AllValuesFieldListFilter)


class _RecordKind(admin.SimpleListFilter):
    title = "record"
    parameter_name = "record"
    path = "scope"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("job", "Jobs"), ("quote", "Quotes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        if self.value() not in {"job", "quote"}:
            return queryset
        return queryset.filter(**{f"{self.path}__startswith": f"{self.value()}:"})


class _RecordKindOfThread(_RecordKind):
    path = "thread__scope"


# Only the stubs know what it is generic in.
class _ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description="thread", ordering="thread__reference")
    def thread_link(self, row: Any) -> SafeString:
        """The thread, to click."""
        address = reverse("admin:jobthreads_thread_change", args=[row.thread_id], current_app=self.admin_site.name)
        return format_html('<a href="{}">{}</a>', address, row.thread)


@admin.register(Thread)
class ThreadAdmin(_ReadOnly):
    """The threads of every business."""

    list_display = ("reference", "title", "client_name", "business_id", "scope", "seq", "spoken_at")
    list_filter = (_RecordKind, ("spoken_at", admin.DateFieldListFilter), _BUSINESS)
    search_fields = ("reference", "title", "client_name", "scope")
    ordering = ("-conversation_at",)
    fields = (
        ("reference", "title"),
        ("client_name", "client_id"),
        ("business_id", "scope"),
        ("started_at", "spoken_at", "conversation_at"),
        "entries_link",
    )
    readonly_fields = ("entries_link",)

    @admin.display(description="entries")
    def entries_link(self, row: Thread) -> SafeString:
        """Its entries, to click."""
        address = reverse("admin:jobthreads_entry_changelist", current_app=self.admin_site.name)
        return format_html('<a href="{}?thread__id__exact={}">{} entries</a>', address, row.pk, row.seq)


@admin.register(Entry)
class EntryAdmin(_ReadOnly):
    """The entries of every thread, internal ones too."""

    list_display = ("at", "kind", "visibility", "author_name", "author_kind", "thread_link", "words_of_it")
    list_filter = (
        "visibility",
        "kind",
        "author_kind",
        ("at", admin.DateFieldListFilter),
        _RecordKindOfThread,
        _BUSINESS,
    )
    list_select_related = ("thread",)
    search_fields = ("body", "author_name", "thread__reference")
    ordering = ("-at",)
    fields = (
        "thread",
        ("at", "seq"),
        ("kind", "visibility"),
        ("author_name", "author_kind", "author_id"),
        "body",
        "what_it_is_about",
        ("shown_at", "shown_to"),
    )
    readonly_fields = ("what_it_is_about",)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A thread's page links to its entries."""
        return lookup == "thread__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description="details")
    def what_it_is_about(self, row: Entry) -> SafeString:
        """What a file, a status change or a form save has beside its text, a line each."""
        lines = [(name, value) for name, value in (row.details or {}).items() if name != "sha256"]
        return format_html_join("", "{}: {}<br>", lines) or SafeString("-")

    @admin.display(description="text")
    def words_of_it(self, row: Entry) -> str:
        """The beginning of its text, or what it is about."""
        details = row.details or {}
        return snippet(row.body, str(details.get("name") or details.get("new") or details.get("form") or ""))


@admin.register(File)
class FileAdmin(_ReadOnly):
    """What is known of attached files; their content is on the library's own pages."""

    list_display = ("file_name", "visibility", "thread_link", "scan", "preview", "attempts", "due_at")
    list_filter = ("scan", "preview", "entry__visibility", _BUSINESS)
    list_select_related = ("thread", "entry")
    fields = ("thread", "entry", ("scan", "preview"), ("attempts", "due_at"), "business_id")

    @admin.display(description="file")
    def file_name(self, row: File) -> str:
        """The name under which it was attached."""
        return str((row.entry.details or {}).get("name", ""))

    @admin.display(description="visibility", ordering="entry__visibility")
    def visibility(self, row: File) -> str:
        """Whose eyes it is for."""
        return row.entry.get_visibility_display()


@admin.register(Delivery)
class DeliveryAdmin(_ReadOnly):
    """What was told to clients, and what waits."""

    list_display = ("created_at", "state", "channel", "client_id", "thread_link", "attempts", "due_at", "error")
    list_filter = ("state", "channel", ("created_at", admin.DateFieldListFilter), _BUSINESS)
    list_select_related = ("thread",)
    search_fields = ("client_id", "error")
    ordering = ("-created_at",)
    fields = (
        "thread",
        "entry",
        ("channel", "client_id"),
        ("state", "attempts"),
        ("created_at", "due_at", "settled_at"),
        "error",
        "business_id",
    )


@admin.register(PortalLink)
class PortalLinkAdmin(_ReadOnly):
    """The links that were mailed; none can be made out of what is kept of it."""

    list_display = ("client_id", "scope", "expires_at", "revoked", "business_id")
    list_filter = ("revoked", ("expires_at", admin.DateFieldListFilter), _BUSINESS)
    search_fields = ("client_id", "scope")
    ordering = ("-expires_at",)
    fields = ("client_id", "scope", "expires_at", "revoked", "business_id")
