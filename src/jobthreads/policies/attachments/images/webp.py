"""WebP: a RIFF container of the stated size that holds a picture."""

from __future__ import annotations

import struct

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.tails import refuse_archive_behind
from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged

__all__ = ["looks", "prove"]

_MOST_CHUNKS = 4096
_PICTURES = frozenset({b"VP8 ", b"VP8L", b"ANMF"})


def looks(head: bytes) -> bool:
    """Tell whether the file begins as WebP does."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def prove(content: Content) -> FileType:
    """Compare the stated size with the file's, and follow the chunks to the picture."""
    end = 8 + struct.unpack("<I", content.exactly(4, 4))[0]
    # Some encoders leave out the last padding byte.
    if end > content.size + 1:
        raise Damaged
    place = 12
    for number in range(_MOST_CHUNKS):
        kind, length = struct.unpack("<4sI", content.exactly(place, 8))
        if place + 8 + length > end or (number == 0 and kind not in _PICTURES and kind != b"VP8X"):
            raise Damaged
        if kind in _PICTURES:
            _picture(content, kind, place + 8, length)
            refuse_archive_behind(content)
            return FileType.WEBP
        place += 8 + length + length % 2
    raise Damaged


def _picture(content: Content, kind: bytes, place: int, length: int) -> None:
    start = content.exactly(place, min(length, 10))
    if kind == b"VP8 " and start[3:6] != b"\x9d\x01\x2a":
        raise Damaged
    if kind == b"VP8L" and start[:1] != b"\x2f":
        raise Damaged
