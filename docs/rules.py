"""Which test proves which rule: read from the docstrings of the tests, which begin with the rule's id."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PLACES = (ROOT / "tests", ROOT / "src" / "jobthreads" / "testing", ROOT / "examples")
"""Where tests and contract suites stand."""

_IDS = re.compile(r"\s*([MJS]\d+(?:\s*(?:,|/|and|–|-)\s*[MJS]\d+)*)\s*:\s*(.*)", re.DOTALL)
_IDS_AT_END = re.compile(r"(.*?)\s*\(([MJS]\d+(?:,\s*[MJS]\d+)*)\)\.?$")
_ID = re.compile(r"([MJS])(\d+)(?:\s*[–-]\s*[MJS](\d+))?")


class Rule(NamedTuple):
    """One rule: its id, its title, its text in Markdown, and what of it is not there yet."""

    id: str
    title: str
    text: str
    not_yet: str


class Proof(NamedTuple):
    """One test that names rules: its place, and the sentence it proves."""

    rules: tuple[str, ...]
    place: str
    sentence: str


def read_rules() -> list[Rule]:
    """The rules, in their order."""
    data = tomllib.loads((HERE / "rules.toml").read_text("utf-8"))
    return [Rule(name, rule["title"], rule["text"].strip(), rule.get("not_yet", "")) for name, rule in data.items()]


def find_proofs() -> list[Proof]:
    """Every test, class of tests and test module whose docstring begins with rule ids."""
    proofs = []
    for folder in PLACES:
        for path in sorted(folder.rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            name = path.relative_to(ROOT).as_posix()
            proofs += [
                Proof(ids, f"{name}::{inner}" if inner else name, sentence)
                for inner, node in _documented(tree)
                for ids, sentence in _read(ast.get_docstring(node), at_end=_is_test(node))
            ]
    return proofs


def _documented(tree: ast.Module) -> Iterator[tuple[str, ast.Module | ast.ClassDef | ast.FunctionDef]]:
    yield "", tree
    inside: list[tuple[str, ast.AST]] = [("", tree)]
    while inside:
        outer, node = inside.pop(0)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef | ast.FunctionDef):
                name = f"{outer}::{child.name}" if outer else child.name
                yield name, child
                if isinstance(child, ast.ClassDef):
                    inside.append((name, child))


def _is_test(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _read(docstring: str | None, *, at_end: bool = False) -> Iterator[tuple[tuple[str, ...], str]]:
    """The rules that a docstring begins with, or, as in the contract suites, ends with in parentheses."""
    first = " ".join((docstring or "").split("\n\n")[0].split())
    if found := _IDS.match(first):
        named, sentence = found.groups()
    elif at_end and (found := _IDS_AT_END.match(first)):
        sentence, named = found.groups()
        sentence += "."
    else:
        return
    ids: list[str] = []
    for letter, begin, end in _ID.findall(named):
        ids += [f"{letter}{number}" for number in range(int(begin), int(end or begin) + 1)]
    yield tuple(ids), sentence[:1].upper() + sentence[1:]


def markdown(letter: str) -> str:
    """The rules of one letter, each with the tests that prove it."""
    proofs = find_proofs()
    return "\n".join(_section(rule, proofs) for rule in read_rules() if rule.id[0] == letter)


def _section(rule: Rule, proofs: list[Proof]) -> str:
    lines = [f"({rule.id.lower()})=", f"### {rule.id}: {rule.title}", "", rule.text, ""]
    if rule.not_yet:
        lines += [f"**Not yet:** {rule.not_yet}", ""]
    mine = [proof for proof in proofs if rule.id in proof.rules]
    if mine:
        count = "One test names" if len(mine) == 1 else f"{len(mine)} tests name"
        lines += [f"<details><summary>{count} this rule</summary>", ""]
        lines += [f"- {_plain(proof.sentence)} `{proof.place}`" for proof in mine]
        lines += ["", "</details>", ""]
    elif not rule.not_yet:
        lines += ["No test names this rule.", ""]
    return "\n".join(lines)


def _plain(sentence: str) -> str:
    """A docstring's sentence as Markdown: its code stays code, everything else is text."""
    parts = re.split(r"(`+[^`]+`+)", sentence)
    return "".join(part if part.startswith("`") else re.sub(r"([\\*_<>\[\]#|~])", r"\\\1", part) for part in parts)
