"""The one table of routes, for every adapter, for the OpenAPI document and for the tests that walk it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from attrs import frozen

from jobthreads.domain.entries import Entry
from jobthreads.domain.paging import Page
from jobthreads.domain.portal import PortalConversation, PortalEntry, PortalRecord
from jobthreads.domain.records import ScopeKind
from jobthreads.domain.search import PortalSearchHit, SearchHit
from jobthreads.domain.threads import Conversation, InboxRow
from jobthreads.web import bodies

__all__ = ["PORTAL", "STAFF", "Face", "Route"]


class Face(StrEnum):
    """What a route answers with."""

    PAGE = "page"
    API = "api"
    ENTER = "enter"
    """A page behind a mailed link, before sign-in."""
    DOCUMENT = "document"
    """The OpenAPI document: no secret, so no sign-in."""
    ASSET = "asset"
    PICTURE = "picture"
    """A small picture within a page: refused in a few bytes, not with a page."""


@frozen(kw_only=True)
class Route:
    """One method of one address below a mount.

    `path` holds its parameters as `<id>`; `name` is the method of the pages or of the API that answers. `body` and
    `answer` are what the API takes and gives (`bytes` is a file), `query` the parameters of the address that it reads.
    """

    method: str
    path: str
    name: str
    summary: str
    face: Face = Face.PAGE
    records: ScopeKind | None = None
    body: type | None = None
    answer: Any = None
    status: int = 200
    query: tuple[str, ...] = ()
    upload: bool = False
    """Whether `body` comes as a form, with a file in the field `file`."""

    @property
    def signed_in(self) -> bool:
        """Whether it needs to know who asks."""
        return self.face in {Face.PAGE, Face.API, Face.PICTURE}


def _page(method: str, path: str, name: str, summary: str, **rest: Any) -> Route:
    return Route(method=method, path=path, name=name, summary=summary, **rest)


def _api(method: str, path: str, name: str, summary: str, answer: Any, **rest: Any) -> Route:
    return Route(method=method, path=f"api/{path}", name=name, summary=summary, face=Face.API, answer=answer, **rest)


def _both(routes: Iterable[Route]) -> Iterator[Route]:
    """Write a route of `<record>` out for jobs and for quotes."""
    for route in routes:
        if "<record>" not in route.path:
            yield route
            continue
        for kind in ScopeKind:
            yield Route(
                method=route.method,
                path=route.path.replace("<record>", f"{kind.value}s/<id>"),
                name=route.name,
                summary=route.summary,
                face=route.face,
                records=kind,
                body=route.body,
                answer=route.answer,
                status=route.status,
                query=route.query,
                upload=route.upload,
            )


_JOB = ScopeKind.JOB
_PAGING = ("cursor", "limit")
_OPEN = (
    Route(
        method="GET",
        path="api/openapi.json",
        name="openapi",
        summary="This document",
        face=Face.DOCUMENT,
        answer=dict[str, Any],
    ),
    Route(method="GET", path="static/<name>", name="asset", summary="Style sheet and script", face=Face.ASSET),
)

_FILES = (
    _page("GET", "files/<entry>", "download", "Download a file"),
    Route(
        method="GET",
        path="files/<entry>/preview",
        name="preview",
        summary="A small picture of an image",
        face=Face.PICTURE,
    ),
    _api("GET", "files/<entry>", "download", "Download a file, or a range of it", bytes),
    _api("GET", "files/<entry>/preview", "preview", "A small JPEG of an image, where there is one", bytes),
)

STAFF: tuple[Route, ...] = (
    *_both(
        (
            _page("GET", "messages", "inbox", "Inbox"),
            _page("GET", "messages/new", "choose", "New conversation"),
            _page("POST", "messages/new", "start", "Start a conversation"),
            _page("GET", "messages/<record>", "conversation", "Conversation"),
            _page("POST", "messages/<record>/replies", "reply", "Reply"),
            _page("POST", "messages/<record>/read", "mark_read", "Mark read"),
            _page("GET", "jobs/<id>/activity", "feed", "Activity", records=_JOB),
            _page("POST", "jobs/<id>/entries", "add_entry", "Note or reply", records=_JOB),
            _page("POST", "jobs/<id>/files", "attach", "Attach files", records=_JOB, upload=True),
            _page("POST", "entries/<entry>/visibility", "set_visibility", "Show or hide a file"),
            *_FILES,
            _page("GET", "bell", "bell", "Notifications"),
            _page("POST", "bell/read", "clear_bell", "Mark all as read"),
            _api(
                "GET",
                "messages",
                "inbox",
                "Started conversations, newest first",
                Page[InboxRow],
                query=("unread", "client", *_PAGING),
            ),
            _api(
                "GET",
                "messages/new",
                "choose",
                "Clients, and a client's jobs and sent quotes",
                bodies.Choices,
                query=("client", "text"),
            ),
            _api(
                "POST",
                "messages/new",
                "start",
                "Start a conversation, or open the one there is",
                Conversation,
                body=bodies.NewConversation,
                status=201,
            ),
            _api(
                "GET",
                "messages/<record>",
                "conversation",
                "One conversation, newest entry first",
                Conversation,
                query=_PAGING,
            ),
            _api(
                "POST",
                "messages/<record>/replies",
                "reply",
                "Reply to the client; text only",
                Entry,
                body=bodies.NewReply,
                status=201,
            ),
            _api(
                "POST",
                "messages/<record>/read",
                "mark_read",
                "Mark read up to an entry",
                bodies.Marked,
                body=bodies.Seen,
            ),
            _api(
                "GET",
                "jobs/<id>/activity",
                "feed",
                "Everything that happened on a job, newest first",
                bodies.Feed,
                records=_JOB,
                query=("type", "author", "q", *_PAGING),
            ),
            _api(
                "POST",
                "jobs/<id>/entries",
                "add_entry",
                "Write a note or a reply on a job",
                Entry,
                records=_JOB,
                body=bodies.NewEntry,
                status=201,
            ),
            _api(
                "POST",
                "jobs/<id>/files",
                "attach",
                "Attach one file to a job",
                Entry,
                records=_JOB,
                body=bodies.NewFile,
                upload=True,
                status=201,
            ),
            _api(
                "POST",
                "entries/<entry>/visibility",
                "set_visibility",
                "Show a file to the client, or take it back",
                Entry,
                body=bodies.NewVisibility,
            ),
            _api(
                "GET",
                "search",
                "search",
                "Entries that hold every word, newest first",
                Page[SearchHit],
                query=("q", "scope", "type", "author", *_PAGING),
            ),
            _api("GET", "bell", "bell", "Unread threads", bodies.Bell),
            _api("POST", "bell/read", "clear_bell", "Clear the bell", bodies.Marked, body=bodies.BellRead),
        )
    ),
    *_OPEN,
)
"""The staff mount."""

PORTAL: tuple[Route, ...] = (
    *_both(
        (
            _page("GET", "", "records", "Jobs and quotes"),
            _page("GET", "search", "search", "Search"),
            _page("GET", "<record>", "conversation", "Conversation"),
            _page("POST", "<record>/replies", "reply", "Reply"),
            _page("POST", "<record>/read", "mark_read", "Mark read"),
            _page("POST", "jobs/<id>/files", "attach", "Upload files", records=_JOB, upload=True),
            *_FILES,
            _page("GET", "enter/<token>", "look", "A mailed link", face=Face.ENTER),
            _page("POST", "enter/<token>", "enter", "Open the portal by a link", face=Face.ENTER),
            _page("POST", "enter/<token>/renew", "renew", "Ask for a fresh link", face=Face.ENTER),
            _api(
                "GET",
                "",
                "records",
                "Jobs and quotes, newest message first",
                Page[PortalRecord],
                query=_PAGING,
            ),
            _api(
                "GET",
                "search",
                "search",
                "Entries that hold every word, newest first",
                Page[PortalSearchHit],
                query=("q", "scope", *_PAGING),
            ),
            _api(
                "GET",
                "<record>",
                "conversation",
                "One conversation, newest entry first",
                PortalConversation,
                query=_PAGING,
            ),
            _api(
                "POST",
                "<record>/replies",
                "reply",
                "Reply; text only",
                PortalEntry,
                body=bodies.NewPortalReply,
                status=201,
            ),
            _api(
                "POST",
                "jobs/<id>/files",
                "attach",
                "Upload one file, where the job allows it",
                PortalEntry,
                records=_JOB,
                body=bodies.NewPortalFile,
                upload=True,
                status=201,
            ),
            _api(
                "POST",
                "<record>/read",
                "mark_read",
                "Mark read up to an entry",
                bodies.Marked,
                body=bodies.PortalSeen,
            ),
        )
    ),
    *_OPEN,
)
"""The portal mount."""
