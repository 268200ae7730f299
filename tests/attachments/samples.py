"""Small files of every kind, made by the libraries that people make them with."""

from __future__ import annotations

import io
import struct
import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from jobthreads.policies.attachments import FileType
from tests.attachments.containers import compound


@cache
def picture(form: str, **options: object) -> bytes:
    """A picture of 20 by 10 pixels, in a format that Pillow writes."""
    image = Image.new("RGB", (20, 10), (200, 30, 30))
    image.putpixel((3, 3), (0, 200, 0))
    held = io.BytesIO()
    image.save(held, form, **options)
    return held.getvalue()


@cache
def heic() -> bytes:
    """An AVIF picture under HEIC's brands: no free library writes the real one, and the proof is the container."""
    avif = picture("AVIF")
    size = struct.unpack(">I", avif[:4])[0]
    brands = b"heic" + bytes(4) + b"mif1heic"
    return struct.pack(">I4s", 8 + len(brands), b"ftyp") + brands.ljust(size - 8, b"\0")[: len(brands)] + avif[size:]


@cache
def pdf(text: str = "Kitchen rewire") -> bytes:
    """A PDF of one page."""
    held = io.BytesIO()
    canvas = Canvas(held, invariant=True)
    canvas.drawString(100, 700, text)
    canvas.save()
    return held.getvalue()


@cache
def docx() -> bytes:
    """A Word document."""
    from docx import Document

    document = Document()
    document.add_heading("Kitchen rewire")
    document.add_paragraph("Two circuits, one board.")
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


@cache
def xlsx() -> bytes:
    """An Excel workbook."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Cable", 25, 1.2])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


@cache
def xls() -> bytes:
    """A workbook of Excel 97 to 2003."""
    import xlwt

    book = xlwt.Workbook()
    book.add_sheet("Parts").write(0, 0, "Cable")
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


@cache
def numbers() -> bytes:
    """A Numbers spreadsheet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from numbers_parser import Document

        document = Document()
        document.sheets[0].tables[0].write(0, 0, "Cable")
        with TemporaryDirectory() as folder:
            path = Path(folder, "parts.numbers")
            document.save(path)
            return path.read_bytes()


def fib(flags: int = 0, mark: int = 0xA5EC) -> bytes:
    """The start of a Word stream."""
    return struct.pack("<HHHHHH", mark, 0xC1, 0, 0x409, 0, flags).ljust(4096, b"\0")


@cache
def doc() -> bytes:
    """A container laid out as Word 97 does: no free library writes one."""
    return compound({"WordDocument": fib(), "1Table": bytes(4096), "\x05SummaryInformation": b"\xfe\xff" + bytes(200)})


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of an Excel stream."""
    return struct.pack("<HH", kind, len(body)) + body


BOF = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 1997, 0, 6))
EOF = record(0x000A)


def every_type() -> dict[FileType, bytes]:
    """One file of each type that may be attached."""
    return {
        FileType.JPEG: picture("JPEG"),
        FileType.PNG: picture("PNG"),
        FileType.GIF: picture("GIF"),
        FileType.WEBP: picture("WEBP"),
        FileType.BMP: picture("BMP"),
        FileType.TIFF: picture("TIFF"),
        FileType.AVIF: picture("AVIF"),
        FileType.HEIC: heic(),
        FileType.PDF: pdf(),
        FileType.DOC: doc(),
        FileType.DOCX: docx(),
        FileType.XLS: xls(),
        FileType.XLSX: xlsx(),
        FileType.NUMBERS: numbers(),
        FileType.TEXT: "Zwei Kabel, 20 m – geprüft.\n".encode(),
    }
