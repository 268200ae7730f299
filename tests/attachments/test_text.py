"""J5: plain text is read to its end, and is not something else written in letters."""

from __future__ import annotations

import pytest

from jobthreads.policies.attachments import FileType
from tests.attachments.judging import seems, verdict

WORDS = "Kabel – geprüft, 5 × 2,50 €\r\n\tzweite Zeile\f\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_text_in_the_usual_encodings_is_accepted(encoding: str) -> None:
    """J5: UTF-8, UTF-16 and UTF-32 by their mark, and what Windows wrote before."""
    assert verdict(WORDS.encode(encoding)) is FileType.TEXT
    assert verdict((WORDS * 9000).encode(encoding)) is FileType.TEXT


def test_utf_16_in_both_orders_is_accepted_with_its_mark_only() -> None:
    """J5: without a mark every other byte is NUL."""
    for order in ("le", "be"):
        assert verdict(("\ufeff" + WORDS).encode(f"utf-16-{order}")) is FileType.TEXT
        assert verdict(WORDS.encode(f"utf-16-{order}")) == "type-not-allowed"


@pytest.mark.parametrize(
    "content",
    [
        b"a;b;c\n1;2;3\n",
        b"# Plan\n\n- cable\n- board\n\nUse `<b>` for bold.\n",
        b"2026-01-05 08:00 INFO started <worker-1>\n",
        b"1 < 2 and 3 > 2",
        b"<- see above",
        b"<3 your work",
        b"Hello {\\rtf not at the start}",
        b"\n\n   \n",
        b"#!/bin/sh\necho hello\n",
        b'{"cable": 25}',
        b"From: Dana\nSubject: Friday\n\nSee you.\n",
        "Привет".encode(),
        "見積書\n".encode(),
    ],
)
def test_what_people_write_down_is_text(content: bytes) -> None:
    """J5: lists, notes, logs and mails without parts are text."""
    assert verdict(content) is FileType.TEXT


@pytest.mark.parametrize("control", [0, 1, 7, 8, 0x0B, 0x0E, 0x1A, 0x1B, 0x1F])
def test_controls_are_not_text(control: int) -> None:
    """J5: NUL and the other controls but tab, newline, return and form feed, in every encoding."""
    for encoding in ("utf-8", "utf-16", "cp1252"):
        assert verdict((WORDS + chr(control)).encode(encoding)) == "type-not-allowed"


def test_bytes_that_no_encoding_has_are_not_text() -> None:
    """J5: neither UTF-8 nor Windows-1252; a mark is believed and must then hold."""
    assert verdict(b"caf\xe9 \x81") == "type-not-allowed"
    assert verdict(b"\xef\xbb\xbfcaf\xe9") == "type-not-allowed"
    assert verdict(b"\xff\xfea") == "type-not-allowed"
    assert verdict(b"\xff\xfe\x00\xd8") == "type-not-allowed"
    assert verdict(b"cable " * 20_000 + b"\xc3") is FileType.TEXT
    assert verdict(b"\xc3\xa9 " * 40_000 + b"\x8f") == "type-not-allowed"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<html><script>alert(1)</script>", "HTML page"),
        ("  \n<!DOCTYPE html>\n", "HTML page"),
        ("\ufeff<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG image"),
        ("<?xml version='1.0'?><svg/>", "HTML or XML document"),
        ("<!-- hello --><p>", "HTML or XML document"),
        ("<a href=x>", "HTML or XML document"),
        ("<?php system($_GET[0]);", "HTML or XML document"),
        ("hello <script>alert(1)</script>", "HTML page"),
        ("hello\n<HTML lang=en>", "HTML page"),
        ("hello <IFRAME src=x>", "HTML page"),
        ("hello <!doctype  html>", "HTML page"),
        ("x" * 1000 + "<svg onload=x>", "SVG image"),
        ("hello <?php echo 1;", "HTML or XML document"),
        ("{\\rtf1\\ansi hello}", "RTF document"),
        ("%!PS-Adobe-3.0\n", "PostScript document"),
        ("MIME-Version: 1.0\nContent-Type: text/html\n\nhello", "saved e-mail or web page"),
        ("From: a\nSubject: b\n c\nMIME-Version: 1.0\nContent-Type: multipart/related\n\n", "saved e-mail or web page"),
        ("P2\n# made by hand\n2 2\n255\n0 1 2 3\n", "Netpbm image"),
        ("solid cube\n  facet normal 0 0 1\n", "STL model"),
        ("SIMPLE  =                    T", "FITS image"),
    ],
)
def test_markup_and_documents_in_letters_are_not_text(content: str, words: str) -> None:
    """J5: what a browser or program would run or show as something else, in any encoding."""
    for encoding in ("utf-8", "utf-16", "utf-8-sig"):
        assert words == seems(content.encode(encoding))
    assert seems(b"MZ\x90\0\3" + bytes(60)) == "program"
