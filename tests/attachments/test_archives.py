"""J5: what an archive must not do, however much it looks like a document; made by hand, judged unopened."""

from __future__ import annotations

import io
import stat
import struct
import time
import tracemalloc
import zipfile

import pytest
from attrs import evolve
from odf.opendocument import OpenDocumentText
from pptx import Presentation

from jobthreads.policies.attachments import FileType
from tests.attachments.containers import Member, archive, changed, members
from tests.attachments.judging import LONGEST, seems, verdict
from tests.attachments.samples import docx, numbers, picture, xlsx

EXTRA = Member(name="word/media/photo.bin", data=b"photo")


def with_extra(*extra: Member, **options: object) -> bytes:
    """A Word document with further parts behind its own."""
    return archive([*members(docx()), *extra], **options)  # type: ignore[arg-type]


def test_a_document_written_again_part_by_part_stays_a_document() -> None:
    """J5: what the cases below change is what gets them refused, not the writer."""
    assert verdict(with_extra()) is FileType.DOCX
    assert verdict(with_extra(EXTRA, comment=b"saved by hand")) is FileType.DOCX
    assert verdict(archive([evolve(part, method=zipfile.ZIP_DEFLATED) for part in members(docx())])) is FileType.DOCX
    assert verdict(archive(members(xlsx()))) is FileType.XLSX
    assert verdict(archive(members(numbers()))) is FileType.NUMBERS


@pytest.mark.parametrize(
    "extra",
    [
        evolve(EXTRA, size=2**31, method=zipfile.ZIP_DEFLATED),
        evolve(EXTRA, data=bytes(20_000_000), method=zipfile.ZIP_DEFLATED),
        evolve(EXTRA, name="../../etc/cron.d/job"),
        evolve(EXTRA, name="word\\..\\..\\job"),
        evolve(EXTRA, name="/etc/passwd"),
        evolve(EXTRA, name="C:\\autoexec.bat"),
        evolve(EXTRA, name="a\0b"),
        evolve(EXTRA, name=""),
        evolve(EXTRA, mode=stat.S_IFLNK | 0o777),
        evolve(EXTRA, name="word/document.xml"),
        evolve(EXTRA, name="word\\document.xml"),
        evolve(EXTRA, name="Word/Document.XML"),
        evolve(EXTRA, local_name="word/media/other.bin"),
        evolve(EXTRA, offset=0),
        evolve(EXTRA, offset=10_000_000),
        evolve(EXTRA, disk=1),
        evolve(EXTRA, size=0xFFFFFFFF, packed_size=0xFFFFFFFF),
        evolve(EXTRA, offset=0xFFFFFFFF),
        evolve(EXTRA, size=6),
        evolve(EXTRA, packed_size=1_000_000, size=1_000_000),
    ],
    ids=[
        "2 GiB by its declared size", "swollen 1,000 times", "leads out", "leads out backwards", "absolute", "a drive",
        "NUL in its name", "no name", "a symbolic link", "doubled", "doubled backwards", "doubled in other letters",
        "two names", "overlaps", "starts outside", "on another disk", "64 bit sizes", "64 bit place", "two sizes",
        "ends outside",
    ],
)  # fmt: skip
def test_a_document_with_a_part_that_lies_is_damaged(extra: Member) -> None:
    """J5: two readers would see two things, or one would fill a disk."""
    assert verdict(with_extra(extra)) == "damaged"


def test_a_bomb_of_many_parts_is_added_up() -> None:
    """J5: the declared total counts, not only each part."""
    swollen = [evolve(EXTRA, name=f"word/media/{number}", size=9_000_000, method=8) for number in range(20)]
    assert verdict(with_extra(*swollen)) == "damaged"
    large = evolve(EXTRA, data=bytes(6_000_000))
    total = [evolve(part, name=f"word/{part.name}") for part in swollen * 6]
    total = [evolve(part, name=f"{number}{part.name}") for number, part in enumerate(total)]
    assert verdict(with_extra(large, *total)) == "damaged"
    assert verdict(with_extra(large, *total[:100])) is FileType.DOCX


def test_many_entries_are_refused_before_they_are_read() -> None:
    """J5: 300,000 empty entries cost `zipfile` seconds and 134 MB; here neither."""
    name = "word/document.xml"
    whole = bytearray(archive([Member(name=name)]))
    one = bytes(whole[whole.index(b"PK\1\2") : whole.index(b"PK\5\6")])
    start = whole.index(b"PK\1\2")
    for many in (10_001, 60_000, 300_000):
        end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, many & 0xFFFF, many & 0xFFFF, len(one) * many, start, 0)
        bomb = bytes(whole[:start]) + one * many + end
        tracemalloc.start()
        began = time.process_time()
        assert verdict(bomb) == "damaged"
        took, most = time.process_time() - began, tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert took < LONGEST
        assert most < 8 * 1024 * 1024


