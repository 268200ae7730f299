"""The contracts of a `BlobStorage`, and of one that offers `Receiving`: run them on your own place for files."""

from __future__ import annotations

import hashlib
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import IO, Protocol
from uuid import uuid4

import pytest

from jobthreads.errors import Unavailable
from jobthreads.ports import BlobStorage, Receiving
from jobthreads.testing.contracts.contract import Contract

__all__ = ["BlobStorageContract", "ReceivingContract"]

_MIB = 1024 * 1024

HOSTILE_KEYS = [
    "",
    ".",
    "..",
    "/",
    "../../etc/passwd",
    "/etc/passwd",
    "a/b",
    "a" * 15,
    "a" * 65,
    "A" * 32,
    "a" * 31 + "/",
    "a" * 31 + ".",
    "a" * 31 + "-",
    "a" * 31 + " ",
    "a" * 31 + "\n",
    "a" * 31 + "\0",
    "a" * 31 + "é",
    "a" * 31 + "\u0661",  # a digit, but not one of ours
    "../" + "a" * 29,
    "..%2f" + "a" * 27,
    "C:\\" + "a" * 29,
]


class _Made:
    """So many bytes that repeat nowhere, made while they are read; may break off with an exception."""

    def __init__(self, size: int, *, breaks_at: int | None = None) -> None:
        self._size = size
        self._at = 0
        self._breaks_at = breaks_at

    def read(self, size: int, /) -> bytes:
        if self._breaks_at is not None and self._at >= self._breaks_at:
            raise ConnectionResetError("The sender went away.")
        start = self._at
        self._at = min(self._at + size, self._size)
        return _bytes(start, self._at)


def _bytes(start: int, end: int) -> bytes:
    """The bytes of `_Made` from `start` to `end`: 4 KiB blocks, each spun from its own number."""
    first, last = start // 4096, -(-end // 4096)
    blocks = (hashlib.shake_128(number.to_bytes(8, "big")).digest(4096) for number in range(first, last))
    return b"".join(blocks)[start - first * 4096 : end - first * 4096]


def _key() -> str:
    return uuid4().hex


def _read(storage: BlobStorage, key: str, start: int = 0, end: int | None = None) -> bytes:
    pieces = []
    with storage.open(key, start, end) as blob:
        while piece := blob.read(64 * 1024):
            pieces.append(piece)
    return b"".join(pieces)


