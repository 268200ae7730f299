"""Writers of the two containers, able to lie in every field that a reader might believe."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from itertools import pairwise

from attrs import evolve, frozen

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


@frozen(kw_only=True)
class Member:
    """A part of an archive; what is not None is written instead of the truth."""

    name: str
    data: bytes = b""
    method: int = zipfile.ZIP_STORED
    flags: int = 0x0800
    local_flags: int | None = None
    local_name: str | None = None
    size: int | None = None
    packed_size: int | None = None
    checksum: int | None = None
    mode: int = 0
    disk: int = 0
    offset: int | None = None


def members(package: bytes) -> list[Member]:
    """The parts of a real archive, to be written again with something changed."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return [Member(name=info.filename, data=archive.read(info)) for info in archive.infolist()]


def changed(package: bytes, name: str, data: bytes) -> bytes:
    """The archive with one part's content replaced."""
    return archive([evolve(member, data=data) if member.name == name else member for member in members(package)])


def archive(
    parts: list[Member], *, before: bytes = b"", comment: bytes = b"", end: Mapping[str, int] | None = None
) -> bytes:
    """Write the parts one after another, then the directory, then the end record (whose numbers `end` changes)."""
    body, directory = bytearray(before), bytearray()
    for part in parts:
        packed = part.data
        if part.method == zipfile.ZIP_DEFLATED:
            deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
            packed = deflater.compress(packed) + deflater.flush()
        checksum = zlib.crc32(part.data) if part.checksum is None else part.checksum
        size = len(part.data) if part.size is None else part.size
        packed_size = len(packed) if part.packed_size is None else part.packed_size
        offset = len(body) if part.offset is None else part.offset
        name = part.name.encode()
        local_name = name if part.local_name is None else part.local_name.encode()
        local_flags = part.flags if part.local_flags is None else part.local_flags
        facts = (part.method, 0, 0x21, checksum, packed_size, size)
        body += (
            struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, local_flags, *facts, len(local_name), 0) + local_name + packed
        )
        directory += struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            *(b"PK\1\2", 0x0314, 20, part.flags, *facts, len(name), 0, 0, part.disk, 0, part.mode << 16, offset),
        )
        directory += name
    numbers = {"disk": 0, "first_disk": 0, "here": len(parts), "count": len(parts)}
    numbers |= {"size": len(directory), "start": len(body), "comment": len(comment)} | (end or {})
    return bytes(body + directory) + struct.pack("<4sHHHHIIH", b"PK\5\6", *numbers.values()) + comment


Tree = Mapping[str, "bytes | Tree"]


def compound(tree: Tree) -> bytes:
    """Write an OLE container: sectors 0 and 1 are the allocation table, the directory stands from 2 on."""
    entries: list[list[object]] = [["Root Entry", 5, END, 0, FREE, FREE]]
    small, large = bytearray(), list[tuple[int, bytes]]()
    small_table: list[int] = []

    def add(tree: Tree) -> int:
        """Add a level of the tree, each entry the right neighbour of the one before; give the first."""
        numbers = []
        for name, content in tree.items():
            number = len(entries)
            numbers.append(number)
            entries.append([name, 2, END, 0, FREE, FREE])
            if not isinstance(content, bytes):
                entries[number][1] = 1
                entries[number][5] = add(content)
            elif len(content) >= 4096:
                entries[number][3] = len(content)
                large.append((number, content))
            elif content:
                entries[number][2:4] = len(small_table), len(content)
                pieces = -(-len(content) // 64)
                small_table.extend(range(len(small_table) + 1, len(small_table) + pieces))
                small_table.append(END)
                small.extend(content.ljust(pieces * 64, b"\0"))
        for left, right in pairwise(numbers):
            entries[left][4] = right
        return numbers[0] if numbers else FREE

    entries[0][5] = add(tree)
    table, sectors = [FAT, FAT], bytearray()

    def place(content: bytes) -> int:
        count = -(-len(content) // 512)
        first = len(table)
        table.extend(range(first + 1, first + count))
        table.append(END)
        sectors.extend(content.ljust(count * 512, b"\0"))
        return first

    directory_room = place(bytes(128 * len(entries)))
    small_first = place(struct.pack(f"<{len(small_table)}I", *small_table).ljust(512, b"\xff")) if small else END
    if small:
        entries[0][2:4] = place(bytes(small)), len(small)
    for number, content in large:
        entries[number][2] = place(content)
    directory = b"".join(_entry(*entry) for entry in entries)  # type: ignore[arg-type]
    sectors[(directory_room - 2) * 512 : (directory_room - 2) * 512 + len(directory)] = directory
    assert len(table) <= 256
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 2, 2, 0, 4096, small_first, int(bool(small)), END, 0)
    header += struct.pack("<109I", 0, 1, *[FREE] * 107)
    return header + struct.pack("<256I", *table, *[FREE] * (256 - len(table))) + sectors


def _entry(name: str, kind: int, first: int, size: int, right: int, child: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return text.ljust(64, b"\0") + struct.pack("<HBBIII36xIQ", len(text), kind, 1, FREE, right, child, first, size)


def entry_at(container: bytes, number: int) -> int:
    """Where a directory entry of `compound` begins."""
    assert container[:4] == b"\xd0\xcf\x11\xe0"
    return 1536 + 128 * number
