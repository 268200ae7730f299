"""Search on the pages and in the API, through every framework."""

from __future__ import annotations

import io
import re

import pytest

from jobthreads import Visibility
from jobthreads.domain.search import Query
from jobthreads.web.marking import excerpt, marked
from jobthreads.web.text import linked
from tests.web.conftest import JOB, KIM, QUOTE, Poster, World


@pytest.fixture
def searched(talking: World) -> World:
    """A world with something to find on both sides."""
    threads = talking.threads
    threads.staff.reply(KIM, QUOTE.scope, "The quote holds till Friday & <b>not</b> longer.")
    threads.record.status_changed("acme", JOB.scope, old="Quoted", new="Booked", visibility="visible")
    threads.record.form_saved("acme", JOB.scope, form="Site check", changes={"Ladder": "3 metres"}, by=KIM)
    plan = io.BytesIO(b"The plan.")
    threads.staff.attach(KIM, JOB.scope, plan, name="switchboard.txt", visibility=Visibility.VISIBLE)
    return talking


def words_of_page(text: str) -> str:
    """A page's text without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def hits(poster: Poster, address: str) -> list[str]:
    """The links of what a page found."""
    answer = poster.get(address)
    assert 200 == answer.status_code, answer.text
    return re.findall(r'jt-hit">\s*<a class="[^"]*" href="([^"]+)"', answer.text)


def test_staff_search_messages(searched: World) -> None:
    """J12: the box stands in the panel with what was typed; each hit is marked, and links to where it stands."""
    page = searched.kim.get("/office/messages?q=FRÍday+fine").text
    assert 'value="FRÍday fine"' in page
    assert '<mark class="jt-mark">Friday</mark> is <mark class="jt-mark">fine</mark>.' in page
    assert "Dana Reyes" in page
    (link,) = hits(searched.kim, "/office/messages?q=friday+fine")
    opened = searched.kim.get(link.replace("&amp;", "&").partition("#")[0])
    assert 200 == opened.status_code
    assert f'id="{link.partition("#")[2]}"' in opened.text
    assert 'value="friday fine"' in opened.text


def test_an_internal_hit_says_so_and_leads_to_the_feed(searched: World) -> None:
    """J12, J2: what the client does not see carries its chip, and stands in the job's activity."""
    page = searched.kim.get("/office/messages?q=upgrade").text
    assert "jt-chip-internal" in page
    (link,) = hits(searched.kim, "/office/messages?q=upgrade")
    assert link.startswith("/office/jobs/1042/activity?")
    opened = searched.kim.get(link.replace("&amp;", "&").partition("#")[0])
    assert f'id="{link.partition("#")[2]}"' in opened.text


def test_a_forms_answer_is_shown_where_it_was_found(searched: World) -> None:
    """J12: a form that was found by an answer shows that answer."""
    page = words_of_page(searched.kim.get("/office/messages?q=metres").text)
    assert "Kim Lee saved Site check. Ladder: 3 metres" in page


def test_nothing_found_says_what_to_try(searched: World) -> None:
    """J12, S6: the text stays, and the page says what would help."""
    for poster, address in (
        (searched.kim, "/office/messages?q=zeppelin"),
        (searched.dana, "/portal/search?q=zeppelin"),
    ):
        answer = poster.get(address)
        assert (200, True) == (answer.status_code, 'value="zeppelin"' in answer.text)
        assert "Nothing found for “zeppelin”" in words_of_page(answer.text)
        assert "Try fewer words" in answer.text
    assert "Try fewer words" in searched.kim.get("/office/jobs/1042/activity?q=zeppelin").text


