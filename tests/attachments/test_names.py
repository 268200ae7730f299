"""J5: a file's name is cleaned once; what is stored, shown, mailed and saved is that name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobthreads.policies.attachments import FileType, clean_name, stored_name

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from('./\\:*?"<>|%;`\0\r\n\u202e\u200b\u200d\ufeff\u2028\u00a0\ud800\u0301\u037e\u212b¹ '),
    ),
    max_size=300,
)


@pytest.mark.parametrize(
    ("sent", "cleaned"),
    [
        ("plan.pdf", "plan.pdf"),
        ("Plan Küche.PDF", "Plan Küche.PDF"),
        ("見積書 2026.xlsx", "見積書 2026.xlsx"),
        ("C:\\Users\\Kim\\plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("photos/", "photos"),
        ("a/..", "a"),
        ("Ku\u0308che.txt", "Küche.txt"),
        ("u\u200d\u0308.txt", "ü.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("zero\u200bwidth\ufeff.txt", "zerowidth.txt"),
        ("line\r\nBcc: x.txt", "lineBcc_ x.txt"),
        ("a\u2028b\u00a0c.txt", "a b c.txt"),
        ("\ud800half.txt", "half.txt"),
        ('a"b;c%d`e<f>g|h*i?j:k.txt', "a_b_c_d_e_f_g_h_i_j_k.txt"),
        ("greek\u037equestion.txt", "greek_question.txt"),
        (" .. plan.pdf . ", "plan.pdf"),
        (".htaccess", "htaccess"),
        ("plan .pdf", "plan.pdf"),
        ("", "file"),
        (".", "file"),
        ("..", "file"),
        ("/", "file"),
        ("\0", "file"),
        ("\u202e.pdf", "pdf"),
        ("CON", "CON_"),
        ("con.txt", "con_.txt"),
        ("Lpt1.tar.gz", "Lpt1_.tar.gz"),
        ("COM¹.txt", "COM¹_.txt"),
        ("aux .txt", "aux_.txt"),
        ("conin$", "conin$_"),
        ("console.txt", "console.txt"),
        ("com10.txt", "com10.txt"),
    ],
)
def test_names_are_cleaned(sent: str, cleaned: str) -> None:
    """J5: the last part of a path, composed, without controls, hidden marks and signs that mean something somewhere."""
    assert cleaned == clean_name(sent)


def test_long_names_are_cut_before_the_ending() -> None:
    """J5: at most 200 bytes, never half a letter, and the ending stays."""
    assert "a" * 196 + ".pdf" == clean_name("a" * 500 + ".pdf")
    assert "ü" * 98 + ".pdf" == clean_name("ü" * 500 + ".pdf")
    assert "ü" * 100 == clean_name("ü" * 500)
    assert "ü" * 97 + ".docx" == stored_name("ü" * 100, FileType.DOCX)
    assert "語" * 64 + ".numbers" == stored_name(clean_name("語" * 300 + ".exe"), FileType.NUMBERS)
    assert "x." + "a" * 198 == clean_name("x." + "a" * 300)


@pytest.mark.parametrize(
    ("name", "kind", "stored"),
    [
        ("invoice.pdf", FileType.PDF, "invoice.pdf"),
        ("INVOICE.PDF", FileType.PDF, "INVOICE.PDF"),
        ("invoice.exe", FileType.PDF, "invoice.exe.pdf"),
        ("invoice.pdf.exe", FileType.PDF, "invoice.pdf.exe.pdf"),
        ("photo.jpeg", FileType.JPEG, "photo.jpeg"),
        ("photo.png", FileType.JPEG, "photo.png.jpg"),
        ("parts.csv", FileType.TEXT, "parts.csv"),
        ("notes.md", FileType.TEXT, "notes.md"),
        ("run.log", FileType.TEXT, "run.log"),
        ("run.bat", FileType.TEXT, "run.bat.txt"),
        ("page.html", FileType.TEXT, "page.html.txt"),
        ("readme", FileType.TEXT, "readme.txt"),
        ("pdf", FileType.PDF, "pdf.pdf"),
        ("CON_", FileType.PDF, "CON_.pdf"),
        ("photo.heif", FileType.HEIC, "photo.heif"),
    ],
)
def test_the_ending_is_the_proven_types(name: str, kind: FileType, stored: str) -> None:
    """J5: an ending that disagrees with the content keeps its place and gets the true one behind it."""
    assert stored == stored_name(name, kind)


@given(HOSTILE, st.sampled_from(FileType))
@example("con", FileType.PDF)
@example("nul.", FileType.TEXT)
@example("aux. .txt", FileType.TEXT)
@example("a" * 187 + "." + "b" * 300, FileType.PNG)
@example("x." + "é" * 8, FileType.PNG)
def test_no_name_escapes(sent: str, kind: FileType) -> None:
    """J5: whatever is sent, the name is short, composed, visible, ends truly, and cleaning it again changes nothing."""
    cleaned = clean_name(sent)
    assert cleaned == clean_name(cleaned)
    name = stored_name(cleaned, kind)
    assert name == clean_name(name)
    assert name == stored_name(name, kind)
    assert name.lower().endswith(kind.extensions)
    for each in (cleaned, name):
        assert 0 < len(each.encode()) <= 200
        assert each == unicodedata.normalize("NFC", each)
        assert each == each.strip(". ")
        assert not set(each) & set('\\/:*?"<>|%;`')
        assert not {unicodedata.category(character) for character in each} & {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
        assert each.partition(".")[0].strip().lower() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
