"""J5: Word and Excel before 2007: the container is walked within bounds, macros and passwords are found in it."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc

import olefile
import pytest

from jobthreads.policies.attachments import AttachmentPolicy, FileType
from tests.attachments.containers import FREE, Tree, compound, entry_at
from tests.attachments.judging import LONGEST, seems, verdict
from tests.attachments.samples import BOF, EOF, doc, fib, record, xls

VBA: Tree = {"VBA": {"dir": b"?", "ThisDocument": b"?"}}


def book(*records: bytes) -> bytes:
    """A workbook's stream."""
    return b"".join((BOF, *records, EOF))


def sheet(kind: int, place: int = 0) -> bytes:
    """An entry of the workbook's list of sheets."""
    return record(0x0085, struct.pack("<IBB", place, 0, kind) + b"\x01\0A")


def test_the_written_containers_are_read_by_others_too() -> None:
    """J5: what the cases below change is what gets them refused: olefile reads the same streams."""
    with olefile.OleFileIO(io.BytesIO(doc())) as read:
        assert fib() == read.openstream("WordDocument").read()
        assert 202 == read.get_size("\x05SummaryInformation")


def test_documents_of_both_programs_are_accepted() -> None:
    """J5: small and large streams, Word 6 and 97, Excel 5, 97 and both in one file."""
    assert verdict(doc()) is FileType.DOC
    assert verdict(compound({"WordDocument": fib()[:600]})) is FileType.DOC
    assert verdict(compound({"WordDocument": fib(mark=0xA5DC)})) is FileType.DOC
    assert verdict(xls()) is FileType.XLS
    assert verdict(compound({"Workbook": book()})) is FileType.XLS
    assert verdict(compound({"Book": book(sheet(0), record(0x00FC, bytes(8000)) * 9)})) is FileType.XLS
    assert verdict(compound({"Book": book(), "Workbook": book(sheet(0), sheet(2))})) is FileType.XLS


@pytest.mark.parametrize(
    "tree",
    [
        {"EncryptedPackage": bytes(5000), "EncryptionInfo": b"?"},
        {"WordDocument": fib(0x0100)},
        {"WordDocument": fib(0x8100)},
        {"Workbook": book(record(0x002F, bytes(54)))},
        {"Book": book(record(0x0042, b"\xe4\x04"), record(0x002F, bytes(4)))},
        {"WordDocument": fib(), "\x09DRMContent": b"?"},
        {"WordDocument": fib(0x0100), "Macros": VBA},
    ],
    ids=["package", "word", "word, simply", "excel", "excel 5", "rights", "word with macros"],
)
def test_what_opens_with_a_password_is_encrypted(tree: Tree) -> None:
    """J5: the package of today inside, the flag of Word, the record of Excel."""
    assert verdict(compound(tree)) == "encrypted"


MACROS: list[Tree] = [
    {"WordDocument": fib(), "Macros": VBA},
    {"WordDocument": fib(), "ObjectPool": {"_1": {"Workbook": book(), "_VBA_PROJECT_CUR": VBA}}},
    {"Workbook": book(), "_VBA_PROJECT_CUR": VBA},
    {"Workbook": book(sheet(0), sheet(1))},
    {"Book": book(sheet(6))},
    {"Workbook": book(sheet(0, place=20 + 13 + 4)) + record(0x0809, struct.pack("<HHHH", 0x0600, 0x0040, 0, 0))},
    {"Workbook": book(record(0x00FC, bytes(8000)) * 12, sheet(1))},
]


@pytest.mark.parametrize("tree", MACROS)
def test_macros_are_refused_unless_the_host_lets_old_ones_pass(tree: Tree) -> None:
    """J5: VBA anywhere, macro sheets of Excel 4 by the list of sheets or by themselves."""
    assert verdict(compound(tree)) == "has-macros"
    expected = FileType.DOC if "WordDocument" in tree else FileType.XLS
    assert expected == verdict(compound(tree), policy=AttachmentPolicy(legacy_macros=True))


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"PowerPoint Document": bytes(5000)}, "PowerPoint presentation"),
        ({"VisioDocument": bytes(5000)}, "Visio drawing"),
        ({"__properties_version1.0": bytes(40)}, "Outlook message"),
        ({"WordDocument": fib(), "PowerPoint Document": b"?"}, "PowerPoint presentation"),
        ({"WordDocument": fib(), "Workbook": book()}, "Office file of another kind"),
        ({"ObjectPool": {"WordDocument": fib()}}, "Office file of another kind"),
        ({}, "Office file of another kind"),
    ],
)
def test_other_files_of_the_container_are_named(tree: Tree, words: str) -> None:
    """J5: slides, drawings, mails, two documents in one, or one that lies deeper, are another type."""
    assert words == seems(compound(tree))


@pytest.mark.parametrize(
    "tree",
    [
        {"WordDocument": fib(mark=0x1234)},
        {"WordDocument": b"\xec\xa5"},
        {"WordDocument": {"a": b"?"}},
        {"Workbook": b""},
        {"Workbook": EOF},
        {"Workbook": record(0x0085, bytes(8)) + EOF},
        {"Workbook": BOF},
        {"Workbook": BOF + record(0x00FC, bytes(8000))[:-1]},
        {"Workbook": BOF + struct.pack("<HH", 0x00FC, 60_000)},
    ],
)
def test_a_main_stream_without_its_start_or_end_is_damaged(tree: Tree) -> None:
    """J5: Word's stream begins with its header, Excel's with a first record and ends with a last one."""
    assert verdict(compound(tree)) == "damaged"


def patched(container: bytes, place: int, *numbers: int) -> bytes:
    """The container with numbers of four bytes written over it."""
    written = struct.pack(f"<{len(numbers)}I", *numbers)
    return container[:place] + written + container[place + len(written) :]


