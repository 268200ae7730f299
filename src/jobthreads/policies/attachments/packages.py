"""What an archive is: an Office document, a Numbers spreadsheet, or something else."""

from __future__ import annotations

from jobthreads.policies.attachments import numbers, ooxml
from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import Damaged, Encrypted, OtherType
from jobthreads.policies.attachments.zips import Archive, looks

__all__ = ["looks", "prove"]

_MARKS = (b"[Content_Types].xml", b"Index/Document.iwa", b"word/document.xml", b"xl/workbook.xml")
_SEEN = 65536
_PROGRAMS = ("META-INF/MANIFEST.MF", "AndroidManifest.xml")


def prove(content: Content) -> FileType:
    """Open the archive, and ask the room of the document it says it holds."""
    try:
        archive = Archive(content)
        if any(name in archive for name in _PROGRAMS):
            raise OtherType("program in a ZIP archive")
        if ooxml.CONTENT_TYPES in archive:
            return ooxml.prove(archive)
        if numbers.looks(archive):
            return numbers.prove(archive)
    except (Damaged, Encrypted):
        # A locked or odd archive of anything else is not a damaged document: without the oddity it is refused too.
        if not any(mark in content.head or mark in content.tail(_SEEN) for mark in _MARKS):
            raise OtherType from None
        raise
    raise OtherType
