"""The client's pages, through every framework."""

from __future__ import annotations

import io
import logging
import re
from typing import Any

import pytest
from attrs import evolve

from jobthreads import Settings
from jobthreads.web.portal_pages import PORTAL_COOKIE
from tests.web.conftest import DANA, JOB, KIM, OTHER, QUOTE, SAME_SITE, Build, Poster, World, hidden

PAGE = "/portal/jobs/1042"


def test_the_list_shows_every_job_and_sent_quote(talking: World) -> None:
    """M11, J9: newest message first with a dot, then records without; an unsent quote is not there."""
    page = talking.dana.get("/portal/").text
    assert page.index("Kitchen rewire") < page.index("Deck")
    assert 1 == page.count("jt-dot")
    assert "Pool" not in page
    assert "Other roof" not in page


def test_the_dot_goes_when_the_client_has_seen_it(talking: World) -> None:
    """J9: a full page GET of the conversation is seeing it; a refresh is not."""
    talking.dana.get(PAGE, Jobthreads_Fragment="1")
    assert "jt-dot" in talking.dana.get("/portal/").text
    assert '<li class="jt-new">' in talking.dana.get(PAGE).text
    assert "jt-dot" not in talking.dana.get("/portal/").text


def test_the_client_replies_once(talking: World) -> None:
    """J4, S4: a reply answers 303; sending the same form again stores nothing more."""
    request_id = hidden(talking.dana.get(PAGE).text, "request_id")
    for _ in range(2):
        answer = talking.dana.post(f"{PAGE}/replies", text="Thanks!", request_id=request_id)
        assert (303, PAGE) == (answer.status_code, answer.location)
    entries = talking.threads.portal.conversation(DANA, JOB.scope).entries.items
    assert 1 == [entry.body for entry in entries].count("Thanks!")


@pytest.mark.parametrize(("text", "words"), [(" ", "The message is empty."), ("x" * 10_001, "10,001 characters")])
def test_a_refused_reply_stays_in_its_box(talking: World, text: str, words: str) -> None:
    """S6: the reason in place, the text kept, nothing stored."""
    answer = talking.dana.post(f"{PAGE}/replies", text=text)
    assert 422 == answer.status_code
    assert words in answer.text
    assert text in answer.text


def test_a_file_is_refused_in_words(talking: World) -> None:
    """M5: a file sent to the composer is refused, nothing stored, the text kept."""
    data = {"text": "My plan.", "photo": (io.BytesIO(b"x"), "plan.pdf")}
    answer = talking.browser("dana").post(f"{PAGE}/replies", data=data, headers=SAME_SITE)
    assert 422 == answer.status_code
    assert "text only" in answer.text
    assert "My plan." in answer.text
    assert 2 == len(talking.threads.portal.conversation(DANA, JOB.scope).entries.items)


def test_too_much_at_once_says_when_to_come_back(build: Build) -> None:
    """Design §5: a client's limit answers 429 with Retry-After, and keeps the text."""
    world = build(settings=Settings(client_posts=1))
    assert 303 == world.dana.post(f"{PAGE}/replies", text="One").status_code
    answer = world.dana.post(f"{PAGE}/replies", text="Two")
    assert 429 == answer.status_code
    assert int(answer.headers["Retry-After"]) > 0
    assert "Two" in answer.text


def test_a_mailed_link_opens_the_portal(talking: World) -> None:
    """M6: GET shows one button and changes nothing; POST sets the cookie and goes to the clean address."""
    browser = Poster(talking.browser())
    token = talking.link()
    look = browser.get(f"/portal/enter/{token}")
    assert 200 == look.status_code
    assert "Acme Electrical" in look.text
    assert 1 == look.text.count("<button")
    assert PORTAL_COOKIE not in str(look.headers)
    assert "strict-origin" == look.headers["Referrer-Policy"]
    entered = browser.post(f"/portal/enter/{token}")
    assert (303, PAGE) == (entered.status_code, entered.location)
    assert "strict-origin" == entered.headers["Referrer-Policy"]
    cookie = entered.headers["Set-Cookie"].strip()
    assert cookie.startswith(f"{PORTAL_COOKIE}=")
    for part in ("Path=/portal", "HttpOnly", "SameSite=Lax", "Max-Age="):
        assert part in cookie
    assert "Secure" not in cookie
    assert "We can start on Friday." in browser.get(PAGE).text


