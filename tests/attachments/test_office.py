"""J5: Word, Excel and Numbers of today: the main part decides, and macros are found wherever they hide."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc

import pytest

from jobthreads.policies.attachments import FileType
from tests.attachments.containers import Member, archive, changed, members
from tests.attachments.judging import LONGEST, seems, verdict
from tests.attachments.samples import docx, numbers, picture, xlsx

TYPES, RELATIONSHIPS = "[Content_Types].xml", "_rels/.rels"
WORD_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL_MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def part(package: bytes, name: str) -> bytes:
    """A part's content."""
    return next(member.data for member in members(package) if member.name == name)


def retyped(package: bytes, old: bytes, new: bytes) -> bytes:
    """The package with another content type in its list."""
    assert old in part(package, TYPES)
    return changed(package, TYPES, part(package, TYPES).replace(old, new))


def test_documents_with_pictures_and_links_are_accepted() -> None:
    """J5: what real documents hold beside their text does not get them refused."""
    from docx import Document
    from openpyxl import Workbook
    from openpyxl.chart import BarChart, Reference

    document = Document()
    document.add_picture(io.BytesIO(picture("PNG")))
    document.add_table(2, 2)
    held = io.BytesIO()
    document.save(held)
    assert verdict(held.getvalue()) is FileType.DOCX

    book = Workbook()
    book.active["A1"] = 3
    book.active["A1"].hyperlink = "https://example.com/"
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=1, min_row=1))
    book.active.add_chart(chart)
    held = io.BytesIO()
    book.save(held)
    assert verdict(held.getvalue()) is FileType.XLSX


@pytest.mark.parametrize(
    ("main", "verdicts"),
    [
        (b"application/vnd.ms-word.document.macroEnabled.main+xml", "has-macros"),
        (b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml", "has-macros"),
        (b"application/vnd.ms-excel.sheet.macroEnabled.main+xml", "has-macros"),
        (b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml", "type-not-allowed"),
        (b"application/vnd.ms-excel.sheet.binary.macroEnabled.main", "type-not-allowed"),
        (b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", "type-not-allowed"),
        (b"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml", "type-not-allowed"),
        (EXCEL_MAIN, "damaged"),
        (b"text/html", "type-not-allowed"),
    ],
)
def test_the_main_type_must_be_exact_and_agree_with_the_root(main: bytes, verdicts: str) -> None:
    """J5: macro types are macros, templates and slides other types, and a root of another kind is damage."""
    assert verdicts == verdict(retyped(docx(), WORD_MAIN, main))


def test_templates_and_binary_workbooks_are_named() -> None:
    """J5: the refusal says what it is."""
    assert seems(retyped(docx(), b"document.main+xml", b"template.main+xml")) == "Word template"
    assert seems(retyped(xlsx(), b"sheet.main+xml", b"template.main+xml")) == "Excel template"
    binary = b"application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    assert seems(retyped(xlsx(), EXCEL_MAIN, binary)) == "Excel binary workbook"


@pytest.mark.parametrize("package", [docx, xlsx])
def test_macros_are_found_by_name_type_and_relationship(package: object) -> None:
    """J5: a macro project is found however it is called, and macro sheets too."""
    whole: bytes = package()  # type: ignore[operator]
    for name in ("word/vbaProject.bin", "xl/VBAPROJECT.BIN", "xl/macrosheets/sheet1.xml"):
        assert verdict(archive([*members(whole), Member(name=name, data=b"?")])) == "has-macros"
    override = b'<Override PartName="/x.bin" ContentType="application/vnd.ms-office.%s"/></Types>'
    for stated in (b"vbaProject", b"intlmacrosheet+xml"):
        assert (
            verdict(changed(whole, TYPES, part(whole, TYPES).replace(b"</Types>", override % stated))) == "has-macros"
        )
    name = next(m.name for m in members(whole) if m.name.endswith(("document.xml.rels", "workbook.xml.rels")))
    link = (
        b'<Relationship Id="rX" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="x"/>'
    )
    end = b"</Relationships>"
    assert verdict(changed(whole, name, part(whole, name).replace(end, link + end))) == "has-macros"


def test_a_document_type_declaration_is_refused_wherever_it_stands() -> None:
    """J5: no entity is ever expanded, and nothing outside is ever read."""
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    for name in (TYPES, RELATIONSHIPS, "word/document.xml", "word/_rels/document.xml.rels"):
        text = part(docx(), name)
        declaration, _, rest = text.partition(b"?>")
        assert verdict(changed(docx(), name, declaration + b"?>" + bomb + rest)) == "damaged"


def test_the_package_must_point_to_one_part_inside() -> None:
    """J5: no, two, an outside or a missing main part is no document."""
    text = part(docx(), RELATIONSHIPS)
    start = text.rindex(b"<Relationship ", 0, text.index(b"relationships/officeDocument"))
    link = text[start : text.index(b"/>", start) + 2]
    for other, expected in (
        (b"", "type-not-allowed"),
        (link + link.replace(b"rId1", b"rId99"), "damaged"),
        (link.replace(b"/>", b' TargetMode="External"/>'), "damaged"),
        (link.replace(b"word/document.xml", b"word/elsewhere.xml"), "damaged"),
        (link.replace(b"word/document.xml", b"/word/document.xml"), FileType.DOCX),
        (link.replace(b"word/document.xml", b"./word/../word/%64ocument.xml"), FileType.DOCX),
    ):
        assert expected == verdict(changed(docx(), RELATIONSHIPS, text.replace(link, other)))
    without = [member for member in members(docx()) if member.name != RELATIONSHIPS]
    assert verdict(archive(without)) == "type-not-allowed"


def test_the_strict_dialect_is_accepted() -> None:
    """J5: Office's strict files have other namespaces and are documents all the same."""
    strict = docx()
    for name, old, new in (
        (
            RELATIONSHIPS,
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument",
        ),
        (
            "word/document.xml",
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        ),
    ):
        strict = changed(strict, name, part(strict, name).replace(old, new))
    assert verdict(strict) is FileType.DOCX


@pytest.mark.parametrize("text", [b"", b"not xml", b"<html/>", b" " * 70_000 + b"<w/>", b'<?xml encoding="x-no"?><a/>'])
def test_a_main_part_without_its_root_is_damaged(text: bytes) -> None:
    """J5: the root element stands in the first 64 KiB of the main part."""
    assert verdict(changed(docx(), "word/document.xml", text)) == "damaged"


def test_long_lists_of_nothing_cost_neither_time_nor_memory() -> None:
    """J5: the lists are read to their bounds, and nothing of them is kept."""
    types, name = part(docx(), TYPES), "word/_rels/document.xml.rels"
    crowded = changed(docx(), TYPES, types.replace(b"</Types>", b"<a/>" * 250_000 + b"</Types>"))
    links = part(docx(), name).replace(b"</Relationships>", b"<Relationship/>" * 130_000 + b"</Relationships>")
    crowded = changed(crowded, name, links)
    began = time.process_time()
    assert verdict(crowded) is FileType.DOCX
    assert time.process_time() - began < LONGEST
    tracemalloc.start()
    verdict(crowded)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 16 * 1024 * 1024
    assert verdict(changed(docx(), name, links + b" " * 200_000)) == "damaged"


def iwa(kind: int, first_field: int, *, before: bytes = b"") -> bytes:
    """A document's objects as iWork writes them: one object, packed as one literal."""
    message = b"\x08" + varint(kind) + b"\x12\x03\x01\x00\x05" + b"\x18\x02"
    info = b"\x08\x01\x12" + varint(len(message)) + message
    text = varint(len(info)) + info + varint(first_field << 3) + b"\0"
    block = varint(len(text)) + bytes([(len(text) - 1) << 2]) + text
    return before + b"\0" + struct.pack("<I", len(block))[:3] + block


def varint(number: int) -> bytes:
    """A number in groups of seven bits."""
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80]) + varint(number >> 7)


def iwork(document: bytes, *extra: Member) -> bytes:
    """A package laid out as Numbers, Keynote and Pages do."""
    return archive([Member(name="Index/Document.iwa", data=document), Member(name="Metadata/Properties.plist"), *extra])


def test_numbers_is_told_from_keynote_and_pages_by_its_first_object() -> None:
    """J5: the same parts, another first object."""
    assert verdict(iwork(iwa(1, 1))) is FileType.NUMBERS
    assert seems(iwork(iwa(1, 2))) == "Keynote presentation"
    assert seems(iwork(iwa(10000, 15))) == "Pages document"
    assert seems(iwork(iwa(7, 1))) == "iWork document"
    assert seems(archive([Member(name="Index/Document.iwa", data=iwa(1, 1))])) == "part of an iWork document"


def test_numbers_with_a_password_is_encrypted() -> None:
    """J5: iWork keeps a verifier beside a locked document."""
    assert verdict(iwork(b"\xff" * 40, Member(name=".iwpv2", data=b"?"))) == "encrypted"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\0",
        b"\1\0\0\0abc",
        iwa(1, 1)[:12],
        b"\0\5\0\0\x80\x80\x80",
        b"\0\5\0\0\x20\x01\xff",
        b"\0\5\0\0\x20" + b"\x80" * 20,
        b"\0\x09\0\0\x20\x04\x01\x0c\x05",
        b"\0\x09\0\0\x20\x08\x02\x0d\x01",
        b"\0\x09\0\0\x20\xfc",
        b"\0\x09\0\0\x20\x0c\x03\x12\x01\x08",
    ],
)
def test_objects_that_cannot_be_unpacked_are_damaged(document: bytes) -> None:
    """J5: a cut or false object is damage, never anything else."""
    assert verdict(iwork(document)) == "damaged"


