"""What is Django's own: its rule against foreign forms, its middleware, its settings, its tags, its servers."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django import VERSION
from django.core import mail
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.template import engines
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils.log import AdminEmailHandler
from werkzeug import test
from werkzeug.wrappers import Response

from jobthreads.errors import Unavailable
from jobthreads.policies.attachments import download_headers
from jobthreads.web.portal_pages import PORTAL_COOKIE
from jobthreads.web.security import HEADERS, Kind
from tests.docs.snippets import DOCS
from tests.web import django_urls
from tests.web.conftest import DANA, JOB, KIM, SAME_SITE, Build, World, hidden
from tests.web.frameworks import encoded
from tests.web.test_files import FILES, attach, attached, chosen

CONVERSATION = "/office/messages/jobs/1042"
SESSIONS, CSRF = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
)
SIGNED = {"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}
HOSTS: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "a cookie that no script reads": {"CSRF_COOKIE_HTTPONLY": True},
    "the token in the session": {"CSRF_USE_SESSIONS": True, **SIGNED},
    "without Django's middleware": {"MIDDLEWARE": [SESSIONS]},
    "with nothing at all": {"MIDDLEWARE": []},
    "a form that was read before us": {"MIDDLEWARE": [CSRF, f"{django_urls.__name__}.Everyones"]},
}


@pytest.fixture
def framework() -> str:
    return "django"


@pytest.fixture(params=list(HOSTS))
def found(request: pytest.FixtureRequest, talking: World) -> Iterator[World]:
    """The same business under every host's settings."""
    with override_settings(**HOSTS[request.param]):
        yield talking


def plain(who: str) -> test.Client:
    """A browser that sends what it is told, and no token by itself."""
    browser = test.Client(WSGIHandler(), Response)
    browser.set_cookie("who", who)
    return browser


def bodies(world: World) -> list[str | None]:
    return [entry.body for entry in world.threads.staff.feed(KIM, JOB.scope).items]


# Foreign forms.


def test_a_form_of_ours_carries_the_token(found: World) -> None:
    """Design §5: the token stands in every form as a hidden field, and a form that sends it back is let in."""
    browser = plain("kim")
    page = browser.get(CONVERSATION).text
    token = hidden(page, "csrfmiddlewaretoken")
    sent = browser.post(f"{CONVERSATION}/replies", data={"text": "Sent.", "csrfmiddlewaretoken": token})
    assert (303, CONVERSATION) == (sent.status_code, sent.location)
    with_files = chosen((b"x", "a.txt"), visibility="internal", csrfmiddlewaretoken=token)
    assert 303 == browser.post(FILES, **encoded({"data": with_files})).status_code
    assert ["a.txt"] == list(attached(found))


@pytest.mark.parametrize("sent", [{}, {"csrfmiddlewaretoken": "x" * 64}, {"csrfmiddlewaretoken": "short"}])
def test_a_form_without_it_is_refused_in_our_words(found: World, sent: dict[str, str]) -> None:
    """Security 3.5, S6: 403 as a page of ours, nothing stored, and what was typed is still there."""
    browser = plain("kim")
    browser.get(CONVERSATION)
    before = bodies(found)
    for headers in ({}, SAME_SITE):
        page = browser.post(f"{CONVERSATION}/replies", data={"text": "Hello.", **sent}, headers=headers)
        assert 403 == page.status_code
        assert "This came from another site, and was not done." in page.text
        assert "Hello." in page.text
        assert "no-store" == page.headers["Cache-Control"]
        files = encoded({"data": chosen((b"x", "a.txt"), visibility="visible", **sent)})
        assert 403 == browser.post(FILES, headers=headers, **files).status_code
    assert before == bodies(found)
    assert {} == attached(found)


def test_a_link_is_entered_with_the_token_only(found: World) -> None:
    """Security 3.5: nobody is signed in to another's portal by a foreign form."""
    token = found.link()
    browser = test.Client(WSGIHandler(), Response)
    assert 403 == browser.post(f"/portal/enter/{token}").status_code
    assert 403 == browser.post(f"/portal/enter/{token}/renew").status_code
    page = browser.get(f"/portal/enter/{token}").text
    entered = browser.post(f"/portal/enter/{token}", data={"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")})
    assert 303 == entered.status_code