@pytest.mark.parametrize("text", ["%3F%21", "x" * 201])
def test_what_cannot_be_searched_for_is_refused_in_place(searched: World, text: str) -> None:
    """S6: signs alone and far too much are refused at the field, which keeps what was typed."""
    for poster, address in (
        (searched.kim, "/office/messages"),
        (searched.kim, "/office/messages/jobs/1042"),
        (searched.kim, "/office/jobs/1042/activity"),
        (searched.dana, "/portal/search"),
    ):
        answer = poster.get(f"{address}?q={text}")
        assert 422 == answer.status_code, address
        assert 'aria-invalid="true"' in answer.text
        assert f'value="{"?!" if text.startswith("%") else text}"' in answer.text
        assert "to search for." in answer.text
    for poster, address in ((searched.kim, "/office/api/search"), (searched.dana, "/portal/api/search")):
        problem = poster.get(f"{address}?q={text}")
        assert (422, "invalid-input", "q") == (problem.status_code, problem.json["code"], problem.json["field"])


def test_a_blank_box_is_no_search(searched: World) -> None:
    """J12: blank gives the plain list, and in the API, where it makes no sense, a refusal."""
    assert "jt-hit" not in searched.kim.get("/office/messages?q=+").text
    assert "Kitchen rewire" in searched.kim.get("/office/messages?q=").text
    assert 200 == searched.dana.get("/portal/search").status_code
    assert 422 == searched.kim.get("/office/api/search").status_code


def test_the_feed_combines_words_with_its_filters(searched: World) -> None:
    """J11, J12: words, type and author narrow together; each can be taken away, and the address holds all."""
    page = searched.kim.get("/office/jobs/1042/activity?q=friday").text
    assert 2 == page.count('data-jt-line="')
    assert '<mark class="jt-mark">Friday</mark>' in page
    page = searched.kim.get("/office/jobs/1042/activity?type=reply&author=client:c1&q=fri").text
    assert 1 == page.count('data-jt-line="')
    for without in ("type=reply&amp;author=client%3Ac1", "author=client%3Ac1&amp;q=fri", "type=reply&amp;q=fri"):
        assert f'href="/office/jobs/1042/activity?{without}"' in page
    assert 'value="fri"' in page
    assert '<input type="hidden" name="type" value="reply">' in page
    assert "data-jt-read" not in page


def test_the_feed_marks_files_statuses_and_answers(searched: World) -> None:
    """J12: the found words are marked wherever they stand in a line."""
    for asked, shown in (
        ("switchboard", '<mark class="jt-mark">switchboard</mark>.txt'),
        ("booked", '<mark class="jt-mark">Booked</mark>'),
        ("ladder", '<mark class="jt-mark">Ladder</mark>'),
    ):
        assert shown in searched.kim.get(f"/office/jobs/1042/activity?q={asked}").text


def test_a_client_searches_what_they_are_shown(searched: World) -> None:
    """J12, S1: their entries with their records; a hit opens where it stands; nothing internal is found."""
    page = searched.dana.get("/portal/search?q=friday").text
    assert 3 == page.count('class="jt-record-row jt-hit"')
    assert "Deck" in page
    assert "&amp; &lt;b&gt;not" in page
    for asked in ("upgrade", "metres", "quoted", "ladder"):
        assert [] == hits(searched.dana, f"/portal/search?q={asked}")
    (link,) = hits(searched.dana, "/portal/search?q=switchboard")
    opened = searched.dana.get(link.partition("#")[0])
    assert f'id="{link.partition("#")[2]}"' in opened.text
    assert 'action="/portal/search"' in searched.dana.get("/portal/").text


def test_an_opened_hit_is_in_sight(searched: World) -> None:
    """J12, S2: the entry stands on the page, which begins with it if it must; any other id tells nothing."""
    api = searched.dana.get("/portal/api/jobs/1042").json["entries"]["items"]
    note = next(entry for entry in searched.threads.staff.feed(KIM, JOB.scope).items if entry.kind == "note")
    whole = searched.dana.get(f"/portal/jobs/1042?begin={api[1]['id']}").text
    assert all(f'id="entry-{entry["id"]}"' in whole for entry in api)
    second = searched.dana.get(f"/portal/jobs/1042?begin={api[1]['id']}&limit=1").text
    assert "Newest messages" in second
    assert f'id="entry-{api[1]["id"]}"' in second
    assert f'id="entry-{api[0]["id"]}"' not in second
    for other in (note.id, "nonsense", "00000000-0000-4000-8000-000000000000"):
        answer = searched.dana.get(f"/portal/jobs/1042?begin={other}")
        assert answer.status_code in {200, 404}
        assert "upgrade" not in answer.text


