"""JPEG: markers up to the first scan, with a frame that has a size."""

from __future__ import annotations

import struct

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.tails import refuse_archive_behind
from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged, OtherType
from jobthreads.sentences import gettext as _

__all__ = ["looks", "prove"]

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_START_OF_SCAN, _END_OF_IMAGE, _JPEG_LS = 0xDA, 0xD9, 0xF7
_MOST_MARKERS = 4096


def looks(head: bytes) -> bool:
    """Tell whether the file begins as JPEG does."""
    return head.startswith(b"\xff\xd8\xff")


def prove(content: Content) -> FileType:
    """Follow the markers to the first scan."""
    place, framed = 2, False
    for _turn in range(_MOST_MARKERS):
        mark, code, length = struct.unpack(">BBH", content.exactly(place, 4))
        if mark != 0xFF:
            raise Damaged
        if code == 0xFF:
            place += 1
        elif code in _ALONE:
            place += 2
        else:
            if code == _JPEG_LS:
                raise OtherType(_("JPEG-LS image"))
            if code == _END_OF_IMAGE or length < 2:
                raise Damaged
            if code in _FRAMES:
                height, width = struct.unpack(">xHH", content.exactly(place + 4, 5))
                framed = bool(height and width)
            if code == _START_OF_SCAN:
                break
            place += 2 + length
    else:
        raise Damaged
    if not framed:
        raise Damaged
    refuse_archive_behind(content)
    return FileType.JPEG
