"""Archives behind a picture or PDF: one file that two programs read as two things."""

from __future__ import annotations

import struct

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.verdicts import OtherType
from jobthreads.sentences import gettext as _

__all__ = ["refuse_archive_behind"]

_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_LOCATOR_64 = b"PK\x06\x07"
_MOST = 65535 + 22
"""An end record is searched by every reader in as many last bytes as its comment can have."""


def refuse_archive_behind(content: Content) -> None:
    """Raise `OtherType` when a ZIP reader would find an archive at the end of the file.

    Other bytes behind the image are let pass: motion photos have them.
    """
    tail = content.tail(_MOST + 20)
    start = content.size - len(tail)
    place = len(tail)
    while (place := tail.rfind(_END, 0, place)) >= 0:
        if len(tail) - place >= 22 and _works(content, tail[place : place + 22], start + place):
            raise OtherType(_("file with a ZIP archive behind it"))


def _works(content: Content, record: bytes, place: int) -> bool:
    count, size, offset = struct.unpack("<10xHII2x", record)
    if content.at(place - 20, 4) == _LOCATOR_64 and place >= 20:
        where = struct.unpack("<8xQ4x", content.at(place - 20, 20))[0]
        return _END_64 in (content.at(where, 4), content.at(max(0, place - 76), 4))
    if count == 0:
        return bool(size == 0 and offset <= place)
    return (size <= place and _lists(content, place - size)) or _lists(content, offset)


def _lists(content: Content, offset: int) -> bool:
    return content.at(offset, 4) == b"PK\x01\x02"
