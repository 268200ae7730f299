"""Search against a recomputation in plain Python, over texts from everywhere, on every database."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from jobthreads import PortalAuthor, Scope, Settings, StaticDirectory
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.domain.search import LONGEST_QUERY
from jobthreads.domain.words import LONGEST_WORD, words_of
from jobthreads.errors import InvalidInput
from jobthreads.testing import business, client, job, staff, threads
from tests.servers import ON_EVERY_DATABASE

# Pieces that a careless index splits, drops, stems, folds too much or too little, or takes for its own language.
PIECES = (
    *("Straße", "STRASSE", "strass", "ﬁx", "fix", "Ω", "Ω", "ω", "İ", "i", "ı", "I", "é", "e\u0301", "E", "ñandú"),
    *(
        "مَطْبَخ",
        "مطبخ",
        "مط",
        "厨房重新布线",
        "厨房",
        "房",
        "かが",
        "がか",
        "부엌",
        "부",
        "хорошо",
        "ХОРОШО",
        "काम",
        "का",
    ),
    *("𐐷𐐲", "𐐷", "𞤁𞤢", "👍", "🏠kitchen", "kitchen", "kit", "zz", "z", "zß", "½", "2", "１２", "12", "20A", "20", "№5"),
    *("the", "a", "und", "not", "NEAR(", "OR", "AND", '"', "*", "-", "+plan", "plan*", "%", "_", "a_b", ":", "'", "\\"),
    *("x" * 60, "x" * 61, "x" * 60 + "y", "ж" * 59, "ж" * 75, "𐐷" * 14, "jt", "waaaa", "caaaa", "t"),
)
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map(" ".join)
odd = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
lines = st.lists(st.tuples(st.booleans(), st.one_of(texts, texts, odd)), min_size=1, max_size=6)
fitting = st.one_of(texts, odd).filter(lambda query: len(query) <= LONGEST_QUERY)
queries = st.lists(fitting, min_size=1, max_size=6)


def found_in(texts: list[str], query: str) -> bool:
    """Whether what these texts say holds every word of the query, the last as a beginning."""
    held = {word[:LONGEST_WORD] for text in texts for word in words_of(text)}
    *whole, begin = (word[:LONGEST_WORD] for word in words_of(query))
    return set(whole) <= held and any(word.startswith(begin) for word in held)


@ON_EVERY_DATABASE
@pytest.mark.parametrize("named", list(PortalAuthor))
def test_both_doors_find_what_a_recomputation_finds(repository: SQLAlchemyRepository, named: PortalAuthor) -> None:
    """J12, S1: for any texts and queries each door finds exactly what holds the words there, newest first."""

    @hypothesis_settings(
        max_examples=25,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(lines=lines, queries=queries)
    @example(lines=[(True, "x" * 61), (False, "𐐷" * 14), (True, "zß z")], queries=["x" * 60, "𐐷𐐷", "z", "zs"])
    def compare(lines: list[tuple[bool, str]], queries: list[str]) -> None:
        acme = business(f"b{uuid4().hex}")
        kim = staff(business_id=acme.id, name="Ünal Kitchen")
        dana = client(business_id=acme.id)
        scope = Scope.job("1042")
        opened = threads(
            repository=repository,
            directory=StaticDirectory(
                businesses=[acme], staff=[kim], clients=[dana], records=[job(business_id=acme.id)]
            ),
            settings=Settings(portal_author=named),
        )
        written: list[tuple[bool, str]] = []
        for visible, text in lines:
            try:
                (opened.staff.reply if visible else opened.staff.note)(kim, scope, text)
            except InvalidInput:
                continue
            opened.clock.advance(seconds=1)
            written.insert(0, (visible, text.strip()))
        for query in queries:
            if not words_of(query):
                with pytest.raises(InvalidInput):
                    opened.staff.search(kim, query)
                continue
            by_staff = [text for _, text in written if found_in([text, kim.name], query)]
            name = [kim.name] if named is PortalAuthor.STAFF else []
            by_client = [text for visible, text in written if visible and found_in([text, *name], query)]
            for asked in ({}, {"scope": scope}):
                assert by_staff == bodies(opened.staff.search(kim, query, **asked)), query
                assert by_client == bodies(opened.portal.search(dana, query, **asked)), query

    compare()


def bodies(page: Any) -> list[str]:
    return [hit.entry.body for hit in page.items]
