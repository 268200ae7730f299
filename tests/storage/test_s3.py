"""The storage's contract on moto's server."""

from __future__ import annotations

from typing import Any

import pytest

from jobthreads.adapters.storage import S3Storage
from jobthreads.testing import BlobStorageContract
from tests.storage.conftest import new_bucket


class TestMoto(BlobStorageContract):
    """`S3Storage` on moto's server, which knows conditional writes."""

    @pytest.fixture
    def storage(self, moto_client: Any) -> S3Storage:
        return S3Storage(new_bucket(moto_client), moto_client)
