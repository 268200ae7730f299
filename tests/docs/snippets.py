"""Runs the Python of a page of the documentation, as a reader would: from the top, in one go."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser

from jobthreads import JobThreads
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)]

_CONTINUES = re.compile(r"<!-- continues: (\S+) -->")
# No parser for `skip`: what a page says is run.
_SYBIL = Sybil(parsers=[PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS)])


def run_page(path: Path) -> dict[str, Any]:
    """Run every snippet of a page, after those of the page it continues; gives the names it made."""
    namespace: dict[str, Any] = {"__name__": "a_page_of_the_docs"}
    try:
        _run(path, namespace)
    except BaseException:
        put_away(namespace)
        raise
    return namespace


def _run(path: Path, namespace: dict[str, Any]) -> None:
    document = _SYBIL.parse(path)
    earlier = _CONTINUES.search(document.text)
    if earlier:
        _run((path.parent / earlier[1]).resolve(), namespace)
    document.namespace = namespace
    for example in document:
        before = dict(namespace)
        example.evaluate()
        # A name that a later snippet gives anew would otherwise leave its database open.
        put_away({name: value for name, value in before.items() if namespace.get(name) is not value})


def put_away(namespace: dict[str, Any]) -> None:
    """Close what a page opened, so that no database stays open behind it."""
    for value in namespace.values():
        if isinstance(value, JobThreads):
            value.close()
            # A page's reader ends the process instead; in Django there is nothing to close.
            getattr(value._ground.repository, "close", lambda: None)()
        elif isinstance(value, SQLAlchemyRepository):
            value.close()
        elif isinstance(value, Engine):
            value.dispose()
