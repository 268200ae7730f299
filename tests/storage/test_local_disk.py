"""What `LocalStorage` does on the disk: modes, links, order, and a disk that refuses."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from jobthreads.adapters.storage import LocalStorage
from jobthreads.errors import Misconfigured, Unavailable

LATER = timedelta(hours=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def storage(root: Path) -> LocalStorage:
    return LocalStorage(root)


def everything(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if not path.is_dir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_are_private(root: Path, umask: int) -> None:
    """J5: files are 0600 and folders 0700, whatever the process's mask is."""
    before = os.umask(umask)
    try:
        LocalStorage(root).put(BytesIO(b"private"), uuid4().hex)
    finally:
        os.umask(before)
    (file,) = everything(root)
    assert [0o600, 0o700, 0o700] == [mode(file), mode(file.parent), mode(root)]


def test_a_name_holds_nothing_but_the_key(storage: LocalStorage, root: Path) -> None:
    """J5: a blob lies in a folder of its key's first letters, under its key."""
    key = uuid4().hex
    storage.put(BytesIO(b"x"), key)
    assert [root / key[:2] / key] == everything(root)


def test_no_link_is_followed(storage: LocalStorage, root: Path, tmp_path: Path) -> None:
    """J5: a symbolic link in a blob's place is not read, written through or listed."""
    secret, key = tmp_path / "secret", uuid4().hex
    secret.write_bytes(b"not a blob")
    storage.put(BytesIO(b"x"), key)
    place = root / key[:2] / key
    place.unlink()
    place.symlink_to(secret)
    with pytest.raises(Unavailable), storage.open(key):
        pass
    with pytest.raises(FileExistsError):
        storage.put(BytesIO(b"through the link"), key)
    assert [] == list(storage.keys_older_than(datetime.now(UTC) + LATER))
    storage.delete(key)
    assert b"not a blob" == secret.read_bytes()


def test_no_linked_folder_is_followed(storage: LocalStorage, root: Path, tmp_path: Path) -> None:
    """J5: neither is a link in a sub folder's place, nor one in the place of the whole folder."""
    elsewhere, key = tmp_path / "elsewhere", uuid4().hex
    elsewhere.mkdir()
    (elsewhere / key).write_bytes(b"planted")
    (root / key[:2]).symlink_to(elsewhere)
    for call in (lambda: storage.open(key).__enter__(), lambda: storage.put(BytesIO(b"x"), key)):
        with pytest.raises(Unavailable):
            call()
    with pytest.raises(Unavailable):
        storage.delete(key)
    assert [] == list(storage.keys_older_than(datetime.now(UTC) + LATER))
    (root / key[:2]).unlink()
    root.rename(tmp_path / "moved")
    root.symlink_to(tmp_path / "moved")
    with pytest.raises(Unavailable):
        storage.put(BytesIO(b"x"), key)
    assert [elsewhere / key] == everything(elsewhere)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_not_opened(storage: LocalStorage, root: Path, make: Any) -> None:
    """J5: a pipe or folder in a blob's place is refused, and nobody waits for it."""
    key = uuid4().hex
    (root / key[:2]).mkdir()
    make(root / key[:2] / key)
    with pytest.raises(Unavailable), storage.open(key):
        pass


