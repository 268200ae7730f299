"""Files on their way through: held in memory up to 1 MiB, on disk beyond, read in pieces."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from io import BytesIO
from typing import IO, BinaryIO

from attrs import frozen

from jobthreads.errors import AttachmentEmpty, AttachmentTooLarge, Unavailable
from jobthreads.ports import BlobStorage, Receiving

__all__ = ["Received", "copied", "received"]

_PIECE = 64 * 1024
_IN_MEMORY = 1024 * 1024


@frozen(kw_only=True)
class Received:
    """A file read to its end: its content at the start again, its size in bytes, its SHA-256 in hexadecimal."""

    content: IO[bytes]
    size: int
    sha256: str


@contextmanager
def received(file: BinaryIO, name: str, limit: int, *, storage: BlobStorage, key: str) -> Iterator[Received]:
    """Read a file once, counting and hashing, no further than one piece (64 KiB) beyond the limit.

    One that is too large for memory is written to where this storage will keep it under this key, if it offers that.

    Raises `AttachmentTooLarge`, `AttachmentEmpty`, and `Unavailable` where the disk refuses it.
    """
    digest, size = hashlib.sha256(), 0
    with ExitStack() as places:
        content: IO[bytes] = places.enter_context(BytesIO())
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > limit:
                raise AttachmentTooLarge(file_name=name, limit=limit)
            if isinstance(content, BytesIO) and size > _IN_MEMORY:
                content = _moved(content, places.enter_context(_place(storage, key)))
            digest.update(piece)
            _write(piece, content)
        if not size:
            raise AttachmentEmpty(file_name=name)
        content.seek(0)
        yield Received(content=content, size=size, sha256=digest.hexdigest())


@contextmanager
def copied(storage: BlobStorage, key: str) -> Iterator[IO[bytes]]:
    """Give a stored file's content as one that can be sought in."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as content:
        with storage.open(key) as stored:
            while piece := stored.read(_PIECE):
                content.write(piece)
        content.seek(0)
        yield content


def _place(storage: BlobStorage, key: str) -> AbstractContextManager[IO[bytes]]:
    own = storage.receiving(key) if isinstance(storage, Receiving) else None
    if own is not None:
        return own
    try:
        return tempfile.TemporaryFile(buffering=0)
    except OSError as trouble:
        raise Unavailable from trouble


def _moved(held: BytesIO, place: IO[bytes]) -> IO[bytes]:
    """Go on in another place; the memory is given back."""
    with held.getbuffer() as content:
        _write(content, place)
    held.close()
    return place


def _write(piece: bytes | memoryview, place: IO[bytes]) -> None:
    try:
        written = place.write(piece)
        # A disk that is nearly full takes a part, and says so only to the next one.
        while written < len(piece):
            written += place.write(piece[written:])
    except OSError as trouble:
        raise Unavailable from trouble