def test_circles_are_found() -> None:
    """J5: a directory, a chain of pieces or a list of tables that leads back into itself ends the reading."""
    small = compound({"WordDocument": fib()[:600], "a": b"?", "b": b"?"})
    large = doc()
    own = len(small) // 512 - 1
    lists = struct.pack("<128I", *[FREE] * 127, own)
    cases = {
        "an entry is its own neighbour": patched(small, entry_at(small, 2) + 72, 2),
        "an entry is its neighbour's neighbour": patched(small, entry_at(small, 3) + 68, 1),
        "the root is its own child": patched(small, entry_at(small, 0) + 76, 0),
        "a neighbour outside": patched(small, entry_at(small, 1) + 72, 4000),
        "the directory's chain": patched(small, 512 + 4 * 2, 2),
        "the directory begins outside": patched(small, 48, 120),
        "a stream's chain": patched(large, 512 + 4 * 6, 6),
        "the small stream's table": patched(small, 512 + 4 * 3, 3),
        "a small chain": patched(small, small.index(struct.pack("<III", 1, 2, 3)), 1, 0),
        "a small chain outside": patched(small, small.index(struct.pack("<III", 1, 2, 3)), 100),
        "a list of tables": patched(patched(small + lists, 68, own), 76, FREE, FREE),
        "a table outside": patched(small, 76, 4000, 4000),
        "no table": patched(small, 76, FREE, FREE),
    }
    found = {name: verdict(content) for name, content in cases.items()}
    assert dict.fromkeys(cases, "damaged") == found


@pytest.mark.parametrize("place", [28, 30, 32])
def test_a_container_of_unknown_layout_is_damaged(place: int) -> None:
    """J5: byte order and sizes of pieces are those of the format."""
    assert verdict(patched(doc(), place, 0x00070007)) == "damaged"
    assert verdict(doc()[:400]) == "damaged"
    assert verdict(doc()[:1000]) == "damaged"


def wide(stream: bytes) -> bytes:
    """A workbook with a stream too large for `compound`: its tables stand behind it, listed in the header alone."""
    small = compound({"Workbook": book().ljust(4096, b"\0")})
    first, count = 3, -(-len(stream) // 4096)
    # Sectors of 4,096 bytes: the header's, the directory's, and the stream's, then the tables.
    tables = -(-(count + first) // 1024) + 1
    header = bytearray(small[:512])
    header[30:32] = struct.pack("<H", 12)
    header[44:52] = struct.pack("<II", tables, 0)
    header[76:512] = struct.pack("<109I", *range(1 + count, 1 + count + tables), *[FREE] * (109 - tables))
    directory = bytearray(small[entry_at(small, 0) : entry_at(small, 2)])
    directory[128 + 116 : 128 + 128] = struct.pack("<IQ", 1, len(stream))
    table = [0xFFFFFFFE, *range(2, 1 + count), 0xFFFFFFFE, *[0xFFFFFFFD] * tables]
    written = struct.pack(f"<{len(table)}I", *table).ljust(tables * 4096, b"\xff")
    header[48:52] = struct.pack("<I", 0)
    return b"".join(
        (
            bytes(header).ljust(4096, b"\0"),
            bytes(directory).ljust(4096, b"\0"),
            stream.ljust(count * 4096, b"\0"),
            written,
        )
    )


def test_a_stream_of_large_pieces_is_read() -> None:
    """J5: containers with pieces of 4,096 bytes are containers too."""
    assert verdict(wide(book(record(0x00FC, bytes(8000)) * 400))) is FileType.XLS
    assert verdict(wide(book(record(0x00FC, bytes(8000)) * 400, sheet(1)))) == "has-macros"


def test_a_huge_directory_costs_neither_time_nor_memory() -> None:
    """J5: 25 MiB of directory, of tables and of records are refused within a second and few bytes."""
    pieces = 50_000
    tables = -(-pieces // 128)
    entry = doc()[entry_at(doc(), 0) : entry_at(doc(), 1)]
    header = bytearray(doc()[:512])
    header[44:52] = struct.pack("<II", tables, tables)
    header[76:512] = struct.pack("<109I", *range(109))
    header[68:76] = struct.pack("<II", pieces - 4, 3)
    table = struct.pack(f"<{tables * 128}I", *range(1, tables * 128 + 1))
    listed = list(range(109, tables))
    lists = b"".join(
        struct.pack("<128I", *(listed[at : at + 127] + [FREE] * 127)[:127], pieces - 3 + at // 127)
        for at in range(0, len(listed), 127)
    )
    directory = bytes(header) + table + entry * (4 * (pieces - tables - 4)) + lists
    flat = wide(BOF + b"\x3c\0\0\0" * 6_000_000)
    for content in (directory, flat):
        began = time.process_time()
        assert verdict(content) == "damaged"
        assert time.process_time() - began < LONGEST
    tracemalloc.start()
    verdict(directory)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 32 * 1024 * 1024


def test_a_last_piece_that_is_not_filled_up_is_read() -> None:
    """J5: many programs end the file where their last stream ends."""
    small = compound({"WordDocument": fib()[:600]})
    directory_last = small[:512] + struct.pack(
        "<128I", 0xFFFFFFFD, FREE, 0xFFFFFFFE, 0xFFFFFFFE, 5, 0xFFFFFFFE, 0xFFFFFFFE, *[FREE] * 121
    )
    directory_last += small[1024:1536] + bytes(512) + small[2048:] + small[entry_at(small, 0) : entry_at(small, 2)]
    assert verdict(patched(directory_last, 48, 6)) is FileType.DOC
    assert verdict(patched(directory_last, 48, 7)) == "damaged"
    assert verdict(doc()[:-400]) is FileType.DOC
