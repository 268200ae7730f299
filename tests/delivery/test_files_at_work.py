"""The scanner, the previews and the sweep: what a worker does with files, and what a crash leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from jobthreads import ScanState, Visibility, errors
from jobthreads.adapters.storage import LocalStorage
from jobthreads.domain.scanning import Clean, Infected
from jobthreads.testing import TrialThreads
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE

VISIBLE = Visibility.VISIBLE


class Watchman:
    """A scanner that says what it is told to; None is a scanner that is down."""

    def __init__(self) -> None:
        self.says: Any = Clean()

    def scan(self, file: Any) -> Any:
        assert file.read(1)
        if self.says is None:
            raise errors.TemporaryFailure
        return self.says


@pytest.fixture
def watchman() -> Watchman:
    return Watchman()


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "files")


@pytest.fixture
def watched(shop: Shop, storage: LocalStorage, watchman: Watchman) -> Iterator[TrialThreads]:
    shop.job = shop.change(shop.job, client_uploads=True)
    shop.threads = shop.open(storage=storage, scanner=watchman)
    yield shop.threads
    shop.threads.close()


def attached(shop: Shop) -> Any:
    return shop.threads.staff.attach(
        shop.kim, shop.job.scope, BytesIO(b"The plan."), name="plan.txt", visibility=VISIBLE
    )


def seen(shop: Shop) -> list[bool]:
    page = shop.threads.portal.conversation(shop.dana, shop.job.scope).entries.items
    return [entry.file.checking for entry in page if entry.file]


def test_a_staff_file_waits_for_the_scanner(watched: TrialThreads, shop: Shop) -> None:
    """J6: visible and clean, and not before: no entry, no mail, no address until then."""
    entry = attached(shop)
    assert ScanState.PENDING is entry.file.state
    assert [] == seen(shop)
    with pytest.raises(errors.AttachmentNotReady):
        watched.staff.open_file(shop.kim, entry.id)
    with pytest.raises(errors.NotFound):
        watched.portal.open_file(shop.dana, entry.id)
    shop.clock.advance(seconds=9)
    watched.deliver()
    assert [False] == seen(shop)
    assert 1 == len(shop.mailbox.sent)
    shown = watched.portal.conversation(shop.dana, shop.job.scope).entries.items[0]
    assert shop.clock() == shown.at


def test_a_clients_upload_rings_when_it_is_clean(watched: TrialThreads, shop: Shop) -> None:
    """J8, M8: the client sees it as being checked; the bell rings once it has passed."""
    entry = watched.portal.attach(shop.dana, shop.job.scope, BytesIO(b"Damage."), name="damage.txt")
    assert [True] == seen(shop)
    assert 0 == watched.bell.unread(shop.kim)
    with pytest.raises(errors.AttachmentNotReady):
        watched.portal.open_file(shop.dana, entry.id)
    watched.deliver()
    assert [False] == seen(shop)
    assert 1 == watched.bell.unread(shop.kim)


def test_an_infected_file_never_reaches_anyone(watched: TrialThreads, shop: Shop, watchman: Watchman) -> None:
    """J6, S5: it is kept as evidence in the feed, and opens for nobody."""
    watchman.says = Infected(name="Eicar")
    mine = watched.portal.attach(shop.dana, shop.job.scope, BytesIO(b"Damage."), name="damage.txt")
    ours = attached(shop)
    watched.deliver()
    assert [] == seen(shop)
    assert [] == shop.mailbox.sent
    assert 0 == watched.bell.unread(shop.kim)
    for entry in (mine, ours):
        with pytest.raises(errors.AttachmentInfected):
            watched.staff.open_file(shop.kim, entry.id)
        with pytest.raises(errors.NotFound):
            watched.portal.open_file(shop.dana, entry.id)


@pytest.mark.parametrize("end", ["infected", "hidden"])
def test_an_upload_that_never_rang_takes_no_other_unread_with_it(
    watched: TrialThreads, shop: Shop, watchman: Watchman, end: str
) -> None:
    """M8, J6: an infected upload, or one hidden before it was checked, leaves the client's unread reply unread."""
    watched.portal.reply(shop.dana, shop.job.scope, "Is anyone there?")
    entry = watched.portal.attach(shop.dana, shop.job.scope, BytesIO(b"Damage."), name="damage.txt")
    if end == "infected":
        watchman.says = Infected(name="Eicar")
    else:
        watched.staff.set_visibility(shop.kim, entry.id, Visibility.INTERNAL)
    watched.deliver()
    assert [1] == [row.unread for row in watched.staff.inbox(shop.kim).items]
    assert [1] == [notice.count for notice in watched.bell.notices(shop.kim)]


