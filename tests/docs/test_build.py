"""The documentation builds."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from tests.docs.snippets import DOCS

pytest.importorskip("sphinx", reason="Sphinx is not installed: the group `docs` has it.")


class _Page(HTMLParser):
    """Reads a page's anchors, and where it points."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.targets: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.anchors |= {known[name] for name in ("id", "name") if known.get(name)}
        if tag == "a" and known.get("href"):
            self.targets.append(known["href"])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("html")
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "-q", "-b", "html", "-d", str(out / ".trees")]
    done = subprocess.run([*command, str(DOCS), str(out)], capture_output=True, text=True, check=False)
    assert "" == done.stderr, done.stderr
    assert 0 == done.returncode
    return out


def test_every_link_inside_leads_somewhere(built: Path) -> None:
    """Every link from one page to another has a page and an anchor at its end."""
    pages = {path: _Page(path.read_text("utf-8")) for path in built.rglob("*.html")}
    lost = []
    for path, page in pages.items():
        for target in page.targets:
            address, anchor = urldefrag(target)
            if "://" in target or target.startswith("mailto:"):
                continue
            there = (path.parent / unquote(address)).resolve() if address else path
            anchored = not anchor or (there in pages and unquote(anchor) in pages[there].anchors)
            if not there.is_file() or not anchored:
                lost.append(f"{path.relative_to(built)} → {target}")
    assert [] == lost
