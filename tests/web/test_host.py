"""jobthreads in a host's own pages: the shell, what a host's templates ask for, a host's templates in place of ours."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from jobthreads.web.rendering import Rendering
from tests.web.conftest import DANA, JOB, KIM, SAME_SITE, Build, World, hidden

LAYOUT = {
    "flask": """<!doctype html><title>{{ jobthreads_title }}</title>{{ jobthreads.assets }}
<nav>{{ shop }} {% if jobthreads.availability.shown %}<a href="{{ jobthreads.messages_url }}">Messages
({{ jobthreads.unread }})</a>{% else %}{{ jobthreads.availability.why_not }}{% endif %}{{ jobthreads.bell }}</nav>
<main>{{ jobthreads_content }}</main>""",
    "django": """{% load jobthreads %}<!doctype html><title>{{ jobthreads_title }}</title>{% jobthreads_assets %}
{% jobthreads_availability as messages %}{% jobthreads_messages_url as url %}
<nav>{{ shop }} {% if messages.shown %}<a href="{{ url }}">Messages
({% jobthreads_unread %})</a>{% else %}{{ messages.why_not }}{% endif %}{% jobthreads_bell %}</nav>
<main>{{ jobthreads_content }}</main>""",
}
JOB_PAGE = {
    "flask": "<h1>Job</h1>{{ jobthreads.assets }}{{ jobthreads.activity(job_id) }}",
    "django": "{% load jobthreads %}<h1>Job</h1>{% jobthreads_assets %}{% jobthreads_activity job_id %}",
}
QUOTE_PAGE = {
    "flask": '{{ jobthreads.activity("88", "quote") }}',
    "django": '{% load jobthreads %}{% jobthreads_activity 88 "quote" %}',
}
ADDRESSES = {
    "flask": """{{ jobthreads.messages_url }} {{ jobthreads.bell_url }} {{ jobthreads.portal_url }}
{{ jobthreads.conversation_url(1042) }} {{ jobthreads.conversation_url("88", "quote") }}
{{ jobthreads.activity_url("1042") }}""",
    "django": """{% load jobthreads %}{% jobthreads_messages_url %} {% jobthreads_bell_url %}
{% jobthreads_portal_url %}
{% jobthreads_conversation_url 1042 %} {% jobthreads_conversation_url "88" "quote" %}
{% jobthreads_activity_url "1042" %}""",
}


@pytest.fixture
def hosted(build: Build) -> World:
    """A host with its own layout, and a job page with our panel."""
    world = build(
        shell="layout.html",
        record_url=lambda scope: f"/shop/{scope.kind}/{scope.id}",
        pages={"layout.html": LAYOUT, "job.html": JOB_PAGE, "quote.html": QUOTE_PAGE},
    )
    world.threads.staff.start(KIM, client_id="c1", scope=JOB.scope)
    world.threads.portal.reply(DANA, JOB.scope, "Friday is fine.")
    return world


def test_pages_stand_in_the_hosts_layout(hosted: World) -> None:
    """Design §5: the page around ours is the host's, with its own context, and sends no policy of ours."""
    page = hosted.kim.get("/office/messages")
    assert "<title>Messages</title>" in page.text
    assert "Acme's own" in html.unescape(page.text)
    assert "Messages\n(1)" in page.text
    assert '<div class="jobthreads jt-page jt-inbox"' in page.text
    assert "Content-Security-Policy" not in page.headers
    assert "no-store" == page.headers["Cache-Control"]


def test_the_count_is_of_after_the_look(hosted: World) -> None:
    """J10: the page that clears the bell already shows it cleared."""
    assert "Messages\n(0)" in hosted.kim.get("/office/messages/jobs/1042").text


def test_a_conversation_links_to_the_hosts_record(hosted: World) -> None:
    """Look: the header links to the record in the host."""
    assert 'href="/shop/job/1042">Open job</a>' in hosted.kim.get("/office/messages/jobs/1042").text


def test_the_layout_tells_why_messages_are_missing(hosted: World) -> None:
    """M2, M10: the sidebar item leaves, with the reason; the refusal still stands in the layout."""
    hosted.switch_portal(on=False)
    page = hosted.kim.get("/office/messages")
    assert 403 == page.status_code
    assert "Switch the Client Portal on" in page.text
    assert 'href="/office/messages"' not in page.text


def test_nobody_is_shown_nothing(hosted: World) -> None:
    """A host's page stands for someone who is not signed in: no panel, no bell, a count of 0."""
    page = hosted.browser().get("/shop/1042").text
    assert "jt-feed" not in page
    assert "<h1>Job</h1>" in page


