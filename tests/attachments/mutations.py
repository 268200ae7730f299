"""Wrong files without end: small real ones with bytes changed, cut, doubled and mixed."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from functools import cache

from attrs import evolve

from tests.attachments.containers import Member, archive, compound, members
from tests.attachments.samples import BOF, EOF, docx, every_type, fib, numbers, pdf, record, xlsx

NUMBERS = (0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFA, 0xFFFFFFFE, 0xFFFFFFFF)


@cache
def seeds() -> tuple[bytes, ...]:
    """One file of each type, and containers small enough that a change hits something."""
    small = [
        compound({"WordDocument": fib()[:600], "Macros": {"VBA": {"dir": b"?"}}}),
        compound({"Workbook": BOF + record(0x0085, struct.pack("<IBB", 30, 0, 0) + b"\1\0A") + EOF}),
        archive([Member(name="Index/Document.iwa", data=b"\0\x10\0\0\x10\x3c\x09\x08\1\x12\5\x08\1\x18\2\x08\1")]),
        archive([Member(name="[Content_Types].xml", data=b"<Types/>"), Member(name="_rels/.rels", data=b"<a/>")]),
        pdf()[:40] + b"%%EOF",
        "<p>Küche".encode("utf-16"),
    ]
    return (*every_type().values(), *small)


@cache
def packages() -> tuple[tuple[Member, ...], ...]:
    """The parts of each kind of package, small ones only, to be changed before they are packed."""
    return tuple(
        tuple(part for part in members(whole) if len(part.data) < 9000) for whole in (docx(), xlsx(), numbers())
    )


def mutated(chance: random.Random) -> Iterator[bytes]:
    """Changed files for ever, from one source of chance: from outside, or a part of a package from inside."""
    while True:
        if chance.random() < 0.7:
            yield _changed(chance.choice(seeds()), chance)
        else:
            parts = list(chance.choice(packages()))
            place = chance.randrange(len(parts)) if chance.random() < 0.3 else _deciding(parts, chance)
            parts[place] = evolve(parts[place], data=_changed(parts[place].data, chance))
            yield archive(parts)


def _deciding(parts: list[Member], chance: random.Random) -> int:
    """A part that the verdict depends on."""
    names = ("[Content_Types].xml", ".rels", "document.xml", "workbook.xml", "Document.iwa")
    return chance.choice([place for place, part in enumerate(parts) if part.name.endswith(names)] or [0])


def _changed(whole: bytes, chance: random.Random) -> bytes:
    """One to forty changes, half of them in the first bytes."""
    content = bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 3, 8, 40))):
        reach = len(content) if chance.random() < 0.5 else min(len(content), 600)
        _change(content, chance.randrange(reach + 1), chance)
    return bytes(content) or b"\0"


def _change(content: bytearray, place: int, chance: random.Random) -> None:
    match chance.randrange(7):
        case 0:
            content[place : place + 1] = bytes([chance.randrange(256)])
        case 1:
            form = chance.choice(("<H", ">H", "<I", ">I", "<Q", ">Q"))
            size = struct.calcsize(form)
            content[place : place + size] = struct.pack(form, chance.choice(NUMBERS) & (1 << 8 * size) - 1)
        case 2:
            del content[place : place + chance.randrange(1, 64)]
        case 3:
            content[place:place] = content[place : place + chance.randrange(1, 512)] * chance.randrange(1, 9)
        case 4:
            other = chance.choice(seeds())
            start = chance.randrange(len(other))
            content[place:place] = other[start : start + chance.randrange(1, 2048)]
        case 5:
            del content[place:]
        case _:
            content[place:place] = chance.randbytes(chance.randrange(1, 32))
