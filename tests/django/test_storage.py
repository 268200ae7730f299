"""The storage's contract over Django's storages."""

from __future__ import annotations

import stat
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import FileSystemStorage, InMemoryStorage, storages

from jobthreads.django.storage import DjangoStorage
from jobthreads.errors import Unavailable
from jobthreads.testing import BlobStorageContract, ReceivingContract
from jobthreads.testing.contracts.blobs import _MIB


class HostsStorage(FileSystemStorage):
    """A project's own: it may keep files as it likes, so it is used through Django's methods alone."""

    broken = False

    def _open(self, name, mode="rb"):
        if self.broken:
            raise RuntimeError("the gateway timed out at /srv/secret")
        return super()._open(name, mode)


def _use(settings, backend: type, **options) -> DjangoStorage:
    path = f"{backend.__module__}.{backend.__qualname__}"
    settings.STORAGES = {**settings.STORAGES, "jobthreads": {"BACKEND": path, "OPTIONS": options}}
    return DjangoStorage("jobthreads")


class TestFolder(BlobStorageContract):
    """A `FileSystemStorage`."""

    @pytest.fixture
    def storage(self, settings, tmp_path: Path) -> DjangoStorage:
        return _use(settings, FileSystemStorage, location=tmp_path / "files")


class TestReceivingInFolder(ReceivingContract):
    """A `FileSystemStorage` that files are received in."""

    @pytest.fixture
    def storage(self, settings, tmp_path: Path) -> DjangoStorage:
        return _use(settings, FileSystemStorage, location=tmp_path / "files")


class TestHostsOwn(BlobStorageContract):
    """A storage of the project's own."""

    @pytest.fixture
    def storage(self, settings, tmp_path: Path) -> DjangoStorage:
        (tmp_path / "files").mkdir()
        return _use(settings, HostsStorage, location=tmp_path / "files")


class TestInMemory(BlobStorageContract):
    """An `InMemoryStorage`, as projects have it in their tests."""

    @pytest.fixture
    def storage(self, settings) -> DjangoStorage:
        return _use(settings, InMemoryStorage)

    @pytest.mark.xfail(reason="It keeps files in memory, where the contract measures.", strict=True)
    @pytest.mark.parametrize("size", [5 * _MIB, 25 * _MIB])
    def test_what_was_put_comes_back(self, storage, size, record_property) -> None:
        super().test_what_was_put_comes_back(storage, size, record_property)

    @pytest.mark.parametrize("size", [0, 1])
    def test_what_was_put_comes_back_if_it_is_small(self, storage, size, record_property) -> None:
        super().test_what_was_put_comes_back(storage, size, record_property)


def test_a_folder_is_kept_private_whatever_the_project_says(settings, tmp_path) -> None:
    """J7: files in a plain folder are for this process's user alone, however uploads are kept otherwise."""
    settings.FILE_UPLOAD_PERMISSIONS = 0o644
    settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755
    storage = _use(settings, FileSystemStorage, location=tmp_path / "files")
    storage.put(BytesIO(b"plan"), uuid4().hex)
    kept = list((tmp_path / "files").rglob("*"))
    assert {0o700, 0o600} == {stat.S_IMODE(path.stat().st_mode) for path in kept}


@pytest.mark.parametrize("backend", [HostsStorage, InMemoryStorage])
def test_only_a_plain_folder_receives(settings, backend: type) -> None:
    """J5: how any other storage keeps its files is not known, so none is received in its place."""
    assert _use(settings, backend).receiving(uuid4().hex) is None


def test_what_a_storage_raises_is_unavailable(settings, tmp_path, monkeypatch) -> None:
    """S6: a storage that fails in its own way is `Unavailable` to us, without its words, which are kept for the log."""
    storage = _use(settings, HostsStorage, location=tmp_path)
    key = uuid4().hex
    storage.put(BytesIO(b"plan"), key)
    monkeypatch.setattr(HostsStorage, "broken", True)
    with pytest.raises(Unavailable) as refused, storage.open(key):
        pass
    assert "secret" not in str(refused.value)
    assert isinstance(refused.value.__cause__, RuntimeError)


def test_a_file_that_got_shorter_is_never_taken_for_whole(settings, tmp_path) -> None:
    """S4: when a storage gives less than there was, the reader is told."""
    storage = _use(settings, HostsStorage, location=tmp_path)
    key = uuid4().hex
    storage.put(BytesIO(b"0123456789"), key)
    with storage.open(key) as blob:
        (tmp_path / key).write_bytes(b"01")
        with pytest.raises(Unavailable):
            while blob.read(4):
                pass


def test_a_put_that_fails_leaves_nothing(settings, tmp_path, monkeypatch) -> None:
    """S4: what a storage could not keep whole is taken away again."""
    storage = _use(settings, HostsStorage, location=tmp_path)
    key = uuid4().hex

    def half(self, name, content):
        (tmp_path / name).write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(HostsStorage, "_save", half)
    with pytest.raises(Unavailable):
        storage.put(BytesIO(b"whole"), key)
    assert [] == list(tmp_path.iterdir())


def test_a_storage_that_renames_is_found_out(settings, tmp_path, monkeypatch) -> None:
    """S4: a storage that keeps a file under another name has met a key that is taken."""
    storage = _use(settings, HostsStorage, location=tmp_path)
    monkeypatch.setattr(HostsStorage, "get_available_name", lambda self, name, max_length=None: f"{name}_x")
    with pytest.raises(FileExistsError):
        storage.put(BytesIO(b"plan"), uuid4().hex)
    assert [] == list(tmp_path.iterdir())


def test_the_storage_is_the_projects_of_this_moment(settings, tmp_path) -> None:
    """S6: `override_settings(STORAGES=…)` is respected by a storage that was made before."""
    storage = _use(settings, FileSystemStorage, location=tmp_path / "one")
    key = uuid4().hex
    storage.put(BytesIO(b"plan"), key)
    _use(settings, InMemoryStorage)
    assert not storages["jobthreads"].exists(key)
    with pytest.raises(Unavailable), storage.open(key):
        pass
