"""Every text of a page goes through the catalogue, and a translation can change words only."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import flask
import pytest
from attrs import define, evolve

import jobthreads
from jobthreads import Settings, StaticDirectory, Visibility
from jobthreads.adapters.storage import LocalStorage
from jobthreads.errors import NotFound, NotPermitted
from jobthreads.flask import Language, portal_blueprint, staff_blueprint
from jobthreads.testing import TrialThreads, business, client, job, quote, staff, threads
from jobthreads.web.language import ENGLISH
from jobthreads.web.problems import problem
from jobthreads.web.rendering import Rendering
from jobthreads.web.routes import PORTAL, STAFF, Face, Route
from jobthreads.web.script_words import SCRIPT_WORDS

ROOT = Path(jobthreads.__file__).parent
TEMPLATES = sorted((ROOT / "web" / "templates").rglob("*.html"))
SAME_SITE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}

# People's own words are Greek, so that every Latin letter on a page is ours.
ACME = business(name="Ηλεκτρολόγοι", portal_enabled=True)
KIM = staff(name="Κιμ Λη")
DANA = client(name="Δανάη", email="d@example.com")
OTHER = client("other", name="Όθων", notify_on_replies=False)
JOB = job(reference="Ε-1", title="Κουζίνα", client_uploads=True)
BARE = job("7", client_id="other", reference="Ε-7", title="Στέγη")
QUOTE = quote(reference="Π-1", title="Φωτοβολταϊκά")


def bracketed(message: str) -> str:
    return f"⟦{message.rpartition(chr(4))[2]}⟧"


PSEUDO = Language(
    code="ar",
    gettext=bracketed,
    ngettext=lambda singular, plural, num: bracketed(singular if num == 1 else plural),
)


class Words(HTMLParser):
    """What a person reads or hears of a page."""

    told = {"alt", "aria-label", "placeholder", "title", "data-jt-drop"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value for name, value in attrs if value and (name in self.told or (tag, name) == ("option", "label"))
        ]

    def handle_data(self, data: str) -> None:
        # A sentence may hold elements, so its parts are put together again.
        self.text += f"{data}|"

    @property
    def untranslated(self) -> list[str]:
        """What has Latin letters outside of the brackets."""
        return [
            found for words in (*self.found, self.text) for found in re.findall(r"[A-Za-z].*", without_brackets(words))
        ]


def without_brackets(words: str) -> str:
    # Where a file's name ends is ours: it says what the file is.
    words = re.sub(r"\.(txt|zip)\b", "", words)
    while (fewer := re.sub("⟦[^⟦⟧]*⟧", "", words)) != words:
        words = fewer
    return words


@define
class Shop:
    """Pages in one language, with the people and the doors behind them."""

    app: flask.Flask
    threads: TrialThreads
    asked: list[str]

    def get(self, address: str, **headers: str) -> Any:
        return self.app.test_client().get(
            address, headers={name.replace("_", "-"): one for name, one in headers.items()}
        )

    def post(self, address: str, **data: Any) -> Any:
        return self.app.test_client().post(address, data=data, headers=SAME_SITE)

    def link(self) -> str:
        self.threads.deliver()
        return self.threads.mailbox.sent[-1].link.rpartition("/")[2]


def shop(folder: Path, language: Language = PSEUDO) -> Shop:
    doors = threads(
        directory=StaticDirectory(businesses=[ACME], staff=[KIM], clients=[DANA, OTHER], records=[JOB, BARE, QUOTE]),
        storage=LocalStorage(folder / "files"),
        settings=Settings(client_may_start=False),
    )
    app, asked = flask.Flask("shop"), []

    def spoken(request: flask.Request) -> Language:
        asked.append(request.path)
        return language

    app.register_blueprint(staff_blueprint(doors, staff=lambda _: KIM, language=spoken), url_prefix="/office")
    app.register_blueprint(portal_blueprint(doors, client=lambda _: DANA, language=spoken), url_prefix="/portal")
    return Shop(app=app, threads=doors, asked=asked)


@pytest.fixture
def pseudo(tmp_path: Path) -> Iterator[Shop]:
    """A shop whose pages speak a language of brackets, where everything has happened once."""
    found = shop(tmp_path)
    talk(found.threads)
    yield found
    found.threads.close()


def talk(doors: TrialThreads) -> None:
    doors.staff.note(KIM, JOB.scope, "Σκάλα.")
    doors.staff.reply(KIM, JOB.scope, "Την Παρασκευή.")
    doors.clock.advance(days=1)
    for visibility in Visibility:
        doors.staff.attach(KIM, JOB.scope, io.BytesIO(b"x" * 2000), name="σχέδιο.τχτ", visibility=visibility)
        doors.record.status_changed("acme", JOB.scope, old="Νέο", new="Έτοιμο", visibility=visibility)
        doors.record.status_changed("acme", JOB.scope, old="Έτοιμο", new="Τέλος", by=KIM, visibility=visibility)
        doors.record.form_saved("acme", JOB.scope, form="Έλεγχος", changes={"Σκάλα": "ναι"}, visibility=visibility)
        doors.record.form_saved("acme", JOB.scope, form="Τέλος", changes={}, by=KIM, visibility=visibility)
    doors.clock.advance(days=3)
    doors.portal.reply(DANA, JOB.scope, "Καλά.")
    doors.staff.start(KIM, client_id="dana", scope=QUOTE.scope)
    doors.clock.advance(days=400)
    doors.portal.attach(DANA, JOB.scope, io.BytesIO("Ναι".encode()), name="ευχές.τχτ")


def addresses(pseudo: Shop, mount: str, routes: tuple[Route, ...], method: str) -> Iterator[str]:
    """Each page, for records that are there and for one that is not."""
    item = pseudo.threads.portal.conversation(DANA, JOB.scope).entries.items[0]
    token = pseudo.link()
    for route in routes:
        if route.method != method or route.face not in {Face.PAGE, Face.ENTER} or route.name == "download":
            continue
        path = route.path.replace("<entry>", str(item.id))
        for token_here in (token, "unknown"):
            for number in ("1042", "88", "7", "none"):
                yield f"{mount}/{path.replace('<id>', number).replace('<token>', token_here)}"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_has_words_of_its_own(template: Path) -> None:
    """What stands between the tags, in whatever branch, is said through the catalogue."""
    source = template.read_text().replace("{{ head }}", "h1")
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    assert [] == Words(source).untranslated


@pytest.mark.parametrize(("mount", "routes"), [("/office", STAFF), ("/portal", PORTAL)], ids=["staff", "portal"])
def test_every_page_speaks_the_language_alone(pseudo: Shop, mount: str, routes: tuple[Route, ...]) -> None:
    """Outside of the translations nothing is left but people's own words."""
    seen = 0
    for address in dict.fromkeys(addresses(pseudo, mount, routes, "GET")):
        for query in (
            "",
            "?unread=1",
            "?client=dana",
            "?client=other",
            "?type=note&author=staff:kim",
            "?limit=2",
            "?q=%CE%B1",
        ):
            answer = pseudo.get(address + query)
            assert answer.mimetype == "text/html", address
            assert (address, []) == (address, Words(answer.text).untranslated)
            assert '<html lang="ar" dir="rtl">' in answer.text
            assert ' lang="ar" dir="rtl"' in answer.text.partition("<main")[2]
            seen += 1
    assert seen > 30


