"""The Django example stays as small as its tutorial says."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.snippets import ROOT

EXAMPLE = ROOT / "examples" / "tradebook_django"
COMMENT = re.compile(r"\{#.*?#\}")
OF_OURS = re.compile(r"jobthreads|availability|inbox|unread")
"""In a template: our tags, what our shells receive, and the names under which our tags give something."""


def _written(lines: list[str]) -> int:
    """Count lines that are neither blank nor a comment; docstrings and imports count."""
    return len([line for line in lines if line.strip() and not line.strip().startswith("#")])


def _between_marks(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return lines[lines.index("# jobthreads begins") + 1 : lines.index("# jobthreads ends")]


def test_the_host_code_has_at_most_120_lines() -> None:
    """Settings, addresses, directory and templates: all that a Django project writes to embed the library."""
    counted = {
        "threads.py": _written((EXAMPLE / "threads.py").read_text("utf-8").splitlines()),
        "settings.py": _written(_between_marks(EXAMPLE / "settings.py")),
        "urls.py": _written(_between_marks(EXAMPLE / "urls.py")),
        "templates": sum(
            len([line for line in path.read_text("utf-8").splitlines() if OF_OURS.search(COMMENT.sub("", line))])
            for path in (EXAMPLE / "templates").rglob("*.html")
        ),
    }
    assert sum(counted.values()) <= 120, counted


def test_nothing_of_it_hides_elsewhere() -> None:
    """Settings and addresses name the library between their marks alone."""
    for name in ("settings.py", "urls.py"):
        text = (EXAMPLE / name).read_text("utf-8")
        before, _, rest = text.partition("# jobthreads begins")
        outside = "\n".join(before.splitlines()[1:]) + rest.partition("# jobthreads ends")[2]
        assert "jobthreads" not in outside.lower()
