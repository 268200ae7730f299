"""The JSON API, through every framework."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from openapi_spec_validator import validate

from jobthreads.web.routes import PORTAL, STAFF, Face
from tests.web.conftest import DANA, JOB, KIM, SAME_SITE, World

REPLIES = "/office/api/messages/jobs/1042/replies"
ENTRIES = "/office/api/jobs/1042/entries"
PORTAL_REPLIES = "/portal/api/jobs/1042/replies"


def test_a_problem_says_what_and_what_next(world: World) -> None:
    """S6: RFC 9457, with the sentence, the hint, the stable code and the facts."""
    answer = world.kim.send(REPLIES, {"text": "x" * 10_002})
    assert 422 == answer.status_code
    assert "application/problem+json" == answer.headers["Content-Type"]
    assert {
        "type": "urn:jobthreads:problem:text-too-long",
        "title": "This cannot be used.",
        "status": 422,
        "detail": "The message has 10,002 characters; the most is 10,000.",
        "hint": "Shorten it by 2, or send it in two messages.",
        "code": "text-too-long",
        "field": "text",
        "limit": 10000,
        "length": 10002,
    } == answer.json


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"text": "x"}, "visibility"),
        ({"text": "x", "visibility": None}, "visibility"),
        ({"text": "x", "visibility": ""}, "visibility"),
        ({"text": "x", "visibility": "public"}, "visibility"),
        ({"text": "x", "visibility": ["visible"]}, "visibility"),
        ({"visibility": "internal"}, "text"),
        ({"text": 5, "visibility": "internal"}, "text"),
        ({"text": "x", "visibility": "visible", "if_seen": "3"}, "if_seen"),
        ({"text": "x", "visibility": "visible", "if_seen": True}, "if_seen"),
        ({"text": "x", "visibility": "internal", "author": "c1"}, "author"),
        ({"text": "x", "visibility": "internal", "business_id": "rival"}, "business_id"),
        ({"text": "x", "visibility": "internal", "at": "2020-01-01T00:00:00Z"}, "at"),
        ({"text": "x", "visibility": "internal", "request_id": ""}, "request_id"),
        (["text"], "body"),
        ("text", "body"),
        (5, "body"),
    ],
)
def test_an_entry_that_is_not_quite_one_is_refused(talking: World, value: object, field: str) -> None:
    """J2, security 15.3.3: visibility is always said, nothing is coerced, and an unknown field is refused."""
    before = talking.threads.staff.feed(KIM, JOB.scope)
    answer = talking.kim.send(ENTRIES, value)
    assert (422, field) == (answer.status_code, answer.json["field"])
    assert before == talking.threads.staff.feed(KIM, JOB.scope)


@pytest.mark.parametrize(
    ("body", "media_type", "status", "code"),
    [
        (b'{"text": "x", "visibility": "internal"}', "text/plain", 415, "unsupported-media"),
        (b'{"text": "x", "visibility": "internal"}', "", 415, "unsupported-media"),
        (b"text=x", "application/x-www-form-urlencoded", 415, "unsupported-media"),
        (b'{"text": ', "application/json", 400, "malformed"),
        (b'{"text": NaN}', "application/json", 400, "malformed"),
        (b"\xff\xfe", "application/json", 400, "malformed"),
        (b"[" * 100_000, "application/json", 400, "malformed"),
        (b'{"text": "a", "text": "b"}', "application/json", 422, "invalid-input"),
        (b'"' + b"x" * 600_000 + b'"', "application/json", 413, "body-too-large"),
        (b'{"text": "\\ud800", "visibility": "internal"}', "application/json", 422, "invalid-input"),
    ],
)
def test_a_body_that_is_not_json_is_refused(
    talking: World, body: bytes, media_type: str, status: int, code: str
) -> None:
    """Security 3.5: only application/json, in UTF-8, each field once, of a size that a message has."""
    answer = talking.browser("kim").post(ENTRIES, data=body, content_type=media_type, headers=SAME_SITE)
    assert (status, code) == (answer.status_code, answer.json["code"])


@pytest.mark.parametrize(("who", "address"), [("kim", REPLIES), ("kim", ENTRIES), ("dana", PORTAL_REPLIES)])
@pytest.mark.parametrize("field", ["file", "files", "attachment", "attachments"])
def test_a_file_in_json_is_refused_by_name(talking: World, who: str, address: str, field: str) -> None:
    """M5: a file sent to the API's composer is `AttachmentsNotSupported`, and nothing is stored."""
    before = talking.threads.staff.feed(KIM, JOB.scope)
    value = {"text": "x", "visibility": "internal", field: "aGk="}
    answer = talking.browser(who).post(address, json=value, headers=SAME_SITE)
    assert (422, "attachments-not-supported") == (answer.status_code, answer.json["code"])
    assert before == talking.threads.staff.feed(KIM, JOB.scope)


