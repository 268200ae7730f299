"""The storage's contracts on a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobthreads.adapters.storage import LocalStorage
from jobthreads.testing import BlobStorageContract, ReceivingContract


class TestLocal(BlobStorageContract):
    """`LocalStorage` over a folder."""

    @pytest.fixture
    def storage(self, tmp_path: Path) -> LocalStorage:
        return LocalStorage(tmp_path / "files")


class TestReceiving(ReceivingContract):
    """A folder that files are received in."""

    @pytest.fixture
    def storage(self, tmp_path: Path) -> LocalStorage:
        return LocalStorage(tmp_path / "files")