def test_the_cookie_is_secure_on_https(talking: World) -> None:
    """Design §4: Secure on https."""
    answer = talking.browser().post(
        f"/portal/enter/{talking.link()}", headers={"Origin": "https://localhost"}, base_url="https://localhost"
    )
    assert "; Secure" in answer.headers["Set-Cookie"]


def test_the_link_page_stands_in_our_own_shell(build: Build) -> None:
    """Security: no script of a host's page may see an address that holds a token."""
    layout = "<p>HOST</p>{{ jobthreads_content }}"
    world = build(shell="layout.html", pages={"layout.html": {"flask": layout, "django": layout}})
    world.threads.staff.reply(KIM, JOB.scope, "Hello.")
    page = world.browser().get(f"/portal/enter/{world.link()}")
    assert "HOST" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_an_unknown_link_offers_a_fresh_one(world: World) -> None:
    """Design §4: unknown, revoked and expired are one answer; asking for a fresh one tells nothing."""
    browser = Poster(world.browser())
    for answer in (browser.get("/portal/enter/nothing"), browser.post("/portal/enter/nothing")):
        assert 410 == answer.status_code
        assert "This link no longer works." in answer.text
        assert 'action="/portal/enter/nothing/renew"' in answer.text
    renewed = browser.post("/portal/enter/nothing/renew")
    assert 200 == renewed.status_code
    assert "If this link was yours" in renewed.text


@pytest.mark.parametrize("on", [True, False])
def test_no_log_holds_a_links_token(talking: World, caplog: pytest.LogCaptureFixture, on: bool) -> None:
    """Security 11.5.1: whatever a link is answered with, neither our log nor the framework's has its address."""
    token = talking.link()
    talking.switch_portal(on=on)
    door, anybodys = f"/portal/enter/{token}", talking.browser()
    with caplog.at_level(logging.DEBUG):
        answers = [
            anybodys.get(door),
            anybodys.put(door),
            anybodys.post(door, headers={"Origin": "https://evil.example"}),
            anybodys.post(f"{door}/renew", headers={"Origin": "https://evil.example"}),
            anybodys.post(door, headers=SAME_SITE),
            anybodys.get("/portal/enter/nothing-at-all"),
        ]
    assert [200 if on else 403, 405, 403, 403, 303 if on else 403, 410] == [one.status_code for one in answers]
    assert "enter/<token> refused" in caplog.text
    assert token not in caplog.text
    assert "nothing-at-all" not in caplog.text