@pytest.mark.parametrize(
    ("who", "address", "status"),
    [
        ("kim", REPLIES, 422),
        ("dana", PORTAL_REPLIES, 422),
        ("rival", REPLIES, 404),
        ("otto", PORTAL_REPLIES, 404),
    ],
)
def test_a_file_as_a_form_is_refused_too(talking: World, who: str, address: str, status: int) -> None:
    """M5, S2: whatever the wrapping; whoever cannot see the thread hears that there is none."""
    data = {"text": "x", "photo": (io.BytesIO(b"x"), "plan.pdf")}
    answer = talking.browser(who).post(address, data=data, headers=SAME_SITE)
    assert status == answer.status_code


def test_a_retry_answers_the_first_entry(talking: World) -> None:
    """S4: the same request answers the same entry."""
    value = {"text": "Once.", "request_id": "r1", "visibility": "visible"}
    first, second = talking.kim.send(ENTRIES, value), talking.kim.send(ENTRIES, value)
    assert (201, first.json) == (second.status_code, second.json)
    other = talking.kim.send(ENTRIES, {**value, "text": "Twice."})
    assert (409, "request-reused") == (other.status_code, other.json["code"])


def test_a_moved_thread_is_a_conflict(talking: World) -> None:
    """Design §2: `if_seen` below the client's newest entry sends nothing."""
    answer = talking.kim.send(REPLIES, {"text": "Hi.", "if_seen": 1})
    assert (409, "thread-moved") == (answer.status_code, answer.json["code"])


def test_the_client_gets_nothing_but_a_portal_entry(talking: World) -> None:
    """S1: no staff id, no number, no visibility."""
    page = talking.dana.get("/portal/api/jobs/1042").json
    assert {"scope", "reference", "title", "entries", "can_reply", "can_upload", "unread"} == set(page)
    for entry in page["entries"]["items"]:
        assert {"id", "kind", "author_name", "from_me", "at", "body", "file"} == set(entry)


def test_etags_follow_what_is_shown(talking: World) -> None:
    """Design §5: 304 while the answer is the same, and only then."""
    for who, address in (("kim", "/office/api/messages"), ("dana", "/portal/api/")):
        browser = talking.kim if who == "kim" else talking.dana
        first = browser.get(address)
        again = browser.get(address, If_None_Match=f'"other", {first.headers["ETag"]}')
        assert (304, b"") == (again.status_code, again.data)
        assert first.headers["ETag"] == again.headers["ETag"]
        assert "no-store" == again.headers["Cache-Control"]
    tag = talking.dana.get("/portal/api/").headers["ETag"]
    talking.threads.staff.reply(KIM, JOB.scope, "News.")
    assert 200 == talking.dana.get("/portal/api/", If_None_Match=tag).status_code


def test_reading_by_the_api_marks_nothing(talking: World) -> None:
    """Design §5: an API GET changes nothing; POST read does."""
    entry = talking.kim.get("/office/api/messages/jobs/1042").json["entries"]["items"][0]
    assert 1 == talking.kim.get("/office/api/bell").json["unread"]
    marked = talking.kim.send("/office/api/messages/jobs/1042/read", {"upto": entry["seq"]})
    assert {"changed": True} == marked.json
    assert {"unread": 0, "notices": []} == talking.kim.get("/office/api/bell").json


