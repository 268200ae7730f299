"""Every method of every address has a case here, and an address without one fails."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from jobthreads import EntryKind, Visibility
from jobthreads.policies.attachments import download_headers
from jobthreads.web.routes import PORTAL, STAFF, Face, Route
from jobthreads.web.security import HEADERS, Kind
from tests.web.conftest import DANA, JOB, KIM, SAME_SITE, World

JOB_PATH, QUOTE_PATH = "jobs/1042", "quotes/88"


def newest(world: World) -> str:
    return str(world.threads.portal.conversation(DANA, JOB.scope).entries.items[0].id)


def visible_file(world: World) -> str:
    """The id of a file that Dana sees, attached when it is first asked for."""
    for entry in world.threads.portal.conversation(DANA, JOB.scope).entries.items:
        if entry.kind is EntryKind.FILE:
            return str(entry.id)
    plan = io.BytesIO(b"The plan.")
    return str(world.threads.staff.attach(KIM, JOB.scope, plan, name="plan.txt", visibility=Visibility.VISIBLE).id)


def sent_file(_: World) -> dict[str, Any]:
    return {"file": (io.BytesIO(b"What Dana wants."), "wishes.txt")}


def sent_file_for(world: World) -> dict[str, Any]:
    return {**sent_file(world), "visibility": "internal"}


STAFF_CASES: dict[tuple[str, str], tuple[int, str, Callable[[World], Any]]] = {
    ("GET", "messages"): (200, "messages", lambda _: None),
    ("GET", "messages/new"): (200, "messages/new?client=c1", lambda _: None),
    ("POST", "messages/new"): (303, "messages/new", lambda _: {"client": "c1", "scope": "quote:88"}),
    ("GET", "messages/jobs/<id>"): (200, f"messages/{JOB_PATH}", lambda _: None),
    ("GET", "messages/quotes/<id>"): (200, f"messages/{QUOTE_PATH}", lambda _: None),
    ("POST", "messages/jobs/<id>/replies"): (303, f"messages/{JOB_PATH}/replies", lambda _: {"text": "Yes."}),
    ("POST", "messages/quotes/<id>/replies"): (303, f"messages/{QUOTE_PATH}/replies", lambda _: {"text": "A"}),
    ("POST", "messages/jobs/<id>/read"): (303, f"messages/{JOB_PATH}/read", lambda _: {"upto": "3"}),
    ("POST", "messages/quotes/<id>/read"): (303, f"messages/{QUOTE_PATH}/read", lambda _: {"upto": "0"}),
    ("GET", "jobs/<id>/activity"): (200, f"{JOB_PATH}/activity?type=note&author=staff:7", lambda _: None),
    ("POST", "jobs/<id>/entries"): (
        303,
        f"{JOB_PATH}/entries",
        lambda _: {"text": "Bring a ladder.", "visibility": "internal"},
    ),
    ("POST", "jobs/<id>/files"): (303, f"{JOB_PATH}/files", sent_file_for),
    ("POST", "entries/<entry>/visibility"): (303, "entries/{file}/visibility", lambda _: {"visibility": "internal"}),
    ("GET", "files/<entry>"): (200, "files/{file}", lambda _: None),
    ("GET", "files/<entry>/preview"): (404, "files/{file}/preview", lambda _: None),
    ("POST", "api/jobs/<id>/files"): (201, f"api/{JOB_PATH}/files", sent_file_for),
    ("POST", "api/entries/<entry>/visibility"): (
        200,
        "api/entries/{file}/visibility",
        lambda _: {"visibility": "internal"},
    ),
    ("GET", "api/files/<entry>"): (200, "api/files/{file}", lambda _: None),
    ("GET", "api/files/<entry>/preview"): (404, "api/files/{file}/preview", lambda _: None),
    ("GET", "api/search"): (200, "api/search?q=friday&scope=job:1042&type=reply&limit=10", lambda _: None),
    ("GET", "bell"): (200, "bell", lambda _: None),
    ("POST", "bell/read"): (303, "bell/read", lambda _: {}),
    ("GET", "api/messages"): (200, "api/messages?unread=1&limit=10", lambda _: None),
    ("GET", "api/messages/new"): (200, "api/messages/new?client=c1&text=da", lambda _: None),
    ("POST", "api/messages/new"): (201, "api/messages/new", lambda _: {"client": "c1", "scope": "quote:88"}),
    ("GET", "api/messages/jobs/<id>"): (200, f"api/messages/{JOB_PATH}", lambda _: None),
    ("GET", "api/messages/quotes/<id>"): (200, f"api/messages/{QUOTE_PATH}", lambda _: None),
    ("POST", "api/messages/jobs/<id>/replies"): (
        201,
        f"api/messages/{JOB_PATH}/replies",
        lambda _: {"text": "Yes.", "request_id": "a", "if_seen": 3},
    ),
    ("POST", "api/messages/quotes/<id>/replies"): (
        201,
        f"api/messages/{QUOTE_PATH}/replies",
        lambda _: {"text": "Yes."},
    ),
    ("POST", "api/messages/jobs/<id>/read"): (200, f"api/messages/{JOB_PATH}/read", lambda _: {"upto": 3}),
    ("POST", "api/messages/quotes/<id>/read"): (200, f"api/messages/{QUOTE_PATH}/read", lambda _: {"upto": 0}),
    ("GET", "api/jobs/<id>/activity"): (200, f"api/{JOB_PATH}/activity?type=note&type=reply", lambda _: None),
    ("POST", "api/jobs/<id>/entries"): (
        201,
        f"api/{JOB_PATH}/entries",
        lambda _: {"text": "Bring a ladder.", "visibility": "internal"},
    ),
    ("GET", "api/bell"): (200, "api/bell", lambda _: None),
    ("POST", "api/bell/read"): (200, "api/bell/read", lambda _: {"scope": "job:1042"}),
    ("GET", "api/openapi.json"): (200, "api/openapi.json", lambda _: None),
    ("GET", "static/<name>"): (200, "static/jobthreads.js", lambda _: None),
}

PORTAL_CASES: dict[tuple[str, str], tuple[int, str, Callable[[World], Any]]] = {
    ("GET", ""): (200, "", lambda _: None),
    ("GET", "search"): (200, "search?q=friday", lambda _: None),
    ("GET", "api/search"): (200, "api/search?q=friday&limit=10", lambda _: None),
    ("GET", "jobs/<id>"): (200, JOB_PATH, lambda _: None),
    ("GET", "quotes/<id>"): (200, QUOTE_PATH, lambda _: None),
    ("POST", "jobs/<id>/replies"): (303, f"{JOB_PATH}/replies", lambda _: {"text": "Thanks."}),
    ("POST", "quotes/<id>/replies"): (303, f"{QUOTE_PATH}/replies", lambda _: {"text": "How much?"}),
    ("POST", "jobs/<id>/read"): (303, f"{JOB_PATH}/read", lambda world: {"upto": newest(world)}),
    ("POST", "quotes/<id>/read"): (404, f"{QUOTE_PATH}/read", lambda world: {"upto": newest(world)}),
    ("POST", "jobs/<id>/files"): (303, f"{JOB_PATH}/files", sent_file),
    ("GET", "files/<entry>"): (200, "files/{file}", lambda _: None),
    ("GET", "files/<entry>/preview"): (404, "files/{file}/preview", lambda _: None),
    ("POST", "api/jobs/<id>/files"): (201, f"api/{JOB_PATH}/files", sent_file),
    ("GET", "api/files/<entry>"): (200, "api/files/{file}", lambda _: None),
    ("GET", "api/files/<entry>/preview"): (404, "api/files/{file}/preview", lambda _: None),
    ("GET", "enter/<token>"): (200, "enter/{token}", lambda _: None),
    ("POST", "enter/<token>"): (303, "enter/{token}", lambda _: {}),
    ("POST", "enter/<token>/renew"): (200, "enter/{token}/renew", lambda _: {}),
    ("GET", "api/"): (200, "api/", lambda _: None),
    ("GET", "api/jobs/<id>"): (200, f"api/{JOB_PATH}", lambda _: None),
    ("GET", "api/quotes/<id>"): (200, f"api/{QUOTE_PATH}", lambda _: None),
    ("POST", "api/jobs/<id>/replies"): (201, f"api/{JOB_PATH}/replies", lambda _: {"text": "Thanks."}),
    ("POST", "api/quotes/<id>/replies"): (201, f"api/{QUOTE_PATH}/replies", lambda _: {"text": "How much?"}),
    ("POST", "api/jobs/<id>/read"): (200, f"api/{JOB_PATH}/read", lambda world: {"upto": newest(world)}),
    ("POST", "api/quotes/<id>/read"): (404, f"api/{QUOTE_PATH}/read", lambda world: {"upto": newest(world)}),
    ("GET", "api/openapi.json"): (200, "api/openapi.json", lambda _: None),
    ("GET", "static/<name>"): (200, "static/jobthreads.css", lambda _: None),
}

EVERY = [
    *(("/office/", "kim", route, STAFF_CASES.get((route.method, route.path))) for route in STAFF),
    *(("/portal/", "dana", route, PORTAL_CASES.get((route.method, route.path))) for route in PORTAL),
]


def ask(world: World, mount: str, who: str | None, route: Route, case: Any, **headers: str) -> Any:
    _, address, value = case
    if "{token}" in address:
        address = address.format(token=world.link())
    if "{file}" in address:
        address = address.format(file=visible_file(world))
    sent = value(world)
    body = {"json" if route.face is Face.API and not route.upload else "data": sent} if sent is not None else {}
    return world.browser(who).open(f"{mount}{address}", method=route.method, headers={**SAME_SITE, **headers}, **body)


def named(case: Any) -> str:
    return f"{case.method} {case.path}" if isinstance(case, Route) else ""


@pytest.mark.parametrize(("mount", "who", "route", "case"), EVERY, ids=named)
def test_every_route_answers_as_its_case_says(talking: World, mount: str, who: str, route: Route, case: Any) -> None:
    """Design §5: each method of each address answers, with the headers of its kind and no others of ours missing.

    Security: no-store on everything behind sign-in, a strict policy in our own shell, nosniff everywhere.
    """
    assert case is not None, f"{route.method} {route.path} has no case"
    answer = ask(talking, mount, who, route, case)
    assert case[0] == answer.status_code, answer.text
    if route.name == "download":
        expected = dict(download_headers("plan.txt", "text/plain"))
        assert expected == {name: answer.headers.get(name) for name in expected}
        return
    if route.face is Face.ASSET:
        kind = Kind.ASSET
    elif route.face is Face.ENTER:
        kind = Kind.ENTER
    elif route.face in {Face.API, Face.DOCUMENT, Face.PICTURE}:
        kind = Kind.API
    else:
        kind = Kind.REDIRECT if answer.status_code == 303 else Kind.PAGE
    assert dict(HEADERS[kind]) == {name: answer.headers.get(name) for name in HEADERS[kind]}


@pytest.mark.parametrize(("mount", "who", "route", "case"), EVERY, ids=named)
def test_nobody_gets_in_unknown(talking: World, mount: str, who: str, route: Route, case: Any) -> None:
    """Design §2: without a person a page sends to the sign-in, and the API answers 401."""
    answer = ask(talking, mount, None, route, case)
    if not route.signed_in:
        assert case[0] == answer.status_code
    elif route.face in {Face.API, Face.PICTURE}:
        assert (401, "not-signed-in") == (answer.status_code, answer.json["code"])
    else:
        assert (303, "/sign-in") == (answer.status_code, answer.location)


@pytest.mark.parametrize(
    ("mount", "who", "route", "case"), [one for one in EVERY if one[2].method == "POST"], ids=named
)
def test_no_change_comes_from_another_site(talking: World, mount: str, who: str, route: Route, case: Any) -> None:
    """Security 3.5: a change that another site's page sends is refused, and nothing is stored."""
    visible_file(talking)
    before = talking.threads.staff.feed(KIM, JOB.scope), talking.threads.bell.unread(KIM)
    answer = ask(talking, mount, who, route, case, **{"Sec-Fetch-Site": "cross-site"})
    assert 403 == answer.status_code
    assert before == (talking.threads.staff.feed(KIM, JOB.scope), talking.threads.bell.unread(KIM))


