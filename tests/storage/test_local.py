"""The storage's contract on a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobthreads.adapters.storage import LocalStorage
from jobthreads.testing import BlobStorageContract


class TestLocal(BlobStorageContract):
    """`LocalStorage` over a folder."""

    @pytest.fixture
    def storage(self, tmp_path: Path) -> LocalStorage:
        return LocalStorage(tmp_path / "files")
