"""GIF: blocks up to the first image."""

from __future__ import annotations

import struct

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.tails import refuse_archive_behind
from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged

__all__ = ["looks", "prove"]

_EXTENSION, _IMAGE = 0x21, 0x2C
_MOST_BLOCKS = 65536
"""Comments, profiles and application data before the first image, in pieces of at most 255 bytes: 16 MiB."""


def looks(head: bytes) -> bool:
    """Tell whether the file begins as GIF does."""
    return head.startswith((b"GIF87a", b"GIF89a"))


def prove(content: Content) -> FileType:
    """Follow the blocks to the first image descriptor and the first byte of its data."""
    place = 13 + _palette(content.exactly(10, 1)[0])
    left = _MOST_BLOCKS
    while (kind := content.exactly(place, 1)[0]) == _EXTENSION:
        place += 2
        while (length := content.exactly(place, 1)[0]) and left:
            place += 1 + length
            left -= 1
        if not left:
            raise Damaged
        place += 1
        left -= 1
    if kind != _IMAGE:
        raise Damaged
    width, height, flags = struct.unpack("<5xHHB", content.exactly(place, 10))
    code_size = content.exactly(place + 10 + _palette(flags), 1)[0]
    if not (width and height and 1 <= code_size <= 11):
        raise Damaged
    refuse_archive_behind(content)
    return FileType.GIF


def _palette(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
