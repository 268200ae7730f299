"""The same small business in a Flask app and in a Django project; a test does not know in which of the two it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, ClassVar

import flask
import jinja2
from attrs import define, evolve
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import override_settings
from flask.testing import FlaskClient
from urllib3.filepost import encode_multipart_formdata
from werkzeug import test
from werkzeug.wrappers import Response

from jobthreads import Client, JobThreads, Role, Scope, Staff, StaticDirectory
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.django import threads as project_threads
from jobthreads.flask import portal_blueprint, staff_blueprint
from tests.web import django_urls

SAME_SITE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
"""What a browser sends along with a form of our own pages."""

KIM = Staff(id="staff-kim-7f21", business_id="acme", name="Kim Lee", role=Role.BUSINESS_OWNER)
TERRY = Staff(id="staff-terry-9d0c", business_id="acme", name="Terry Tradie", role=Role.TRADIE)
RIVAL = Staff(id="staff-rival", business_id="rival", name="Robin Rival", role=Role.ADMIN)
DANA = Client(id="c1", business_id="acme", name="Dana Reyes", email="dana@example.com")
OTHER = Client(id="c2", business_id="acme", name="Otto Other", email="otto@example.com")
PEOPLE = {"kim": KIM, "terry": TERRY, "rival": RIVAL}
CLIENTS = {"dana": DANA, "otto": OTHER}

JOB_PAGE, QUOTE_PAGE = "job.html", "quote.html"
"""Pages of the host's own, at `/shop/<job_id>` and at `/quote`, where it has such templates."""


@define
class World(ABC):
    """The app, its doors, and the switches that a host has."""

    threads: JobThreads
    directory: StaticDirectory
    outbox: Any

    framework: ClassVar[str]
    added: ClassVar[frozenset[str]]
    """Headers that the framework's own middleware adds to an answer that lacks them."""

    @abstractmethod
    def browser(self, who: str | None = None) -> test.Client:
        """A browser in which this person is signed in."""

    @abstractmethod
    def limit_bodies(self, size: int) -> None:
        """Set how much of a body the host lets its framework read."""

    @abstractmethod
    def close(self) -> None:
        """Let the database go."""

    @property
    def kim(self) -> Poster:
        return Poster(self.browser("kim"))

    @property
    def terry(self) -> Poster:
        return Poster(self.browser("terry"))

    @property
    def dana(self) -> Poster:
        return Poster(self.browser("dana"))

    def switch_portal(self, on: bool) -> None:
        business = self.directory.business("acme")
        assert business is not None
        self.directory.put(evolve(business, portal_enabled=on))

    def link(self) -> str:
        """The token of the newest mail."""
        self.threads.delivery.run_once()
        return str(self.outbox.sent[-1].link).rpartition("/")[2]

    def ours(self, answer: Any) -> dict[str, str]:
        """The headers of an answer that are the library's."""
        return {
            name: value.strip()
            for name, value in answer.headers.items()
            if name not in self.added and not value.strip().startswith("csrftoken=")
        }


@define
class Poster:
    """A browser that sends forms as our own pages do."""

    browser: test.Client

    def get(self, address: str, **headers: str) -> Any:
        return self.browser.get(address, headers={name.replace("_", "-"): one for name, one in headers.items()})

    def post(self, address: str, **data: Any) -> Any:
        return self.browser.post(address, data=data, headers=SAME_SITE)

    def send(self, address: str, value: object) -> Any:
        return self.browser.post(address, json=value, headers=SAME_SITE)


def encoded(kwargs: dict[str, Any]) -> dict[str, Any]:
    """A form with files as the bytes that a browser sends."""
    data, wanted = kwargs.get("data"), kwargs.get("content_type", "")
    if not isinstance(data, Mapping):
        return kwargs
    pairs = [(name, one) for name, value in data.items() for one in (value if isinstance(value, list) else [value])]
    if wanted != "multipart/form-data" and not any(isinstance(one, tuple) for _, one in pairs):
        return kwargs
    fields = [
        (name, (one[1], one[0].getvalue(), "application/octet-stream") if isinstance(one, tuple) else str(one))
        for name, one in pairs
    ]
    body, content_type = encode_multipart_formdata(fields)
    return {**kwargs, "data": body, "content_type": content_type}