def test_the_api_keeps_our_own_rule(found: World) -> None:
    """Design §5: under `api/` the browser's own word decides, with and without a token."""
    browser, address = plain("kim"), "/office/api/messages/jobs/1042/replies"
    assert 201 == browser.post(address, json={"text": "A"}, headers=SAME_SITE).status_code
    foreign = browser.post(address, json={"text": "B"}, headers={"Origin": "https://evil.example"})
    assert (403, "cross-site") == (foreign.status_code, foreign.json["code"] if foreign.json else "")
    assert 403 == browser.post(address, json={"text": "C"}).status_code


def test_an_origin_that_the_project_trusts_is_trusted(talking: World) -> None:
    """Django's settings hold: `CSRF_TRUSTED_ORIGINS` lets a form in that a proxy made look foreign."""
    browser = plain("kim")
    token = hidden(browser.get(CONVERSATION).text, "csrfmiddlewaretoken")
    form = {"data": {"text": "Hi.", "csrfmiddlewaretoken": token}, "headers": {"Origin": "https://acme.example"}}
    assert 403 == browser.post(f"{CONVERSATION}/replies", **form).status_code
    with override_settings(CSRF_TRUSTED_ORIGINS=["https://acme.example"]):
        browser.application = WSGIHandler()
        assert 303 == browser.post(f"{CONVERSATION}/replies", **form).status_code


def test_a_page_without_a_form_sets_no_cookie(talking: World) -> None:
    """A cache and a reader's cookies are left alone where no form asks for the token."""
    for address in ("/office/messages", "/office/static/jobthreads.css", "/portal/", "/office/api/bell"):
        who = "dana" if "portal" in address else "kim"
        assert "Set-Cookie" not in plain(who).get(address).headers


def test_djangos_own_test_client_needs_no_token(talking: World) -> None:
    """A project's own tests post as they always do."""
    client = Client()
    client.cookies["who"] = "kim"
    assert 303 == client.post(f"{CONVERSATION}/replies", {"text": "Hi."}).status_code


# Its middleware and settings.

EVERYTHING = [
    "django.middleware.security.SecurityMiddleware",
    SESSIONS,
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    CSRF,
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.gzip.GZipMiddleware",
]


@override_settings(MIDDLEWARE=EVERYTHING, X_FRAME_OPTIONS="SAMEORIGIN", SECURE_REFERRER_POLICY="no-referrer")
def test_our_headers_win_where_our_table_says_something(talking: World) -> None:
    """Security 3.4.3: on the page behind a link above all, where `no-referrer` would close the door on its own form."""
    token = talking.link()
    for who, address, kind in (
        ("kim", "/office/messages", Kind.PAGE),
        ("kim", "/office/nothing-of-ours", None),
        ("dana", f"/portal/enter/{token}", Kind.ENTER),
        ("kim", "/office/api/bell", Kind.API),
        ("kim", "/office/static/jobthreads.js", Kind.ASSET),
    ):
        answer = plain(who).get(address)
        expected = HEADERS[kind] if kind else {"Referrer-Policy": "no-referrer"}
        assert expected == {name: answer.headers.get(name) for name in expected}
        names = [name.lower() for name, _ in answer.headers]
        assert sorted(set(names)) == sorted(names)