class BlobStorageContract(Contract):
    """Override the fixture `storage`; it may keep blobs between tests, since every key is new."""

    @pytest.fixture
    def storage(self) -> BlobStorage:
        """The storage on trial."""
        raise NotImplementedError("Override the fixture `storage`.")

    @pytest.mark.parametrize("size", [0, 1, 5 * _MIB, 25 * _MIB], ids=["0", "1", "5MiB", "25MiB"])
    def test_what_was_put_comes_back(
        self, storage: BlobStorage, size: int, record_property: Callable[[str, object], None]
    ) -> None:
        """Every byte comes back, and neither way holds the blob whole in memory (J5)."""
        key = _key()
        # Once without being measured, so that what a library loads only once does not count.
        storage.put(BytesIO(b"x"), _key())
        tracemalloc.start()
        try:
            storage.put(_Made(size), key)
            up = tracemalloc.get_traced_memory()[1]
            tracemalloc.reset_peak()
            position = 0
            with storage.open(key) as blob:
                while piece := blob.read(64 * 1024):
                    assert _bytes(position, position + len(piece)) == piece
                    position += len(piece)
                assert b"" == blob.read(1)
            down = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        storage.delete(key)
        record_property("peak_bytes_up", up)
        record_property("peak_bytes_down", down)
        print(f"{size:,} bytes: at most {up:,} bytes of memory up, {down:,} down")  # noqa: T201 - the figure is for who runs it
        assert position == size
        assert up < 16 * _MIB
        assert down < 4 * _MIB

    def test_a_read_gives_no_more_than_was_asked_for(self, storage: BlobStorage) -> None:
        """`read(n)` gives n bytes at most, and nothing only at the end."""
        key = _key()
        storage.put(BytesIO(b"0123456789"), key)
        with storage.open(key) as blob:
            pieces = iter(lambda: blob.read(3), b"")
            sizes, whole = [], b""
            for piece in pieces:
                sizes.append(len(piece))
                whole += piece
        assert b"0123456789" == whole
        assert max(sizes) <= 3

    @pytest.mark.parametrize(
        ("start", "end"),
        [(0, None), (0, 1), (3, 7), (3, None), (9, 10), (9, 99), (0, 10), (0, 99), (10, None), (10, 20), (50, 60)],
    )
    def test_a_range_is_what_a_slice_would_be(self, storage: BlobStorage, start: int, end: int | None) -> None:
        """The end is not part of a range, and beyond the blob's end there is nothing."""
        key = _key()
        storage.put(BytesIO(b"0123456789"), key)
        assert b"0123456789"[start:end] == _read(storage, key, start, end)

    @pytest.mark.parametrize(("start", "end"), [(0, 0), (4, 4), (10, 10)])
    def test_a_range_may_be_empty(self, storage: BlobStorage, start: int, end: int) -> None:
        """A range that ends where it begins holds nothing, of a blob that is there."""
        key = _key()
        storage.put(BytesIO(b"0123456789"), key)
        assert b"" == _read(storage, key, start, end)
        with pytest.raises(Unavailable), storage.open(_key(), start, end):
            pass

    def test_an_empty_blob_has_empty_ranges(self, storage: BlobStorage) -> None:
        """Whatever part is asked for, there is nothing in it."""
        key = _key()
        storage.put(BytesIO(), key)
        assert [b"", b"", b""] == [_read(storage, key, *span) for span in [(0, None), (0, 5), (3, None)]]

    def test_a_range_across_pieces(self, storage: BlobStorage) -> None:
        """Wherever a storage cuts a large blob, a range goes across."""
        key, size = _key(), 11 * _MIB + 7
        storage.put(_Made(size), key)
        for start, end in [(5 * _MIB - 3, 5 * _MIB + 3), (_MIB - 1, _MIB + 1), (size - 5, None), (size - 5, size + 5)]:
            assert _bytes(start, min(size, end or size)) == _read(storage, key, start, end)
        storage.delete(key)

    @pytest.mark.parametrize(("start", "end"), [(-1, None), (-5, 5), (5, 4)])
    def test_what_is_no_range_is_refused(self, storage: BlobStorage, start: int, end: int | None) -> None:
        """A range begins at 0 or later, and does not end before it begins."""
        key = _key()
        storage.put(BytesIO(b"0123456789"), key)
        with pytest.raises(ValueError), storage.open(key, start, end):  # noqa: PT011 - its words are its own
            pass

    @pytest.mark.parametrize("size", [4, 6 * _MIB], ids=["small", "large"])
    def test_nothing_is_replaced(self, storage: BlobStorage, size: int) -> None:
        """A second put of a key is refused, and what was there stays."""
        key = _key()
        storage.put(_Made(size), key)
        for other in (BytesIO(b"other"), BytesIO(), BytesIO(b"o" * size)):
            with pytest.raises(FileExistsError):
                storage.put(other, key)
        assert _bytes(0, size) == _read(storage, key)

    def test_a_key_that_was_deleted_is_free(self, storage: BlobStorage) -> None:
        """After a delete nothing stands there, and another blob may."""
        key = _key()
        storage.put(BytesIO(b"first"), key)
        storage.delete(key)
        storage.put(BytesIO(b"second"), key)
        assert b"second" == _read(storage, key)

    def test_deleting_again_is_no_error(self, storage: BlobStorage) -> None:
        """A blob that is not there, or was never there, is deleted already."""
        key = _key()
        storage.put(BytesIO(b"gone soon"), key)
        storage.delete(key)
        storage.delete(key)
        storage.delete(_key())
        with pytest.raises(Unavailable), storage.open(key):
            pass

    @pytest.mark.parametrize("span", [(0, None), (0, 5), (3, None), (0, 0)])
    def test_a_missing_blob_is_unavailable(self, storage: BlobStorage, span: tuple[int, int | None]) -> None:
        """A blob that is not there is said so on entering, before any header is sent."""
        with pytest.raises(Unavailable), storage.open(_key(), *span):
            pass

    @pytest.mark.parametrize("key", HOSTILE_KEYS)
    def test_a_hostile_key_is_refused(self, storage: BlobStorage, key: str) -> None:
        """A key is small letters and digits; no path, name or option can be made of one."""
        stream = BytesIO(b"harm")
        for call in (storage.delete, storage.open, lambda it: storage.put(stream, it)):
            with pytest.raises(ValueError) as refused:  # noqa: PT011 - its words are its own
                call(key)
            assert len(key) < 15 or key not in str(refused.value)
        assert 0 == stream.tell()

    def test_keys_by_age(self, storage: BlobStorage) -> None:
        """The sweep is given what was written before its time, and nothing that came later."""
        before = {_key() for _ in range(3)}
        for key in before:
            storage.put(BytesIO(b"old"), key)
        now = datetime.now(UTC)
        assert before <= set(storage.keys_older_than(now + timedelta(hours=1)))
        assert not before & set(storage.keys_older_than(now - timedelta(hours=1)))
        with pytest.raises(ValueError):  # noqa: PT011 - its words are its own
            list(storage.keys_older_than(datetime(2026, 3, 2, 9, 0)))  # noqa: DTZ001 - a naive time, to be refused

    def test_keys_may_be_deleted_while_they_are_listed(self, storage: BlobStorage) -> None:
        """Whoever sweeps deletes on the way, and no key is missed by it."""
        keys = {_key() for _ in range(20)}
        for key in keys:
            storage.put(BytesIO(b"old"), key)
        listed = set()
        for key in storage.keys_older_than(datetime.now(UTC) + timedelta(hours=1)):
            listed.add(key)
            storage.delete(key)
        assert keys <= listed
        assert not keys & set(storage.keys_older_than(datetime.now(UTC) + timedelta(hours=1)))

    @pytest.mark.parametrize("size", [100, 12 * _MIB], ids=["small", "large"])
    def test_a_stream_that_breaks_off_leaves_nothing(self, storage: BlobStorage, size: int) -> None:
        """What the stream raises comes through, the key stays free, and there is nothing to sweep."""
        key = _key()
        with pytest.raises(ConnectionResetError):
            storage.put(_Made(size, breaks_at=size // 2), key)
        with pytest.raises(Unavailable), storage.open(key):
            pass
        later = datetime.now(UTC) + timedelta(hours=1)
        assert key not in set(storage.keys_older_than(later))
        assert 0 == storage.sweep_leftovers(later)
        storage.put(BytesIO(b"second try"), key)
        assert b"second try" == _read(storage, key)

    def test_sweeping_leaves_blobs_alone(self, storage: BlobStorage) -> None:
        """Leftovers are of puts that never finished; a finished one is none, however old."""
        key = _key()
        storage.put(BytesIO(b"stays"), key)
        assert 0 == storage.sweep_leftovers(datetime.now(UTC) + timedelta(days=400))
        assert b"stays" == _read(storage, key)
        with pytest.raises(ValueError):  # noqa: PT011 - its words are its own
            storage.sweep_leftovers(datetime(2026, 3, 2, 9, 0))  # noqa: DTZ001 - a naive time, to be refused

    def test_many_at_once(self, storage: BlobStorage) -> None:
        """Puts and reads at once do not touch each other."""

        def there_and_back(number: int) -> bool:
            key, content = _key(), f"{number} ".encode() * 10_000
            storage.put(BytesIO(content), key)
            return content == _read(storage, key)

        with ThreadPoolExecutor(8) as pool:
            assert [True] * 24 == list(pool.map(there_and_back, range(24)))

    def test_one_key_at_once(self, storage: BlobStorage) -> None:
        """Puts of one key at once leave one of them, whole, and say so to one at least."""
        key = _key()

        def put(number: int) -> bytes | None:
            content = bytes([65 + number]) * (200_000 + number)
            try:
                storage.put(BytesIO(content), key)
            except FileExistsError:
                return None
            return content

        with ThreadPoolExecutor(8) as pool:
            stored = [content for content in pool.map(put, range(8)) if content is not None]
        assert _read(storage, key) in stored

    def test_an_open_blob_is_read_on_while_others_are_put(self, storage: BlobStorage) -> None:
        """A slow reader keeps its place, whatever else happens."""
        key = _key()
        storage.put(BytesIO(b"0123456789"), key)
        with storage.open(key, 2) as blob:
            read = blob.read(3)
            storage.put(BytesIO(b"something else"), _key())
            time.sleep(0.01)
            while piece := blob.read(100):
                read += piece
        assert b"23456789" == read


class ReceivingStorage(BlobStorage, Receiving, Protocol):
    """A storage that offers both."""


@contextmanager
def _receiving(storage: ReceivingStorage, key: str) -> Iterator[IO[bytes]]:
    place = storage.receiving(key)
    assert place is not None, "There is a place for every key, or the storage offers no Receiving."
    with place as draft:
        yield draft


def _fill(draft: IO[bytes], size: int) -> None:
    made = _Made(size)
    while piece := made.read(64 * 1024):
        assert len(piece) == draft.write(piece)


class ReceivingContract(Contract):
    """Override the fixture `storage`; it has to pass `BlobStorageContract`, too, and may keep blobs between tests."""

    @pytest.fixture
    def storage(self) -> Receiving:
        """The storage on trial."""
        raise NotImplementedError("Override the fixture `storage`.")

    @pytest.mark.parametrize("size", [0, 1, 5 * _MIB], ids=["0", "1", "5MiB"])
    def test_what_was_received_comes_back(self, storage: ReceivingStorage, size: int) -> None:
        """All that was written is kept, wherever the file stands, and nothing is under the key before."""
        key = _key()
        with _receiving(storage, key) as draft:
            _fill(draft, size)
            draft.seek(size // 2)
            with pytest.raises(Unavailable), storage.open(key):
                pass
            storage.put(draft, key)
            assert _bytes(0, size) == _read(storage, key)
        assert _bytes(0, size) == _read(storage, key)
        later = datetime.now(UTC) + timedelta(hours=1)
        assert key in set(storage.keys_older_than(later))
        assert 0 == storage.sweep_leftovers(later)

    def test_it_is_read_and_sought_in_as_it_is_received(self, storage: ReceivingStorage) -> None:
        """Whoever judges it leaps through it; writing goes on where it stands."""
        with _receiving(storage, _key()) as draft:
            _fill(draft, 3 * _MIB)
            for start in (2 * _MIB + 7, 0, 3 * _MIB - 5):
                draft.seek(start)
                assert _bytes(start, min(start + 1000, 3 * _MIB)) == draft.read(1000)
            assert b"" == draft.read(1)
            draft.write(b"more")
            assert 3 * _MIB + 4 == draft.tell()

    def test_what_was_not_kept_is_gone(self, storage: ReceivingStorage) -> None:
        """Whether it was refused or the sender went away: the key is free, and there is nothing to sweep."""
        key = _key()
        with _receiving(storage, key) as draft:
            _fill(draft, 2 * _MIB)
        with pytest.raises(ConnectionResetError), _receiving(storage, key) as draft:
            _fill(draft, 2 * _MIB)
            raise ConnectionResetError("The sender went away.")
        with pytest.raises(Unavailable), storage.open(key):
            pass
        later = datetime.now(UTC) + timedelta(hours=1)
        assert key not in set(storage.keys_older_than(later))
        assert 0 == storage.sweep_leftovers(later)
        storage.put(BytesIO(b"after it"), key)
        assert b"after it" == _read(storage, key)

    def test_nothing_is_replaced(self, storage: ReceivingStorage) -> None:
        """A key that is taken is refused, at the latest by `put`, and what was there stays."""
        key = _key()
        storage.put(BytesIO(b"first"), key)
        with pytest.raises(FileExistsError), _receiving(storage, key) as draft:
            _fill(draft, 10)
            storage.put(draft, key)
        assert b"first" == _read(storage, key)
        key = _key()
        with pytest.raises(FileExistsError), _receiving(storage, key) as draft:
            _fill(draft, 10)
            storage.put(BytesIO(b"meanwhile"), key)
            storage.put(draft, key)
        assert b"meanwhile" == _read(storage, key)
        assert 0 == storage.sweep_leftovers(datetime.now(UTC) + timedelta(hours=1))

    def test_for_another_key_it_is_a_stream_like_any(self, storage: ReceivingStorage) -> None:
        """What was received for one key may be put under another, from where it stands."""
        key, other = _key(), _key()
        with _receiving(storage, key) as draft:
            _fill(draft, 2 * _MIB)
            draft.seek(_MIB)
            storage.put(draft, other)
            storage.put(draft, key)
        assert [_bytes(_MIB, 2 * _MIB), _bytes(0, 2 * _MIB)] == [_read(storage, other), _read(storage, key)]

    @pytest.mark.parametrize("key", HOSTILE_KEYS)
    def test_a_hostile_key_is_refused(self, storage: ReceivingStorage, key: str) -> None:
        """A key is small letters and digits here, too."""
        with pytest.raises(ValueError), _receiving(storage, key):  # noqa: PT011 - its words are its own
            pass

    def test_many_at_once(self, storage: ReceivingStorage) -> None:
        """Files that are received at once do not touch each other."""

        def there_and_back(number: int) -> bool:
            key, content = _key(), f"{number} ".encode() * 100_000
            with _receiving(storage, key) as draft:
                for start in range(0, len(content), 50_000):
                    draft.write(content[start : start + 50_000])
                storage.put(draft, key)
            return content == _read(storage, key)

        with ThreadPoolExecutor(8) as pool:
            assert [True] * 24 == list(pool.map(there_and_back, range(24)))

    def test_one_key_at_once(self, storage: ReceivingStorage) -> None:
        """Of files that are received for one key at once one is kept, whole, and the others are gone."""
        key = _key()

        def put(number: int) -> bytes | None:
            content = bytes([65 + number]) * (200_000 + number)
            try:
                with _receiving(storage, key) as draft:
                    draft.write(content)
                    storage.put(draft, key)
            except FileExistsError:
                return None
            return content

        with ThreadPoolExecutor(8) as pool:
            stored = [content for content in pool.map(put, range(8)) if content is not None]
        assert [_read(storage, key)] == stored
        assert 0 == storage.sweep_leftovers(datetime.now(UTC) + timedelta(hours=1))