def test_a_first_object_packed_with_references_is_unpacked() -> None:
    """J5: real files refer back to earlier bytes within the first object."""
    plain = iwa(1, 1)[4:]
    _, text = plain[:1], plain[2:]
    # Written as the first byte, one reference to bytes before, and literals: every kind of element.
    block = varint(len(text) + 8) + bytes([(len(text) - 1) << 2]) + text
    block += bytes([0b00000001, 2]) + bytes([(3 << 2) | 2, 4, 0]) + bytes([(3 << 2) | 3, 4, 0, 0, 0])
    assert verdict(iwork(b"\0" + struct.pack("<I", len(block))[:3] + block)) is FileType.NUMBERS
    long = varint(len(text)) + bytes([60 << 2, len(text) - 1]) + text
    assert verdict(iwork(b"\0" + struct.pack("<I", len(long))[:3] + long)) is FileType.NUMBERS
    assert verdict(numbers()) is FileType.NUMBERS


def test_iwork_of_2009_is_told_by_its_root_element() -> None:
    """J5: before 2013 the document was XML."""
    space = "http://developer.apple.com/namespaces/"
    for name, root, expected in (
        ("index.xml", f'<ls:document xmlns:ls="{space}ls"/>', "accepted as numbers"),
        ("index.xml", f'<sl:document xmlns:sl="{space}sl"/>', "Pages document"),
        ("index.apxl", f'<key:presentation xmlns:key="{space}keynote2"/>', "Keynote presentation"),
        ("index.xml", "<html/>", "XML document in a ZIP archive"),
    ):
        assert expected == seems(archive([Member(name=name, data=root.encode())]))
