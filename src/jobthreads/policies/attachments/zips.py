"""ZIP: an own reader of the directory, bounded before anything is unpacked.

Python's `zipfile` reads a directory of any size first and asks later.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from itertools import pairwise

from attrs import frozen

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.verdicts import Damaged, Encrypted

__all__ = ["Archive", "Part", "looks"]

_END, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x07"
_MOST_PARTS = 10_000
_MOST_DIRECTORY = 4 * 1024 * 1024
_MOST_UNPACKED = 1024 * 1024 * 1024
_RATIO, _RATIO_ABOVE = 200, 10_000_000
_STORED, _DEFLATED = 0, 8
_LOCKED = 0x0001 | 0x0040 | 0x2000
_UTF_8 = 0x0800
_LINK, _KIND = 0xA000, 0xF000
_BLOCK = 65536


def looks(head: bytes) -> bool:
    """Tell whether the file begins as ZIP does, an empty or split one too."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


@frozen
class Part:
    """A file in the archive, as the directory states it."""

    name: str
    raw_name: bytes
    method: int
    checksum: int
    packed: int
    size: int
    offset: int


class Archive:
    """An archive of which every reader sees the same: one disk, no hidden, doubled or overlapping parts.

    `parts` are by name, with forward slashes. Making one raises `Damaged` for whatever a well-meant archive does not
    have, `Encrypted` where a part is locked.
    """

    def __init__(self, content: Content) -> None:
        self._content = content
        self.parts: dict[str, Part] = {}
        directory, start, count = _directory(content)
        for part in _parts(directory, count):
            if part.name in self.parts:
                raise Damaged
            self.parts[part.name] = part
        self._bound()
        self._data = self._places(start)
        folded = {name.casefold(): part for name, part in self.parts.items()}
        if len(folded) != len(self.parts):
            raise Damaged
        self._folded = folded

    def find(self, name: str) -> Part | None:
        """Give the part of this name, blind to case."""
        return self._folded.get(name.casefold())

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a part of this name, blind to case."""
        return name.casefold() in self._folded

    def read(self, part: Part, *, most: int) -> bytes:
        """Unpack a part; `Damaged` when it is larger than `most` bytes or not what the directory states."""
        if part.size > most:
            raise Damaged
        unpacked = self.start_of(part, part.size + 1)
        if len(unpacked) != part.size or zlib.crc32(unpacked) != part.checksum:
            raise Damaged
        return unpacked

    def start_of(self, part: Part, count: int) -> bytes:
        """Unpack the first bytes of a part, at most `count`."""
        place = self._data[part.name]
        if part.method == _STORED:
            return self._content.exactly(place, min(part.packed, count))
        if part.method != _DEFLATED:
            raise Damaged
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        found = bytearray()
        for offset in range(0, part.packed, _BLOCK):
            block = self._content.exactly(place + offset, min(_BLOCK, part.packed - offset))
            try:
                found += unpacker.decompress(block, count - len(found))
            except zlib.error as error:
                raise Damaged from error
            if len(found) >= count or unpacker.eof:
                break
        return bytes(found)

    def _bound(self) -> None:
        total = sum(part.size for part in self.parts.values())
        packed = sum(part.packed for part in self.parts.values())
        large = [part for part in self.parts.values() if part.size > _RATIO_ABOVE]
        swollen = any(part.size > _RATIO * part.packed for part in large)
        if total > _MOST_UNPACKED or swollen or (total > _RATIO_ABOVE and total > _RATIO * packed):
            raise Damaged

    def _places(self, end: int) -> dict[str, int]:
        """Where each part's data begins, by its own header; parts follow each other from the first byte on."""
        places: dict[str, int] = {}
        spans: list[tuple[int, int]] = []
        for part in self.parts.values():
            mark, flags, name_size, extra_size = struct.unpack("<4s2xH18xHH", self._content.exactly(part.offset, 30))
            if mark != b"PK\x03\x04" or self._content.at(part.offset + 30, name_size) != part.raw_name:
                raise Damaged
            if flags & _LOCKED:
                raise Encrypted
            places[part.name] = part.offset + 30 + name_size + extra_size
            spans.append((part.offset, places[part.name] + part.packed))
        spans.sort()
        if spans[0][0] != 0 or spans[-1][1] > end or any(one[1] > next_[0] for one, next_ in pairwise(spans)):
            raise Damaged
        return places


def _directory(content: Content) -> tuple[bytes, int, int]:
    """The directory's bytes, where it starts and how many parts it states, from an end record that fits exactly."""
    tail = content.tail(65535 + 22)
    place = len(tail)
    while (place := tail.rfind(_END, 0, place)) >= 0:
        if len(tail) - place >= 22 and place + 22 + struct.unpack_from("<H", tail, place + 20)[0] == len(tail):
            break
    else:
        raise Damaged
    disk, first_disk, here, count, size, start = struct.unpack_from("<4xHHHHII2x", tail, place)
    at = content.size - len(tail) + place
    if disk or first_disk or here != count or content.at(at - 20, 4) == _LOCATOR_64:
        raise Damaged
    if not 0 < count <= _MOST_PARTS or size > _MOST_DIRECTORY or start + size != at:
        raise Damaged
    return content.exactly(start, size), start, count


def _parts(directory: bytes, count: int) -> Iterator[Part]:
    place = 0
    for _ in range(count):
        if len(directory) - place < 46:
            raise Damaged
        mark, flags, method, checksum, packed, size, name_size, extra_size, comment_size, disk, mode, offset = (
            struct.unpack_from("<4s4xHH4xIIIHHHH2xII", directory, place)
        )
        raw = directory[place + 46 : place + 46 + name_size]
        place += 46 + name_size + extra_size + comment_size
        if mark != b"PK\x01\x02" or place > len(directory) or disk:
            raise Damaged
        # A value of all ones stands in a second, 64 bit directory: two readers may then see two archives.
        if 0xFFFFFFFF in (packed, size, offset) or (method == _STORED and packed != size):
            raise Damaged
        if flags & _LOCKED:
            raise Encrypted
        if mode >> 16 & _KIND == _LINK:
            raise Damaged
        yield Part(_name(raw, utf_8=bool(flags & _UTF_8)), raw, method, checksum, packed, size, offset)
    if place != len(directory):
        raise Damaged


def _name(raw: bytes, *, utf_8: bool) -> str:
    """A part's name with forward slashes; `Damaged` when it leads out of the archive."""
    try:
        name = raw.decode("utf-8" if utf_8 else "cp437").replace("\\", "/")
    except UnicodeDecodeError as error:
        raise Damaged from error
    leads_out = name.startswith("/") or name[1:2] == ":" or ".." in name.split("/")
    if not name or "\0" in name or leads_out:
        raise Damaged
    return name
