"""The page "Behaviour" tells the truth about rules and tests."""

from __future__ import annotations

import sys

import pytest

from tests.docs.snippets import DOCS

sys.path.insert(0, str(DOCS))
import rules

KNOWN = rules.read_rules()
PROOFS = rules.find_proofs()


def test_every_rule_stands_there_once_and_in_order() -> None:
    """The rules are M1 to M11, J1 to J12 and S1 to S6."""
    lasts = {"M": 11, "J": 12, "S": 6}
    expected = [f"{letter}{number}" for letter, last in lasts.items() for number in range(1, last + 1)]
    assert expected == [rule.id for rule in KNOWN]


def test_no_test_names_a_rule_that_is_not_there() -> None:
    """A test's docstring names only rules that the page has."""
    known = {rule.id for rule in KNOWN}
    assert [] == [proof.place for proof in PROOFS if not set(proof.rules) <= known]


@pytest.mark.parametrize("rule", [rule for rule in KNOWN if not rule.not_yet], ids=lambda rule: rule.id)
def test_a_rule_that_is_built_has_a_test_that_names_it(rule: rules.Rule) -> None:
    """A rule without "not yet" is named by at least one test."""
    assert [] != [proof for proof in PROOFS if rule.id in proof.rules]


def test_rule_ids_are_read_in_every_form() -> None:
    """A docstring may begin with one id, with several, or with a range."""
    expected = {
        "M4: a": [("M4",)],
        "M4, S6: a": [("M4", "S6")],
        "M1–M3 and S2: a": [("M1", "M2", "M3", "S2")],
        "A: b": [],
        "": [],
    }
    assert expected == {text: [ids for ids, _ in rules._read(text)] for text in expected}


def test_rules_at_the_end_count_for_tests_alone() -> None:
    """A contract's test may name its rules in parentheses at its end; another docstring is no proof."""
    assert [(("M1", "S2"), "One thread.")] == list(rules._read("One thread (M1, S2).", at_end=True))
    assert [] == list(rules._read("One thread (M1, S2)."))


def test_the_sentence_of_a_test_is_kept_and_safe() -> None:
    """A sentence begins with a capital, and what is Markdown in it is shown as it is."""
    ((ids, sentence),) = rules._read("""M4: a quote *not* sent
    is `refused`.

    More.
    """)
    assert (("M4",), "A quote *not* sent is `refused`.") == (ids, sentence)
    assert r"A quote \*not\* sent is `refused`." == rules._plain(sentence)
