"""Names of files: cleaned once, before anything is judged or stored."""

from __future__ import annotations

import re
import unicodedata

from jobthreads.policies.attachments.types import FileType

__all__ = ["clean_name", "stored_name"]

_LONGEST = 200
_LONGEST_ENDING = 16
_FALLBACK = "file"
_PATHS = re.compile(r"[/\\]")
_REPLACED = re.compile(r'[\\/:*?"<>|%;`]')
# Cc control, Cf format (bidi, zero width), Cs surrogate, Cn unassigned.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Cn"})
_SPACES = frozenset({"Zs", "Zl", "Zp"})
_EDGES = ". "
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])\Z", re.IGNORECASE)


def clean_name(name: str) -> str:
    """Give a name that is safe to store, show, mail and save under; never empty, at most 200 bytes of UTF-8.

    Cleaning a cleaned name changes nothing.
    """
    component = next((part for part in reversed(_PATHS.split(name)) if part.strip(_EDGES)), "")
    kept = "".join(_kept(character) for character in unicodedata.normalize("NFC", component[:4096]))
    # Once more: what was dropped may have stood between a letter and its accent.
    plain = _REPLACED.sub("_", unicodedata.normalize("NFC", kept)).strip(_EDGES)
    stem, ending = _split(plain)
    return _fitted(stem, ending)


def stored_name(name: str, proven: FileType) -> str:
    """Give a cleaned name the proven type's ending, where it has another: `invoice.exe` becomes `invoice.exe.pdf`."""
    ending = _split(name)[1]
    if ending.lower() in proven.extensions:
        return name
    return _fitted(name, proven.extensions[0])


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    return " " if category in _SPACES else character


def _split(name: str) -> tuple[str, str]:
    """The name before its ending, and the ending with its dot; a long or missing one is part of the name."""
    stem, dot, ending = name.rpartition(".")
    if not stem or not ending or len(ending.encode()) > _LONGEST_ENDING:
        return name, ""
    return stem, dot + ending


def _fitted(stem: str, ending: str) -> str:
    """Join stem and ending, the stem cut to what fits and no device's name."""
    cut = stem.encode()[: _LONGEST - len(ending.encode())].decode(errors="ignore").strip(_EDGES) or _FALLBACK
    first, dot, rest = cut.partition(".")
    if _DEVICES.match(first.strip(_EDGES)):
        cut = f"{first.strip(_EDGES)}_{dot}{rest}"
    return cut + ending
