"""Word and Excel since 2007: the package says what its main part is, and the main part has to agree."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from urllib.parse import unquote

from attrs import frozen

from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged, HasMacros, OtherType
from jobthreads.policies.attachments.xml_heads import elements, root
from jobthreads.policies.attachments.zips import Archive
from jobthreads.sentences import gettext as _

__all__ = ["CONTENT_TYPES", "prove"]

CONTENT_TYPES = "[Content_Types].xml"
_RELATIONSHIPS = "_rels/.rels"
_MOST = 1024 * 1024
_MOST_OF_MAIN = 2 * 1024 * 1024
"""The main part's own relationships: one for each link and picture of a long document."""
_ROOT_WITHIN = 65536

_OVERRIDE = "http://schemas.openxmlformats.org/package/2006/content-types Override"
_DEFAULT = "http://schemas.openxmlformats.org/package/2006/content-types Default"
_RELATIONSHIP = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
_OFFICE_DOCUMENT = frozenset(
    {
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
        "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument",
    }
)

_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": FileType.DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": FileType.XLSX,
}
_ROOTS = {
    FileType.DOCX: {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main document",
        "http://purl.oclc.org/ooxml/wordprocessingml/main document",
    },
    FileType.XLSX: {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main workbook",
        "http://purl.oclc.org/ooxml/spreadsheetml/main workbook",
    },
}
_WITH_MACROS = frozenset(
    {
        "application/vnd.ms-word.document.macroenabled.main+xml",
        "application/vnd.ms-word.template.macroenabledtemplate.main+xml",
        "application/vnd.ms-excel.sheet.macroenabled.main+xml",
        "application/vnd.ms-excel.template.macroenabled.main+xml",
        "application/vnd.ms-excel.addin.macroenabled.main+xml",
    }
)
_MACRO_WORDS = ("vbaproject", "macroenabled", "macrosheet")
_SEEMS = (
    ("presentationml", _("PowerPoint presentation")),
    ("ms-powerpoint", _("PowerPoint presentation")),
    ("wordprocessingml.template", _("Word template")),
    ("spreadsheetml.template", _("Excel template")),
    ("sheet.binary", _("Excel binary workbook")),
    ("visio", _("Visio drawing")),
)


@frozen
class _ContentTypes:
    """What type each part is of: by its name, else by its ending."""

    parts: Mapping[str, str]
    endings: Mapping[str, str]

    def of(self, name: str) -> str:
        ending = name.rpartition(".")[2]
        return self.parts.get(name.casefold(), self.endings.get(ending.casefold(), ""))

    def all(self) -> set[str]:
        return {*self.parts.values(), *self.endings.values()}


def prove(archive: Archive) -> FileType:
    """Follow the package's one relationship to its main part, and compare type and root element."""
    types = _content_types(archive)
    main = _main_part(archive)
    part = archive.find(main)
    if part is None:
        raise Damaged
    stated = types.of(part.name)
    if stated in _WITH_MACROS:
        raise HasMacros
    if stated not in _MAIN:
        raise OtherType(next((words for sign, words in _SEEMS if sign in stated), _("Office file of another kind")))
    kind = _MAIN[stated]
    _refuse_macros(archive, types, part.name)
    if root(archive.start_of(part, _ROOT_WITHIN)) not in _ROOTS[kind]:
        raise Damaged
    return kind


def _content_types(archive: Archive) -> _ContentTypes:
    part = archive.find(CONTENT_TYPES)
    if part is None:
        raise Damaged
    parts: dict[str, str] = {}
    endings: dict[str, str] = {}

    def see(element: str, attributes: Mapping[str, str]) -> None:
        stated = attributes.get("ContentType", "").strip().lower()
        if element == _OVERRIDE:
            parts[_part_name(attributes.get("PartName", "")).casefold()] = stated
        elif element == _DEFAULT:
            endings[attributes.get("Extension", "").casefold()] = stated

    elements(archive.read(part, most=_MOST), see)
    return _ContentTypes(parts, endings)


def _main_part(archive: Archive) -> str:
    part = archive.find(_RELATIONSHIPS)
    if part is None:
        raise OtherType(_("Office file of another kind"))
    mains: list[Mapping[str, str]] = []

    def see(element: str, attributes: Mapping[str, str]) -> None:
        if element == _RELATIONSHIP and attributes.get("Type") in _OFFICE_DOCUMENT:
            mains.append(attributes)

    elements(archive.read(part, most=_MOST), see)
    if not mains:
        raise OtherType(_("Office file of another kind"))
    if len(mains) > 1 or mains[0].get("TargetMode", "Internal") != "Internal":
        raise Damaged
    return _part_name(mains[0].get("Target", ""))


def _refuse_macros(archive: Archive, types: _ContentTypes, main: str) -> None:
    """Raise `HasMacros` for a macro project by its part's name, its stated type, or what the main part points to."""
    named = any("vbaproject" in name.casefold() or "/macrosheets/" in name.casefold() for name in archive.parts)
    if named or any(word in stated for stated in types.all() for word in _MACRO_WORDS):
        raise HasMacros
    folder, _, name = main.rpartition("/")
    relationships = archive.find(posixpath.join(folder, "_rels", f"{name}.rels"))
    if relationships is None:
        return

    def see(_: str, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("Type", "").casefold()
        if any(word in kind for word in _MACRO_WORDS):
            raise HasMacros

    elements(archive.read(relationships, most=_MOST_OF_MAIN), see)


def _part_name(reference: str) -> str:
    """A part's name as the archive writes it, from a reference at the package's root."""
    name = unquote(reference).replace("\\", "/")
    return posixpath.normpath(name).lstrip("/") if name else ""
