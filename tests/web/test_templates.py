"""Templates are API: what they receive is written down, and nothing in them needs an inline script or style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from jobthreads.web import rendering

FOLDER = Path(rendering.__file__).parent / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_a_template_receives_is_documented(name: str) -> None:
    """Style 14: every name that a template takes from outside stands in the table of its contexts."""
    environment = Environment(autoescape=True)
    environment.filters["linked"] = str
    source = (FOLDER / name).read_text()
    # A loop's own variable reaches the template that it includes.
    names = meta.find_undeclared_variables(environment.parse(source)) - {"line", "sign"}
    documented = set(re.findall(r"\w+", rendering.__doc__ or ""))
    assert set() == names - documented


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_inline(name: str) -> None:
    """Design §5: our fragments work under `default-src 'self'`."""
    source = (FOLDER / name).read_text()
    assert not re.search(r"\son\w+=|\sstyle=|<style|<script|javascript:|\|safe", source)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_form_that_changes_something_carries_the_frameworks_field(name: str) -> None:
    """Security 3.5: a form without it would be refused in Django."""
    source = (FOLDER / name).read_text()
    assert len(re.findall(r'<form [^>]*method="post"', source)) == len(
        re.findall(r'<form [^>]*method="post"[^>]*>\n\{\{ csrf_field\(\) \}\}\n', source)
    )