def test_the_panel_keeps_the_hosts_parameters(hosted: World) -> None:
    """Design §5: panel parameters are prefixed, and links keep what the host has in its address."""
    page = hosted.kim.get("/shop/1042?tab=work&type=x&jt_type=reply").text
    assert "Friday is fine." in page
    assert 'href="/shop/1042?tab=work&amp;type=x&amp;jt_type=note#jt-activity"' in page
    assert "Friday is fine." not in hosted.kim.get("/shop/1042?jt_type=note").text
    assert "Friday is fine." not in hosted.kim.get("/shop/1042?jt_author=staff:x").text
    assert 1 == hosted.threads.bell.unread(KIM)


def test_the_panels_composer_posts_to_us_and_returns(hosted: World) -> None:
    """Design §5: the embedded composer works without a script and comes back to the host's page."""
    page = hosted.kim.get("/shop/1042?tab=work").text
    back = hidden(page, "return_to")
    assert "/shop/1042?tab=work#jt-activity" == back
    sent = hosted.kim.post("/office/jobs/1042/entries", text="Ladder.", visibility="internal", return_to=back)
    assert (303, back) == (sent.status_code, sent.location)
    assert "Ladder." in hosted.kim.get("/shop/1042").text
    refused = hosted.kim.post("/office/jobs/1042/entries", text="", visibility="internal", return_to=back)
    assert 422 == refused.status_code
    assert back == hidden(refused.text, "return_to")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x", "evil", "/a\r\nX: y", "/ /"],
)
def test_a_form_sends_nobody_elsewhere(hosted: World, elsewhere: str) -> None:
    """Design §5: redirects after a form go to same-origin paths only."""
    sent = hosted.kim.post("/office/jobs/1042/entries", text="Ladder.", visibility="internal", return_to=elsewhere)
    assert (303, "/office/jobs/1042/activity") == (sent.status_code, sent.location)


def test_the_panel_of_a_job_out_of_reach_says_nothing_is_there(hosted: World) -> None:
    """S2, M3: the same words for a job that never was, and the host's page stands."""
    pages = [hosted.browser("rival").get(f"/shop/{job}") for job in ("1042", "never")]
    assert [200, 200] == [page.status_code for page in pages]
    assert all("There is nothing here." in page.text for page in pages)
    assert pages[0].text == pages[1].text


def test_a_quotes_panel_has_messages_only(hosted: World) -> None:
    """J1: on a quote there is a reply and no note."""
    page = hosted.kim.get("/quote").text
    assert 'action="/office/messages/quotes/88/replies"' in page
    assert 'value="internal" id="jt-tab-internal" required disabled>' in page


def test_a_page_can_ask_for_every_address(build: Build) -> None:
    """A host links to the pages from its own, by the tags and names of its framework."""
    world = build(pages={"job.html": ADDRESSES})
    assert [
        "/office/messages",
        "/office/bell",
        "/portal/",
        "/office/messages/jobs/1042",
        "/office/messages/quotes/88",
        "/office/jobs/1042/activity",
    ] == world.browser().get("/shop/1042").text.split()


def test_the_hosts_own_size_limit_stays(hosted: World) -> None:
    """Security: the adapter only ever lowers what the framework reads."""
    hosted.limit_bodies(100)
    for address in ("/office/messages/jobs/1042/replies", "/office/api/messages/jobs/1042/replies"):
        body = {"data" if "api" not in address else "json": {"text": "x" * 200}}
        assert 413 == hosted.browser("kim").post(address, headers=SAME_SITE, **body).status_code


def test_a_mount_may_hold_the_hosts_own_parameter(hosted: World) -> None:
    """A host may mount below its own parameter, and twice; our addresses carry it along and stay in their mount."""
    page = hosted.kim.get("/b/ac%20me/office/messages").text
    assert 'href="/b/ac%20me/office/messages/new"' in page
    assert 'href="/office/messages/new"' not in page
    sent = hosted.kim.post("/b/acme/office/messages/jobs/1042/replies", text="Hi.")
    assert "/b/acme/office/messages/jobs/1042" == sent.location


def test_below_a_script_root_addresses_carry_it(hosted: World) -> None:
    """An application that is itself mounted keeps its root in every address."""
    page = hosted.browser("kim").get("/office/messages", base_url="http://localhost/app").text
    assert 'href="/app/office/messages/new"' in page


def test_a_hosts_template_wins_and_may_extend_ours(tmp_path: Path) -> None:
    """Style 14: a host's folder wins by path, and can still extend ours."""
    (tmp_path / "staff").mkdir()
    (tmp_path / "staff" / "bell_sign.html").write_text('<b>{% include "jobthreads/staff/bell_sign.html" %}</b>')
    page = Rendering(tmp_path).render("staff/bell_sign.html", {"url": "/bell", "unread": 3})
    assert page.startswith("<b>")
    assert 'href="/bell"' in page
    assert Rendering().version != Rendering(tmp_path).version
