"""J5: pictures and PDF are proven by their structure; what only begins like one, or is two things, is refused."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pi_heif
import pytest
from pypdf import PdfReader, PdfWriter

from jobthreads.policies.attachments import FileType
from tests.attachments.containers import Member, archive
from tests.attachments.judging import seems, verdict
from tests.attachments.samples import docx, heic, pdf, picture

ZIP = archive([Member(name="run.class", data=b"\xca\xfe\xba\xbe")])
BEHIND = "file with a ZIP archive behind it"


@pytest.mark.parametrize("content", [picture(form) for form in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")] + [pdf()])
def test_a_working_archive_behind_a_picture_or_pdf_is_refused(content: bytes) -> None:
    """J5: one file that two programs read as two things: an archive behind, commented or with a moved start too."""
    assert seems(content + ZIP) == BEHIND
    assert seems(content + docx()) == BEHIND
    assert seems(content + ZIP + b"trailing bytes") == BEHIND
    assert seems(content + archive([], before=b"")) == BEHIND
    moved = archive([Member(name="a", data=b"?")], before=content)
    assert seems(moved) == BEHIND
    end = moved.index(b"PK\5\6")
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, 47, end - 47)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    assert (
        seems(
            moved[:end] + wide + locator + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 65535, 65535, *[2**32 - 1] * 2, 0)
        )
        == BEHIND
    )


def test_the_letters_of_an_end_record_alone_are_no_archive() -> None:
    """J5: the same four bytes by chance do not get a photo refused."""
    for tail in (b"PK\5\6", b"PK\5\6" + b"\x07" * 18, b"PK\5\6" + bytes(4) + b"\1\0\1\0" + b"\xff" * 10):
        assert verdict(picture("JPEG") + tail) is FileType.JPEG


def test_an_archive_in_the_boxes_of_a_heic_is_refused() -> None:
    """J5: the boxes fill the file, and may still hold an archive at its end."""
    box = struct.pack(">I4s", 8 + len(ZIP), b"free") + ZIP
    assert seems(heic() + box) == BEHIND
    assert verdict(heic() + ZIP) == "damaged"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_a_picture_cut_in_its_beginning_is_damaged(form: str) -> None:
    """J5: a file that stops within its headers is not whole."""
    for count in (12, 20, 25, 28):
        assert verdict(picture(form)[:count]) in {"damaged", "type-not-allowed"}
    assert verdict(picture(form)[:12] + b"<script>alert(1)</script>" * 9) in {"damaged", "type-not-allowed"}


def patched(content: bytes, place: int, new: bytes) -> bytes:
    return content[:place] + new + content[place + len(new) :]


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_png_needs_its_checksum_its_data_and_its_end() -> None:
    """J5: IHDR by its CRC, an IDAT, chunks to IEND, and not a million of them."""
    png = picture("PNG")
    head, end = png[:33], chunk(b"IEND")
    assert verdict(head + chunk(b"IDAT", b"x") + end) is FileType.PNG
    for content in (
        patched(png, 29, b"\0\0\0\0"),
        patched(png, 8, chunk(b"IHDR", bytes(13))),
        png[:-12],
        head + end,
        head + chunk(b"IDAT") + end,
        head + chunk(b"12\0\0") + end,
        head + struct.pack(">I4s", 2**31, b"IDAT") + end,
        head + chunk(b"tEXt") * 40_000 + chunk(b"IDAT", b"x") + end,
    ):
        assert verdict(content) == "damaged"


def test_jpeg_needs_a_frame_with_a_size_before_its_scan() -> None:
    """J5: markers in order; fill bytes are let pass; JPEG-LS is another format."""
    jpeg = picture("JPEG")
    frame = jpeg.index(b"\xff\xc0")
    scan = jpeg.index(b"\xff\xda")
    assert verdict(jpeg[:2] + b"\xff" * 30 + jpeg[2:]) is FileType.JPEG
    assert verdict(jpeg[:2] + b"\xff\x01\xff\xd0" + jpeg[2:]) is FileType.JPEG
    for content in (
        patched(jpeg, frame + 5, bytes(4)),
        patched(jpeg, frame + 1, b"\xfe"),
        patched(jpeg, frame + 2, b"\0\1"),
        patched(jpeg, frame, b"\0"),
        jpeg[:frame] + b"\xff\xd9" + jpeg[frame:],
        jpeg[:scan],
        b"\xff\xd8\xff" + b"\xff" * 100_000,
    ):
        assert verdict(content) == "damaged"
    assert seems(patched(jpeg, frame + 1, b"\xf7")) == "JPEG-LS image"


def test_gif_needs_an_image_after_its_blocks() -> None:
    """J5: comments and application data are passed over, to a limit; script after the first letters is no picture."""
    gif = picture("GIF")
    image = gif.index(b"\x2c", 13 + 3 * (2 << (gif[10] & 7)))
    comment = b"\x21\xfe" + b"\xff" + b"c" * 255 + b"\0"
    start = gif[: 13 + 3 * (2 << (gif[10] & 7))]
    assert verdict(start + comment * 9 + gif[image:]) is FileType.GIF
    for content in (
        b"GIF89a/*" + b" " * 30 + b"*/=1;alert(1)",
        start + b"\x3b",
        start + comment * 70_000 + gif[image:],
        start + b"\x21\xfe" + b"\1c" * 70_000 + b"\0" + gif[image:],
        patched(gif, image + 5, bytes(4)),
        patched(gif, image + 10, b"\xff"),
    ):
        assert verdict(content) == "damaged"


def test_webp_needs_its_size_and_a_picture() -> None:
    """J5: RIFF of the stated size, whose chunks lead to a picture."""
    webp, large = picture("WEBP"), picture("WEBP", icc_profile=b"p" * 301)
    assert b"VP8X" in large
    for content in (
        patched(webp, 4, struct.pack("<I", len(webp))),
        patched(webp, 12, b"JUNK"),
        patched(webp, 23, b"\0\0\0"),
        patched(webp, 16, b"\xff\xff\xff\x7f"),
        patched(picture("WEBP", lossless=True), 20, b"\0"),
        large[:4] + struct.pack("<I", 22) + large[8:30],
        b"RIFF" + struct.pack("<I", 4 + 10_000 * 8) + b"WEBP" + (b"VP8X" + bytes(4)) * 10_000,
    ):
        assert verdict(content) == "damaged"


def test_bmp_needs_sane_headers() -> None:
    """J5: one plane, a known depth, a size, and pixels behind the headers; two letters alone are text."""
    bmp = picture("BMP")
    for place, new in (
        (10, bytes(4)),
        (10, b"\xff\xff\xff\x7f"),
        (18, bytes(4)),
        (22, bytes(4)),
        (26, b"\2\0"),
        (28, b"\7\0"),
    ):
        assert verdict(patched(bmp, place, new)) == "damaged"
    core = b"BM" + struct.pack("<IIIIHHHH", 30, 0, 26, 12, 1, 1, 1, 24) + b"\0\0\0\0"
    assert verdict(core) is FileType.BMP
    assert verdict(patched(bmp, 22, struct.pack("<i", -10))) is FileType.BMP
    assert verdict(b"BMW parts: two filters, one belt, a set of pads") is FileType.TEXT


def tiff(*fields: tuple[int, int, int, int], order: str = "<") -> bytes:
    """A TIFF of these fields (tag, kind, how many, value)."""
    body = b"".join(struct.pack(order + "HHII", *each) for each in fields)
    head = struct.pack(order + "2sHIH", b"II" if order == "<" else b"MM", 42, 8, len(fields))
    return head + body + bytes(40)


SIZE = ((256, 4, 1, 20), (257, 4, 1, 10))


def test_tiff_needs_a_directory_with_a_size_and_is_no_raw_photo() -> None:
    """J5: width and height in the first directory; raw photos are TIFF inside and another type."""
    assert verdict(tiff(*SIZE)) is FileType.TIFF
    assert verdict(tiff(*SIZE, order=">")) is FileType.TIFF
    assert verdict(tiff(*SIZE, (254, 4, 1, 1), (262, 3, 1, 2))) is FileType.TIFF
    for content in (
        tiff(SIZE[0]),
        tiff(SIZE[0], (257, 4, 1, 0)),
        tiff(),
        b"II*\0\0\0\0\0" + bytes(9),
        b"II*\0\xff\xff\xff\x7f",
    ):
        assert verdict(content) == "damaged"
    for field in ((50706, 1, 4, 0x00000401), (262, 3, 1, 32803)):
        assert seems(tiff(*SIZE, field)) == "raw photo"
    assert seems(tiff((254, 4, 1, 1), *SIZE, (330, 4, 2, 100))) == "raw photo"
    assert seems(b"II*\0\x10\0\0\0CR\2\0" + bytes(4) + tiff(*SIZE)[8:]) == "raw photo"


@pytest.mark.parametrize(
    ("brand", "words"),
    [
        (b"isom", "MP4 video"),
        (b"mp42", "MP4 video"),
        (b"qt  ", "MOV video"),
        (b"M4A ", "M4A audio file"),
        (b"crx ", ""),
    ],
)
def test_videos_share_the_container_of_heic_and_are_refused(brand: bytes, words: str) -> None:
    """J5: the brands tell; a picture's brand among a video's compatible ones changes nothing."""
    assert words == seems(patched(heic(), 8, brand))
    assert verdict(patched(heic(), 8, brand)) == "type-not-allowed"


def test_heic_needs_boxes_that_fill_the_file_and_describe_a_picture() -> None:
    """J5: cut, overlong or missing boxes are damage; large and open-ended boxes are read."""
    whole = heic()
    first = struct.unpack(">I", whole[:4])[0]
    brands = whole[:first]
    assert verdict(brands + struct.pack(">I4sQ", 1, b"meta", 16)) is FileType.HEIC
    assert verdict(brands + struct.pack(">I4s", 0, b"moov") + bytes(9)) is FileType.HEIC
    assert verdict(patched(whole, 8, b"mif1").replace(b"mif1heic", b"mif1mif1")) == "type-not-allowed"
    for content in (
        whole[:-1],
        brands + struct.pack(">I4s", 8, b"mdat"),
        brands + struct.pack(">I4s", 4, b"meta"),
        brands + struct.pack(">I4sQ", 1, b"meta", 8),
        brands + struct.pack(">I4s", 8, b"free") * 20_000 + struct.pack(">I4s", 8, b"meta"),
    ):
        assert verdict(content) == "damaged"
    assert verdict(struct.pack(">I4s4s", 8, b"ftyp", b"heic") + bytes(20)) == "type-not-allowed"


def test_a_heic_of_a_phone_is_opened_by_the_reader_of_previews_and_accepted(corpus: Path) -> None:
    """J5: real HEIC files that pi-heif opens are accepted."""
    opened = [path for path in sorted((corpus / "accept").glob("heic-*")) if pi_heif.is_supported(path.read_bytes())]
    assert opened
    assert {FileType.HEIC} == {verdict(path.read_bytes()) for path in opened}


def test_pdf_begins_and_ends_as_pdf() -> None:
    """J5: a BOM and a little white space are let pass; a PDF behind other bytes is two things."""
    whole = pdf()
    assert verdict(b"\xef\xbb\xbf\r\n  " + whole) is FileType.PDF
    assert verdict(whole + b"\r\n" * 100) is FileType.PDF
    assert verdict(b" " * 17 + whole) == "type-not-allowed"
    assert verdict(b"<html>" + whole) == "type-not-allowed"
    assert verdict(picture("GIF")[:6] + whole) == "damaged"
    assert seems(b"Dear client,\n%PDF-1.4\nall of it in letters\n%%EOF") == "PDF document behind other text"
    assert verdict(whole[: len(whole) // 3]) == "damaged"
    assert verdict(whole.replace(b"%PDF-1", b"%PDF-x", 1)) == "damaged"


def test_pdfs_that_others_wrote_and_protected_are_accepted() -> None:
    """J5: protection against printing is usual for PDF and no reason to refuse."""
    import io

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    held = io.BytesIO()
    writer.write(held)
    assert verdict(held.getvalue()) is FileType.PDF
    writer.encrypt(user_password="", owner_password="office", algorithm="RC4-128")
    held = io.BytesIO()
    writer.write(held)
    assert verdict(held.getvalue()) is FileType.PDF
