"""The notifier of the how-to page keeps the contract, by the very class that the page shows a reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jobthreads.testing import NotifierContract
from tests.docs.snippets import DOCS, put_away, run_page


@pytest.fixture(scope="class")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(tmp_path_factory.mktemp("mail"))
        names = run_page(DOCS / "how-to" / "mail.md")
        yield names
        put_away(names)


class TestTextMessages(NotifierContract):
    @pytest.fixture
    def gateway(self, page):
        return page["PretendedGateway"]()

    @pytest.fixture
    def notifier(self, page, gateway):
        return page["TextMessages"](gateway, {"dana": "+61 400 000 000"})

    @pytest.fixture
    def delivered(self, gateway):
        return lambda: [text for _, text in gateway.sent]
