"""Files on their way through: held in memory up to 1 MiB, on disk beyond, read in pieces."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO

from attrs import frozen

from jobthreads.errors import AttachmentEmpty, AttachmentTooLarge
from jobthreads.ports import BlobStorage

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
def received(file: BinaryIO, name: str, limit: int) -> Iterator[Received]:
    """Read a file once, counting and hashing, no further than one piece (64 KiB) beyond the limit.

    Raises `AttachmentTooLarge` and `AttachmentEmpty`.
    """
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as content:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > limit:
                raise AttachmentTooLarge(file_name=name, limit=limit)
            digest.update(piece)
            content.write(piece)
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
