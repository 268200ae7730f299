"""What this suite has to hold, whatever framework it runs through."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ONE = {"test_in_django"}
"""Tests of what one framework has of its own."""
RULES = [*(f"M{number}" for number in range(1, 12)), *(f"J{number}" for number in range(1, 13))]


def _sentences() -> list[str]:
    """The docstrings of the tests that run through every framework."""
    nodes = [
        node
        for path in FOLDER.glob("test_*.py")
        if path.stem not in ONE
        for node in ast.walk(ast.parse(path.read_text()))
    ]
    tests = [node for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return [ast.get_docstring(test) or "" for test in tests if _asks(test)]


def _asks(test: ast.FunctionDef) -> bool:
    kinds = {argument.annotation.id for argument in test.args.args if isinstance(argument.annotation, ast.Name)}
    return bool(kinds & {"World", "Build"})


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_of_messages_and_jobs_has_a_case(rule: str) -> None:
    """Each rule M and J is named by a test that asks the pages or the API, through every framework."""
    assert any(re.match(rf"(?:[A-Z]\d+, )*{rule}\b", sentence) for sentence in _sentences())
