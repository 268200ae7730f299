"""What becomes of a blob when the server, or the way to it, fails."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest

from jobthreads.adapters.storage import S3Storage
from jobthreads.errors import Misconfigured, Unavailable
from tests.storage.conftest import new_bucket, s3_client
from tests.storage.troubled_server import TroubledServer, in_front_of

MIB = 1024 * 1024
LATER = timedelta(hours=1)


@pytest.fixture
def way(moto: str) -> Iterator[TroubledServer]:
    """The way to moto's server."""
    with in_front_of(moto) as server:
        yield server


@pytest.fixture
def bucket(moto_client: Any) -> str:
    return new_bucket(moto_client)


@pytest.fixture
def storage(way: TroubledServer, bucket: str) -> S3Storage:
    """A storage that waits for half a second and tries twice."""
    client = s3_client(
        way.address, "trial", "secret", read_timeout=0.5, retries={"mode": "standard", "total_max_attempts": 2}
    )
    return S3Storage(bucket, client)


@pytest.fixture
def calm(moto_client: Any, bucket: str) -> S3Storage:
    """The same bucket, without the trouble."""
    return S3Storage(bucket, moto_client)


def content(size: int) -> bytes:
    return bytes(range(256)) * (size // 256)


def read(storage: S3Storage, key: str) -> bytes:
    pieces = []
    with storage.open(key) as blob:
        while piece := blob.read(100_000):
            pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize("size", [1024, 6 * MIB], ids=["small", "large"])
def test_one_failure_is_tried_again(storage: S3Storage, calm: S3Storage, way: TroubledServer, size: int) -> None:
    """S4: a server error in the middle is tried again, and the blob is whole."""
    key, given = uuid4().hex, content(size)
    way.concerns = lambda method, path: method in {"PUT", "POST"}
    way.plan = ["refuse", "", "refuse"]
    storage.put(BytesIO(given), key)
    assert given == read(calm, key)


@pytest.mark.parametrize("size", [1024, 6 * MIB], ids=["small", "large"])
def test_a_server_that_stays_down_is_unavailable(
    storage: S3Storage, calm: S3Storage, way: TroubledServer, size: int
) -> None:
    """S4: nothing is kept that was not acknowledged, and no upload is left open once it answers again."""
    key = uuid4().hex
    way.concerns = lambda method, path: method in {"PUT", "POST"} and "uploads" not in path
    way.plan = ["refuse"] * 4
    with pytest.raises(Unavailable):
        storage.put(BytesIO(content(size)), key)
    with pytest.raises(Unavailable), calm.open(key):
        pass
    assert 0 == calm.sweep_leftovers(datetime.now(UTC) + LATER)


@pytest.mark.parametrize("size", [1024, 6 * MIB], ids=["small", "large"])
@pytest.mark.parametrize("answers_lost", [1, 2])
def test_a_lost_answer_is_found_out(
    storage: S3Storage, calm: S3Storage, way: TroubledServer, size: int, answers_lost: int
) -> None:
    """S4: stored, but the answer timed out: the put looks what became of it, and it is stored once."""
    key, given = uuid4().hex, content(size)
    way.concerns = lambda method, path: method == ("PUT" if size < MIB else "POST") and not path.endswith("?uploads")
    way.plan = ["swallow"] * answers_lost
    storage.put(BytesIO(given), key)
    assert given == read(calm, key)
    assert 0 == calm.sweep_leftovers(datetime.now(UTC) + LATER)


def test_anothers_blob_is_never_taken_for_ours(storage: S3Storage, calm: S3Storage, way: TroubledServer) -> None:
    """S4: where another put came first, the server's refusal is told, and the first one stays."""
    key = uuid4().hex
    way.concerns = lambda method, path: method == "HEAD"
    way.plan = ["404"]
    calm.put(BytesIO(b"first"), key)
    with pytest.raises(FileExistsError):
        storage.put(BytesIO(b"second"), key)
    assert b"first" == read(calm, key)


def test_a_server_without_conditional_writes(storage: S3Storage, calm: S3Storage, way: TroubledServer) -> None:
    """J5: a server that does not know them is asked first instead, and remembered."""
    way.concerns = lambda method, path: method == "PUT"
    way.plan = ["501"]
    keys = [uuid4().hex, uuid4().hex]
    for key in keys:
        storage.put(BytesIO(b"kept"), key)
    assert [b"kept", b"kept"] == [read(calm, key) for key in keys]
    assert ["HEAD", "PUT 501", "PUT", "HEAD", "PUT"] == way.seen
    with pytest.raises(FileExistsError):
        storage.put(BytesIO(b"other"), keys[0])


def test_an_answer_cut_short_is_no_short_blob(storage: S3Storage, calm: S3Storage, way: TroubledServer) -> None:
    """J5: when the connection breaks off while reading, that is said, and never looks like the end."""
    key = uuid4().hex
    calm.put(BytesIO(content(MIB)), key)
    way.concerns = lambda method, path: method == "GET"
    for span in [(0, None), (10, None), (0, MIB), (5, 900_000)]:
        way.plan = ["cut"]
        with pytest.raises(Unavailable), storage.open(key, *span) as blob:
            while blob.read(64 * 1024):
                pass


def test_a_server_that_is_down_or_silent_is_unavailable(storage: S3Storage, way: TroubledServer) -> None:
    """S4: errors, silence and refusals are one word for the caller, and the server's is the cause."""
    key = uuid4().hex
    for plan in (["refuse"] * 2, ["swallow"] * 2, ["403"]):
        way.plan = list(plan)
        with pytest.raises(Unavailable) as told, storage.open(key):
            pass
        assert told.value.__cause__ is not None
        assert key not in str(told.value)
    calls = (
        lambda: storage.delete(key),
        lambda: storage.put(BytesIO(b"x"), key),
        lambda: list(storage.keys_older_than(datetime.now(UTC))),
        lambda: storage.sweep_leftovers(datetime.now(UTC)),
    )
    for call in calls:
        way.plan = ["refuse"] * 2
        with pytest.raises(Unavailable):
            call()


def test_nobody_listens(bucket: str) -> None:
    """S4: no connection is unavailable too."""
    nowhere = s3_client("http://127.0.0.1:1", "trial", "secret", retries={"total_max_attempts": 1})
    with pytest.raises(Unavailable):
        S3Storage(bucket, nowhere).put(BytesIO(b"x"), uuid4().hex)


def test_a_server_that_gives_no_ranges(storage: S3Storage, calm: S3Storage, way: TroubledServer) -> None:
    """J5: an answer that holds the whole blob is never taken for the part that was asked for."""
    key = uuid4().hex
    calm.put(BytesIO(b"0123456789"), key)
    client = storage._client
    client.meta.events.register(
        "before-send.s3.GetObject", lambda request, **_: request.headers.pop("Range", None) and None
    )
    with pytest.raises(Unavailable), storage.open(key, 3):
        pass
    with storage.open(key, 0, 4) as blob:
        assert b"0123" == blob.read(100)
        assert b"" == blob.read(100)


def test_many_keys_come_in_pages(calm: S3Storage, moto_client: Any, bucket: str) -> None:
    """J5: the sweep sees every key, not only the server's first page, and nothing that is no key of ours."""
    small_pages = S3Storage(bucket, moto_client)
    keys = {uuid4().hex for _ in range(7)}
    for key in keys:
        calm.put(BytesIO(b"x"), key)
    moto_client.put_object(Bucket=bucket, Key="somebody-elses.txt", Body=b"x")
    small_pages._client = _PagesOfThree(moto_client)
    assert keys == set(small_pages.keys_older_than(datetime.now(UTC) + LATER))


class _PagesOfThree:
    def __init__(self, client: Any) -> None:
        self._client = client

    def get_paginator(self, operation: str) -> Any:
        paginator = self._client.get_paginator(operation)
        paginate = paginator.paginate
        paginator.paginate = lambda **call: paginate(**call, PaginationConfig={"PageSize": 3})
        return paginator


def test_prefixes_keep_apart(moto_client: Any, bucket: str) -> None:
    """S3: two storages in one bucket see nothing of each other."""
    ours, theirs = S3Storage(bucket, moto_client, prefix="ours/"), S3Storage(bucket, moto_client, prefix="theirs/")
    key = uuid4().hex
    ours.put(BytesIO(b"ours"), key)
    theirs.put(BytesIO(b"theirs"), key)
    theirs.delete(key)
    assert b"ours" == read(ours, key)
    assert [] == list(theirs.keys_older_than(datetime.now(UTC) + LATER))


def test_without_boto3_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """S6: the extra is named; without it the rest of the library works."""
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(Misconfigured) as told:
        S3Storage("files")
    assert "jobthreads[s3]" in told.value.hint


def test_a_client_of_its_own(monkeypatch: pytest.MonkeyPatch, moto: str, moto_client: Any, bucket: str) -> None:
    """J5: without a client, the environment says where and as whom."""
    for name, value in {
        "AWS_ENDPOINT_URL_S3": moto,
        "AWS_ACCESS_KEY_ID": "trial",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    storage, key = S3Storage(bucket), uuid4().hex
    storage.put(BytesIO(b"found its way"), key)
    assert b"found its way" == read(storage, key)
