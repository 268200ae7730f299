"""PNG: a header whose checksum is right, and chunks to the end, image data among them."""

from __future__ import annotations

import struct
import zlib

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.tails import refuse_archive_behind
from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged

__all__ = ["looks", "prove"]

_MOST_CHUNKS = 32768
_OVERHEAD = 12


def looks(head: bytes) -> bool:
    """Tell whether the file begins as PNG does."""
    return head.startswith(b"\x89PNG\r\n\x1a\n")


def prove(content: Content) -> FileType:
    """Follow the chunks from the header to the end."""
    _header(content.exactly(8, 25))
    place, drawn = 33, False
    for _ in range(_MOST_CHUNKS):
        length, kind = struct.unpack(">I4s", content.exactly(place, 8))
        if not kind.isalpha() or place + length + _OVERHEAD > content.size:
            raise Damaged
        if kind == b"IEND":
            break
        drawn = drawn or (kind == b"IDAT" and length > 0)
        place += length + _OVERHEAD
    else:
        raise Damaged
    if not drawn:
        raise Damaged
    refuse_archive_behind(content)
    return FileType.PNG


def _header(chunk: bytes) -> None:
    length, kind, width, height, checksum = struct.unpack(">I4sII5xI", chunk)
    if (length, kind) != (13, b"IHDR") or not (width and height) or zlib.crc32(chunk[4:21]) != checksum:
        raise Damaged
