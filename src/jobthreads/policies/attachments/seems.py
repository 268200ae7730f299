"""What a refused file seems to be: only to tell the person, never to decide."""

from __future__ import annotations

import filetype  # type: ignore[import-untyped]  # it ships no types

from jobthreads.policies.attachments.types import FileType
from jobthreads.sentences import gettext as _

__all__ = ["seems"]

_WORDS = {
    "zip": _("ZIP archive"),
    "rar": _("RAR archive"),
    "7z": _("7-Zip archive"),
    "exe": _("program"),
    "elf": _("program"),
    "wasm": _("program"),
    "crx": _("browser extension"),
    "swf": _("Flash file"),
    "epub": _("e-book"),
    "rtf": _("RTF document"),
    "ps": _("PostScript document"),
    "sqlite": _("database"),
    "dwg": _("AutoCAD drawing"),
    "psd": _("Photoshop image"),
    "cr2": _("raw photo"),
}


def seems(head: bytes) -> str:
    """Name the type by its first bytes; empty when they tell nothing, or wrongly an allowed type."""
    kind = filetype.guess(head)
    if kind is None or FileType.of(kind.mime) is not None:
        return ""
    if kind.extension in _WORDS:
        return _WORDS[kind.extension]
    ending = kind.extension.upper()
    match kind.mime.partition("/")[0]:
        case "image":
            return _("%(ending)s image", ending=ending)
        case "audio":
            return _("%(ending)s audio file", ending=ending)
        case "video":
            return _("%(ending)s video", ending=ending)
    return _("%(ending)s file", ending=ending)
