"""Storing and reading a file of 25 MiB, beside copying and hashing it by hand."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from jobthreads import Visibility
from tests.benchmarks.operations import Bench, Operation

__all__ = ["FileBench"]

_SIZE = 25 * 1024 * 1024
_PIECE = 64 * 1024
_EVERYWHERE = ("sqlite", "postgresql", "mariadb")


def _photo(size: int) -> bytes:
    """A photo of exactly this size: noise, and comments that no viewer shows."""
    from PIL import Image

    held = io.BytesIO()
    Image.effect_noise((640, 480), 50).save(held, "JPEG")
    picture = held.getvalue()
    left, comments = size - len(picture), []
    while left > 0:
        length = min(left, 65_537)
        # A comment has four bytes at least.
        length -= 4 if 0 < left - length < 4 else 0
        comments.append(b"\xff\xfe" + struct.pack(">H", length - 2) + bytes(length - 4))
        left -= length
    return picture[:2] + b"".join(comments) + picture[2:]


class FileBench:
    """A photo on disk, a place to copy it to, and a file that the library keeps."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self._bench = bench
        self._source = folder / "photo.jpg"
        self._folder = folder / "by-hand"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._source.write_bytes(_photo(_SIZE))
        self._plot = bench.job(0)
        self._staff = bench.world.office(self._plot.business)[0]
        self._kept = self._attach()
        self._copy(0)

    def operations(self) -> list[Operation]:
        """Storing and reading."""
        return [
            Operation(
                name="store 25 MiB",
                ours=lambda _: bool(self._attach()),
                raw=self._copy,
                limits=dict.fromkeys(_EVERYWHERE, 1.15),
            ),
            Operation(
                name="read 25 MiB", ours=self._read, raw=self._read_by_hand, limits=dict.fromkeys(_EVERYWHERE, 1.2)
            ),
        ]

    def peaks(self) -> dict[str, float]:
        """The most memory that Python holds while storing and while reading, in MiB."""
        return {"store 25 MiB": _peak(self._attach), "read 25 MiB": _peak(lambda: self._read(0))}

    def _attach(self) -> str:
        with self._source.open("rb") as file:
            entry = self._bench.threads.staff.attach(
                self._staff, self._plot.record.scope, file, name="photo.jpg", visibility=Visibility.INTERNAL
            )
        return str(entry.id)

    def _copy(self, i: int) -> int:
        digest = hashlib.sha256()
        copy = self._folder / str(i)
        with self._source.open("rb") as file, copy.open("wb", buffering=0) as target:
            while piece := file.read(_PIECE):
                digest.update(piece)
                target.write(piece)
            os.fsync(target.fileno())
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        return len(digest.digest()) // 32

    def _read(self, _: int) -> int:
        size = 0
        with self._bench.threads.staff.open_file(self._staff, self._kept) as file:
            while piece := file.read(_PIECE):
                size += len(piece)
        return size

    def _read_by_hand(self, _: int) -> int:
        size = 0
        with (self._folder / "0").open("rb", buffering=0) as file:
            while piece := file.read(_PIECE):
                size += len(piece)
        return size


def _peak(call: Callable[[], object]) -> float:
    call()
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1024 / 1024
