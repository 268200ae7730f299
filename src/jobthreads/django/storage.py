"""`DjangoStorage`: files in one of the project's `STORAGES`."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils import timezone

from jobthreads import faults
from jobthreads.adapters.storage import LocalStorage
from jobthreads.adapters.storage.checks import aware, is_key, safe_key, span
from jobthreads.errors import Unavailable
from jobthreads.ports import BlobStorage, Readable, Receiving

__all__ = ["DjangoStorage"]

_PIECE = 1024 * 1024
_putting = tuple(threading.Lock() for _ in range(64))


class DjangoStorage:
    """Keeps each file under its key in `storages[alias]`, which has to be ours alone: the sweep deletes the unknown.

    A plain `FileSystemStorage` gives its folder, in which files are kept as `LocalStorage` does: whole or not at all,
    durable, and for this process's user only, whatever `FILE_UPLOAD_PERMISSIONS` say. Any other storage is used
    through Django's own methods. A file is written there after it has come in whole; how durable and how whole it
    stands after a crash is that storage's. A part of a file is read by `seek`: for S3, `S3Storage` reads no more than
    the part.

    Args:
        alias: the name in `STORAGES`.
    """

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._made: tuple[Storage, BlobStorage] | None = None

    def put(self, stream: Readable, key: str) -> None:
        """Keep the file; see `BlobStorage`."""
        self._blobs.put(stream, key)

    def receiving(self, key: str) -> AbstractContextManager[IO[bytes]] | None:
        """Give a file in the folder of a plain `FileSystemStorage`, None in any other storage; see `Receiving`."""
        blobs = self._blobs
        return blobs.receiving(key) if isinstance(blobs, Receiving) else None

    def open(self, key: str, start: int = 0, end: int | None = None) -> AbstractContextManager[Readable]:
        """Open the bytes from `start` to `end`; see `BlobStorage`."""
        return self._blobs.open(key, start, end)

    def delete(self, key: str) -> None:
        """Take the file away; see `BlobStorage`."""
        self._blobs.delete(key)

    def keys_older_than(self, time: datetime) -> Iterator[str]:
        """The keys of files last written before this time; see `BlobStorage`."""
        return self._blobs.keys_older_than(time)

    def sweep_leftovers(self, older_than: datetime) -> int:
        """Take away what an interrupted `put` has left; see `BlobStorage`."""
        return self._blobs.sweep_leftovers(older_than)

    @property
    def _blobs(self) -> BlobStorage:
        storage = storages[self._alias]
        if self._made is None or self._made[0] is not storage:
            self._made = storage, _blobs_of(storage)
        return self._made[1]


def _blobs_of(storage: Storage) -> BlobStorage:
    # A subclass may keep its files otherwise: encrypted, or under other names.
    if isinstance(storage, FileSystemStorage) and type(storage) is FileSystemStorage:
        return LocalStorage(storage.location)
    return _Behind(storage)


class _Behind:
    """Any storage of Django's, through its own methods."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def put(self, stream: Readable, key: str) -> None:
        safe_key(key)
        if self._is_there(key):
            raise FileExistsError("A blob of this key is there already.")
        # A stream may break off, and Django would leave the half of it under the key.
        with tempfile.TemporaryFile() as whole:
            while piece := stream.read(_PIECE):
                with _answering():
                    whole.write(piece)
                del piece
            whole.seek(0)
            faults.hit("blob.temp_written")
            with _putting[hash(key) % len(_putting)]:
                self._save(whole, key)
        faults.hit("blob.stored")

    def open(self, key: str, start: int = 0, end: int | None = None) -> AbstractContextManager[Readable]:
        safe_key(key)
        span(start, end)
        return self._opened(key, start, end)

    def delete(self, key: str) -> None:
        safe_key(key)
        with _answering():
            self._storage.delete(key)

    def keys_older_than(self, time: datetime) -> Iterator[str]:
        aware(time)
        with _answering():
            names = self._storage.listdir("")[1]
        for name in names:
            if is_key(name) and self._written(name) < time:
                yield name

    def sweep_leftovers(self, older_than: datetime) -> int:
        aware(older_than)
        return 0

    def _save(self, whole: IO[bytes], key: str) -> None:
        if self._is_there(key):
            raise FileExistsError("A blob of this key is there already.")
        try:
            with _answering():
                name = self._storage.save(key, File(whole, name=key))
        except BaseException:
            with _answering():
                self._storage.delete(key)
            raise
        if name != key:
            with _answering():
                self._storage.delete(name)
            raise FileExistsError("A blob of this key is there already.")

    @contextmanager
    def _opened(self, key: str, start: int, end: int | None) -> Iterator[Readable]:
        with _answering():
            if not self._storage.exists(key):
                raise Unavailable("The file cannot be read just now.")
            file = self._storage.open(key, "rb")
            file.seek(start)
            size = file.size
        try:
            yield _Span(file, (size if end is None else min(end, size)) - start)
        finally:
            file.close()

    def _is_there(self, key: str) -> bool:
        with _answering():
            return self._storage.exists(key)

    def _written(self, name: str) -> datetime:
        with _answering():
            time = self._storage.get_modified_time(name)
        return timezone.make_aware(time) if timezone.is_naive(time) else time


class _Span:
    """The bytes of an open file, up to where they end."""

    def __init__(self, file: File[Any], left: int) -> None:
        self._file = file
        self._left = left

    def read(self, size: int, /) -> bytes:
        if self._left <= 0:
            return b""
        with _answering():
            piece: bytes = self._file.read(min(size, self._left))
        if not piece and size:
            raise Unavailable("The file cannot be read just now.")
        self._left -= len(piece)
        return piece


@contextmanager
def _answering() -> Iterator[None]:
    """Say whatever a storage raises in our words; its own stay the cause, for the log."""
    try:
        yield
    except Unavailable:
        raise
    except Exception as trouble:
        raise Unavailable("The file cannot be stored or read just now.") from trouble
