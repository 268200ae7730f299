"""The container of Office before 2007: its directory and streams, bounded and checked for cycles."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from sys import byteorder

from attrs import frozen

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.verdicts import Damaged

__all__ = ["Container", "Stream", "StreamStart", "looks"]

_MOST_ENTRIES = 16_384
_LAST_SECTOR = 0xFFFFFFFA
_NONE = 0xFFFFFFFF
_SMALL = 4096
"""A stream below this many bytes lies in the small stream, in pieces of 64."""
_STORAGE, _STREAM, _ROOT = 1, 2, 5


def looks(head: bytes) -> bool:
    """Tell whether the file begins as such a container does."""
    return head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


@frozen
class Stream:
    """A stream or storage, as the directory states it."""

    name: str
    kind: int
    first: int
    size: int
    left: int
    right: int
    child: int


class Container:
    """The streams of a container: `top` are those that stand at its root, `names` of all, in lower case."""

    def __init__(self, content: Content) -> None:
        self._content = content
        header = content.exactly(0, 512)
        order, shift, small_shift = struct.unpack_from("<HHH", header, 28)
        if order != 0xFFFE or shift not in (9, 12) or small_shift != 6:
            raise Damaged
        self._sector: int = 1 << shift
        self._sectors = -(-content.size // self._sector)
        self._next = self._allocation(header)
        first_directory, self._first_small = struct.unpack_from("<48xI8xI", header)
        entries = self._entries(first_directory, wide=shift == 12)
        self._root = entries[0]
        self._small_next: array[int] | None = None
        self.names = frozenset(entry.name for entry in entries if entry.kind in (_STORAGE, _STREAM))
        self.top = {entry.name: entry for entry in _children(entries)}

    def open(self, entry: Stream) -> StreamStart:
        """Open a stream; its pieces are found as they are read."""
        if entry.kind != _STREAM:
            raise Damaged
        if entry.size >= _SMALL:
            large = [self._place(sector) for sector in self._chain(entry.first)]
            return StreamStart(self._content, entry.size, self._sector, large)
        inside = self._chain(self._root.first)
        places = []
        for small in self._small_chain(entry.first):
            sector, rest = divmod(small * 64, self._sector)
            if sector >= len(inside):
                raise Damaged
            places.append(self._place(inside[sector]) + rest)
        return StreamStart(self._content, entry.size, 64, places)

    def _place(self, sector: int) -> int:
        return (sector + 1) * self._sector

    def _block(self, sector: int) -> bytes:
        """A whole sector; many programs do not fill up the file's last one."""
        block = self._content.at(self._place(sector), self._sector)
        if not block:
            raise Damaged
        return block.ljust(self._sector, b"\xff")

    def _allocation(self, header: bytes) -> array[int]:
        """For each sector the next one of its chain; never more of them than the file has."""
        table = array("I")
        for sector in self._allocation_sectors(header):
            if sector <= _LAST_SECTOR:
                table += _numbers(self._block(sector))
            if len(table) >= self._sectors:
                break
        return table

    def _allocation_sectors(self, header: bytes) -> Iterator[int]:
        yield from struct.unpack_from("<109I", header, 76)
        more = struct.unpack_from("<68xI", header)[0]
        seen: set[int] = set()
        while more <= _LAST_SECTOR:
            if more in seen:
                raise Damaged
            seen.add(more)
            *sectors, more = _numbers(self._block(more))
            yield from sectors

    def _chain(self, first: int) -> list[int]:
        return _follow(self._next, first)

    def _small_chain(self, first: int) -> list[int]:
        if self._small_next is None:
            table = array("I")
            for sector in self._chain(self._first_small):
                table += _numbers(self._block(sector))
            self._small_next = table
        return _follow(self._small_next, first)

    def _entries(self, first: int, *, wide: bool) -> list[Stream]:
        entries: list[Stream] = []
        for sector in self._chain(first):
            block = self._block(sector)
            entries += [_entry(block[at : at + 128], wide=wide) for at in range(0, self._sector, 128)]
            if len(entries) > _MOST_ENTRIES:
                raise Damaged
        if not entries or entries[0].kind != _ROOT:
            raise Damaged
        return entries


class StreamStart:
    """A stream's bytes, wherever its pieces lie."""

    def __init__(self, content: Content, size: int, piece: int, places: list[int]) -> None:
        self._content = content
        self._piece = piece
        self._places = places
        self.size = min(size, len(places) * piece)

    def at(self, offset: int, count: int) -> bytes:
        """Give up to `count` bytes from `offset`; fewer at the stream's end."""
        found = bytearray()
        end = min(offset + count, self.size)
        while offset < end:
            number, rest = divmod(offset, self._piece)
            block = self._content.at(self._places[number] + rest, min(self._piece - rest, end - offset))
            if not block:
                break
            found += block
            offset += len(block)
        return bytes(found)


def _numbers(block: bytes) -> array[int]:
    found = array("I", block)
    if byteorder == "big":
        found.byteswap()
    return found


def _follow(table: array[int], first: int) -> list[int]:
    """The pieces of a chain; `Damaged` when it runs in a circle or out of the table."""
    chain: list[int] = []
    while first <= _LAST_SECTOR:
        if first >= len(table) or len(chain) >= len(table):
            raise Damaged
        chain.append(first)
        first = table[first]
    return chain


def _entry(block: bytes, *, wide: bool) -> Stream:
    length, kind = struct.unpack_from("<HB", block, 64)
    left, right, child = struct.unpack_from("<III", block, 68)
    first, low, high = struct.unpack_from("<III", block, 116)
    name = block[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").casefold()
    return Stream(name, kind, first, low | high << 32 if wide else low, left, right, child)


def _children(entries: list[Stream]) -> Iterator[Stream]:
    """The entries directly below the root, wherever they stand in its tree; `Damaged` when it holds a circle."""
    waiting, seen = [entries[0].child], {0}
    while waiting:
        number = waiting.pop()
        if number == _NONE:
            continue
        if number in seen or number >= len(entries):
            raise Damaged
        seen.add(number)
        entry = entries[number]
        waiting += [entry.left, entry.right]
        if entry.kind in (_STORAGE, _STREAM):
            yield entry