@override_settings(MIDDLEWARE=EVERYTHING)
def test_a_file_is_passed_on_as_it_is(talking: World) -> None:
    """A range of a compressed file would be another range: no middleware packs a file."""
    entry = attach(talking, b"0123456789" * 100)
    answer = plain("kim").get(f"/office/files/{entry.id}", headers={"Accept-Encoding": "gzip", "Range": "bytes=0-499"})
    assert (206, b"0123456789" * 50) == (answer.status_code, answer.data)
    assert "Content-Encoding" not in answer.headers
    assert (
        "gzip" == plain("kim").get("/office/messages", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"]
    )


@override_settings(MIDDLEWARE=["django.middleware.http.ConditionalGetMiddleware", *EVERYTHING])
def test_an_answer_to_a_condition_keeps_our_headers(talking: World) -> None:
    """Security 3.4.3: `ConditionalGetMiddleware` adds its ETag, and takes none of our headers away."""
    for address, kind, again in (
        ("/office/api/messages", Kind.API, 304),
        ("/office/static/jobthreads.css", Kind.ASSET, 200),
        ("/office/messages", Kind.PAGE, 200),
    ):
        first = plain("kim").get(address)
        asked = {"If-None-Match": first.headers.get("ETag", "*"), "If-Modified-Since": "Wed, 01 Jan 2200 00:00:00 GMT"}
        second = plain("kim").get(address, headers=asked)
        assert again == second.status_code
        assert HEADERS[kind] == {name: second.headers.get(name) for name in HEADERS[kind]}
        assert HEADERS[kind] == {name: first.headers.get(name) for name in HEADERS[kind]}
        assert 200 == plain("kim").get(address, headers={"If-Match": '"another"'}).status_code


@override_settings(
    MIDDLEWARE=[
        "django.middleware.cache.UpdateCacheMiddleware",
        *EVERYTHING,
        "django.middleware.cache.FetchFromCacheMiddleware",
    ],
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "whole-site"}},
)
def test_a_cache_of_the_whole_site_keeps_nothing_of_ours(talking: World) -> None:
    """S1, M11: what one reader saw is given to nobody else out of Django's cache, nor to them once it is over."""
    browser = test.Client(WSGIHandler(), Response)
    token = talking.link()
    page = browser.get(f"/portal/enter/{token}").text
    browser.post(f"/portal/enter/{token}", data={"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")})
    seen = [browser.get("/portal/jobs/1042"), browser.get("/portal/api/jobs/1042"), plain("kim").get(CONVERSATION)]
    assert [200] * 3 == [one.status_code for one in seen]
    stranger = test.Client(WSGIHandler(), Response)
    addresses = ("/portal/jobs/1042", "/portal/api/jobs/1042", CONVERSATION)
    assert [303, 401, 303] == [stranger.get(one).status_code for one in addresses]
    assert len(caches["default"]._cache) == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "tag", ["{% jobthreads_activity job_id %}", "{% jobthreads_unread %}", "{% jobthreads_bell %}"]
)
def test_a_cache_of_the_whole_site_keeps_no_page_with_our_tags(build: Build, tag: str) -> None:
    """S1, M3: a host's page with what one person may see is given to nobody else, nor to them a second time."""
    world = build(pages={"job.html": {"flask": "", "django": "{% load jobthreads %}<p>Shop</p>" + tag}})
    world.threads.staff.note(KIM, JOB.scope, "Secret.")
    with override_settings(
        MIDDLEWARE=[
            "django.middleware.cache.UpdateCacheMiddleware",
            "django.middleware.cache.FetchFromCacheMiddleware",
        ],
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": tag}},
    ):
        plain("kim").get("/shop/1042")
        world.threads.portal.reply(DANA, JOB.scope, "Hello?")
        told = plain("kim").get("/shop/1042").text
        assert "Hello?" in told or "1" in told
        assert plain("dana").get("/shop/1042").text in {"<p>Shop</p>", "<p>Shop</p>0"}
        kept = caches["default"]._cache  # type: ignore[attr-defined]
        assert 0 < len(kept), "a page on which nobody is known is the host's own affair"


@override_settings(MIDDLEWARE=[], ALLOWED_HOSTS=["acme.example"])
def test_a_host_that_is_not_allowed_is_an_answer(talking: World) -> None:
    """Django's `DisallowedHost` is answered as every other request that cannot be read."""
    assert 400 == plain("kim").get("/office/messages").status_code
    api = plain("kim").get("/office/api/bell")
    assert (400, "malformed") == (api.status_code, api.json["code"] if api.json else "")


def test_djangos_limits_are_answers(talking: World) -> None:
    """`RequestDataTooBig`, `TooManyFieldsSent` and `TooManyFilesSent` are 413, as a page and as a problem."""
    kim = talking.kim
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=3):
        assert 413 == kim.get("/office/messages?a=1&b=2&c=3&d=4").status_code
        assert 413 == kim.get("/office/api/messages?a=1&b=2&c=3&d=4").json["status"]
        assert 413 == kim.post(f"{CONVERSATION}/replies", a="1", b="2", c="3", d="4").status_code
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=50):
        assert 413 == kim.post(f"{CONVERSATION}/replies", text="x" * 100).status_code
        assert 413 == kim.send("/office/api/messages/jobs/1042/replies", {"text": "x" * 100}).json["status"]
        assert 413 == kim.post(FILES, **chosen((b"x", "a.txt"), visibility="internal", more="x" * 100)).status_code
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FILES=1):
        assert 413 == kim.post(FILES, **chosen((b"x", "a.txt"), (b"y", "b.txt"), visibility="internal")).status_code
    assert {} == attached(talking)


def test_a_form_that_was_read_before_us_is_taken_all_the_same(talking: World) -> None:
    """A middleware of the project's may read every form; files and refusals are what they always are."""
    with override_settings(MIDDLEWARE=HOSTS["a form that was read before us"]["MIDDLEWARE"]):
        files = chosen((b"One.", "one.txt"), (b"", "none.txt"), visibility="internal")
        answer = talking.kim.post(FILES, **files)
        assert (422, ["one.txt"]) == (answer.status_code, list(attached(talking)))
        refused = talking.kim.post(f"{CONVERSATION}/replies", text="See.", photo=(io.BytesIO(b"x"), "plan.pdf"))
        assert 422 == refused.status_code
        assert "Messages are text only" in refused.text


