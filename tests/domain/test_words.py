"""The words by which entries are found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobthreads.domain.search import LONGEST_QUERY, Query
from jobthreads.domain.words import distinct_words, words_of
from jobthreads.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We start on Friday!", ["we", "start", "on", "friday"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("ﬁx ½ №5 3 kΩ", ["fix", "1", "2", "no5", "3", "kω"]),
        ("İstanbul, ılık", ["istanbul", "ılık"]),
        ("e\u0301té ÉTÉ", ["ete", "ete"]),
        ("مَطْبَخ", ["مطبخ"]),
        ("厨房重新布线", ["厨房重新布线"]),
        ("ガラス", ["カラス"]),
        ("don't RCBO-20A plan_v2.pdf", ["don", "t", "rcbo", "20a", "plan", "v2", "pdf"]),
        ("👍 🏠 — … %", []),
        ("１２３", ["123"]),
    ],
)
def test_a_text_has_these_words(text: str, words: list[str]) -> None:
    """J12: words are runs of letters and digits, blind to case, accents and forms of one letter."""
    assert words == words_of(text)


@given(st.text())
def test_words_have_words_of_their_own_alone(text: str) -> None:
    """J12: a word has itself as its one word, is made of letters and digits, and is the same for any capitals."""
    words = words_of(text)
    assert words == words_of(" ".join(words))
    assert all(word.isalnum() for word in words)
    assert words == [word for part in words for word in words_of(part)]


def test_words_are_told_apart_by_their_first_sixty_signs() -> None:
    """J12: what follows sixty letters and digits does not count; a word counts once."""
    assert ("a" * 60, "b") == distinct_words(["a" * 61, "b", "A" * 99 + " B"])


def test_a_query_has_whole_words_and_a_beginning() -> None:
    """J12: the last word may be the beginning of one; signs are only gaps."""
    assert Query(whole=("start", "on"), begin="fri") == Query.of(' "Start* +on: -on (FRI%')
    assert Query(begin="x" * 60) == Query.of("x" * 70)
    query = Query.of("start fri")
    assert [True, True, False, False] == [query.touches(word) for word in ("start", "friday", "starts", "afri")]


@pytest.mark.parametrize("text", ["", "  ", "?!", "👍", "a" * (LONGEST_QUERY + 1), None, 7])
def test_what_has_no_word_or_too_many_is_refused(text: str) -> None:
    """J12, S6: nothing to search for, or far too much, says so and names the field."""
    with pytest.raises(InvalidInput) as refused:
        Query.of(text, field="q")
    assert "q" == refused.value.field


def test_the_longest_query_is_taken() -> None:
    """J12: two hundred characters between spaces are searched for."""
    assert "a" * 60 == Query.of("  " + "a" * LONGEST_QUERY + "  ").begin
