"""What a message's text may be."""

from __future__ import annotations

import pytest

from jobthreads.domain.text import LONGEST_TEXT, message_text, one_line
from jobthreads.errors import EmptyText, InvalidInput, TextTooLong


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Hello \n", "Hello"),
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree"),
        ("a\tb", "a\tb"),
        ("👩‍🔧 çà ☂ \u202bעברית\u202c", "👩‍🔧 çà ☂ \u202bעברית\u202c"),
        ("<b>bold</b> & 'so'", "<b>bold</b> & 'so'"),
        ("a\u200bb", "a\u200bb"),
    ],
)
def test_text_is_trimmed_and_its_line_ends_made_one(typed: str, stored: str) -> None:
    """M5: text is trimmed, CRLF becomes LF, and everything else stays as it was typed."""
    assert stored == message_text(typed)


@pytest.mark.parametrize(
    "sign", [chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"] + ["\x7f", "\x85", "\x9b"]
)
def test_controls_are_refused(sign: str) -> None:
    """M5: NUL and every other control is refused, wherever a keyboard could not have made it."""
    with pytest.raises(InvalidInput) as refused:
        message_text(f"a{sign}b")
    assert "text" == refused.value.field
    assert "control" in str(refused.value)


def test_half_a_character_is_refused() -> None:
    """M5: a lone surrogate is no text, and would break the database's encoding."""
    with pytest.raises(InvalidInput):
        message_text("a\ud800b")


@pytest.mark.parametrize(
    "typed", ["", "   ", "\r\n\t ", "\u200b", "\u200b\u200d\ufeff", "\u2028\u2029", "\u00a0\u3000", "\u2060 \u200b"]
)
def test_nothing_to_read_is_empty(typed: str) -> None:
    """M5: nothing, blanks and characters without width are an empty message."""
    with pytest.raises(EmptyText):
        message_text(typed)


def test_ten_thousand_characters_are_the_most() -> None:
    """M5: 10,000 characters after trimming pass, one more does not, and the refusal says how many."""
    assert 10_000 == LONGEST_TEXT
    assert "é" * 10_000 == message_text(" " + "é" * 10_000 + "\n\n")
    assert 10_000 == len(message_text("a\r\n" * 4_999 + "bc"))
    with pytest.raises(TextTooLong) as refused:
        message_text("x" * 10_001)
    assert (10_001, 10_000) == (refused.value.length, refused.value.limit)
    assert "10,001" in str(refused.value)
    assert "by 1," in refused.value.hint


@pytest.mark.parametrize("given", [None, 5, b"Hello", ["Hello"]])
def test_only_text_is_text(given: object) -> None:
    """M5: what is no text is refused as such, naming the field."""
    with pytest.raises(InvalidInput) as refused:
        message_text(given, field="reply")  # type: ignore[arg-type]
    assert "reply" == refused.value.field


def test_a_label_is_one_line() -> None:
    """J1: a status or form title that the host gives is folded to one line without controls, 500 characters at most."""
    assert "In progress now" == one_line("  In\r\nprogress\x00 \u2028 now ")
    assert 500 == len(one_line("x" * 900))