@pytest.mark.parametrize(
    "end",
    [
        {"disk": 1}, {"first_disk": 1}, {"here": 1}, {"count": 0, "here": 0}, {"count": 0xFFFF, "here": 0xFFFF},
        {"start": 0xFFFFFFFF}, {"start": 0}, {"size": 0}, {"size": 0xFFFFFFFF}, {"comment": 4},
    ],
    ids=str,
)  # fmt: skip
def test_a_document_with_a_false_end_record_is_damaged(end: dict[str, int]) -> None:
    """J5: several disks, 64 bit, other counts and places: refused from the last 22 bytes."""
    assert verdict(with_extra(end=end)) == "damaged"


def test_more_or_fewer_entries_than_stated_are_refused() -> None:
    """J5: the directory holds exactly what the end record says."""
    count = len(members(docx()))
    for stated in (count - 1, count + 1):
        assert verdict(with_extra(end={"here": stated, "count": stated})) == "damaged"


def test_a_64_bit_archive_is_refused() -> None:
    """J5: with a second end record two readers may see two archives."""
    whole = with_extra()
    place = whole.index(b"PK\5\6")
    assert verdict(whole[:place] + b"PK\6\7" + bytes(16) + whole[place:]) == "damaged"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as written, written.open("word/document.xml", "w", force_zip64=True) as part:
        part.write(b"<a/>")
    assert verdict(held.getvalue()[: 2**16]) in {"damaged", "type-not-allowed"}


def test_bytes_before_and_behind_an_archive_are_refused() -> None:
    """J5: a document begins and ends the file."""
    program = b"MZ" + bytes(60)
    assert verdict(program + docx()) == "type-not-allowed"
    assert verdict(with_extra(before=b"PK\3\4" + bytes(60))) == "damaged"
    assert verdict(b"PK\3\4" + bytes(60) + docx()) == "damaged"
    assert verdict(docx() + b"more") == "damaged"
    assert verdict(docx()[:-30]) == "damaged"


def test_locked_documents_are_encrypted_and_locked_archives_are_archives() -> None:
    """J5: a locked part, in the directory or in its own header only, is a password."""
    assert verdict(with_extra(evolve(EXTRA, flags=0x0801))) == "encrypted"
    assert verdict(with_extra(evolve(EXTRA, local_flags=0x0001))) == "encrypted"
    assert seems(archive([Member(name="secret.txt", data=b"?", flags=1)])) == "ZIP archive"


def test_other_archives_are_named() -> None:
    """J5: a plain archive, a program, an OpenDocument text and a presentation are other types."""
    assert seems(archive([Member(name="photo.jpg", data=picture("JPEG"))])) == "ZIP archive"
    assert seems(archive([])) == "ZIP archive"
    assert seems(with_extra(Member(name="META-INF/MANIFEST.MF", data=b"Main-Class: A"))) == "program in a ZIP archive"
    held = io.BytesIO()
    OpenDocumentText().save(held)
    assert seems(held.getvalue()) == "ODT file"
    held = io.BytesIO()
    Presentation().save(held)
    assert seems(held.getvalue()) == "PowerPoint presentation"


def test_parts_that_do_not_unpack_are_damaged() -> None:
    """J5: the parts that are read must be what the directory states, and no larger than they may be."""
    types = next(part for part in members(docx()) if part.name == "[Content_Types].xml")
    for lie in (
        evolve(types, checksum=1),
        evolve(types, method=zipfile.ZIP_DEFLATED, size=len(types.data) - 1),
        evolve(types, method=zipfile.ZIP_DEFLATED, size=len(types.data) + 1),
        evolve(types, method=zipfile.ZIP_LZMA),
        evolve(types, data=types.data + b" " * 1024 * 1024),
    ):
        parts = [lie if part.name == types.name else part for part in members(docx())]
        assert verdict(archive(parts)) == "damaged"
    parts = [evolve(part, method=8) for part in members(docx())]
    whole = bytearray(archive(parts))
    place = whole.index(b"[Content_Types].xml") + len("[Content_Types].xml")
    whole[place : place + 40] = b"\xff" * 40
    assert verdict(bytes(whole)) == "damaged"
    assert verdict(changed(docx(), "[Content_Types].xml", b"")) == "damaged"