def test_a_scanner_that_is_down_means_waiting(watched: TrialThreads, shop: Shop, watchman: Watchman) -> None:
    """J6: never clean for want of an answer; asked again until there is one."""
    watchman.says = None
    attached(shop)
    for _ in range(8):
        watched.deliver()
        shop.clock.advance(minutes=2)
    assert [] == seen(shop)
    watchman.says = Clean()
    watched.deliver()
    assert [False] == seen(shop)


def test_previews_are_made_by_the_worker(shop: Shop, storage: LocalStorage) -> None:
    """J7: a preview opens for whoever may open the file, and is gone with it."""
    image = pytest.importorskip("PIL.Image")
    from jobthreads.adapters.previews import make_preview

    picture = BytesIO()
    image.new("RGB", (1200, 800), "teal").save(picture, "PNG")
    with shop.open(storage=storage, previews=make_preview) as threads:
        picture.seek(0)
        entry = threads.staff.attach(shop.kim, shop.job.scope, picture, name="wall.png", visibility=VISIBLE)
        with pytest.raises(errors.NotFound):
            threads.portal.open_file(shop.dana, entry.id, preview=True)
        threads.deliver()
        with threads.portal.open_file(shop.dana, entry.id, preview=True) as file:
            assert ("image/jpeg", b"\xff\xd8") == (file.type, file.read(2))
        threads.staff.set_visibility(shop.kim, entry.id, Visibility.INTERNAL)
        with pytest.raises(errors.NotFound):
            threads.portal.open_file(shop.dana, entry.id, preview=True)


UPLOAD = """
import sys
from io import BytesIO
from pathlib import Path
from jobthreads import Visibility
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.adapters.storage import LocalStorage
from tests.shop import Shop

url, folder = sys.argv[1:]
shop = Shop(SQLAlchemyRepository.from_url(url))
threads = shop.open(storage=LocalStorage(Path(folder, "files")))
threads.staff.attach(shop.kim, shop.job.scope, BytesIO(b"x" * 300_000), name="a.txt", visibility=Visibility.VISIBLE)
"""


@pytest.mark.parametrize("point", ["blob.temp_written", "blob.stored", "attach.stored", "entry.written"])
def test_a_killed_upload_leaves_no_row_without_its_file(
    shop: Shop, database_url: str, storage: LocalStorage, tmp_path: Path, point: str
) -> None:
    """S4: kill -9 at each point: no entry whose file is not there, and after the sweep no file without an entry."""
    killed = subprocess.run(
        [sys.executable, "-c", UPLOAD, database_url, str(tmp_path)],
        env={**os.environ, "JOBTHREADS_FAULT": point},
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert -signal.SIGKILL == killed.returncode
    threads = shop.open(storage=storage)
    assert [] == shop.entries(shop.job.scope)
    shop.clock.set(shop.clock().fromtimestamp(time.time() + 2 * 86_400, tz=shop.clock().tzinfo))
    threads.sweep()
    assert [] == list(storage.keys_older_than(shop.clock()))
    assert [] == [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def test_the_sweep_keeps_what_is_used_or_young(shop: Shop, storage: LocalStorage) -> None:
    """S4: an orphan goes after a day; a file that an entry uses stays."""
    threads = shop.open(storage=storage)
    entry = threads.staff.attach(
        shop.kim, shop.job.scope, BytesIO(b"Kept."), name="a.txt", visibility=Visibility.INTERNAL
    )
    storage.put(BytesIO(b"orphan"), "a" * 32)
    now = shop.clock().fromtimestamp(time.time(), tz=shop.clock().tzinfo)
    shop.clock.set(now)
    assert 0 == threads.sweep()
    shop.clock.advance(days=2)
    assert 1 == threads.sweep()
    with threads.staff.open_file(shop.kim, entry.id) as file:
        assert b"Kept." == file.read(9)
