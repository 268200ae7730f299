"""TIFF: a first directory inside the file, with a width and a height; raw photos are TIFF inside, and refused."""

from __future__ import annotations

import struct

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.tails import refuse_archive_behind
from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged, OtherType
from jobthreads.sentences import gettext as _

__all__ = ["looks", "prove"]

_SUBFILE, _WIDTH, _HEIGHT, _PHOTOMETRIC, _SUB_DIRECTORIES, _DNG_VERSION = 254, 256, 257, 262, 330, 50706
_COLOUR_FILTER, _LINEAR_RAW = 32803, 34892
_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}
_MOST_FIELDS = 4096


def looks(head: bytes) -> bool:
    """Tell whether the file begins as TIFF or BigTIFF does."""
    return head[:4] in (b"II*\0", b"MM\0*") or head[:8] in (b"II+\0\x08\0\0\0", b"MM\0+\0\x08\0\0")


def prove(content: Content) -> FileType:
    """Read the fields of the first directory."""
    fields = _first_directory(content)
    if not (fields.get(_WIDTH) and fields.get(_HEIGHT)):
        raise Damaged
    # A camera puts a small picture first and its sensor's data into the directories below.
    thumbnail_of_raw = fields.get(_SUBFILE, 0) & 1 and _SUB_DIRECTORIES in fields
    sensor = fields.get(_PHOTOMETRIC) in (_COLOUR_FILTER, _LINEAR_RAW)
    if content.head[8:10] == b"CR" or _DNG_VERSION in fields or thumbnail_of_raw or sensor:
        raise OtherType(_("raw photo"))
    refuse_archive_behind(content)
    return FileType.TIFF


def _first_directory(content: Content) -> dict[int, int]:
    order = "<" if content.head[:1] == b"I" else ">"
    big = content.head[2:4] in (b"+\0", b"\0+")
    offset_at, offset_form, count_form, entry_form = (8, "Q", "Q", "HHQ8s") if big else (4, "I", "H", "HHI4s")
    start = struct.unpack(order + offset_form, content.exactly(offset_at, struct.calcsize(order + offset_form)))[0]
    head_size, size = struct.calcsize(order + count_form), struct.calcsize(order + entry_form)
    count = struct.unpack(order + count_form, content.exactly(start, head_size))[0]
    if start < 8 or not 0 < count <= _MOST_FIELDS:
        raise Damaged
    found: dict[int, int] = {}
    directory = content.exactly(start + head_size, count * size)
    for tag, kind, many, value in struct.iter_unpack(order + entry_form, directory):
        form = order + _NUMBERS.get(kind, "")
        # A number, or the first of several, as long as they stand in the field itself.
        in_place = 0 < struct.calcsize(form) * many <= len(value)
        found[tag] = struct.unpack_from(form, value)[0] if in_place else 0
    return found
