"""What a refused file seems to be: only to tell the person, never to decide."""

from __future__ import annotations

import filetype  # type: ignore[import-untyped]  # it ships no types

from jobthreads.policies.attachments.types import FileType

__all__ = ["seems"]

_WORDS = {
    "zip": "ZIP archive",
    "rar": "RAR archive",
    "7z": "7-Zip archive",
    "exe": "program",
    "elf": "program",
    "wasm": "program",
    "crx": "browser extension",
    "swf": "Flash file",
    "epub": "e-book",
    "rtf": "RTF document",
    "ps": "PostScript document",
    "sqlite": "database",
    "dwg": "AutoCAD drawing",
    "psd": "Photoshop image",
    "cr2": "raw photo",
}
_GROUPS = {"image": "image", "audio": "audio file", "video": "video"}


def seems(head: bytes) -> str:
    """Name the type by its first bytes; empty when they tell nothing, or wrongly an allowed type."""
    kind = filetype.guess(head)
    if kind is None or FileType.of(kind.mime) is not None:
        return ""
    group = kind.mime.partition("/")[0]
    return _WORDS.get(kind.extension) or f"{kind.extension.upper()} {_GROUPS.get(group, 'file')}"