NAMING = [one for one in EVERY if "<id>" in one[2].path or "<entry>" in one[2].path]


@pytest.mark.parametrize(("mount", "who", "route", "case"), NAMING, ids=named)
def test_someone_elses_and_what_never_was_are_one_answer(
    talking: World, mount: str, who: str, route: Route, case: Any
) -> None:
    """S2, S3: a stranger gets the same answer for our record as for one that never was: status, headers, body."""
    stranger = "rival" if mount == "/office/" else "otto"
    status, address, value = case
    elsewhere = address.replace("/1042", "/4040").replace("/88", "/40").replace("{file}", str(UUID(int=4)))
    ours = ask(talking, mount, stranger, route, (status, address, value))
    never = ask(talking, mount, stranger, route, (status, elsewhere, value))
    assert never.status_code == ours.status_code
    assert never.data == ours.data
    assert [one for one in never.headers if one[0] != "Location"] == [
        one for one in ours.headers if one[0] != "Location"
    ]
    if route.name != "mark_read":
        assert 404 == ours.status_code


def test_the_tables_have_no_case_too_many() -> None:
    """Every case belongs to a route that is there."""
    assert set(STAFF_CASES) == {(route.method, route.path) for route in STAFF}
    assert set(PORTAL_CASES) == {(route.method, route.path) for route in PORTAL}


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize(("mount", "who", "routes"), [("/office/", "kim", STAFF), ("/portal/", "dana", PORTAL)])
def test_every_address_knows_its_methods_and_refuses_the_others(
    talking: World, mount: str, who: str, routes: tuple[Route, ...]
) -> None:
    """Every route × method: 405 with those that there are, as a page or as a problem; OPTIONS tells them to anyone."""
    addresses = {
        path: path.replace("<id>", "1042").replace("<entry>", str(UUID(int=4))).replace("<token>", "t")
        for path in dict.fromkeys(route.path for route in routes)
    }
    for path, address in addresses.items():
        here = [route for route in routes if route.path == path]
        known = {route.method for route in here} | ({"HEAD"} if any(one.method == "GET" for one in here) else set())
        allowed = ", ".join(sorted(known | {"OPTIONS"}))
        asked = talking.browser().open(mount + address, method="OPTIONS")
        assert (204, allowed, b"") == (asked.status_code, asked.headers["Allow"], asked.data), path
        for method in set(METHODS) - known:
            answer = talking.browser(who).open(mount + address, method=method, headers=SAME_SITE)
            assert (405, allowed) == (answer.status_code, answer.headers["Allow"]), (method, path)
            brief = here[0].face in {Face.API, Face.DOCUMENT, Face.ASSET, Face.PICTURE}
            kind = "application/problem+json" if brief else "text/html; charset=utf-8"
            assert method == "HEAD" or kind == answer.headers["Content-Type"]