class FlaskBrowser(FlaskClient):
    """Asks a Flask app by WSGI."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return super().open(*args, **encoded(kwargs))


@define
class FlaskWorld(World):
    app: flask.Flask
    repository: SQLAlchemyRepository

    framework = "flask"
    added = frozenset()

    @classmethod
    def open(
        cls,
        database: Path,
        doors: Mapping[str, Any],
        outbox: Any,
        *,
        pages: Mapping[str, str],
        shell: str | None,
        record_url: Callable[[Scope], str | None] | None,
    ) -> FlaskWorld:
        repository = SQLAlchemyRepository.from_url(f"sqlite:///{database}")
        threads = JobThreads(repository=repository, notifiers=[outbox], delivery="off", **doors)
        app = flask.Flask("shop")
        app.jinja_loader = jinja2.DictLoader(dict(pages))
        app.testing = True
        app.test_client_class = FlaskBrowser

        def staff(request: flask.Request) -> Staff | None:
            return PEOPLE.get(request.cookies.get("who", ""))

        def client(request: flask.Request) -> Client | None:
            return CLIENTS.get(request.cookies.get("who", ""))

        office = staff_blueprint(threads, staff=staff, shell=shell, record_url=record_url)
        app.register_blueprint(office, url_prefix="/office")
        app.register_blueprint(portal_blueprint(threads, client=client, shell=shell), url_prefix="/portal")
        other = staff_blueprint(threads, staff=staff, url_name="other")
        app.register_blueprint(other, url_prefix="/b/<tenant>/office")
        app.add_url_rule("/shop/<job_id>", view_func=lambda job_id: flask.render_template(JOB_PAGE, job_id=job_id),
                         endpoint="job")  # fmt: skip
        app.add_url_rule("/quote", view_func=lambda: flask.render_template(QUOTE_PAGE), endpoint="quote")
        app.context_processor(lambda: {"shop": "Acme's own"})
        return cls(threads=threads, directory=doors["directory"], outbox=outbox, app=app, repository=repository)

    def browser(self, who: str | None = None) -> test.Client:
        found = self.app.test_client()
        if who is not None:
            found.set_cookie("who", who)
        return found

    def limit_bodies(self, size: int) -> None:
        self.app.config["MAX_CONTENT_LENGTH"] = size

    def close(self) -> None:
        self.threads.close()
        self.repository.close()


class DjangoBrowser(test.Client):
    """Asks a Django project by WSGI, and sends forms with the token that Django wants, as our pages do."""

    _TOKEN = "t" * 32

    def open(self, *args: Any, **kwargs: Any) -> Any:
        headers = dict(kwargs.get("headers") or {})
        ours = headers.get("Sec-Fetch-Site", "same-origin") == "same-origin" and "Origin" in headers
        if ours and kwargs.get("method") == "POST" and "/api/" not in args[0]:
            self.set_cookie("csrftoken", self._TOKEN)
            if isinstance(kwargs.get("data"), Mapping):
                kwargs["data"] = {"csrfmiddlewaretoken": self._TOKEN, **kwargs["data"]}
            else:
                kwargs["headers"] = {**headers, "X-CSRFToken": self._TOKEN}
        return super().open(*args, **encoded(kwargs))


@define
class DjangoWorld(World):
    stack: ExitStack

    framework = "django"
    added = frozenset({"Vary"})

    @classmethod
    def open(
        cls,
        database: Path,
        unblocked: Any,
        doors: Mapping[str, Any],
        outbox: Any,
        *,
        pages: Mapping[str, str],
        shell: str | None,
        record_url: Callable[[Scope], str | None] | None,
    ) -> DjangoWorld:
        setting = {
            **{name.upper(): value for name, value in doors.items()},
            "NOTIFIERS": [outbox],
            "DELIVERY": "off",
            "STAFF": lambda request: PEOPLE.get(request.COOKIES.get("who", "")),
            "CLIENT": lambda request: CLIENTS.get(request.COOKIES.get("who", "")),
            "STAFF_SHELL": shell,
            "PORTAL_SHELL": shell,
            "RECORD_URL": record_url,
        }
        stack = ExitStack()
        stack.enter_context(unblocked)
        stack.enter_context(_on(database))
        project = {
            "ROOT_URLCONF": django_urls.__name__,
            "LANGUAGE_CODE": "en",
            "TIME_ZONE": "UTC",
            # Those that add headers of their own are left out, so that every header here is ours.
            "MIDDLEWARE": [
                "django.contrib.sessions.middleware.SessionMiddleware",
                "django.middleware.common.CommonMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware",
            ],
        }
        stack.enter_context(override_settings(JOBTHREADS=setting, **project))
        django_urls.PAGES.clear()
        django_urls.PAGES.update(pages)
        if pages:
            stack.enter_context(override_settings(TEMPLATES=django_urls.TEMPLATES))
        return cls(threads=project_threads, directory=doors["directory"], outbox=outbox, stack=stack)

    def browser(self, who: str | None = None) -> test.Client:
        found = DjangoBrowser(WSGIHandler(), Response)
        if who is not None:
            found.set_cookie("who", who)
        return found

    def limit_bodies(self, size: int) -> None:
        self.stack.enter_context(override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=size))

    def close(self) -> None:
        self.threads.close()
        self.stack.close()


@contextmanager
def _on(database: Path) -> Iterator[None]:
    """The project's database is this file."""
    known = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(database)
    yield
    connection.close()
    connection.settings_dict["NAME"] = known
