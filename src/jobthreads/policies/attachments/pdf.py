"""PDF: its version at the very start, and its end near the end."""

from __future__ import annotations

import re

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.tails import refuse_archive_behind
from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged

__all__ = ["looks", "prove"]

# Readers take a PDF that begins anywhere in the first 1,024 bytes; such files are two things at once.
_START = re.compile(rb"(?:\xef\xbb\xbf)?[\0\t\n\f\r ]{0,16}%PDF-")
_VERSION = re.compile(rb"[12]\.\d")
_END = 16384


def looks(head: bytes) -> bool:
    """Tell whether the file begins as PDF does."""
    return _START.match(head) is not None


def prove(content: Content) -> FileType:
    """Look for the version, and for the marks that end a PDF."""
    refuse_archive_behind(content)
    start = _START.match(content.head)
    tail = content.tail(_END)
    if start is None or not _VERSION.match(content.head, start.end()):
        raise Damaged
    if b"startxref" not in tail and b"%%EOF" not in tail:
        raise Damaged
    return FileType.PDF
