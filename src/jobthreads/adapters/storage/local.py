"""`LocalStorage`: blobs as files of a private folder."""

from __future__ import annotations

import io
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from jobthreads import faults
from jobthreads.adapters.storage.checks import aware, is_key, safe_key, span
from jobthreads.errors import Misconfigured, Unavailable
from jobthreads.ports import Readable
from jobthreads.sentences import gettext as _

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["LocalStorage"]

_PIECE = 1024 * 1024
_LEFTOVER = re.compile(r"\.[a-z0-9]{16,64}\.[0-9a-f]{16}\.part")
_FOLDER = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
# Without O_NONBLOCK a pipe that somebody put in a blob's place would hold the reader for ever.
_READING = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_DRAFTING = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)


class LocalStorage:
    """Keeps each blob as a file of mode 0600, in sub folders of mode 0700; for one machine with a POSIX file system.

    A folder that is there already keeps its mode, and is refused while everybody may write to it. It has to be
    ours alone: the sweep takes away what nobody knows.

    Args:
        path: the folder; made if it is not there.
        static_roots: the folders that the host serves as static or media files; see `check_outside`.
    """

    def __init__(self, path: str | os.PathLike[str], *, static_roots: tuple[str | os.PathLike[str], ...] = ()) -> None:
        if os.open not in os.supports_dir_fd:
            raise Misconfigured(
                "LocalStorage needs a POSIX file system.", hint="Use S3Storage, or run on Linux, BSD or macOS."
            )
        self._root = Path(path).resolve()
        self.check_outside(*static_roots)
        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            mode = self._root.stat().st_mode
        except OSError as trouble:
            raise Misconfigured(
                f"The folder for files cannot be made: {trouble.strerror}.",
                hint="Give LocalStorage a folder that this process may write to.",
            ) from trouble
        if mode & stat.S_IWOTH:
            raise Misconfigured(
                "Everybody may write to the folder for files.", hint="Take that away (chmod o-w), or give another."
            )

    def check_outside(self, *static_roots: str | os.PathLike[str]) -> None:
        """Raise `Misconfigured` if the folder lies under, above or at a folder that a web server gives out."""
        for root in static_roots:
            served = Path(root).resolve()
            if _holds(served, self._root) or _holds(self._root, served):
                raise Misconfigured(
                    f"The folder for files ({self._root}) and a static or media folder ({served}) hold one another; "
                    "anybody could fetch internal files.",
                    hint="Give LocalStorage a folder that no web server knows.",
                )

    def put(self, stream: Readable, key: str) -> None:
        """Write it beside its place, make it durable, then give it its name; see `BlobStorage`.

        What `receiving` gave for this key lies there already, and is not copied.
        """
        safe_key(key)
        if isinstance(stream, _Draft) and stream.is_for(self._root, key):
            self._keep(stream)
        else:
            with self._receiving(key) as draft:
                while piece := stream.read(_PIECE):
                    draft.write(piece)
                    # Else two pieces are in memory while the next one is read.
                    del piece
                self._keep(draft)
        faults.hit("blob.stored")

    def receiving(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """Give a file beside the place of this key; see `Receiving`. Raises `FileExistsError` if the key is taken."""
        return self._receiving(safe_key(key))

    def open(self, key: str, start: int = 0, end: int | None = None) -> AbstractContextManager[Readable]:
        """Open the bytes from `start` to `end`; see `BlobStorage`."""
        safe_key(key)
        span(start, end)
        return self._opened(key, start, end)

    def delete(self, key: str) -> None:
        """Take the file away; see `BlobStorage`."""
        safe_key(key)
        with _disk(), suppress(FileNotFoundError), self._folder(key) as folder:
            os.unlink(key, dir_fd=folder)

    def keys_older_than(self, time: datetime) -> Iterator[str]:
        """The keys of files last written before this time; see `BlobStorage`."""
        aware(time)
        for name, _written in self._files_before(time):
            if is_key(name):
                yield name

    def sweep_leftovers(self, older_than: datetime) -> int:
        """Take away what an interrupted `put` or `receiving` has left; see `BlobStorage`.

        One that was last written to before this time is taken for such, even if somebody still holds it: its `put`
        then raises `Unavailable`.
        """
        aware(older_than)
        swept = 0
        for name, folder in self._files_before(older_than):
            if _LEFTOVER.fullmatch(name):
                with _disk(), suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=folder)
                    swept += 1
        return swept

    @contextmanager
    def _opened(self, key: str, start: int, end: int | None) -> Iterator[Readable]:
        with _disk(), self._folder(key) as folder:
            descriptor = os.open(key, _READING, dir_fd=folder)
        try:
            with _disk():
                known = os.fstat(descriptor)
                if not stat.S_ISREG(known.st_mode):
                    raise OSError("Something else stands in the blob's place.")
                os.lseek(descriptor, start, os.SEEK_SET)
            until = known.st_size if end is None else min(end, known.st_size)
            yield _Span(descriptor, until - start)
        finally:
            os.close(descriptor)

    @contextmanager
    def _folder(self, key: str, *, make: bool = False) -> Iterator[int]:
        """The sub folder of a key, held open: what is done in it is done there, whatever a path says meanwhile.

        `FileNotFoundError` if there is none yet and none is to be made.
        """
        with _disk():
            root = os.open(self._root, _FOLDER)
        try:
            with _disk(lets_through=FileNotFoundError):
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(key[:2], 0o700, dir_fd=root)
                    # Even where another put made it: that one may not have come this far.
                    os.fsync(root)
                folder = os.open(key[:2], _FOLDER, dir_fd=root)
        finally:
            os.close(root)
        try:
            yield folder
        finally:
            os.close(folder)

    @contextmanager
    def _receiving(self, key: str) -> Iterator[_Draft]:
        """A draft beside the place of this key; what `_keep` has not given its name is gone at the end."""
        with self._folder(key, make=True) as folder:
            name = f".{key}.{secrets.token_hex(8)}.part"
            with _disk():
                if _is_there(key, folder):
                    raise FileExistsError("A blob of this key is there already.")
                draft = _Draft(self._root, key, name, os.open(name, _DRAFTING, 0o600, dir_fd=folder))
            try:
                yield draft
            finally:
                with suppress(OSError):
                    draft.close()
                with suppress(OSError):
                    os.unlink(name, dir_fd=folder)

    def _keep(self, draft: _Draft) -> None:
        draft.finish()
        faults.hit("blob.temp_written")
        # Opened anew: a draft that was swept, or a folder that was put elsewhere meanwhile, has no such name in it.
        with _disk(), self._folder(draft.key) as folder:
            self._name(draft.place, draft.key, folder)

    @staticmethod
    def _name(draft: str, key: str, folder: int) -> None:
        """Give a finished draft its name; a link refuses a name that is taken, where a rename would replace it."""
        with _disk():
            os.link(draft, key, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        try:
            with _disk():
                os.unlink(draft, dir_fd=folder)
                os.fsync(folder)
        except Unavailable:
            with suppress(OSError):
                os.unlink(key, dir_fd=folder)
            raise

    def _files_before(self, time: datetime) -> Iterator[tuple[str, int]]:
        """Each file last written before this time, by its name and its folder held open."""
        limit = time.timestamp()
        for prefix in self._prefixes():
            with suppress(FileNotFoundError), self._folder(prefix) as folder, _disk(), os.scandir(folder) as files:
                for one in files:
                    try:
                        known = one.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    in_place = one.name.lstrip(".").startswith(prefix) and stat.S_ISREG(known.st_mode)
                    if in_place and known.st_mtime < limit:
                        yield one.name, folder

    def _prefixes(self) -> list[str]:
        with _disk(), os.scandir(self._root) as folders:
            return sorted(
                one.name
                for one in folders
                if re.fullmatch(r"[a-z0-9]{2}", one.name) and one.is_dir(follow_symlinks=False)
            )


class _Draft(io.FileIO):
    """A file that is being received: it takes each piece whole, and whatever the disk refuses is `Unavailable`.

    It has no buffer, since whoever judges it leaps through it.
    """

    def __init__(self, root: Path, key: str, place: str, descriptor: int) -> None:
        super().__init__(descriptor, "r+")
        self.key = key
        self.place = place
        self._root = root

    def is_for(self, root: Path, key: str) -> bool:
        """Tell whether it lies beside the place of this key, whichever `LocalStorage` of that folder made it."""
        return self._root == root and self.key == key

    def read(self, size: int | None = -1, /) -> bytes:
        try:
            return super().read(size) or b""
        except OSError as trouble:
            raise _unavailable() from trouble

    def write(self, piece: ReadableBuffer, /) -> int:
        with memoryview(piece) as rest:
            written = 0
            try:
                while written < len(rest):
                    written += os.write(self.fileno(), rest[written:])
            except OSError as trouble:
                raise _unavailable() from trouble
        return written

    def finish(self) -> None:
        """Make it durable, and close it."""
        with _disk():
            # It counts from now on: what was received slowly is no orphan before its entry is written.
            os.utime(self.fileno())
            os.fsync(self.fileno())
            # Some file systems tell only now that the disk was full.
            self.close()


class _Span:
    """The bytes of an open file, up to where they end."""

    def __init__(self, descriptor: int, left: int) -> None:
        self._descriptor = descriptor
        self._left = left

    def read(self, size: int, /) -> bytes:
        left = self._left
        if left <= 0:
            return b""
        # Without `_disk`, which would take a quarter of the time of a download.
        try:
            piece = os.read(self._descriptor, size if size < left else left)
        except OSError as trouble:
            raise _unavailable() from trouble
        if not piece and size:
            raise _unavailable()
        self._left = left - len(piece)
        return piece


@contextmanager
def _disk(*, lets_through: type[OSError] = FileExistsError) -> Iterator[None]:
    """Say whatever the disk refuses in our words; the system's stay the cause, for the log."""
    try:
        yield
    except OSError as trouble:
        if isinstance(trouble, lets_through):
            raise
        raise _unavailable() from trouble


def _unavailable() -> Unavailable:
    return Unavailable(_("The file cannot be stored or read just now."))


def _is_there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _holds(outer: Path, inner: Path) -> bool:
    """Tell whether `inner` is `outer` or lies in it, under whatever spelling a file system allows."""
    return any(one == outer or _same(one, outer) for one in (inner, *inner.parents))


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
