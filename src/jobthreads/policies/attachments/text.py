"""Plain text: all of it can be read, and none of it starts something else."""

from __future__ import annotations

import codecs
import re

from jobthreads.policies.attachments.content import Content
from jobthreads.policies.attachments.types import FileType
from jobthreads.policies.attachments.verdicts import OtherType
from jobthreads.sentences import gettext as _

__all__ = ["prove"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEEN = 1024
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
_STARTS = (
    (re.compile(r"<!doctype html|<html", re.IGNORECASE), _("HTML page")),
    (re.compile(r"<svg", re.IGNORECASE), _("SVG image")),
    (re.compile(r"<[a-z!?]", re.IGNORECASE), _("HTML or XML document")),
    (re.compile(r"\{\\rt", re.IGNORECASE), _("RTF document")),
    (re.compile(r"%!PS"), _("PostScript document")),
    (re.compile(r"mime-version:", re.IGNORECASE), _("saved e-mail or web page")),
    # A picture, a model or measurements written down in letters.
    (re.compile(r"P[1-6]\s(?:\s*#[^\n]*\n)*\s*\d+\s+\d+\s"), _("Netpbm image")),
    (re.compile(r"solid\b[^\n]*\n\s*facet\s+normal\b", re.IGNORECASE), _("STL model")),
    (re.compile(r"SIMPLE  = "), _("FITS image")),
)
_INSIDE = (
    (re.compile(r"<svg[\s>]", re.IGNORECASE), _("SVG image")),
    (re.compile(r"<!doctype\s+html|<(?:html|head|body|script|iframe)[\s>]", re.IGNORECASE), _("HTML page")),
    (re.compile(r"<\?(?:php|xml)\b", re.IGNORECASE), _("HTML or XML document")),
    (re.compile(r"%PDF-\d"), _("PDF document behind other text")),
)
_HEADER = re.compile(r"[!-9;-~]+:|[ \t]")


def prove(content: Content) -> FileType:
    """Read all of it as one encoding, by its mark, else UTF-8, else Windows-1252."""
    marked = next((encoding for mark, encoding in _MARKS if content.head.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        start = _read(content, encoding)
        if start is not None:
            _refuse_other(start)
            return FileType.TEXT
    raise OtherType


def _read(content: Content, encoding: str) -> str | None:
    """The first 1,024 characters, None when the content is not all text in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    start = ""
    try:
        for block in content.blocks():
            text = decoder.decode(block)
            if _CONTROLS.search(text):
                return None
            if len(start) < _SEEN:
                start += text[:_SEEN]
        decoder.decode(b"", final=True)
    except UnicodeError:
        return None
    return start[:_SEEN]


def _refuse_other(start: str) -> None:
    """Raise `OtherType` for markup, documents, pictures and mails that are written in letters."""
    begins = start.lstrip("\ufeff \t\r\n\f\v\x85\xa0")
    other = next((words for sign, words in _STARTS if sign.match(begins)), "")
    other = other or next((words for sign, words in _INSIDE if sign.search(start)), "")
    if other or _heads_a_mail(begins):
        raise OtherType(other or _("saved e-mail or web page"))


def _heads_a_mail(start: str) -> bool:
    """Tell whether the text begins with the header lines of a mail or page in several parts."""
    headers = []
    for line in start.splitlines():
        if not _HEADER.match(line):
            break
        headers.append(line.lower())
    told = "\n".join(headers)
    return "\nmime-version:" in told and ("multipart/" in told or "text/html" in told)
