"""HEIC and AVIF: still pictures in the container that videos use too; the brands tell them apart."""

from __future__ import annotations

import struct

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.tails import refuse_archive_behind
from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged, OtherType

__all__ = ["looks", "prove"]

_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_AVIF = frozenset({b"avif", b"avis"})
_EITHER = frozenset({b"mif1", b"msf1", b"miaf"})
_MOST_BOXES = 16384
_LONGEST_TYPE_BOX = 4096


def looks(head: bytes) -> bool:
    """Tell whether the file begins with a file type box."""
    return head[4:8] == b"ftyp"


def prove(content: Content) -> FileType:
    """Read the brands, then check that the boxes fill the file exactly and describe a picture."""
    kind = _kind(content)
    if not _boxes(content) & {b"meta", b"moov"}:
        raise Damaged
    refuse_archive_behind(content)
    return kind


def _kind(content: Content) -> FileType:
    size = struct.unpack(">I", content.head[:4])[0]
    if size < 16 or size > min(content.size, _LONGEST_TYPE_BOX):
        raise OtherType
    brands = content.exactly(8, size - 8)
    major = brands[:4]
    also = {brands[at : at + 4] for at in range(8, len(brands), 4)}
    if major in _HEIC or (major in _EITHER and also & _HEIC):
        return FileType.HEIC
    if major in _AVIF or (major in _EITHER and also & _AVIF):
        return FileType.AVIF
    raise OtherType


def _boxes(content: Content) -> set[bytes]:
    found: set[bytes] = set()
    place = 0
    for _ in range(_MOST_BOXES):
        if place == content.size:
            return found
        size, kind = struct.unpack(">I4s", content.exactly(place, 8))
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", content.exactly(place + 8, 8))[0], 16
        elif size == 0:
            size = content.size - place
        if size < head or place + size > content.size:
            raise Damaged
        found.add(kind)
        place += size
    raise Damaged
