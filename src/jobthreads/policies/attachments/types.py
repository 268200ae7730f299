"""The types of file that may be attached, and what follows from each."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from jobthreads.sentences import gettext as _

__all__ = ["FileType"]


class FileType(StrEnum):
    """A type of file that may be attached (J5), by one short word."""

    JPEG = "jpeg"
    PNG = "png"
    GIF = "gif"
    WEBP = "webp"
    BMP = "bmp"
    TIFF = "tiff"
    AVIF = "avif"
    HEIC = "heic"
    PDF = "pdf"
    DOC = "doc"
    DOCX = "docx"
    XLS = "xls"
    XLSX = "xlsx"
    NUMBERS = "numbers"
    TEXT = "text"

    @property
    def content_type(self) -> str:
        """The media type, as it is stored: without parameters."""
        return _FACTS[self].content_type

    @property
    def title(self) -> str:  # type: ignore[override]  # a type's title is a phrase; nobody title-cases the word
        """What a person calls it."""
        return _FACTS[self].title

    @property
    def extensions(self) -> tuple[str, ...]:
        """The name endings that go with it, in lower case with their dot; the first is the usual one."""
        return _FACTS[self].extensions

    @property
    def inline(self) -> bool:
        """Tell whether a browser may show it in the page instead of saving it."""
        return self in _INLINE

    @property
    def picture(self) -> bool:
        """Tell whether it is a picture, of which a preview can be made."""
        return self.content_type.startswith("image/")

    @classmethod
    def of(cls, content_type: str) -> FileType | None:
        """Give the type that is stored as `content_type`, None when there is none."""
        return _BY_CONTENT_TYPE.get(content_type)


@frozen
class _Facts:
    content_type: str
    title: str
    extensions: tuple[str, ...]


_OPEN_XML = "application/vnd.openxmlformats-officedocument"

_FACTS = {
    FileType.JPEG: _Facts("image/jpeg", _("JPEG image"), (".jpg", ".jpeg", ".jpe", ".jfif")),
    FileType.PNG: _Facts("image/png", _("PNG image"), (".png",)),
    FileType.GIF: _Facts("image/gif", _("GIF image"), (".gif",)),
    FileType.WEBP: _Facts("image/webp", _("WebP image"), (".webp",)),
    FileType.BMP: _Facts("image/bmp", _("BMP image"), (".bmp", ".dib")),
    FileType.TIFF: _Facts("image/tiff", _("TIFF image"), (".tif", ".tiff")),
    FileType.AVIF: _Facts("image/avif", _("AVIF image"), (".avif",)),
    FileType.HEIC: _Facts("image/heic", _("HEIC image"), (".heic", ".heif", ".hif")),
    FileType.PDF: _Facts("application/pdf", _("PDF document"), (".pdf",)),
    FileType.DOC: _Facts("application/msword", _("Word 97–2003 document"), (".doc",)),
    FileType.DOCX: _Facts(f"{_OPEN_XML}.wordprocessingml.document", _("Word document"), (".docx",)),
    FileType.XLS: _Facts("application/vnd.ms-excel", _("Excel 97–2003 workbook"), (".xls",)),
    FileType.XLSX: _Facts(f"{_OPEN_XML}.spreadsheetml.sheet", _("Excel workbook"), (".xlsx",)),
    FileType.NUMBERS: _Facts("application/vnd.apple.numbers", _("Numbers spreadsheet"), (".numbers",)),
    FileType.TEXT: _Facts("text/plain", _("plain text"), (".txt", ".csv", ".md", ".log")),
}
_BY_CONTENT_TYPE = {facts.content_type: kind for kind, facts in _FACTS.items()}
_INLINE = frozenset({FileType.JPEG, FileType.PNG, FileType.GIF, FileType.WEBP, FileType.AVIF})
