"""The shipped list of messages is whole, and catalogues made of it are spoken, whosever gettext reads them."""

from __future__ import annotations

import ast
import re
from gettext import translation
from pathlib import Path
from typing import Any

import flask
import flask_babel
import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import override_settings

import jobthreads
from jobthreads import errors
from jobthreads.errors import LimitReached, Misconfigured, NotFound, TextTooLong
from jobthreads.flask import Language
from jobthreads.sentences import gettext, ngettext, pgettext
from jobthreads.web import problems
from jobthreads.web.problems import problem, refusal
from jobthreads.web.rendering import Rendering
from jobthreads.web.script_words import SCRIPT_WORDS
from tests.web.conftest import worlds

ROOT = Path(jobthreads.__file__).parent


def test_facts_are_told_in_the_language(tmp_path: Path) -> None:
    """A sentence keeps its facts apart: numbers as the language writes them, sentences within as they are said."""
    german = {
        "The message has %(length)s characters; the most is %(limit)s.": "%(limit)s Zeichen gehen, es sind %(length)s.",
        "Shorten it by %(excess)s, or send it in two messages.": "Kürze um %(excess)s.",
        "Files of this type (%(seems)s) cannot be attached.": "Das ist: %(seems)s.",
    }
    language = Language(
        code="de", gettext=lambda one: german.get(one, one), number=lambda value: f"{value:,}".replace(",", ".")
    )
    told = problem(TextTooLong(field="text", length=12_345, limit=10_000), language)
    assert ("10.000 Zeichen gehen, es sind 12.345.", "Kürze um 2.345.") == (told.detail, told.hint)
    assert "The message has 12,345 characters; the most is 10,000." == str(
        TextTooLong(field="text", length=12_345, limit=10_000)
    )


def test_counts_use_plural_forms() -> None:
    """A language with three forms gets three, in sentences, templates and errors."""

    def polish(singular: str, plural: str, num: int) -> str:
        few = num % 10 in {2, 3, 4} and num % 100 not in {12, 13, 14}
        return "%(num)s minuta" if num == 1 else "%(num)s minuty" if few else "%(num)s minut"

    language = Language(code="pl", ngettext=polish)
    waits = [problem(LimitReached(retry_after=60 * minutes), language).hint for minutes in (1, 2, 5, 22)]
    assert ["1 minuta", "2 minuty", "5 minut", "22 minuty"] == waits
    assert ["1 minuta", "3 minuty"] == [
        language.say(ngettext("%(num)s thing", "%(num)s things", num)) for num in (1, 3)
    ]
    page = Rendering().render("staff/bell_sign.html", {"url": "/bell", "unread": 5}, language)
    assert "5 minut<" in page


def test_a_translation_that_does_not_fit_is_not_used() -> None:
    """A placeholder that does not exist costs the translation, not the page; a lone per cent sign costs nothing."""
    sentence = gettext("%(name)s replied", name="Κιμ")
    wrong = Language(code="de", gettext=lambda _: "%(nobody)s hat geantwortet")
    assert ("Κιμ replied", "Κιμ replied") == (wrong.say(sentence), wrong.markup(sentence))
    right = Language(code="de", gettext=lambda _: "Zu 100 % von %(name)s")
    assert ("Zu 100 % von Κιμ", "Zu 100 % von Κιμ") == (right.say(sentence), right.markup(sentence))


def test_a_code_that_no_browser_knows_is_refused() -> None:
    """It stands in the page's `lang`, and a script reads it."""
    assert "pt-BR" == Language(code="pt_BR").code
    with pytest.raises(Misconfigured, match="no language tag"):
        Language(code='de" onload="x')


@pytest.mark.parametrize(
    ("code", "direction"),
    [("en", "ltr"), ("de-AT", "ltr"), ("he", "rtl"), ("fa-IR", "rtl"), ("pa-Arab-PK", "rtl"), ("pa", "ltr")],
)
def test_the_direction_follows_from_the_language(code: str, direction: str) -> None:
    """Look: logical properties, so right-to-left works."""
    assert direction == Language(code=code).direction


def ids(catalog: Catalog) -> set[tuple[Any, Any]]:
    return {(message.context, message.id) for message in catalog if message.id}


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def test_the_catalogue_of_messages_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ships is what the sources say; `tox -e messages` writes it anew."""
    monkeypatch.chdir(ROOT.parents[1])
    fresh = tmp_path / "fresh.pot"
    CommandLineInterface().run(["pybabel", "-q", "extract", "-F", "pyproject.toml", "-o", str(fresh), "src/jobthreads"])
    assert ids(read(fresh)) == ids(read(ROOT / "locale" / "jobthreads.pot"))


def test_the_script_says_what_travels() -> None:
    """Each message of the script is in the list that the page brings it."""
    said = {
        message.id
        for message in read(ROOT / "locale" / "jobthreads.pot")
        if any("jobthreads.js" in place for place, _ in message.locations)
    }
    assert said == set(SCRIPT_WORDS)


def test_messages_suit_every_gettext() -> None:
    """A plural knows its number alone: some functions fill that in themselves, and know of nothing else."""
    for message in read(ROOT / "locale" / "jobthreads.pot"):
        if isinstance(message.id, tuple):
            assert set(re.findall(r"%\((\w+)\)", "".join(message.id))) <= {"num"}


FOR_PROGRAMMERS = {"record.py", "explain.py", "identifiers.py"}
"""What they refuse is a mistake in a host's own code, told to whoever wrote it."""