def test_the_portal_marks_by_an_entrys_id(talking: World) -> None:
    """J9, S2: an id that is not shown to this client is not found."""
    address = "/portal/api/jobs/1042/read"
    note = next(e for e in talking.threads.staff.feed(KIM, JOB.scope).items if e.visibility == "internal")
    for unknown in (uuid4(), note.id):
        assert 404 == talking.dana.send(address, {"upto": str(unknown)}).status_code
    assert 422 == talking.dana.send(address, {"upto": "x"}).status_code
    shown = talking.threads.portal.conversation(DANA, JOB.scope).entries.items[0]
    assert {"changed": True} == talking.dana.send(address, {"upto": str(shown.id)}).json


def test_choices_and_start(world: World) -> None:
    """M4: the same two steps as on the page."""
    assert [] == world.kim.get("/office/api/messages/new").json["scopes"]
    choices = world.kim.get("/office/api/messages/new?client=c1").json
    assert ["J-1042", "Q-88"] == [one["reference"] for one in choices["scopes"]]
    assert ["job", "quote"] == [one["kind"] for one in choices["scopes"]]
    refused = world.kim.send("/office/api/messages/new", {"client": "c2", "scope": "job:1042"})
    assert (422, "not-this-clients") == (refused.status_code, refused.json["code"])
    odd = world.kim.send("/office/api/messages/new", {"client": "c1", "scope": "boat:1"})
    assert (422, "scope") == (odd.status_code, odd.json["field"])


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=-1", "cursor=x", "cursor=%F0%9F%98%80"])
@pytest.mark.parametrize(
    "address", ["/office/api/messages", "/office/api/messages/jobs/1042", "/office/api/jobs/1042/activity"]
)
def test_paging_parameters_are_checked(talking: World, address: str, query: str) -> None:
    """S6: a page holds 1 to 200 lines, and a cursor is one that was given."""
    answer = talking.kim.get(f"{address}?{query}")
    assert (422, query.partition("=")[0]) == (answer.status_code, answer.json["field"])


def test_a_program_without_cookies_is_let_in(talking: World) -> None:
    """Design §5: with none of the three headers, a change is allowed only without a Cookie header."""
    with_cookie = talking.browser("kim").post(REPLIES, json={"text": "x"})
    assert (403, "cross-site") == (with_cookie.status_code, with_cookie.json["code"])
    without = talking.browser().post(REPLIES, json={"text": "x"})
    assert (401, "not-signed-in") == (without.status_code, without.json["code"])


@pytest.mark.parametrize(("mount", "routes"), [("/office", STAFF), ("/portal", PORTAL)])
def test_the_document_is_openapi_and_holds_every_route(world: World, mount: str, routes: Any) -> None:
    """Design §5: an OpenAPI 3.1 document, made from the routes."""
    document = world.browser().get(f"{mount}/api/openapi.json").json
    validate(document)
    assert [{"url": mount}] == document["servers"]
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    named = {
        (route.method, "/" + route.path.replace("<", "{").replace(">", "}"))
        for route in routes
        if route.face is Face.API
    }
    assert named == told
    operations = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(operations) == len(set(operations))


def test_the_document_asks_for_visibility(world: World) -> None:
    """J2: the schema of an entry requires it, and takes no other field."""
    schemas = world.browser().get("/office/api/openapi.json").json["components"]["schemas"]
    assert ["visibility", "text"] == schemas["NewEntry"]["required"]
    assert schemas["NewEntry"]["additionalProperties"] is False
    assert ["internal", "visible"] == schemas["Visibility"]["enum"]


def test_the_portals_document_knows_no_staff_value(world: World) -> None:
    """S1: the client's side has types of its own."""
    schemas = world.browser().get("/portal/api/openapi.json").json["components"]["schemas"]
    assert not {"Entry", "Author", "Visibility", "Staff", "Conversation"} & set(schemas)
