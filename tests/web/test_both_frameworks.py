"""The same walk through every framework gives the same answers: status, our headers, body."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import DANA, JOB, KIM, SAME_SITE, World, worlds
from tests.web.test_routes import EVERY, ask

MASKS = (
    (r'<input type="hidden" name="csrfmiddlewaretoken" value="[^"]+">', ""),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "ID"),
    (r"(enter/)[\w-]{20,}", r"\1TOKEN"),
    (r"(jobthreads_portal_token=)[\w-]+", r"\1SESSION"),
    (r"(cursor=)[\w%-]+", r"\1CURSOR"),
)
"""What is random, and the one field that Django asks for."""


def masked(text: str) -> str:
    for pattern, name in MASKS:
        text = re.sub(pattern, name, text)
    return text


def told(world: World, answer: Any) -> tuple[int, dict[str, str], str]:
    headers = world.ours(answer)
    headers.pop("Content-Length", None)  # with the field, a page is longer
    if "ETag" in headers:
        headers["ETag"] = "a hash of what is shown, ids among it"
    return answer.status_code, {name: masked(value) for name, value in headers.items()}, masked(answer.text)


def walk(world: World) -> dict[str, Any]:
    """Everything that a person of each kind is answered, on every route, in whole pages and in parts."""
    found = {}
    for mount, known, route, case in EVERY:
        stranger = "rival" if mount == "/office/" else "otto"
        for who, extra in ((known, {}), (known, {"Jobthreads-Fragment": "1"}), (stranger, {}), (None, {})):
            name = f"{route.method} {mount}{case[1]} by {who} {extra}"
            found[name] = told(world, ask(world, mount, who, route, case, **extra))
    for number, (method, address, rest) in enumerate(ODD):
        found[f"{number} {method} {address}"] = told(world, world.browser("kim").open(address, method=method, **rest))
    return found


FEED, REPLIES = "/office/jobs/1042/activity", "/office/messages/jobs/1042/replies"
ODD: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", f"{FEED}?type=note&type=reply", {}),
    ("GET", f"{FEED}?type=reply&author=&author=client:c1", {}),
    ("GET", "/office/api/jobs/1042/activity?type=note&type=reply&limit=1", {}),
    ("GET", "/office/messages?limit=0", {}),
    ("GET", "/office/messages?limit=1&unread=&unread=1", {}),
    ("GET", "/office/messages/jobs/%E2%9C%93%20", {}),
    ("GET", "/office/messages/jobs/a%3Fb", {}),
    ("GET", "/portal/?cursor=%FF", {}),
    ("PUT", "/office/messages/new", {"headers": SAME_SITE}),
    ("OPTIONS", "/office/api/bell", {}),
    ("HEAD", "/office/messages", {}),
    ("POST", REPLIES, {"data": {"text": " "}, "headers": SAME_SITE}),
    ("POST", REPLIES, {"data": {"text": "x" * 10_001}, "headers": SAME_SITE}),
    ("POST", REPLIES, {"data": {"text": "x" * 600_000}, "headers": SAME_SITE}),
    ("POST", REPLIES, {"data": {"text": ["One.", "Two."]}, "headers": SAME_SITE}),
    ("GET", FEED, {}),
    ("POST", REPLIES, {"data": b"text=x", "content_type": "text/plain", "headers": SAME_SITE}),
    ("POST", "/office/api/bell/read", {"data": b"{", "content_type": "application/json", "headers": SAME_SITE}),
    ("POST", "/office/api/bell/read", {"json": {}, "headers": {"Origin": "https://evil.example"}}),
    ("GET", "/office/static/jobthreads.css", {}),
    ("GET", "/office/static/other.css", {}),
]


def test_every_answer_is_the_same_in_both(request: pytest.FixtureRequest, new_database: Path, tmp_path: Path) -> None:
    """Style 8: an adapter only translates, so nobody can tell from an answer which one it was."""
    walked = {}
    for framework in ("flask", "django"):
        folder = tmp_path / framework
        folder.mkdir()
        with worlds(framework, request, new_database, folder) as build:
            world = build()
            world.threads.staff.reply(KIM, JOB.scope, "We can start on Friday.")
            world.threads.staff.note(KIM, JOB.scope, "Wants an upgrade later.")
            world.threads.portal.reply(DANA, JOB.scope, "Friday is fine.")
            walked[framework] = walk(world)
    for name, (status, headers, text) in walked["flask"].items():
        assert (status, headers) == walked["django"][name][:2], name
        assert text.splitlines() == walked["django"][name][2].splitlines(), name
    assert list(walked["flask"]) == list(walked["django"])
