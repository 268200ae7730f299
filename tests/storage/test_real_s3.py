"""What is tried on moto's server, on a real one: the storage's contract, and death at each point of a put."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from jobthreads.adapters.storage import S3Storage
from jobthreads.testing import BlobStorageContract
from tests.storage.conftest import new_bucket
from tests.storage.test_killed import Killing, Place, on_s3


@pytest.fixture(scope="module")
def real_bucket(real_client: Any) -> str:
    """One bucket for all: each takes a while."""
    return new_bucket(real_client)


class TestRealServer(BlobStorageContract):
    """`S3Storage` on OpenStack Swift, which refuses conditional writes, under a prefix of each test's own."""

    @pytest.fixture
    def storage(self, real_client: Any, real_bucket: str) -> S3Storage:
        return S3Storage(real_bucket, real_client, prefix=f"{uuid4().hex}/")


class TestKilled(Killing):
    """kill -9 while it puts there."""

    @pytest.fixture
    def place(self, real_client: Any) -> Place:
        return on_s3(real_client)