@pytest.mark.parametrize(("mount", "routes"), [("/office", STAFF), ("/portal", PORTAL)], ids=["staff", "portal"])
def test_every_refusal_of_a_form_speaks_it_too(pseudo: Shop, mount: str, routes: tuple[Route, ...]) -> None:
    """S6: what is wrong and what to do, in the reader's language."""
    files = [(io.BytesIO(b"PK\x03\x04" + b"0" * 50), "α.zip"), (io.BytesIO(b"%!PS"), "β"), (io.BytesIO(b""), "γ")]
    forms: list[dict[str, Any]] = [
        {},
        {"text": "α" * 10_001, "visibility": "visible", "if_seen": "0"},
        {"text": "Καλά.", "visibility": "visible", "if_seen": "0", "client": "dana", "scope": "job:7"},
        {"text": "Καλά.", "if_seen": "α", "visibility": "visible", "upto": "α"},
    ]
    refused = 0
    for address in dict.fromkeys(addresses(pseudo, mount, routes, "POST")):
        sent = [pseudo.post(address, **form) for form in forms]
        if address.endswith("/files"):
            for some in (files, [(io.BytesIO(b"x"), "δ")] * 11):
                fresh = [(io.BytesIO(content.getvalue()), name) for content, name in some]
                sent.append(pseudo.post(address, visibility="visible", file=fresh))
        for answer in sent:
            if answer.status_code == 303:
                continue
            page = re.sub(r"<textarea.*?</textarea>", "", answer.text, flags=re.DOTALL)
            assert (address, []) == (address, Words(page).untranslated)
            refused += 1
    assert refused > 10


