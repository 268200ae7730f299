"""A small business behind both mounts, in a Flask app on a real SQLite file."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import flask
import pytest
from attrs import define, evolve
from flask.testing import FlaskClient

from jobthreads import (
    AccessPolicy,
    Business,
    Client,
    Job,
    JobThreads,
    Notification,
    Quote,
    Role,
    Settings,
    Staff,
    StaticDirectory,
)
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.adapters.storage import LocalStorage
from jobthreads.flask import portal_blueprint, staff_blueprint

SAME_SITE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
"""What a browser sends along with a form of our own pages."""

KIM = Staff(id="staff-kim-7f21", business_id="acme", name="Kim Lee", role=Role.BUSINESS_OWNER)
TERRY = Staff(id="staff-terry-9d0c", business_id="acme", name="Terry Tradie", role=Role.TRADIE)
RIVAL = Staff(id="staff-rival", business_id="rival", name="Robin Rival", role=Role.ADMIN)
DANA = Client(id="c1", business_id="acme", name="Dana Reyes", email="dana@example.com")
OTHER = Client(id="c2", business_id="acme", name="Otto Other", email="otto@example.com")
JOB = Job(
    id="1042", business_id="acme", client_id="c1", reference="J-1042", title="Kitchen rewire",
    assigned_to=[TERRY.id], client_uploads=True,
)  # fmt: skip
OTHER_JOB = Job(id="1043", business_id="acme", client_id="c2", reference="J-1043", title="Other roof")
QUOTE = Quote(id="88", business_id="acme", client_id="c1", reference="Q-88", title="Deck", sent_to_portal=True)
UNSENT = Quote(id="89", business_id="acme", client_id="c1", reference="Q-89", title="Pool")


class Outbox:
    """A notifier that keeps what it is given."""

    channel = "test"

    def __init__(self) -> None:
        self.sent: list[Notification] = []

    def deliver(self, notification: Notification) -> None:
        self.sent.append(notification)


@define
class World:
    """The app, its doors, and the switches that a host has."""

    app: flask.Flask
    threads: JobThreads
    directory: StaticDirectory
    outbox: Outbox
    repository: SQLAlchemyRepository

    def close(self) -> None:
        """Let the database go."""
        self.threads.close()
        self.repository.close()

    def browser(self, who: str | None = None) -> FlaskClient:
        """A browser in which this person is signed in."""
        client = self.app.test_client()
        if who is not None:
            client.set_cookie("who", who)
        return client

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
        return self.outbox.sent[-1].link.rpartition("/")[2]


@define
class Poster:
    """A browser that sends forms as our own pages do."""

    browser: FlaskClient

    def get(self, address: str, **headers: str) -> Any:
        return self.browser.get(address, headers={name.replace("_", "-"): one for name, one in headers.items()})

    def post(self, address: str, **data: Any) -> Any:
        return self.browser.post(address, data=data, headers=SAME_SITE)

    def send(self, address: str, value: object) -> Any:
        return self.browser.post(address, json=value, headers=SAME_SITE)


@cache
def blank_database() -> Path:
    """A database with our tables and nothing in them, made once a run."""
    path = Path(tempfile.mkdtemp(prefix="jobthreads-")) / "blank.db"
    repository = SQLAlchemyRepository.from_url(f"sqlite:///{path}", create=True)
    repository.close()
    return path


PEOPLE = {"kim": KIM, "terry": TERRY, "rival": RIVAL}
CLIENTS = {"dana": DANA, "otto": OTHER}


def build(
    tmp_path: Path,
    *,
    access: AccessPolicy | None = None,
    settings: Settings | None = None,
    shell: str | None = None,
    doors: dict[str, Any] | None = None,
    **wiring: Any,
) -> World:
    """A world; `doors` goes to `JobThreads`, `wiring` to the staff blueprint."""
    outbox = Outbox()
    directory = StaticDirectory(
        businesses=[
            Business(id="acme", name="Acme Electrical", portal_enabled=True),
            Business(id="rival", name="Rival Ltd", portal_enabled=True),
        ],
        staff=[KIM, TERRY, RIVAL],
        clients=[DANA, OTHER],
        records=[JOB, OTHER_JOB, QUOTE, UNSENT],
    )
    moments = {"now": datetime(2026, 3, 2, 9, 0, tzinfo=UTC)}

    def clock() -> datetime:
        moments["now"] += timedelta(seconds=1)
        return moments["now"]

    shutil.copyfile(blank_database(), tmp_path / "threads.db")
    repository = SQLAlchemyRepository.from_url(f"sqlite:///{tmp_path / 'threads.db'}")
    threads = JobThreads(
        directory=directory,
        repository=repository,
        notifiers=[outbox],
        portal_url="http://localhost/portal",
        delivery="off",
        access=access,
        settings=settings or Settings(sign_in_url="/sign-in"),
        clock=clock,
        **{"storage": LocalStorage(tmp_path / "files"), **(doors or {})},
    )
    app = flask.Flask("shop", template_folder=str(tmp_path / "host"))
    app.testing = True
    app.register_blueprint(
        staff_blueprint(
            threads, staff=lambda request: PEOPLE.get(request.cookies.get("who", "")), shell=shell, **wiring
        ),
        url_prefix="/office",
    )
    app.register_blueprint(
        portal_blueprint(threads, client=lambda request: CLIENTS.get(request.cookies.get("who", "")), shell=shell),
        url_prefix="/portal",
    )
    return World(app=app, threads=threads, directory=directory, outbox=outbox, repository=repository)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = build(tmp_path)
    yield found
    found.close()


@pytest.fixture
def talking(world: World) -> World:
    """A world where Kim wrote to Dana, who answered, with a note in between."""
    world.threads.staff.start(KIM, client_id="c1", scope=JOB.scope)
    world.threads.staff.reply(KIM, JOB.scope, "We can start on Friday.")
    world.threads.staff.note(KIM, JOB.scope, "Wants an upgrade later.")
    world.threads.portal.reply(DANA, JOB.scope, "Friday is fine.")
    return world


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no field {name}"
    return found.group(1)
