"""kill -9 at each named point of a put: a blob is there whole, or not at all, and the sweep finds what is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from jobthreads.adapters.storage import LocalStorage, S3Storage
from jobthreads.errors import Unavailable
from jobthreads.ports import BlobStorage
from tests.storage.conftest import new_bucket

MIB = 1024 * 1024
LATER = timedelta(hours=1)

# The process that dies. It stores `size` bytes, and after `stalls_at` of them waits for a death from outside.
_PUT = """
import sys, time
from jobthreads.adapters.storage import LocalStorage, S3Storage

kind, place, key, size, stalls_at = *sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5])
if kind == "local":
    storage = LocalStorage(place)
else:
    storage = S3Storage(place)

class Stream:
    at = 0
    def read(self, n):
        if 0 <= stalls_at <= self.at:
            print("stalled", flush=True)
            time.sleep(60)
        piece = (b"0123456789abcdef" * (n // 16 + 1))[: min(n, size - self.at)]
        self.at += len(piece)
        return piece

storage.put(Stream(), key)
print("stored", flush=True)
"""


class Place:
    """A storage, and how another process comes to it."""

    def __init__(
        self, storage: BlobStorage, arguments: list[str], environment: dict[str, str], early: datetime | None = None
    ) -> None:
        self.storage = storage
        self._early = early or datetime.now(UTC) - LATER
        self._arguments = arguments
        self._environment = environment

    def put(self, key: str, size: int, *, fault: str = "", stalls_at: int = -1) -> subprocess.Popen[str]:
        """Begin a put in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-c", _PUT, *self._arguments, key, str(size), str(stalls_at)],
            env={**os.environ, **self._environment, "JOBTHREADS_FAULT": fault},
            stdout=subprocess.PIPE,
            text=True,
        )

    def swept(self) -> list[int]:
        """What a sweep for older things, one that comes in time, and one more have found."""
        later = datetime.now(UTC) + LATER
        return [self.storage.sweep_leftovers(time) for time in (self._early, later, later)]


def on_s3(client: Any, early: datetime | None = None) -> Place:
    """A bucket of its own, and what the dying process needs to find it."""
    bucket = new_bucket(client)
    credentials = client._get_credentials()
    environment = {
        "AWS_ENDPOINT_URL_S3": client.meta.endpoint_url,
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    return Place(S3Storage(bucket, client), ["s3", bucket], environment, early)


def size_of(storage: BlobStorage, key: str) -> int | None:
    """How long the blob is, having read it; None if there is none."""
    size = 0
    try:
        with storage.open(key) as blob:
            while piece := blob.read(MIB):
                size += len(piece)
    except Unavailable:
        return None
    return size


class Killing:
    """Override the fixture `place`."""

    @pytest.mark.parametrize("size", [1000, 6 * MIB], ids=["small", "large"])
    def test_killed_before_it_had_its_name(self, place: Place, size: int) -> None:
        """S4: written, and not yet acknowledged: nothing stands there, and the sweep takes what is left."""
        key = uuid4().hex
        with place.put(key, size, fault="blob.temp_written") as process:
            assert -signal.SIGKILL == process.wait(30)
        assert size_of(place.storage, key) is None
        assert key not in set(place.storage.keys_older_than(datetime.now(UTC) + LATER))
        leaves = 1 if size > MIB or isinstance(place.storage, LocalStorage) else 0
        assert [0, leaves, 0] == place.swept()

    @pytest.mark.parametrize("size", [1000, 6 * MIB], ids=["small", "large"])
    def test_killed_after_it_was_stored(self, place: Place, size: int) -> None:
        """S4: stored, and its row not yet written: an orphan, whole, that the sweep is told of."""
        key = uuid4().hex
        with place.put(key, size, fault="blob.stored") as process:
            assert -signal.SIGKILL == process.wait(30)
        assert size == size_of(place.storage, key)
        assert [0, 0, 0] == place.swept()
        assert [key] == list(place.storage.keys_older_than(datetime.now(UTC) + LATER))

    def test_killed_in_the_middle(self, place: Place) -> None:
        """S4: killed while the stream still comes: nothing stands there, and the sweep takes what is left."""
        key = uuid4().hex
        with place.put(key, 12 * MIB, stalls_at=7 * MIB) as process:
            assert process.stdout is not None
            assert "stalled\n" == process.stdout.readline()
            assert size_of(place.storage, key) is None
            process.kill()
            process.wait(30)
        assert size_of(place.storage, key) is None
        assert [0, 1, 0] == place.swept()


class TestLocal(Killing):
    """A folder."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> Place:
        return Place(LocalStorage(tmp_path / "files"), ["local", str(tmp_path / "files")], {})


class TestMoto(Killing):
    """moto's server."""

    @pytest.fixture
    def place(self, moto_client: Any) -> Place:
        # moto says of every upload that it was begun in 2010.
        return on_s3(moto_client, early=datetime(2000, 1, 1, tzinfo=UTC))


def test_killed_between_name_and_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S4: a blob that has its name and still its draft's is whole; the sweep takes the second name alone."""
    storage, key = LocalStorage(tmp_path / "files"), uuid4().hex
    unlink: Callable[..., None] = os.unlink
    monkeypatch.setattr(os, "unlink", lambda *place, **options: None)
    storage.put(_Once(b"0123456789"), key)
    monkeypatch.setattr(os, "unlink", unlink)
    assert 2 == len(list((tmp_path / "files" / key[:2]).iterdir()))
    assert [0, 1, 0] == Place(storage, [], {}).swept()
    assert 10 == size_of(storage, key)


class _Once:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int, /) -> bytes:
        piece, self._content = self._content[:size], self._content[size:]
        return piece