def test_no_transaction_is_held_around_a_view(talking: World) -> None:
    """`ATOMIC_REQUESTS`: a slow upload or download holds no transaction, and a refused write leaves nothing."""
    open_ones: list[bool] = []
    known = talking.directory.clients

    def clients(*asked: Any) -> Any:
        open_ones.append(connection.in_atomic_block)
        return known(*asked)

    talking.directory.clients = clients  # type: ignore[method-assign]
    before = bodies(talking)
    connections.settings["default"]["ATOMIC_REQUESTS"] = True
    try:
        browser = talking.kim
        assert 409 == browser.post(f"{CONVERSATION}/replies", text="Hi.", if_seen="1").status_code
        assert before == bodies(talking)
        assert 303 == browser.post(f"{CONVERSATION}/replies", text="Hi.").status_code
        entry = attach(talking, b"x" * 200_000)
        answer = browser.browser.get(f"/office/files/{entry.id}", buffered=False)
        assert not connection.in_atomic_block
        answer.close()
    finally:
        connections.settings["default"]["ATOMIC_REQUESTS"] = False
    assert open_ones
    assert not any(open_ones)


def test_without_staff_the_setting_says_what_to_write(talking: World) -> None:
    """A project that mounts the office and names nobody for it is told how."""
    from django.conf import settings

    with (
        override_settings(JOBTHREADS={**settings.JOBTHREADS, "STAFF": None}, DEBUG_PROPAGATE_EXCEPTIONS=True),
        pytest.raises(ImproperlyConfigured, match='Write "STAFF"'),
    ):
        plain("kim").get("/office/messages")


@pytest.mark.parametrize("trouble", [Unavailable, OSError])
def test_a_report_to_the_admins_holds_no_text_and_no_session(
    talking: World, monkeypatch: pytest.MonkeyPatch, trouble: type[Exception]
) -> None:
    """Security 16.2.5: what Django mails to ADMINS of a 5xx has neither what was written nor the client's session."""
    anybodys, token = test.Client(WSGIHandler(), Response), talking.link()
    page = anybodys.get(f"/portal/enter/{token}").text
    anybodys.post(f"/portal/enter/{token}", data={"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")})
    session = anybodys.get_cookie(PORTAL_COOKIE, path="/portal")
    assert session is not None
    token = hidden(anybodys.get("/portal/jobs/1042").text, "csrfmiddlewaretoken")

    def down(*_: Any, **__: Any) -> None:
        raise trouble

    monkeypatch.setattr(talking.threads.portal, "reply", down)
    handler, log = AdminEmailHandler(), logging.getLogger("django.request")
    monkeypatch.setattr(log, "handlers", [handler])
    admins = ["ops@example.com"] if VERSION >= (6,) else [("Ops", "ops@example.com")]
    with override_settings(ADMINS=admins):
        answer = anybodys.post(
            "/portal/jobs/1042/replies", data={"text": "Our gate code is 4711.", "csrfmiddlewaretoken": token}
        )
    assert 500 <= answer.status_code
    reports = [one.body for one in mail.outbox if one.to == ["ops@example.com"]]
    assert reports
    assert not [one for one in reports if "4711" in one or session.value in one]


# Time, language, names.


def test_times_and_words_are_the_readers(talking: World) -> None:
    """Django's current time zone and active language; an ETag of one language is none of another's."""
    with override_settings(
        MIDDLEWARE=["django.middleware.locale.LocaleMiddleware", f"{django_urls.__name__}.Everyones"]
    ):
        browser = plain("kim")
        assert "T09:00:" in browser.get(CONVERSATION).text
        browser.set_cookie("zone", "Australia/Sydney")
        assert "T20:00:" in browser.get(CONVERSATION).text
        english, german = (browser.get(CONVERSATION, headers={"Accept-Language": one}) for one in ("en", "de"))
        assert '<html lang="en"' in english.text
        assert '<html lang="de"' in german.text
        tags = {
            browser.get("/office/api/messages", headers={"Accept-Language": one}).headers["ETag"]
            for one in ("en", "de")
        }
        assert 2 == len(tags)


