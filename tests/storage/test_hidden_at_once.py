"""A file that is taken back is gone on its very next request, wherever its content lies."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import flask
import pytest

from jobthreads import Visibility
from jobthreads.adapters.storage import LocalStorage, S3Storage
from jobthreads.flask import portal_blueprint
from tests.shop import Shop


@pytest.fixture(params=["disk", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "disk":
        return LocalStorage(tmp_path / "files")
    client = request.getfixturevalue("moto_client")
    client.create_bucket(Bucket="taken-back")
    return S3Storage("taken-back", client)


def test_every_address_held_before_is_not_found(shop: Shop, storage: Any) -> None:
    """J6, S2: download, range and HEAD answer 404 as soon as it is hidden, and nothing ever answers 304."""
    with shop.open(storage=storage) as threads:
        entry = threads.staff.attach(
            shop.kim, shop.job.scope, BytesIO(b"The plan."), name="plan.txt", visibility=Visibility.VISIBLE
        )
        app = flask.Flask(__name__)
        app.register_blueprint(portal_blueprint(threads, client=lambda _: shop.dana), url_prefix="/portal")
        client = app.test_client()
        asked: list[dict[str, str]] = [{}, {"Range": "bytes=0-3"}, {"If-None-Match": "*"}]
        address = f"/portal/files/{entry.id}"
        first = client.get(address)
        assert (200, b"The plan.") == (first.status_code, first.data)
        assert 206 == client.get(address, headers=asked[1]).status_code
        assert not {"ETag", "Last-Modified"} & set(first.headers.keys())

        threads.staff.set_visibility(shop.kim, entry.id, Visibility.INTERNAL)
        for place in (address, f"{address}/preview", f"/portal/api/files/{entry.id}"):
            for headers in asked:
                assert 404 == client.get(place, headers=headers).status_code
                assert 404 == client.head(place, headers=headers).status_code
