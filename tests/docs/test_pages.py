"""The documentation's snippets run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.snippets import PAGES, ROOT, put_away, run_page

_FENCE = re.compile(r"^(?:```|:::)\{?(\w[\w+-]*)", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_python_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Python snippet of a page runs in an empty folder, and prints what the page says."""
    monkeypatch.chdir(tmp_path)
    put_away(run_page(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_python_of_a_page_escapes(page: Path) -> None:
    """Python is fenced as `python`, the only way that is run."""
    ways = set(_FENCE.findall(page.read_text("utf-8")))
    assert ways & {"py", "python3", "pycon", "code-block", "code", "sourcecode"} == set()