def test_every_address_has_a_name(talking: World) -> None:
    """A project writes `reverse("jobthreads_staff:inbox")`, and so for every other address, in every mount."""
    assert "/office/messages" == reverse("jobthreads_staff:inbox")
    assert "/office/messages/jobs/a%3Fb" == reverse("jobthreads_staff:conversation_job", args=["a?b"])
    assert "/office/jobs/1042/activity" == reverse("jobthreads_staff:feed_job", kwargs={"id": "1042"})
    assert "/portal/" == reverse("jobthreads_portal:records")
    assert "/portal/api/quotes/88" == reverse("jobthreads_portal:api_conversation_quote", args=["88"])
    assert "/b/acme/office/bell" == reverse("other:bell", kwargs={"tenant": "acme"})


# Tags.


def shown(template: str, who: str = "kim", address: str = "/shop/1042", **context: Any) -> str:
    request = RequestFactory(headers={"host": "localhost"}).get(address)
    request.COOKIES["who"] = who
    request.resolver_match = resolve(request.path_info)
    return str(engines["django"].from_string("{% load jobthreads %}" + template).render(context, request))


def test_a_count_can_be_kept_in_a_name(talking: World) -> None:
    """M7: `{% jobthreads_unread as unread %}`, so that a template can ask whether there is one."""
    template = "{% jobthreads_unread as unread %}{% if unread %}{{ unread }} new{% endif %}"
    assert "1 new" == shown(template)
    assert "" == shown(template, who="nobody")


def test_nothing_is_asked_before_it_is_used_and_nothing_twice(talking: World) -> None:
    """A layout with the tags costs what its page uses of them."""
    with CaptureQueriesContext(connection) as queries:
        shown("{% jobthreads_assets %}{% jobthreads_messages_url %}{% jobthreads_portal_url %}")
    assert 0 == len(queries)
    with CaptureQueriesContext(connection) as once:
        shown("{% jobthreads_unread %}")
    with CaptureQueriesContext(connection) as often:
        shown("{% jobthreads_unread %}{% jobthreads_bell %}{% jobthreads_bell %}{% jobthreads_unread as unread %}")
    assert len(once) == len(often)


@pytest.mark.parametrize("key", [1042, "1042", JOB.scope])
def test_a_panel_takes_every_kind_of_key(talking: World, key: object) -> None:
    """J1: a whole number, a text, a UUID, or a `Scope`."""
    assert "Friday is fine." in shown("{% jobthreads_activity key %}", key=key)
    assert "Friday is fine." not in shown("{% jobthreads_activity None %}")


def test_a_template_without_a_request_is_told_so(talking: World) -> None:
    """A tag needs to know who asks."""
    with pytest.raises(ImproperlyConfigured, match="no request"):
        engines["django"].from_string("{% load jobthreads %}{% jobthreads_bell %}").render({})


# Its servers.


def test_an_asynchronous_server_gets_a_file_in_pieces(talking: World) -> None:
    """Design §5: never a whole file in memory, and the file is closed in the end."""
    entry = attach(talking, b"x" * 300_000)

    async def pieces() -> tuple[Any, list[int]]:
        client = AsyncClient()
        client.cookies["who"] = "kim"
        answer = await client.get(f"/office/files/{entry.id}")
        return answer, [len(piece) async for piece in answer.streaming_content]

    answer, sizes = async_to_sync(pieces)()
    assert [65_536] * 4 + [300_000 - 4 * 65_536] == sizes
    expected = dict(download_headers("plan.txt", "text/plain"))
    assert expected == {name: answer.headers.get(name) for name in expected}
    answer.close()


# The documentation.


def test_the_templates_of_the_documentation_are_as_they_should_be(build: Build) -> None:
    """Style 13: what the page shows for Django works as it stands there, and every tag is described."""
    page = (DOCS / "how-to" / "inside-pages.md").read_text()
    layout, job = re.findall(r"```html\+django\n(.*?)```", page, re.DOTALL)
    job = job.replace("job.pk", "job_id")
    world = build(pages={"layout.html": {"django": layout}, "job.html": {"django": job}}, shell="layout.html")
    world.threads.portal.reply(DANA, JOB.scope, "Friday is fine.")
    shop = world.kim.get("/shop/1042").text
    for part in ("<title>Shop</title>", "Messages (1)", "Friday is fine.", "jt-bell"):
        assert part in shop
    assert "<title>Messages</title>" in world.kim.get("/office/messages").text
    described = set(re.findall(r"`\{% (jobthreads_\w+)", (DOCS / "reference" / "django.md").read_text()))
    assert set(engines["django"].engine.template_libraries["jobthreads"].tags) == described
