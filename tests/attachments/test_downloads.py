"""The headers of a download: one contract for every storage, page and preview."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from jobthreads.policies.attachments import FileType, clean_name, download_headers, stored_name
from tests.attachments.test_names import HOSTILE


def disposition(name: str, **options: bool) -> str:
    """The Content-Disposition of a PDF of this name."""
    return dict(download_headers(name, "application/pdf", **options))["Content-Disposition"]


def test_a_download_tells_what_was_proven_and_nothing_else() -> None:
    """J5: the headers of the contract, all of them and no other."""
    assert (
        ("Content-Type", "application/pdf"),
        ("Content-Disposition", "attachment; filename=\"plan.pdf\"; filename*=UTF-8''plan.pdf"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "sandbox; default-src 'none'"),
        ("Cross-Origin-Resource-Policy", "same-site"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "private, no-store"),
    ) == download_headers("plan.pdf", "application/pdf")


@pytest.mark.parametrize("kind", FileType)
def test_only_five_kinds_of_picture_may_be_shown_in_the_page(kind: FileType) -> None:
    """J5: JPEG, PNG, GIF, WebP and AVIF may be inline; a page that asks it of another gets a download."""
    headers = dict(download_headers("a", kind.content_type, inline=True))
    expected = "inline" if kind in {"jpeg", "png", "gif", "webp", "avif"} else "attachment"
    assert expected == headers["Content-Disposition"].partition(";")[0]
    assert disposition("a").startswith("attachment;")


def test_text_is_sent_as_utf_8_and_unknown_types_as_bytes() -> None:
    """J5: no type that was not proven is ever told to a browser."""
    assert "text/plain; charset=utf-8" == dict(download_headers("a.txt", "text/plain"))["Content-Type"]
    for stored in ("text/html", "image/svg+xml", "", "image/png\r\nX: y"):
        headers = dict(download_headers("a", stored, inline=True))
        assert "application/octet-stream" == headers["Content-Type"]
        assert headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Plan Küche.pdf", "filename=\"Plan Kuche.pdf\"; filename*=UTF-8''Plan%20K%C3%BCche.pdf"),
        ("見積書.pdf", "filename=\"file.pdf\"; filename*=UTF-8''%E8%A6%8B%E7%A9%8D%E6%9B%B8.pdf"),
        ('a"b\\c;d%41.pdf', "filename=\"a_b_c_d_41.pdf\"; filename*=UTF-8''a%22b%5Cc%3Bd%2541.pdf"),
        ("it's (1).pdf", "filename=\"it's (1).pdf\"; filename*=UTF-8''it%27s%20%281%29.pdf"),
        ("a\r\nSet-Cookie: x=1", "filename=\"a__Set-Cookie_ x=1\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3D1"),
        ("\ud800.pdf", "filename=\"file.pdf\"; filename*=UTF-8''%3F.pdf"),
    ],
)
def test_names_are_written_twice(name: str, expected: str) -> None:
    """J5: in plain letters for old readers, in full for all others, and neither can end the header."""
    assert f"attachment; {expected}" == disposition(name)


@given(HOSTILE, st.sampled_from(FileType), st.booleans())
def test_every_reader_finds_the_same_name(sent: str, kind: FileType, inline: bool) -> None:
    """J5: for any name the header is one line of ASCII, and its readers get back the name that is stored."""
    name = stored_name(clean_name(sent), kind)
    headers = dict(download_headers(name, kind.content_type, inline=inline))
    line = headers["Content-Disposition"]
    assert re.fullmatch(r"(attachment|inline); filename=\"[ !#-\[\]-~]*\"; filename\*=UTF-8''[!-~]*", line)
    assert name == unquote(line.partition("UTF-8''")[2], errors="strict")
    assert name == parse_options_header(line)[1]["filename"]


@given(HOSTILE, HOSTILE)
def test_the_builder_takes_any_words(name: str, content_type: str) -> None:
    """J5: whatever a storage once held, no header holds a line end or a letter beyond ASCII."""
    for header, value in download_headers(name, content_type):
        assert re.fullmatch(r"[ -~]+", value), header