def test_a_page_whose_portal_is_off_says_so(pseudo: Shop) -> None:
    """M2: on both sides."""
    pseudo.threads.directory.put(evolve(ACME, portal_enabled=False))
    for address in ("/office/messages", "/office/jobs/1042/activity", "/portal/", "/portal/jobs/1042"):
        answer = pseudo.get(address)
        assert (address, []) == (address, Words(answer.text).untranslated)
    assert "⟦Messages are off, because the Client Portal is off.⟧" in pseudo.get("/office/messages").text


def test_what_a_script_says_travels_in_the_page(pseudo: Shop, tmp_path: Path) -> None:
    """In the element that loads it, and nothing travels for English."""
    found = re.search(
        r'<script type="module" src="[^"]+" data-jt-words="([^"]+)"></script>', pseudo.get("/office/messages").text
    )
    assert found is not None
    assert {word: bracketed(word) for word in SCRIPT_WORDS} == json.loads(html.unescape(found[1]))
    assert "data-jt-words" not in Rendering().asset_tags("/office")


def test_a_problem_of_the_api_is_told_in_the_language(pseudo: Shop) -> None:
    """A script shows `detail` and `hint` to a person; `code` and `type` are for programs, and stay."""
    answer = pseudo.app.test_client().post(
        "/office/api/jobs/1042/entries", json={"text": " ", "visibility": "visible"}, headers=SAME_SITE
    )
    told = answer.get_json()
    assert "application/problem+json" == answer.mimetype
    assert ("empty-text", "urn:jobthreads:problem:empty-text") == (told["code"], told["type"])
    assert ("⟦The message is empty.⟧", "⟦Write something first.⟧") == (told["detail"], told["hint"])
    assert "⟦The message is empty.⟧" == told["title"]


def test_a_translation_that_is_markup_is_shown_not_obeyed(tmp_path: Path) -> None:
    """Whoever translates cannot write a script into a page, nor can anybody's name by way of a translation."""
    evil = Language(
        code="de",
        gettext=lambda message: f'<script>alert("1")</script>\'" onclick=x {message.rpartition(chr(4))[2]}',
        ngettext=lambda one, many, num: f"<b>{many}</b>",
    )
    found = shop(tmp_path, evil)
    talk(found.threads)
    found.threads.directory.put(evolve(DANA, name='<img src=x onerror="y">'))
    found.threads.portal.reply(evolve(DANA, name='<img src=x onerror="y">'), JOB.scope, "Ναι.")
    for address in (
        "/office/messages/jobs/1042",
        "/office/jobs/1042/activity",
        "/office/bell",
        "/portal/jobs/1042",
        "/office/x",
    ):
        page = found.get(address).text
        assert "<script>" not in page
        assert "<img" not in page.replace('<img class="jt-thumb-image"', "")
        assert "<b>" not in page
        assert not re.search(r'"\s*onclick', page)
    found.threads.close()


def test_a_sentence_of_the_hosts_own_stays_as_it_is() -> None:
    """A host that refuses in its own words has said it in its own language."""
    assert "Das darfst du nicht." == problem(NotPermitted("Das darfst du nicht."), PSEUDO).detail


def test_a_language_is_asked_for_once_a_request(pseudo: Shop) -> None:
    """However many rows a page has; a download, a change and a value of the API need none."""
    pseudo.asked.clear()
    pseudo.get("/office/jobs/1042/activity")
    pseudo.get("/portal/jobs/1042")
    assert ["/office/jobs/1042/activity", "/portal/jobs/1042"] == pseudo.asked
    pseudo.asked.clear()
    pseudo.post("/office/jobs/1042/entries", text="Σκάλα.", visibility="internal")
    pseudo.get("/office/static/jobthreads.js")
    assert [] == pseudo.asked


def test_another_language_is_another_etag(tmp_path: Path) -> None:
    """A page that refreshes itself is told when its reader has chosen another language, and by nothing else."""
    one, other = shop(tmp_path / "a", ENGLISH), shop(tmp_path / "b", PSEUDO)
    tags = [each.get("/office/bell", jobthreads_fragment="1").headers["ETag"] for each in (one, one, other)]
    assert tags[0] == tags[1] != tags[2]
    assert 200 == other.get("/office/bell", jobthreads_fragment="1", if_none_match=tags[0]).status_code
    assert 304 == other.get("/office/bell", jobthreads_fragment="1", if_none_match=tags[2]).status_code
    for each in (one, other):
        each.threads.close()


def test_nothing_found_is_the_same_sentence_in_every_language() -> None:
    """S2, M10: someone else's and non-existent, told alike."""
    assert "⟦There is nothing here.⟧" == problem(NotFound(), PSEUDO).detail