def test_a_host_that_fails_behind_a_link_tells_nobody_the_link(
    talking: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Security 11.5.1, 16.5.1: the framework's own error page, log and mail would hold the address."""
    token = talking.link()

    def down(business_id: str) -> Any:
        raise OSError(f"no answer for {business_id}")

    monkeypatch.setattr(talking.directory, "business", down)
    with caplog.at_level(logging.DEBUG):
        answers = [talking.dana.get(f"/portal/enter/{token}"), talking.dana.post(f"/portal/enter/{token}")]
    assert [503, 503] == [one.status_code for one in answers]
    assert all("no answer for" not in one.text for one in answers)
    assert "OSError: no answer for acme" in caplog.text
    assert token not in caplog.text


def test_a_revoked_link_ends_its_session(talking: World) -> None:
    """Design §4: the session ends with its link, at the next call."""
    browser = Poster(talking.browser())
    browser.post(f"/portal/enter/{talking.link()}")
    assert 200 == browser.get(PAGE).status_code
    talking.threads.portal.revoke(DANA)
    assert 303 == browser.get(PAGE).status_code


def test_the_host_is_asked_before_the_cookie(talking: World) -> None:
    """Design §2: the host's own sign-in wins over a link's session."""
    browser = talking.browser()
    Poster(browser).post(f"/portal/enter/{talking.link()}")
    browser.set_cookie("who", "otto")
    assert "Other roof" in browser.get("/portal/").text


def test_with_the_portal_off_everything_is_closed(talking: World) -> None:
    """M2: pages, API, refresh with an old ETag, and links already mailed; all back when it is on again."""
    tag = talking.dana.get(PAGE, Jobthreads_Fragment="1").headers["ETag"]
    api_tag = talking.dana.get("/portal/api/jobs/1042").headers["ETag"]
    token = talking.link()
    talking.switch_portal(on=False)
    answers: list[Any] = [
        talking.dana.get("/portal/"),
        talking.dana.get(PAGE),
        talking.dana.get(PAGE, Jobthreads_Fragment="1", If_None_Match=tag),
        talking.dana.get("/portal/api/jobs/1042", If_None_Match=api_tag),
        talking.dana.post(f"{PAGE}/replies", text="Hello?"),
        talking.dana.get(f"/portal/enter/{token}"),
        talking.dana.post(f"/portal/enter/{token}"),
    ]
    assert {403} == {answer.status_code for answer in answers}
    assert "Hello?" in answers[4].text
    assert not any("Friday" in answer.text for answer in answers)
    talking.switch_portal(on=True)
    assert "Friday is fine." in talking.dana.get(PAGE).text


def test_no_304_after_the_record_moved_on(talking: World) -> None:
    """Security: withdrawal is immediate on every path, 304 included."""
    tag = talking.dana.get(PAGE, Jobthreads_Fragment="1").headers["ETag"]
    assert 304 == talking.dana.get(PAGE, Jobthreads_Fragment="1", If_None_Match=tag).status_code
    talking.directory.put(evolve(JOB, client_id=OTHER.id))
    assert 404 == talking.dana.get(PAGE, Jobthreads_Fragment="1", If_None_Match=tag).status_code


def test_an_internal_entry_changes_nothing_for_the_client(talking: World) -> None:
    """S1, J3: pages, JSON and ETags are the same, byte for byte, whatever happens inside."""

    def seen() -> list[Any]:
        found = []
        for address in ("/portal/", PAGE, "/portal/api/", "/portal/api/jobs/1042"):
            answer = talking.dana.get(address, Jobthreads_Fragment="1")
            page = re.sub(r'(name="(request_id|csrfmiddlewaretoken)" value=)"[^"]+"', r"\1", answer.text)
            found.append((answer.status_code, page, talking.ours(answer)))
        return found

    before = seen()
    talking.threads.staff.note(KIM, JOB.scope, "Internal.")
    talking.threads.record.status_changed("acme", JOB.scope, old="Quoted", new="Lost", by=KIM)
    talking.threads.staff.note(KIM, JOB.scope, "More.")
    assert before == seen()


def test_a_visible_status_shows_without_a_dot(talking: World) -> None:
    """J9: a visible status change stands in its place, and tells its new status only."""
    talking.dana.get(PAGE)
    talking.threads.record.status_changed(
        "acme", JOB.scope, old="Secretly quoted", new="Booked", by=KIM, visibility="visible"
    )
    page = talking.dana.get(PAGE).text
    assert "The status is now: Booked" in page
    assert "Secretly quoted" not in page
    assert "jt-dot" not in talking.dana.get("/portal/").text


def test_who_may_not_begin_is_told_so(build: Build) -> None:
    """M7: with `client_may_start` off there is no composer before the business has written."""
    world = build(settings=Settings(client_may_start=False))
    assert '<form class="jt-composer' not in world.dana.get(PAGE).text
    refused = world.dana.post(f"{PAGE}/replies", text="Hello?")
    assert 403 == refused.status_code
    assert "Hello?" in refused.text
    world.threads.staff.start(KIM, client_id="c1", scope=JOB.scope)
    assert '<form class="jt-composer' in world.dana.get(PAGE).text


def test_long_lists_go_on(talking: World) -> None:
    """M11: list and conversation page by cursor."""
    first = talking.dana.get("/portal/?limit=1").text
    assert "Deck" not in first
    more = first.split('href="/portal/?cursor=')[1].split('"')[0]
    assert "Deck" in talking.dana.get(f"/portal/?cursor={more}").text
    page = talking.dana.get(f"{PAGE}?limit=1").text
    assert "We can start on Friday." not in page
    older = page.split(f'href="{PAGE}?cursor=')[1].split('"')[0]
    assert "We can start on Friday." in talking.dana.get(f"{PAGE}?cursor={older}").text
    assert QUOTE.reference == "Q-88"
