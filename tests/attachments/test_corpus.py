"""Done when: every file of the corpus gets the verdict that its manifest states; prints what became of each type."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

from tests.attachments.judging import verdict

DIFFERENT: dict[str, str] = {}
"""Files of the refuse set that are accepted all the same, at most two, each with its reason: none."""


def test_every_file_of_the_corpus_gets_its_verdict(corpus: Path) -> None:
    """J5: accepted as the stated type or refused, by content alone."""
    counts: Counter[tuple[str, str]] = Counter()
    wrong = []
    with (corpus / "manifest.csv").open(newline="", encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest):
            found = str(verdict((corpus / row["file"]).read_bytes(), name=row["file"]))
            expected = found == row["type"] if row["verdict"] == "accept" else not _accepted(found)
            counts[row["type"] if row["verdict"] == "accept" else "(refuse)", found] += 1
            if not expected and row["file"] not in DIFFERENT:
                wrong.append((row["file"], found))
    sys.stdout.write(confusion(counts))
    assert [] == wrong
    assert len(DIFFERENT) <= 2


def _accepted(found: str) -> bool:
    return found not in {"damaged", "encrypted", "has-macros", "type-not-allowed", "empty", "too-large"}


def confusion(counts: Counter[tuple[str, str]]) -> str:
    """A line for each pair of what a file is and what it was found to be."""
    return "\n".join(f"{kind:10} {found:18} {count:4}" for (kind, found), count in sorted(counts.items()))