@pytest.mark.parametrize("room", ["domain", "policies", "services", "web"])
def test_every_refusal_that_a_page_may_show_can_be_translated(room: str) -> None:
    """No error is made with a sentence or a hint that is not marked for the catalogue."""
    plain = [
        f"{path.name}:{call.lineno}"
        for path in sorted((ROOT / room).rglob("*.py"))
        if path.name not in FOR_PROGRAMMERS
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {*errors.__all__, *problems.__all__}
        for said in (*call.args[:1], *(word.value for word in call.keywords if word.arg == "hint"))
        if getattr(call.func, "id", "") != "Misconfigured"
        and (isinstance(said, ast.JoinedStr) or (isinstance(said, ast.Constant) and isinstance(said.value, str)))
    ]
    assert [] == plain


def compiled(folder: Path, domain: str = "jobthreads") -> Path:
    """A catalogue as a translator makes it of the shipped list: three messages of it in German."""
    catalog = read(ROOT / "locale" / "jobthreads.pot")
    catalog.locale = "de"  # type: ignore[assignment]  # Babel reads a string there
    catalog.fuzzy = False
    catalog.get("Your jobs and quotes").string = "Ihre Aufträge und Angebote"
    catalog.get("May", "short month").string = "Mai"
    counted = catalog.get("Wait %(num)s minute, then send it again.")
    counted.string = ("Warte %(num)s Minute.", "Warte %(num)s Minuten.")
    place = folder / "de" / "LC_MESSAGES" / f"{domain}.mo"
    place.parent.mkdir(parents=True)
    with place.open("wb") as file:
        write_mo(file, catalog)
    return folder


def assert_german(language: Language) -> None:
    waits = [problem(LimitReached(retry_after=60 * minutes), language).hint for minutes in (1, 2)]
    assert ["Warte 1 Minute.", "Warte 2 Minuten."] == waits
    assert ("Mai", "May") == (language.say(pgettext("short month", "May")), language.say(gettext("May")))
    page = Rendering().render(
        "refusal.html", {**REFUSED, "title": language.say(gettext("Your jobs and quotes"))}, language
    )
    assert "Ihre Aufträge und Angebote" in page
    assert "What you wrote" in page


REFUSED = {"embedded": False, "refusal": refusal(NotFound()), "text": "Ναι", "back_url": "", "back_label": ""}


def test_a_catalogue_for_the_standard_librarys_gettext_is_spoken(tmp_path: Path) -> None:
    """Compiled as any other, with its plurals and contexts; what it lacks is said in English."""
    found = translation("jobthreads", compiled(tmp_path), languages=["de"])
    assert_german(Language(code="de", gettext=found.gettext, ngettext=found.ngettext))


def test_a_catalogue_for_flask_babel_is_spoken(tmp_path: Path) -> None:
    """By its own functions, or by a domain apart from the host's."""
    app = flask.Flask("shop")
    flask_babel.Babel(
        app,
        default_domain="jobthreads",
        default_translation_directories=str(compiled(tmp_path)),
        locale_selector=lambda: "de",
    )
    with app.test_request_context():
        assert_german(Language(code="de", gettext=flask_babel.gettext, ngettext=flask_babel.ngettext))
        found = flask_babel.Domain([str(tmp_path)], "jobthreads").get_translations()
        assert_german(Language(code="de", gettext=found.gettext, ngettext=found.ngettext))


def test_a_catalogue_on_djangos_path_is_spoken(
    tmp_path: Path, new_database: Path, request: pytest.FixtureRequest
) -> None:
    """To whoever asks for German, and to nobody else; the ETag tells the two apart."""
    place = compiled(tmp_path / "locale", "django")
    with worlds("django", request, new_database, tmp_path) as build:
        world = build()
        middleware = ["django.middleware.locale.LocaleMiddleware", *settings.MIDDLEWARE]
        with override_settings(LOCALE_PATHS=[place], MIDDLEWARE=middleware):
            pages = [world.dana.get("/portal/", Accept_Language=code).text for code in ("de", "en")]
            parts = [world.dana.get("/portal/", Accept_Language=code, Jobthreads_Fragment="1") for code in ("de", "en")]
        assert ["de", "en"] == [re.findall('<html lang="(..)" dir="ltr">', page)[0] for page in pages]
        titles = [re.findall('<h1 class="jt-title">(.*)</h1>', page)[0] for page in pages]
        assert ["Ihre Aufträge und Angebote", "Your jobs and quotes"] == titles
        assert 2 == len({part.headers["ETag"] for part in parts})
