"""Each reference app in a process of its own, and a real browser in front of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _missing() -> str | None:
    try:
        import playwright.sync_api  # noqa: F401 - only whether it is there
    except ImportError:
        return "playwright is not installed: pip install playwright"
    return None if shutil.which("chromium") else "there is no chromium: apt-get install chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, and skip it with the reason where no browser is."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    missing = _missing()
    for item in here:
        item.add_marker(pytest.mark.browser)
        if missing and os.environ.get("JOBTHREADS_REQUIRE") != "all":
            item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for all tests of a file: while it is there, an event loop runs in this thread, in others' way."""
    missing = _missing()
    assert missing is None, f"JOBTHREADS_REQUIRE=all, but {missing}"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


class Tradebook:
    """A reference app, running on a free port over a data folder."""

    def __init__(self, framework: str, data: Path, *arguments: str) -> None:
        run = EXAMPLES / f"tradebook_{framework}" / "run.py"
        self._log = data.with_suffix(".log")
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(run), "--port=0", f"--data={data}", *arguments],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        found = re.search(r"http://\S+", self.process.stdout.readline())
        self.address = found[0] if found else ""

    def check(self) -> None:
        """Fail with what the app said if it did not start, or if a request went wrong in it."""
        said = self._log.read_text()
        assert self.address, f"Tradebook did not start:\n{said}"
        assert "Traceback" not in said, said

    def stop(self) -> None:
        """End the process, and the pipe to it."""
        self.process.terminate()
        self.process.communicate(timeout=20)


@contextmanager
def running(framework: str, data: Path, *arguments: str) -> Iterator[Tradebook]:
    """Run a reference app for a while; in the end no request may have gone wrong in it."""
    app = Tradebook(framework, data, *arguments)
    try:
        app.check()
        yield app
    finally:
        app.stop()
    app.check()


@pytest.fixture(scope="session", params=["flask", "django"])
def framework(request: pytest.FixtureRequest) -> str:
    """Which of the reference apps: every test runs in front of each."""
    if os.environ.get("JOBTHREADS_REQUIRE") != "all":
        pytest.importorskip(request.param, reason=f"{request.param} is not installed")
    return str(request.param)


@pytest.fixture
def busy_tradebook(
    framework: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], AbstractContextManager[Tradebook]]:
    """Starts the reference app with its busy business, at the moment the test chooses."""
    return lambda: running(framework, tmp_path_factory.mktemp("busy") / "var")


@pytest.fixture(scope="session")
def quiet_business(framework: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a business with a few jobs and no messages, made once and copied for each test."""
    data = tmp_path_factory.mktemp(framework) / "var"
    with running(framework, data, "--small"):
        return data


@pytest.fixture
def small_tradebook(
    framework: str, quiet_business: Path, tmp_path: Path
) -> Callable[[], AbstractContextManager[Tradebook]]:
    """Starts the reference app with a business of this test's own, which has a few jobs and no messages."""
    return lambda: running(framework, shutil.copytree(quiet_business, tmp_path / "var"))


class People:
    """Opens browser windows: a fresh one for each person, with nothing kept from before."""

    def __init__(self, chromium: Any, address: str) -> None:
        self._chromium, self._address = chromium, address
        self._contexts: list[Any] = []
        self.complaints: list[str] = []

    def nobody(self, *, script: bool = True, **context: Any) -> Any:
        """A window in which nobody has signed in."""
        opened = self._chromium.new_context(base_url=self._address, java_script_enabled=script, **context)
        self._contexts.append(opened)
        page = opened.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message))
        return page

    def staff(self, name: str, **context: Any) -> Any:
        """A window in which this staff member or client has signed in."""
        page = self.nobody(**context)
        page.goto("/")
        page.get_by_role("button", name=name).click()
        page.wait_for_url(lambda url: not url.endswith(("/", "/sign-in")) or "/portal" in url)
        return page

    client = staff

    def _hear(self, page: Any, message: Any) -> None:
        # Chromium notes a page that is itself a refusal (403, 404), a picture that is not there (yet), and a file that
        # the API refuses in words; everything else is a fault of ours.
        url = message.location.get("url", "")
        expected = url == page.url or url.endswith(("/preview", "/files"))
        refusal = "Failed to load resource" in message.text and expected
        if message.type in {"error", "warning"} and not refusal:
            self.complaints.append(f"{page.url}: {message.text}")

    def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()


@contextmanager
def gathered(chromium: Any, tradebook: AbstractContextManager[Tradebook]) -> Iterator[People]:
    """People at their browsers; in the end no console may have complained, of a broken policy for instance."""
    with tradebook as app:
        everyone = People(chromium, app.address)
        yield everyone
        everyone.close()
        assert [] == everyone.complaints


@pytest.fixture
def people(chromium: Any, small_tradebook: Callable[[], AbstractContextManager[Tradebook]]) -> Iterator[People]:
    """People in a business of this test's own."""
    with gathered(chromium, small_tradebook()) as everyone:
        yield everyone


@pytest.fixture(scope="module")
def onlookers(
    chromium: Any, framework: str, quiet_business: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[People]:
    """People in a business that the tests of one module share, and only look at."""
    data = shutil.copytree(quiet_business, tmp_path_factory.mktemp("shared") / "var")
    with gathered(chromium, running(framework, data)) as everyone:
        yield everyone
