"""BMP: a known header, one plane, and pixels that lie inside the file."""

from __future__ import annotations

import struct

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.tails import refuse_archive_behind
from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged

__all__ = ["looks", "prove"]

_CORE = 12
_HEADERS = frozenset({_CORE, 16, 40, 52, 56, 64, 108, 124})
_DEPTHS = frozenset({0, 1, 2, 4, 8, 16, 24, 32, 64})


def looks(head: bytes) -> bool:
    """Tell whether the file begins as BMP does: two letters, so the kind of header is looked at too."""
    return head.startswith(b"BM") and len(head) >= 26 and struct.unpack("<I", head[14:18])[0] in _HEADERS


def prove(content: Content) -> FileType:
    """Read the two headers."""
    header = content.exactly(0, 30)
    offset, kind = struct.unpack("<10xII12x", header)
    layout = "<18xHHHH4x" if kind == _CORE else "<18xiiHH"
    width, height, planes, depth = struct.unpack(layout, header)
    inside = 14 + kind <= offset < content.size
    if not inside or planes != 1 or depth not in _DEPTHS or width <= 0 or height == 0:
        raise Damaged
    refuse_archive_behind(content)
    return FileType.BMP
