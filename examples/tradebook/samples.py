"""Sample files: some lie in the folder `files`, the rest the standard library makes."""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path

_FILES = Path(__file__).parent / "files"


def sample_file(name: str, title: str) -> bytes:
    """Make the content of a file by the ending of its name; the same name gives the same file."""
    ready = _FILES / name
    if ready.is_file():
        return ready.read_bytes()
    if name.endswith(".png"):
        return _picture(name)
    return _document(name, title) if name.endswith(".pdf") else _text(name, title)


def _picture(name: str, width: int = 480, height: int = 360) -> bytes:
    """A PNG of a wall with boards and boxes on it, in colours of its own."""
    rng = random.Random(name)
    wall = [rng.randrange(150, 215) for _ in range(3)]
    boxes = [
        (rng.randrange(width - 90), rng.randrange(height - 80), rng.randrange(40, 150), rng.randrange(30, 120))
        for _ in range(7)
    ]
    inks = [[rng.randrange(40, 200) for _ in range(3)] for _ in boxes]
    rows = bytearray()
    for y in range(height):
        light = 1 - y / height / 3
        row = [int(part * light) for part in wall] * width
        for (left, top, wide, high), ink in zip(boxes, inks, strict=True):
            if top <= y < top + high:
                right = min(left + wide, width)
                row[3 * left : 3 * right] = [int(part * light) for part in ink] * (right - left)
        rows += b"\0" + bytes(row)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _document(name: str, title: str) -> bytes:
    """A PDF of one page with a few words on it."""
    words = f"{title}: {name.rpartition('.')[0].replace('-', ' ')}".encode("latin-1", "replace")
    drawing = b"BT /F1 20 Tf 60 760 Td (" + words.replace(b"(", b"").replace(b")", b"") + b") Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    whole, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(whole)
    whole += b"xref\n0 7\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    whole += b"trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(whole)


def _text(name: str, title: str) -> bytes:
    return f"{title}\n{'=' * len(title)}\n\n{name.rpartition('.')[0].replace('-', ' ').capitalize()}.\n".encode()
