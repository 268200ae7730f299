"""Everything a client can observe: what the doors give, pages and answers with their headers, and the mails."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path

import flask

from jobthreads import Client, Scope
from jobthreads.errors import JobThreadsError
from jobthreads.flask import portal_blueprint
from tests.model.world import CLIENTS, SCOPES, World

# What is random by design: our ids, link tokens, MIME boundaries; and the moment a mail was really sent.
_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=/enter/)[\w-]{43}|={15}\d+==")
_SEARCHES = ("secret", "reply", "kim")
"""Words of texts that are not shown, of ones that are, and of names."""
_FOUND = ("search?q=secret", "search?q=note", "search?q=4&limit=2", "search?q=txt", "search?q=status+1")
_SENT = re.compile(r"(?m)^Date: .*$")


def in_order_of_appearance(texts: list[str]) -> list[str]:
    """Put a number in the place of each random id, by when it first appears."""
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return numbers.setdefault(found[0], f"id{len(numbers) + 1}")

    return [_RANDOM.sub(number, _SENT.sub("Date: then", text)) for text in texts]


def portal_app(world: World) -> flask.Flask:
    """A host whose visitors say by a header which client they are."""
    app = flask.Flask(__name__)
    by_id = {client.id: client for client in CLIENTS}
    portal = portal_blueprint(world.threads, client=lambda request: by_id.get(request.headers.get("X-Client", "")))
    app.register_blueprint(portal, url_prefix="/portal")
    return app


def through_the_door(world: World) -> list[str]:
    """The lists and conversations of every client, page by page, or the refusal."""
    seen: list[str] = []
    for client in CLIENTS:
        seen.append(_said(lambda client=client: world.threads.portal.records(client)))
        for scope in SCOPES:
            cursor: str | None = None
            for _ in range(50):
                try:
                    page = world.threads.portal.conversation(client, scope, cursor=cursor, limit=3)
                except JobThreadsError as refusal:
                    seen.append(repr(refusal))
                    break
                seen.append(repr(page.entries.items) + f"{page.can_reply} {page.can_upload} {page.unread}")
                cursor = page.entries.next
                if cursor is None:
                    break
        seen += _found(world, client)
    return seen


def _found(world: World, client: Client) -> list[str]:
    seen: list[str] = []
    for text in _SEARCHES:
        cursor: str | None = None
        for _ in range(50):
            try:
                page = world.threads.portal.search(client, text, cursor=cursor, limit=5)
            except JobThreadsError as refusal:
                seen.append(repr(refusal))
                break
            seen.append(f"{text}: {page.items!r}")
            cursor = page.next
            if cursor is None:
                break
    return seen


def _said(call: object) -> str:
    try:
        return repr(call())  # type: ignore[operator]
    except JobThreadsError as refusal:
        return repr(refusal)


def through_the_web(world: World, app: flask.Flask) -> list[str]:
    """Every portal page and API answer of every client: status, headers and body."""
    visitor = app.test_client()
    seen: list[str] = []
    for client in CLIENTS:
        for path in ("", *(_path(scope) for scope in SCOPES), *_FOUND):
            for mount in ("/portal/", "/portal/api/"):
                # HEAD first: a page GET moves the client's own mark.
                address = mount + (path or ("records" if mount.endswith("api/") else ""))
                for method in ("HEAD", "GET"):
                    answer = visitor.open(address, method=method, headers={"X-Client": client.id})
                    headers = sorted(f"{name}: {value}" for name, value in answer.headers)
                    seen.append(f"{method} {address} {answer.status_code} {headers} {answer.get_data(as_text=True)}")
    return seen


def _path(scope: Scope) -> str:
    return f"{scope.kind.value}s/{scope.id}"


def mailed(folder: Path) -> list[str]:
    """Every mail as its reader has it: headers, and each part decoded (line wrapping depends on the random link)."""
    seen: list[str] = []
    for path in sorted(folder.glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        headers = "\n".join(f"{name}: {value}" for name, value in message.items() if name != "Content-Type")
        parts = [str(part.get_content()) for part in message.walk() if not part.is_multipart()]
        seen.append("\n".join([headers, *parts]))
    return seen