@pytest.mark.parametrize(("mount", "who", "route", "case"), [one for one in EVERY if one[2].method == "GET"], ids=named)
def test_head_is_get_without_the_body(talking: World, mount: str, who: str, route: Route, case: Any) -> None:
    """Every GET answers a HEAD with the same status and the same headers, and nothing after them."""
    _, address, _ = case
    talking.threads.bell.mark_read(KIM)  # else the GET itself changes what stands beside it
    address = address.format(token=talking.link(), file=visible_file(talking))
    head = talking.browser(who).head(mount + address)
    answer = talking.browser(who).get(mount + address)
    assert (answer.status_code, talking.ours(answer), b"") == (head.status_code, talking.ours(head), head.data)


def test_an_address_that_is_none_of_ours_is_the_hosts(world: World) -> None:
    """What hangs nowhere is answered by the host's own 404."""
    for address in ("/office/nothing", "/office/messages/", "/portal/jobs/1042/entries", "/portal/messages"):
        assert 404 == world.browser("kim").get(address).status_code


def test_head_answers_like_get_without_a_body(talking: World) -> None:
    """HEAD gives the headers of GET, and moves no mark (design §5)."""
    answer = talking.browser("kim").head("/office/messages/jobs/1042")
    assert (200, b"") == (answer.status_code, answer.data)
    assert int(answer.headers["Content-Length"]) > 1000
    assert 1 == talking.threads.bell.unread(KIM)
