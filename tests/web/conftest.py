"""A small business behind both mounts, once in a Flask app and once in a Django project, on a real SQLite file."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jobthreads import Business, Job, Notification, Quote, Scope, Settings, StaticDirectory
from jobthreads.adapters.storage import LocalStorage
from tests.web.frameworks import (
    DANA,
    KIM,
    OTHER,
    RIVAL,
    SAME_SITE,
    TERRY,
    DjangoWorld,
    FlaskWorld,
    Poster,
    World,
)

__all__ = [
    "DANA", "JOB", "KIM", "OTHER", "OTHER_JOB", "QUOTE", "RIVAL", "SAME_SITE", "TERRY", "UNSENT", "Build", "Poster",
    "World", "hidden", "worlds",
]  # fmt: skip

JOB = Job(
    id="1042", business_id="acme", client_id="c1", reference="J-1042", title="Kitchen rewire",
    assigned_to=[TERRY.id], client_uploads=True,
)  # fmt: skip
OTHER_JOB = Job(id="1043", business_id="acme", client_id="c2", reference="J-1043", title="Other roof")
QUOTE = Quote(id="88", business_id="acme", client_id="c1", reference="Q-88", title="Deck", sent_to_portal=True)
UNSENT = Quote(id="89", business_id="acme", client_id="c1", reference="Q-89", title="Pool")

Build = Callable[..., World]


class Outbox:
    """A notifier that keeps what it is given."""

    channel = "test"

    def __init__(self) -> None:
        self.sent: list[Notification] = []

    def deliver(self, notification: Notification) -> None:
        self.sent.append(notification)


@pytest.fixture(params=["flask", "django"])
def framework(request: pytest.FixtureRequest) -> str:
    """Each framework in turn; nothing is skipped for one of them."""
    return str(request.param)


@pytest.fixture
def build(framework: str, new_database: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Build]:
    """Makes a world in the framework, and closes it."""
    with worlds(framework, request, new_database, tmp_path) as made:
        yield made


@contextmanager
def worlds(framework: str, request: pytest.FixtureRequest, database: Path, folder: Path) -> Iterator[Build]:
    """Makes worlds over a copy of a database; of two, only the later is asked.

    `pages` are the host's templates, written for each framework; everything that is not named goes to the doors.
    """
    opened: list[World] = []

    def made(
        *,
        shell: str | None = None,
        record_url: Callable[[Scope], str | None] | None = None,
        pages: Mapping[str, Mapping[str, str]] | None = None,
        **doors: Any,
    ) -> World:
        moments = {"now": datetime(2026, 3, 2, 9, 0, tzinfo=UTC)}

        def clock() -> datetime:
            moments["now"] += timedelta(seconds=1)
            return moments["now"]

        doors = {
            "directory": StaticDirectory(
                businesses=[
                    Business(id="acme", name="Acme Electrical", portal_enabled=True),
                    Business(id="rival", name="Rival Ltd", portal_enabled=True),
                ],
                staff=[KIM, TERRY, RIVAL],
                clients=[DANA, OTHER],
                records=[JOB, OTHER_JOB, QUOTE, UNSENT],
            ),
            "storage": LocalStorage(folder / "files"),
            "portal_url": "http://localhost/portal",
            "settings": Settings(sign_in_url="/sign-in"),
            "clock": clock,
            **doors,
        }
        host: dict[str, Any] = {
            "shell": shell,
            "record_url": record_url,
            "pages": {name: page[framework] for name, page in (pages or {}).items()},
        }
        own = shutil.copy(database, folder / f"world-{len(opened)}.db")
        if framework == "flask":
            world: World = FlaskWorld.open(Path(own), doors, Outbox(), **host)
        else:
            unblocked = request.getfixturevalue("django_db_blocker").unblock()
            world = DjangoWorld.open(Path(own), unblocked, doors, Outbox(), **host)
        opened.append(world)
        return world

    try:
        yield made
    finally:
        for world in reversed(opened):
            world.close()


@pytest.fixture
def world(build: Build) -> World:
    return build()


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
