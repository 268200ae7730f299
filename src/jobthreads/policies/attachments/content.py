"""A file's bytes, read in small pieces: nothing here ever holds the whole of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO

from jobthreads.policies.attachments.verdicts import Damaged

__all__ = ["Content"]

_HEAD = 8192
_BLOCK = 65536


class Content:
    """The content of a seekable binary file; `head` are its first bytes, at most 8,192."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = file.seek(0, io.SEEK_END)
        self.head = self.at(0, _HEAD)

    def at(self, offset: int, count: int) -> bytes:
        """Give up to `count` bytes from `offset`; fewer at the end, none beyond it."""
        if not 0 <= offset < self.size or count <= 0:
            return b""
        self._file.seek(offset)
        return self._file.read(min(count, self.size - offset))

    def exactly(self, offset: int, count: int) -> bytes:
        """Give `count` bytes from `offset`; `Damaged` when the file ends before."""
        found = self.at(offset, count)
        if len(found) != count:
            raise Damaged
        return found

    def tail(self, count: int) -> bytes:
        """Give the last bytes, at most `count`."""
        return self.at(max(0, self.size - count), count)

    def blocks(self) -> Iterator[bytes]:
        """Give all of it, piece by piece."""
        for offset in range(0, self.size, _BLOCK):
            yield self.at(offset, _BLOCK)
