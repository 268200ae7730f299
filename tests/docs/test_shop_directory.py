"""The directory of the how-to page keeps the contract, by the very class that the page shows a reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jobthreads import Business, Client, Job, Quote, Role, Staff
from jobthreads.testing import DirectoryContract, KnownDirectory
from tests.docs.snippets import DOCS, put_away, run_page


@pytest.fixture(scope="class")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(tmp_path_factory.mktemp("shop"))
        page = run_page(DOCS / "how-to" / "directory.md")
        yield page
        put_away(page)


class TestShopDirectory(DirectoryContract):
    @pytest.fixture
    def known(self, shop):
        facts = {"business_id": "1", "client_id": "3"}
        return KnownDirectory(
            directory=shop["ShopDirectory"](shop["engine"]),
            business=Business(id="1", name="Acme Electrical", portal_enabled=True),
            team=[
                Staff(id="7", business_id="1", name="Kim Lee", role=Role.BUSINESS_OWNER),
                Staff(id="12", business_id="1", name="Sam Okafor", role=Role.TRADIE),
            ],
            clients=[
                Client(id="3", business_id="1", name="Dana Reyes", email="dana@example.com"),
                Client(id="4", business_id="1", name="Lee Novak", email=None),
            ],
            records=[
                Job(id="1043", reference="J-1043", title="Oven circuit", **facts),
                Job(id="1042", reference="J-1042", title="Kitchen rewire", assigned_to=["12"], **facts),
                Quote(id="88", reference="Q-88", title="New switchboard", **facts),
            ],
        )