def test_it_is_durable_before_it_has_its_name(
    storage: LocalStorage, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S4: the content reaches the disk first, then the name, then the folder that holds the name."""
    steps, fsync, link = [], os.fsync, os.link

    def noted_fsync(descriptor: int) -> None:
        known = os.fstat(descriptor)
        steps.append(f"fsync {'folder' if stat.S_ISDIR(known.st_mode) else f'file of {known.st_size}'}")
        fsync(descriptor)

    def noted_link(*places: Any, **options: Any) -> None:
        steps.append("name")
        link(*places, **options)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "link", noted_link)
    storage.put(BytesIO(b"12345"), uuid4().hex)
    assert ["fsync folder", "fsync file of 5", "name", "fsync folder"] == steps


@pytest.mark.parametrize("refused", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("step", ["write", "fsync file", "fsync folder", "link"])
def test_a_disk_that_refuses_leaves_nothing(
    storage: LocalStorage, root: Path, monkeypatch: pytest.MonkeyPatch, step: str, refused: int
) -> None:
    """S4: full, read-only or broken, at whatever step: unavailable, and nothing stays behind."""
    key, call = uuid4().hex, getattr(os, step.split()[0])
    storage.put(BytesIO(b"an earlier one"), uuid4().hex)
    before, written = everything(root), []

    def refusing(*given: Any, **options: Any) -> Any:
        if step == "write":
            written.append(given)
            if len(written) < 3:
                return call(*given, **options)
        elif step.startswith("fsync"):
            folder = stat.S_ISDIR(os.fstat(given[0]).st_mode)
            # The folder of all sub folders comes first, and goes well.
            written.append(given)
            if folder != step.endswith("folder") or len(written) == 1:
                return call(*given, **options)
        raise OSError(refused, os.strerror(refused))

    monkeypatch.setattr(os, step.split()[0], refusing)
    with pytest.raises(Unavailable) as told:
        storage.put(BytesIO(bytes(3 * 1024 * 1024)), key)
    monkeypatch.undo()
    assert isinstance(told.value.__cause__, OSError)
    assert str(root) not in str(told.value)
    assert before == everything(root)
    storage.put(BytesIO(b"after the disk was mended"), key)


def test_a_limit_of_the_system_leaves_nothing(root: Path) -> None:
    """S4: the same where the system itself refuses to write on: half a piece goes, then no more."""
    script = (
        "import resource, sys\n"
        "from io import BytesIO\n"
        "from jobthreads.adapters.storage import LocalStorage\n"
        "from jobthreads.errors import Unavailable\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, resource.RLIM_INFINITY))\n"
        "try:\n    LocalStorage(sys.argv[1]).put(BytesIO(bytes(3_000_000)), 'a' * 32)\n"
        "except Unavailable as told:\n    print(told.__cause__.errno)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(root)], capture_output=True, text=True, timeout=30)
    assert (str(errno.EFBIG), "") == (done.stdout.strip(), done.stderr)
    assert [] == everything(root)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1_500_000


def test_a_disk_that_fails_while_reading(storage: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """S4: what cannot be read is unavailable, never the end."""
    key = uuid4().hex
    storage.put(BytesIO(b"0123456789"), key)

    def broken(descriptor: int, size: int) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    with storage.open(key) as blob:
        assert b"0123" == blob.read(4)
        monkeypatch.setattr(os, "read", broken)
        with pytest.raises(Unavailable):
            blob.read(4)
        monkeypatch.undo()


def test_a_file_cut_short_meanwhile_is_no_short_blob(storage: LocalStorage, root: Path) -> None:
    """J5: a blob that became shorter while it was read is said to be unavailable."""
    key = uuid4().hex
    storage.put(BytesIO(b"0123456789"), key)
    with storage.open(key) as blob:
        assert b"012" == blob.read(3)
        os.truncate(root / key[:2] / key, 5)
        assert b"34" == blob.read(10)
        with pytest.raises(Unavailable):
            blob.read(10)


def test_a_deleted_blob_is_read_to_its_end(storage: LocalStorage) -> None:
    """J6: a download that has begun is not torn; the next one finds nothing."""
    key = uuid4().hex
    storage.put(BytesIO(b"0123456789"), key)
    with storage.open(key) as blob:
        storage.delete(key)
        assert b"0123456789" == blob.read(100)
    with pytest.raises(Unavailable), storage.open(key):
        pass


def test_a_folder_that_went_away_is_unavailable(storage: LocalStorage, root: Path) -> None:
    """S4: a disk that is not mounted is no empty storage: no call takes it for one."""
    root.rename(root.with_name("unmounted"))
    calls = (
        lambda: storage.put(BytesIO(b"x"), uuid4().hex),
        lambda: storage.open(uuid4().hex).__enter__(),
        lambda: storage.delete(uuid4().hex),
        lambda: list(storage.keys_older_than(datetime.now(UTC))),
        lambda: storage.sweep_leftovers(datetime.now(UTC)),
    )
    for call in calls:
        with pytest.raises(Unavailable):
            call()


def test_age_is_the_time_of_writing(storage: LocalStorage, root: Path) -> None:
    """J5: a blob is older than a time when it was written before it, to the second."""
    old, new = uuid4().hex, uuid4().hex
    for key in (old, new):
        storage.put(BytesIO(b"x"), key)
    monday = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    for key, time in ((old, monday - timedelta(seconds=1)), (new, monday)):
        os.utime(root / key[:2] / key, (time.timestamp(), time.timestamp()))
    assert [old] == list(storage.keys_older_than(monday))


def test_only_our_own_files_are_swept(storage: LocalStorage, root: Path) -> None:
    """J5: a file of another name, or in another place, is neither listed nor swept."""
    key = uuid4().hex
    storage.put(BytesIO(b"x"), key)
    folder = root / key[:2]
    strangers = [
        root / "README",
        folder / ".keep",
        folder / f"{key}.bak",
        folder / f".{key}.part",
        root / "notes" / key,
    ]
    strangers.append(folder / ("zz" + key[2:] if key[:2] != "zz" else "aa" + key[2:]))
    for stranger in strangers:
        stranger.parent.mkdir(exist_ok=True)
        stranger.write_bytes(b"not ours")
    later = datetime.now(UTC) + LATER
    assert [key] == list(storage.keys_older_than(later))
    assert 0 == storage.sweep_leftovers(later)
    assert sorted([folder / key, *strangers]) == everything(root)


def test_a_storage_in_a_served_folder_is_refused(tmp_path: Path) -> None:
    """J7: a folder that lies under, above or at a static or media folder is refused at the start, by any spelling."""
    static = tmp_path / "static"
    static.mkdir()
    (tmp_path / "alias").symlink_to(static)
    wrong = [
        (static, static),
        (static / "files", static),
        (static / "deep" / "files", static),
        (tmp_path, static),
        (tmp_path / "alias" / "files", static),
        (static / "files", tmp_path / "alias"),
        (tmp_path / "x" / ".." / "static" / "files", static),
        (tmp_path / "files", tmp_path / "files" / "media"),
    ]
    for path, served in wrong:
        with pytest.raises(Misconfigured, match="static or media"):
            LocalStorage(path, static_roots=(str(tmp_path / "other"), served))
    storage = LocalStorage(tmp_path / "files", static_roots=(static, tmp_path / "files-of-the-site"))
    storage.check_outside(static)
    with pytest.raises(Misconfigured):
        storage.check_outside(static, tmp_path)


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    """S6: a file in its place, or a folder that everybody may write to, is said at the start."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Misconfigured):
        LocalStorage(tmp_path / "file")
    with pytest.raises(Misconfigured):
        LocalStorage(tmp_path / "file" / "below")
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(Misconfigured, match="Everybody"):
        LocalStorage(tmp_path / "open")


def test_where_the_system_cannot_do_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S6: on a system without POSIX folders it says so, instead of following links."""
    monkeypatch.setattr(os, "supports_dir_fd", set())
    with pytest.raises(Misconfigured, match="POSIX"):
        LocalStorage(root)
