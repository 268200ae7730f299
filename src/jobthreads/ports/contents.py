"""What is done with the content of files: kept, and scanned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import IO, Protocol, runtime_checkable

from jobthreads.domain.scanning import Clean, Infected

__all__ = ["BlobStorage", "Readable", "Receiving", "Scanner"]


class Readable(Protocol):
    """Bytes that come one piece after another, never whole in memory."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, `size` at most; empty only at the end."""
        ...


class BlobStorage(Protocol):
    """Where the content of files lies, under random keys; it never learns a name, a type or an address.

    A key is 16 to 64 small letters and digits, made anew by the caller for each blob; any other is a `ValueError`
    before anything is touched, so that no path can be made of one. There is no address to a blob: every download
    streams through our route, so that hiding is immediate and the headers are ours.
    """

    def put(self, stream: Readable, key: str) -> None:
        """Keep all that the stream gives, in pieces; durable when it returns.

        Until then nothing stands under the key, and nothing ever stands there half. Never replaces: raises
        `FileExistsError` for a key that is there. Raises `Unavailable` if it could not be kept, or that is not known:
        try again with another key. Lets through what the stream raises, with nothing under the key. Two puts of
        one key at once leave one of the two, whole.
        """
        ...

    def open(self, key: str, start: int = 0, end: int | None = None) -> AbstractContextManager[Readable]:
        """Open the bytes from `start` up to and without `end` (None: all), streamed; empty beyond the blob's end.

        Raises `Unavailable` on entering when the blob is missing, and while reading when the rest cannot be read:
        a blob never looks shorter than it is.
        """
        ...

    def delete(self, key: str) -> None:
        """Take the blob away; one that is not there is no error. Raises `Unavailable` if it could not be done."""
        ...

    def keys_older_than(self, time: datetime) -> Iterator[str]:
        """The keys of blobs last written before an aware time, in any order, one by one however many there are.

        Whoever iterates may delete them meanwhile. Raises `Unavailable` if they cannot be listed.
        """
        ...

    def sweep_leftovers(self, older_than: datetime) -> int:
        """Take away what puts that never finished have left since before this aware time, and tell how many.

        No key is touched by it, and no put that still goes on.
        """
        ...


@runtime_checkable
class Receiving(Protocol):
    """What a `BlobStorage` may offer besides: to receive a file where it will stay, so that it is written only once.

    A storage without it is given files that came in elsewhere.
    """

    def receiving(self, key: str) -> AbstractContextManager[IO[bytes]] | None:
        """Give an empty file to write to, to seek in and to read, unbuffered; None where there is no place for it.

        `put` of that very file with that key keeps all that was written to it, wherever it stands, and it is closed
        then; the promises of `put` hold, and the blob counts as written by that `put`. Until then nothing stands
        under the key. On leaving the block what was not kept is gone; what a crash leaves is a leftover.

        `write` takes all it is given. The file and the block raise `Unavailable` for a trouble of the storage; `put`
        too where the file was taken for a leftover meanwhile.
        """
        ...


class Scanner(Protocol):
    """Looks for harm in a file before a client can have it."""

    def scan(self, file: Readable) -> Clean | Infected:
        """Read the file from where it stands to its end, in pieces, and say what was found.

        Raises `TemporaryFailure` when it cannot say, to be asked again later: a file that was not scanned whole is
        never clean. Lets through what the file raises.
        """
        ...
