"""Numbers: told from Keynote and Pages, which have the same parts, by the first object of its document."""

from __future__ import annotations

from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged, Encrypted, OtherType
from jobthreads.policies.attachments.xml_heads import root
from jobthreads.policies.attachments.zips import Archive
from jobthreads.sentences import gettext as _

__all__ = ["looks", "prove"]

_DOCUMENT = "Index/Document.iwa"
_DOCUMENT_2009 = ("index.xml", "index.apxl")
_ABOUT = "Metadata/"
"""What stands beside the document's objects; an archive of the objects alone is a piece of a document."""
_LOCKS = (".iwpv2", ".iwph")
_SEEN = 512
_ROOT_WITHIN = 65536
_IN_2009 = {
    "http://developer.apple.com/namespaces/ls document": "",
    "http://developer.apple.com/namespaces/sl document": _("Pages document"),
    "http://developer.apple.com/namespaces/keynote2 presentation": _("Keynote presentation"),
}


def looks(archive: Archive) -> bool:
    """Tell whether the archive is laid out as Numbers, Keynote and Pages do."""
    return any(name in archive for name in (_DOCUMENT, *_DOCUMENT_2009))


def prove(archive: Archive) -> FileType:
    """Read the first object of the document, or the root element of one from before 2013."""
    if any(name in archive for name in _LOCKS):
        raise Encrypted
    document = archive.find(_DOCUMENT)
    if document and not any(name.startswith(_ABOUT) for name in archive.parts):
        raise OtherType(_("part of an iWork document"))
    seems = _seems(archive.start_of(document, _SEEN)) if document else _seems_2009(archive)
    if seems:
        raise OtherType(seems)
    return FileType.NUMBERS


def _seems_2009(archive: Archive) -> str:
    """What else the document is; empty for Numbers."""
    part = next(part for name in _DOCUMENT_2009 if (part := archive.find(name)))
    return _IN_2009.get(root(archive.start_of(part, _ROOT_WITHIN)), _("XML document in a ZIP archive"))


def _seems(start: bytes) -> str:
    """What else the first object is of; empty for Numbers."""
    match _first_object(start):
        case (1, 1):
            return ""
        case (1, 2):
            return _("Keynote presentation")
        case (10000, _):
            return _("Pages document")
    return _("iWork document")


def _first_object(start: bytes) -> tuple[int, int]:
    """The first object's message type and the number of its first field."""
    if start[:1] != b"\0":
        raise Damaged
    text = _unpacked(start[4:])
    length, place = _varint(text, 0)
    info, body = text[place : place + length], text[place + length :]
    if len(info) < length:
        raise Damaged
    message = _field(info, 2)
    kind = _field(message, 1)
    if not isinstance(message, bytes) or not isinstance(kind, int):
        raise Damaged
    return kind, _varint(body, 0)[0] >> 3


def _field(message: bytes | int, wanted: int) -> bytes | int:
    """The first value of a field in a protocol buffer: a number, or the bytes of what is inside."""
    if isinstance(message, int):
        raise Damaged
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        value: bytes | int
        match key & 7:
            case 0:
                value, place = _varint(message, place)
            case 2:
                length, place = _varint(message, place)
                value, place = message[place : place + length], place + length
            case _:
                raise Damaged
        if key >> 3 == wanted:
            return value
    raise Damaged


def _varint(text: bytes, place: int) -> tuple[int, int]:
    """A number in groups of seven bits, and where it ends."""
    value = 0
    for shift in range(0, 64, 7):
        if place >= len(text):
            raise Damaged
        value |= (text[place] & 0x7F) << shift
        place += 1
        if text[place - 1] < 0x80:
            return value, place
    raise Damaged


def _unpacked(packed: bytes) -> bytes:
    """Unpack the first bytes of a Snappy block, as far as they go."""
    _, place = _varint(packed, 0)
    found = bytearray()
    while place < len(packed) and len(found) < _SEEN:
        tag = packed[place]
        kind, size = tag & 3, (tag >> 2) + 1
        place += 1
        if kind == 0:
            wide = max(0, size - 60)
            if wide:
                size = int.from_bytes(packed[place : place + wide], "little") + 1
            place += wide
            found += packed[place : place + size]
            place += size
            continue
        if kind == 1:
            size, high, wide = (tag >> 2 & 7) + 4, tag >> 5, 1
        else:
            high, wide = 0, kind * 2 - 2
        back = high << 8 | int.from_bytes(packed[place : place + wide], "little")
        place += wide
        if not 0 < back <= len(found):
            raise Damaged
        for _ in range(min(size, 64)):
            found.append(found[-back])
    return bytes(found)
