"""Files made to do harm: every content that a browser might run, under every name that might make it."""

from __future__ import annotations

import struct
import zlib

SCRIPT = "new Image().src='/pwned';alert('pwned')"
TAG = f"<script>{SCRIPT}</script>"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{SCRIPT}">{TAG}</svg>'
LATE = "Nothing to see here.\n" * 80 + f'<!doctype html><html><body>{TAG}<img src=x onerror="{SCRIPT}">'


def png(*extra: tuple[bytes, bytes], tail: bytes = b"") -> bytes:
    """A real picture, with more chunks and more bytes behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\x10\x20\x30\x40\x50\x60" * 2))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunk(*one) for one in extra) + pixels + chunk(b"IEND", b"") + tail


GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
GIF_SCRIPT = b"GIF89a/*\0\x80\0\0\0\0\0\xff\xff\xff*/=1;" + SCRIPT.encode()
JPEG = (
    b"\xff\xd8\xff\xfe" + struct.pack(">H", 2 + len(TAG)) + TAG.encode()
    + b"\xff\xdb\x00\x43\x00" + b"\x01" * 64
    + b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    + b"\xff\xc4\x00\x14\x00\x01" + b"\0" * 15 + b"\x03"
    + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x37\xff\xd9" + TAG.encode()
)  # fmt: skip
PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\('pwned'\\)) >> >>\nendobj\n"
    + TAG.encode() + b"\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
    b"trailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
)  # fmt: skip
BMP = (
    b"BM"
    + struct.pack("<IHHI", 58, 0, 0, 54)
    + struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0)
    + b"abc\0"
)

CONTENTS: dict[str, bytes] = {
    "svg": SVG.encode(),
    "svg-xml": b'<?xml version="1.0"?>' + SVG.encode(),
    "svg-bom": b"\xef\xbb\xbf" + SVG.encode(),
    "svg-utf16": SVG.encode("utf-16"),
    "html": f"<!doctype html>{TAG}".encode(),
    "html-bare": TAG.encode(),
    "html-space": b"\n\t  " + TAG.encode(),
    "html-comment": b"<!-- x -->" + TAG.encode(),
    "html-text": f"Hello <html>{TAG}".encode(),
    "html-late": LATE.encode(),
    "html-late-utf16": LATE.encode("utf-16"),
    "html-utf7": b"+ADw-script+AD4-" + SCRIPT.encode() + b"+ADw-/script+AD4-",
    "xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml">{TAG}</html>'.encode(),
    "xsl": b'<?xml version="1.0"?><?xml-stylesheet href="#a" type="text/xsl"?><a/>',
    "mhtml": b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + TAG.encode(),
    "php": b"<?php echo 1; ?>" + TAG.encode(),
    "rtf": b"{\\rtf1 " + TAG.encode() + b"}",
    "javascript": SCRIPT.encode(),
    "module": f"export default 1;{SCRIPT}".encode(),
    "css": b"body{background:url(/pwned)}",
    "event-stream": b"data: x\n\n",
    "png": png(),
    "png-comment": png((b"tEXt", b"Comment\0" + TAG.encode())),
    "png-tail": png(tail=TAG.encode()),
    "gif": GIF,
    "gif-tail": GIF + TAG.encode(),
    "gif-script": GIF_SCRIPT,
    "jpeg": JPEG,
    "bmp": BMP,
    "bmp-tail": BMP + TAG.encode(),
    "pdf-script": PDF,
    "wasm": b"\0asm\x01\0\0\0",
    "swf": b"FWS\x09" + b"\0" * 40,
    "zip": b"PK\x05\x06" + b"\0" * 18,
}
"""What a browser might take for something else than it is."""

NAMES = (
    "<img src=x onerror=alert(1)>.txt",
    "\"><script>alert('pwned')</script>.txt",
    "'onmouseover='alert(1)'.txt",
    "javascript:alert(1).txt",
    "{{ 7*7 }}.txt",
    "..\\..\\evil.html",
    "../../evil.svg",
    "photo‮gnp.html",
    "a\r\nContent-Type: text/html.txt",
    "index.html",
    "image.svg",
    "script.js",
    "con.txt",
    ".htaccess",
    "x" * 400 + ".html",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E.txt",
)
"""Names that might become markup, a header, a path or another type."""


def hostile_files() -> list[tuple[str, bytes]]:
    """Every content under a plain and a lying name, and a text under every name."""
    plain = [(f"{kind}.{ending}", content) for kind, content in CONTENTS.items() for ending in ("txt", "html")]
    return plain + [(name, LATE.encode()) for name in NAMES]
