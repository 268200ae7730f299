"""The canary walk: unguessable words in everything internal, and a client on every route of the portal."""

from __future__ import annotations

import io

import pytest
from attrs import evolve

from jobthreads import Job, PortalAuthor, Settings, Visibility
from jobthreads.web.routes import Face
from tests.web.conftest import DANA, JOB, KIM, QUOTE, RIVAL, TERRY, Build, World
from tests.web.test_routes import EVERY, ask

NOTE, OLD_STATUS, FORM, ANSWER, SILENT, EARLIER, ELSEWHERE, FILE, CONTENT, TAKEN = (
    f"canary{word}"
    for word in ("note", "old", "form", "answer", "silent", "earlier", "elsewhere", "file", "content", "taken")
)
INTERNAL = ("internal", "visibility", '"seq"', "if_seen")
"""Words that only the staff side has."""


@pytest.fixture
def planted(build: Build) -> World:
    """A thread with internal things all around what the client sees."""
    world = build(settings=Settings(portal_author=PortalAuthor.BUSINESS, sign_in_url="/sign-in"))
    threads, directory = world.threads, world.directory
    silent = evolve(TERRY, id=f"{SILENT}-id", name=SILENT, role="supervisor")
    directory.put(silent)
    other = Job(id="9", business_id="acme", client_id="c2", reference="J-9", title=ELSEWHERE)
    directory.put(other, evolve(JOB, client_id="c2"))
    threads.staff.reply(KIM, JOB.scope, EARLIER)
    directory.put(JOB)
    threads.staff.reply(KIM, JOB.scope, "We can start on Friday.")
    threads.staff.reply(KIM, QUOTE.scope, "Here is the quote.")
    threads.staff.note(silent, JOB.scope, NOTE)
    secret = io.BytesIO(CONTENT.encode())
    threads.staff.attach(silent, JOB.scope, secret, name=f"{FILE}.txt", visibility=Visibility.INTERNAL)
    back = io.BytesIO(CONTENT.encode())
    shown = threads.staff.attach(KIM, JOB.scope, back, name=f"{TAKEN}.txt", visibility=Visibility.VISIBLE)
    threads.staff.set_visibility(KIM, shown.id, Visibility.INTERNAL)
    for status in (OLD_STATUS, "Booked"):
        visible = "visible" if status == "Booked" else "internal"
        threads.record.status_changed("acme", JOB.scope, old=OLD_STATUS, new=status, by=silent, visibility=visible)
    threads.record.form_saved("acme", JOB.scope, form=FORM, changes={ANSWER: ANSWER}, by=silent)
    threads.record.form_saved(
        "acme", JOB.scope, form="Checklist", changes={"Ladder": ANSWER}, by=silent, visibility="visible"
    )
    threads.portal.reply(DANA, JOB.scope, "Friday is fine.")
    return world


@pytest.mark.parametrize("who", ["dana", None])
def test_nothing_internal_reaches_a_client_on_any_route(planted: World, who: str | None) -> None:
    """S1: no internal word, no staff id, nobody who wrote nothing visible, nothing shown to an earlier client."""
    words = (
        *(NOTE, OLD_STATUS, FORM, ANSWER, SILENT, EARLIER, ELSEWHERE, FILE, CONTENT, TAKEN),
        *(KIM.id, TERRY.id, RIVAL.id, "Kim Lee"),
    )
    for mount, _, route, case in EVERY:
        if mount != "/portal/" or route.face in {Face.ASSET, Face.DOCUMENT}:
            continue
        for headers in ({}, {"Jobthreads-Fragment": "1"}):
            answer = ask(planted, mount, who, route, case, **headers)
            everything = answer.text + str(answer.headers)
            found = [word for word in (*words, *INTERNAL) if word in everything]
            assert [] == found, f"{route.method} {route.path}"


def test_the_walk_can_see(planted: World) -> None:
    """The walk is worth something: staff, on the same thread, see every planted word of it."""
    page = planted.kim.get("/office/jobs/1042/activity").text
    assert all(word in page for word in (NOTE, OLD_STATUS, FORM, ANSWER, SILENT, EARLIER, FILE, TAKEN))
    assert "Booked" in planted.dana.get("/portal/jobs/1042").text


def test_mail_holds_nothing_internal(planted: World) -> None:
    """S1, M6: what a notifier is given is the projection."""
    planted.threads.delivery.run_once()
    told = str([one for one in planted.outbox.sent if one.client.id == DANA.id])
    assert "We can start on Friday." in told
    assert not [word for word in (NOTE, OLD_STATUS, FORM, ANSWER, SILENT, EARLIER, KIM.id) if word in told]


def test_a_stranger_in_the_office_sees_nothing_of_ours(planted: World) -> None:
    """S3: another business's staff meet no word of ours on any route of the staff mount."""
    for mount, _, route, case in EVERY:
        if mount == "/office/" and route.face not in {Face.ASSET, Face.DOCUMENT}:
            text = ask(planted, mount, "rival", route, case).text
            assert not [word for word in (NOTE, EARLIER, "Dana", "Kitchen", "Friday") if word in text], route.path