def test_the_api_finds_the_same(searched: World) -> None:
    """J12: both mounts answer with the values of the doors, page by page, in one record with `scope`."""
    page = searched.kim.get("/office/api/search?q=friday&limit=2").json
    assert 2 == len(page["items"])
    assert {"scope", "reference", "title", "client_id", "client_name", "entry"} == set(page["items"][0])
    rest = searched.kim.get(f"/office/api/search?q=friday&limit=2&cursor={page['next']}").json
    assert (1, None) == (len(rest["items"]), rest["next"])
    assert 2 == len(searched.kim.get("/office/api/search?q=friday&scope=job:1042").json["items"])
    assert 1 == len(searched.kim.get("/office/api/jobs/1042/activity?q=friday&author=client:c1").json["items"])
    theirs = searched.dana.get("/portal/api/search?q=friday&scope=quote:88").json
    assert {"scope", "reference", "title", "entry"} == set(theirs["items"][0])
    assert {"id", "kind", "author_name", "from_me", "at", "body", "file"} == set(theirs["items"][0]["entry"])


@pytest.mark.parametrize("scope", ["job:1042", "job:4040", "nonsense", "quote:89"])
def test_a_strangers_scope_is_not_found(searched: World, scope: str) -> None:
    """S2: someone else's record and one that never was are one answer, on both mounts."""
    rival = Poster(searched.browser("rival")).get(f"/office/api/search?q=friday&scope={scope}")
    otto = Poster(searched.browser("otto")).get(f"/portal/api/search?q=friday&scope={scope}")
    assert [(404, "not-found")] * 2 == [(answer.status_code, answer.json["code"]) for answer in (rival, otto)]


def test_off_is_off_for_search_too(searched: World) -> None:
    """M2: with the portal off the inbox and the portal cannot be searched, a feed can."""
    searched.switch_portal(False)
    assert 403 == searched.kim.get("/office/messages?q=friday").status_code
    assert 403 == searched.kim.get("/office/api/search?q=friday").status_code
    for address in ("/portal/search?q=friday", "/portal/search", "/portal/api/search?q=friday"):
        assert 403 == searched.dana.get(address).status_code, address
    assert 200 == searched.kim.get("/office/jobs/1042/activity?q=friday").status_code


def test_searching_marks_nothing_read(searched: World) -> None:
    """J12: a list of what was found is no conversation: nothing is read by looking at it."""
    before = searched.threads.bell.unread(KIM)
    assert 1 == before
    searched.kim.get("/office/messages?q=friday")
    searched.kim.get("/office/jobs/1042/activity?q=friday")
    assert before == searched.threads.bell.unread(KIM)


def test_an_excerpt_shows_the_found_word() -> None:
    """J12: a long text is cut so that the first found word stands in sight, on one line."""
    text = "word " * 100 + "the\nswitchboard, " + "more " * 100
    cut = excerpt(text, Query.of("SWITCH"))
    assert '<mark class="jt-mark">switchboard</mark>' in cut
    assert cut.startswith("…")
    assert cut.endswith("…")
    assert len(cut) < 230
    assert "x" * 100 in excerpt("x" * 1000, Query.of("x"))
    assert "short" == excerpt("short", Query.of("long"))
    assert "" == excerpt("", Query.of("a"))


def test_marks_are_whole_words_as_they_were_written() -> None:
    """J12: marked is what the writer wrote, and markup in it stays text."""
    assert '<mark class="jt-mark">Stra\u00dfe</mark> &lt;i&gt;' == marked("Straße <i>", Query.of("strasse"))
    assert '<mark class="jt-mark">e\u0301te\u0301</mark>' == marked("e\u0301te\u0301", Query.of("ete"))
    assert '20 <mark class="jt-mark">№5</mark>' == marked("20 №5", Query.of("no5"))
    found = linked("see www.example.com/plan and plan", Query.of("plan"))
    assert 'href="https://www.example.com/plan"' in found
    assert 2 == found.count("<mark")
