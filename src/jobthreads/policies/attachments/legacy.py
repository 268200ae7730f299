"""Word and Excel before 2007: told by their main stream; locked ones and those with macros by what stands in it."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.ole import Container, StreamStart, looks
from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged, Encrypted, HasMacros, OtherType
from jobthreads.sentences import gettext as _

__all__ = ["looks", "prove"]

_LOCKED_PACKAGES = frozenset({"encryptedpackage", "\x09drmcontent", "\x06dataspaces"})
_MACROS = frozenset({"vba", "_vba_project", "_vba_project_cur"})
_WORD, _EXCEL = "worddocument", ("workbook", "book")
_OTHERS = {
    "powerpoint document": _("PowerPoint presentation"),
    "visiodocument": _("Visio drawing"),
    "__properties_version1.0": _("Outlook message"),
    "quill": _("Publisher document"),
    "bodytext": _("Hangul document"),
    "starwriterdocument": _("StarOffice document"),
    "starcalcdocument": _("StarOffice document"),
    "stardrawdocument3": _("StarOffice document"),
}

_FIB = (0xA5EC, 0xA5DC)
_FIB_LOCKED = 0x0100

_BOF = (0x0009, 0x0209, 0x0409, 0x0809)
_EOF, _FILE_PASS, _BOUND_SHEET = 0x000A, 0x002F, 0x0085
_MACRO_SHEETS = (1, 6)
_MACRO_SHEET_BOF = 0x0040
_MOST_RECORDS = 300_000
_BLOCK = 65536


def prove(content: Content) -> FileType:
    """Read the directory, then the start of the one main stream."""
    container = Container(content)
    if container.names & _LOCKED_PACKAGES:
        raise Encrypted
    other = next((words for name, words in _OTHERS.items() if name in container.top), "")
    word = _WORD in container.top
    books = [container.open(container.top[name]) for name in _EXCEL if name in container.top]
    if other or word == bool(books):
        raise OtherType(other or _("Office file of another kind"))
    if word:
        return _document(container)
    macros = [_holds_macro_sheet(book) for book in books]
    return _without_macros(container, FileType.XLS, macros=any(macros))


def _document(container: Container) -> FileType:
    start = container.open(container.top[_WORD]).at(0, 32)
    if len(start) < 32:
        raise Damaged
    mark, flags = struct.unpack_from("<H8xH", start)
    if mark not in _FIB:
        raise Damaged
    if flags & _FIB_LOCKED:
        raise Encrypted
    return _without_macros(container, FileType.DOC, macros=False)


def _without_macros(container: Container, proven: FileType, *, macros: bool) -> FileType:
    if macros or container.names & _MACROS:
        raise HasMacros(proven)
    return proven


def _holds_macro_sheet(book: StreamStart) -> bool:
    """Walk the workbook's own records; `Encrypted` when one of them asks for a password."""
    start = book.at(0, 8)
    if len(start) < 8 or struct.unpack_from("<H", start)[0] not in _BOF:
        raise Damaged
    found = False
    for kind, body in _records(book):
        if kind == _FILE_PASS:
            raise Encrypted
        if kind == _BOUND_SHEET and len(body) >= 6:
            place, sheet = struct.unpack_from("<IxB", body)
            found = found or sheet in _MACRO_SHEETS or _begins_macro_sheet(book.at(place, 8))
    return found


def _begins_macro_sheet(start: bytes) -> bool:
    """Tell whether a sheet's own first record says that it holds macros, whatever the list of sheets says."""
    if len(start) < 8:
        return False
    kind, substream = struct.unpack("<H4xH", start)
    return kind in _BOF and substream == _MACRO_SHEET_BOF


def _records(book: StreamStart) -> Iterator[tuple[int, bytes]]:
    """The records from the first to the end of the workbook's own part, read in large pieces."""
    start, block = 0, book.at(0, _BLOCK)
    place = 0
    for _record in range(_MOST_RECORDS):
        if place + 4 > start + len(block):
            start, block = place, book.at(place, _BLOCK)
        if len(block) < place - start + 4:
            raise Damaged
        kind, size = struct.unpack_from("<HH", block, place - start)
        if kind == _EOF:
            return
        body = block[place - start + 4 : place - start + 20]
        if len(body) < min(size, 16):
            body = book.at(place + 4, 16)
        yield kind, body[:size]
        place += 4 + size
    raise Damaged
