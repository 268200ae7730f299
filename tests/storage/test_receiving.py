"""A large upload is written once, to where it will stay; what was not kept is gone, whatever happened on the way."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import uuid4

import pytest

from jobthreads import Entry, Visibility, errors
from jobthreads.adapters.storage import LocalStorage
from jobthreads.ports import BlobStorage, Receiving
from jobthreads.testing import TrialThreads
from tests.shop import Shop

MIB = 1024 * 1024
HOUR = timedelta(hours=1)
LINE = b"The ceiling of the kitchen is wet, and so is the floor below it.\n"


def text(size: int) -> bytes:
    return (LINE * (size // len(LINE) + 1))[:size]


class Coming:
    """A file that comes from somewhere: once so many bytes of it were read, something happens, one thing a read."""

    def __init__(self, content: bytes, at: int, *happens: Callable[[], object]) -> None:
        self._content = BytesIO(content)
        self._at = at
        self._happens = list(happens)

    def read(self, size: int = -1) -> bytes:
        if self._happens and self._content.tell() >= self._at:
            self._happens.pop(0)()
        return self._content.read(size)


class FiveVerbs:
    """A host's own storage, which knows nothing of receiving."""

    def __init__(self, inner: LocalStorage) -> None:
        self.put = inner.put
        self.open = inner.open
        self.delete = inner.delete
        self.keys_older_than = inner.keys_older_than
        self.sweep_leftovers = inner.sweep_leftovers


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def storage(root: Path) -> LocalStorage:
    return LocalStorage(root)


@pytest.fixture
def office(shop: Shop, storage: LocalStorage) -> Iterator[TrialThreads]:
    """The shop, with files in a folder."""
    shop.threads = shop.open(storage=storage)
    yield shop.threads
    shop.threads.close()


def everything(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if not path.is_dir())


def attach(shop: Shop, file: Any, **options: Any) -> Entry:
    options = {"name": "damage.txt", "visibility": Visibility.INTERNAL, **options}
    return shop.threads.staff.attach(shop.kim, shop.job.scope, cast("BinaryIO", file), **options)


def read(shop: Shop, entry: Entry) -> bytes:
    pieces = []
    with shop.threads.staff.open_file(shop.kim, entry.id) as file:
        while piece := file.read(MIB):
            pieces.append(piece)
    return b"".join(pieces)


def test_it_is_written_once(office: TrialThreads, shop: Shop, root: Path) -> None:
    """S3: what comes in is what stays: the very file, private from its first byte, and under no key before."""
    seen: list[os.stat_result] = []

    def look() -> None:
        (draft,) = everything(root)
        assert (".", ".part") == (draft.name[0], draft.suffix)
        seen.append(draft.stat())

    content = text(3 * MIB)
    entry = attach(shop, Coming(content, 2 * MIB, look))
    (kept,) = everything(root)
    assert [kept.stat().st_ino] == [known.st_ino for known in seen]
    assert [0o600] == [stat.S_IMODE(known.st_mode) for known in seen]
    assert 2 * MIB == seen[0].st_size
    assert 1 == kept.stat().st_nlink
    assert content == read(shop, entry)
    assert entry.file is not None
    assert (3 * MIB, hashlib.sha256(content).hexdigest()) == (entry.file.size, entry.file.sha256)


@pytest.mark.parametrize(("size", "drafts"), [(MIB, 0), (MIB + 1, 1)])
def test_a_small_one_comes_in_through_memory(
    office: TrialThreads, shop: Shop, root: Path, size: int, drafts: int
) -> None:
    """S3: up to 1 MiB no draft is made of what may still be refused."""
    seen: list[int] = []
    entry = attach(shop, Coming(text(size), size, lambda: seen.append(len(everything(root)))))
    assert [drafts] == seen
    assert text(size) == read(shop, entry)


def test_it_is_never_whole_in_memory(office: TrialThreads, shop: Shop, tmp_path: Path) -> None:
    """S3: 25 MiB go through less than 2 MiB of memory."""
    (tmp_path / "large").write_bytes(text(25 * MIB))
    attach(shop, BytesIO(b"Once before, so that what is loaded only once does not count."))
    with (tmp_path / "large").open("rb") as file:
        tracemalloc.start()
        try:
            attach(shop, file)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 2 * MIB


def test_a_storage_of_five_verbs_will_do(shop: Shop, storage: LocalStorage, root: Path) -> None:
    """J5: a storage that receives nothing is given the file once it has come in whole."""
    own: BlobStorage = FiveVerbs(storage)
    assert not isinstance(own, Receiving)
    seen: list[list[Path]] = []
    with shop.open(storage=own) as shop.threads:
        entry = attach(shop, Coming(text(3 * MIB), 2 * MIB, lambda: seen.append(everything(root))))
        assert text(3 * MIB) == read(shop, entry)
    assert [[]] == seen
    assert 1 == len(everything(root))


def test_what_is_refused_leaves_nothing(office: TrialThreads, shop: Shop, root: Path) -> None:
    """M8: too large, of no allowed type, or broken off on its way: no draft, no blob, no entry."""

    def goes_away() -> None:
        assert 1 == len(everything(root))
        raise ConnectionResetError("The sender went away.")

    wrong: list[tuple[type[Exception], Any]] = [
        (errors.AttachmentTooLarge, BytesIO(text(26_214_401))),
        (errors.AttachmentTypeNotAllowed, BytesIO(b"MZ" + bytes(2 * MIB))),
        (errors.AttachmentDamaged, BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(2 * MIB))),
        (errors.AttachmentEmpty, BytesIO()),
        (ConnectionResetError, Coming(text(3 * MIB), 2 * MIB, goes_away)),
        (KeyboardInterrupt, Coming(text(3 * MIB), 2 * MIB, lambda: signal.raise_signal(signal.SIGINT))),
    ]
    for refusal, file in wrong:
        with pytest.raises(refusal):
            attach(shop, file)
        assert [] == everything(root)
    assert [] == shop.entries(shop.job.scope)


def test_a_retry_leaves_no_draft(office: TrialThreads, shop: Shop, root: Path) -> None:
    """S4: what the same request has stored already stays alone."""
    first = attach(shop, BytesIO(text(2 * MIB)), request_id="r-1")
    before = everything(root)
    assert first == attach(shop, BytesIO(text(2 * MIB)), request_id="r-1")
    assert before == everything(root)
    assert 1 == len(before)


@pytest.mark.parametrize("step", ["write", "utime", "fsync", "link"])
@pytest.mark.parametrize("refused", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_refuses_leaves_nothing(
    office: TrialThreads, shop: Shop, root: Path, monkeypatch: pytest.MonkeyPatch, step: str, refused: int
) -> None:
    """S4: full or broken, while it is received or when it is kept: unavailable, and nothing stays behind."""
    call = getattr(os, step)

    def refusing(*given: Any, **options: Any) -> Any:
        # Until half of it has come, and for folders, all goes well.
        large = [path for path in everything(root) if path.stat().st_size >= 2 * MIB]
        if not large or (step == "fsync" and stat.S_ISDIR(os.fstat(given[0]).st_mode)):
            return call(*given, **options)
        raise OSError(refused, os.strerror(refused))

    monkeypatch.setattr(os, step, refusing)
    with pytest.raises(errors.Unavailable) as told:
        attach(shop, BytesIO(text(3 * MIB)))
    monkeypatch.undo()
    assert isinstance(told.value.__cause__, OSError)
    assert [] == everything(root)
    assert [] == shop.entries(shop.job.scope)
    attach(shop, BytesIO(text(3 * MIB)))


@pytest.mark.parametrize("kind", ["receiving", "five verbs"])
def test_a_limit_of_the_system_leaves_nothing(root: Path, tmp_path: Path, kind: str) -> None:
    """S4: the same where the system itself refuses to write on, here or in the temporary folder."""
    script = (
        "import resource, sys, tempfile\n"
        "from io import BytesIO\n"
        "from jobthreads import Visibility, errors\n"
        "from jobthreads.adapters.storage import LocalStorage\n"
        "from jobthreads.testing import job, staff, threads\n"
        "from tests.storage.test_receiving import FiveVerbs, text\n"
        "storage = LocalStorage(sys.argv[1])\n"
        "storage = storage if sys.argv[2] == 'receiving' else FiveVerbs(storage)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_001, resource.RLIM_INFINITY))\n"
        "with threads(storage=storage) as trial:\n"
        "    try:\n"
        "        trial.staff.attach(staff(), job().scope, BytesIO(text(3_000_000)), name='a.txt',\n"
        "                           visibility=Visibility.INTERNAL)\n"
        "    except errors.Unavailable as told:\n"
        "        print(told.__cause__.errno, len(trial.staff.feed(staff(), job().scope).items))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(root), kind],
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (f"{errno.EFBIG} 0", "") == (done.stdout.strip(), done.stderr)
    assert [] == everything(root)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 2_000_001


def test_a_disk_that_fails_while_it_is_judged(storage: LocalStorage, root: Path) -> None:
    """S4: what was received and cannot be read again is unavailable, never a file that is damaged."""
    place = storage.receiving(uuid4().hex)
    with place as draft:
        draft.write(b"0123456789")
        # A folder in its stead: reading it fails, as on a disk that is broken.
        folder = os.open(root, os.O_RDONLY)
        os.dup2(folder, draft.fileno())
        os.close(folder)
        with pytest.raises(errors.Unavailable):
            draft.read(4)
    assert [] == everything(root)


def test_it_is_durable_before_it_has_its_name(storage: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """S4: the sub folder is known first, the content reaches the disk, then the name, then the folder that holds it."""
    steps: list[str] = []
    fsync, link = os.fsync, os.link

    def noted_fsync(descriptor: int) -> None:
        known = os.fstat(descriptor)
        steps.append(f"fsync {'folder' if stat.S_ISDIR(known.st_mode) else f'file of {known.st_size}'}")
        fsync(descriptor)

    def noted_link(*places: Any, **options: Any) -> None:
        steps.append("name")
        link(*places, **options)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "link", noted_link)
    key = uuid4().hex
    with storage.receiving(key) as draft:
        draft.write(b"12345")
        storage.put(draft, key)
    assert ["fsync folder", "fsync file of 5", "name", "fsync folder"] == steps


def test_one_that_was_swept_meanwhile_is_unavailable(
    office: TrialThreads, shop: Shop, storage: LocalStorage, root: Path
) -> None:
    """S4: an upload that paused for longer than the sweep waits gets no entry, and nothing stands under its key."""
    swept: list[int] = []
    file = Coming(text(3 * MIB), 3 * MIB, lambda: swept.append(storage.sweep_leftovers(datetime.now(UTC) + HOUR)))
    with pytest.raises(errors.Unavailable):
        attach(shop, file)
    assert [1] == swept
    assert [] == everything(root)
    assert [] == shop.entries(shop.job.scope)


def test_one_that_still_comes_is_left_alone(
    office: TrialThreads, shop: Shop, storage: LocalStorage, root: Path
) -> None:
    """S4: the sweep goes by the last piece that came, so a slow upload is safe while it moves."""
    swept: list[int] = []

    def paused_yesterday() -> None:
        (draft,) = everything(root)
        yesterday = (datetime.now(UTC) - 25 * HOUR).timestamp()
        os.utime(draft, (yesterday, yesterday))

    def sweep() -> None:
        swept.append(storage.sweep_leftovers(datetime.now(UTC) - 24 * HOUR))

    entry = attach(shop, Coming(text(3 * MIB), 2 * MIB, paused_yesterday, sweep))
    assert text(3 * MIB) == read(shop, entry)
    assert [0] == swept


def test_a_slow_upload_is_no_old_blob(office: TrialThreads, shop: Shop, storage: LocalStorage, root: Path) -> None:
    """S4: it counts as written when it was kept; else a sweep could take it before its entry is written."""

    def was_yesterday() -> None:
        (draft,) = everything(root)
        yesterday = (datetime.now(UTC) - 25 * HOUR).timestamp()
        os.utime(draft, (yesterday, yesterday))

    attach(shop, Coming(text(3 * MIB), 3 * MIB, was_yesterday))
    assert 1 == len(everything(root))
    assert [] == list(storage.keys_older_than(datetime.now(UTC) - HOUR))


def test_a_folder_that_was_moved_meanwhile_is_unavailable(
    office: TrialThreads, shop: Shop, root: Path, tmp_path: Path
) -> None:
    """S4: what was received in a folder that is another one now would have an entry and no content."""

    def move() -> None:
        root.rename(tmp_path / "moved")
        root.mkdir()

    with pytest.raises(errors.Unavailable):
        attach(shop, Coming(text(3 * MIB), 2 * MIB, move))
    assert [] == everything(root)
    assert [] == everything(tmp_path / "moved")
    assert [] == shop.entries(shop.job.scope)


def test_no_linked_folder_is_followed(storage: LocalStorage, root: Path, tmp_path: Path) -> None:
    """J5: a symbolic link in a sub folder's place, at the start or put there meanwhile, is not written through."""
    elsewhere, key = tmp_path / "elsewhere", uuid4().hex
    elsewhere.mkdir()
    (root / key[:2]).symlink_to(elsewhere)
    with pytest.raises(errors.Unavailable), storage.receiving(key):
        pass
    (root / key[:2]).unlink()
    with pytest.raises(errors.Unavailable), storage.receiving(key) as draft:
        draft.write(b"x")
        (root / key[:2]).rename(tmp_path / "held")
        (root / key[:2]).symlink_to(elsewhere)
        storage.put(draft, key)
    assert [[], []] == [everything(elsewhere), everything(tmp_path / "held")]


def test_one_of_another_storage_is_copied(storage: LocalStorage, root: Path, tmp_path: Path) -> None:
    """J5: what was received in another folder is a stream like any other."""
    key, other = uuid4().hex, LocalStorage(tmp_path / "others")
    with other.receiving(key) as draft:
        draft.write(b"0123456789")
        draft.seek(0)
        storage.put(draft, key)
    with storage.open(key) as blob:
        assert b"0123456789" == blob.read(100)
    assert ([root / key[:2] / key], []) == (everything(root), everything(tmp_path / "others"))


def test_one_of_the_same_folder_is_not_copied(storage: LocalStorage, root: Path) -> None:
    """S3: a host may make a storage anew for each request; the folder is the same, and all of the file is kept."""
    key = uuid4().hex
    with storage.receiving(key) as draft:
        draft.write(b"0123456789")
        (place,) = everything(root)
        inode = place.stat().st_ino
        LocalStorage(root).put(draft, key)
    (kept,) = everything(root)
    assert (inode, b"0123456789") == (kept.stat().st_ino, kept.read_bytes())


def test_a_disk_that_takes_parts_is_asked_again(storage: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """S4: a write that took only a part of a piece loses nothing of it, however the file comes."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, piece: write(descriptor, piece[:1000]))
    keys = [uuid4().hex, uuid4().hex]
    with storage.receiving(keys[0]) as draft:
        assert 5000 == draft.write(text(5000))
        storage.put(draft, keys[0])
    storage.put(BytesIO(text(5000)), keys[1])
    monkeypatch.undo()
    for key in keys:
        with storage.open(key) as blob:
            assert text(5000) == blob.read(MIB)


class _Partly(io.FileIO):
    def write(self, piece: Any, /) -> int:
        return super().write(piece[:10_000])


def test_a_temporary_folder_that_takes_parts_is_asked_again(
    shop: Shop, storage: LocalStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S4: nor is anything lost on the way to a storage that receives nothing."""
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda buffering: _Partly(tmp_path / "temporary", "w+"))
    with shop.open(storage=FiveVerbs(storage)) as shop.threads:
        assert text(2 * MIB) == read(shop, attach(shop, BytesIO(text(2 * MIB))))


def test_a_taken_key_is_refused_before_anything_is_read(storage: LocalStorage, root: Path) -> None:
    """J5: whoever sends to a key that is taken is told at once, not after 25 MiB."""
    key, stream = uuid4().hex, BytesIO(b"other")
    storage.put(BytesIO(b"first"), key)
    with pytest.raises(FileExistsError), storage.receiving(key):
        pytest.fail("A place was given.")
    with pytest.raises(FileExistsError):
        storage.put(stream, key)
    assert 0 == stream.tell()
    assert [root / key[:2] / key] == everything(root)


def test_many_at_once(office: TrialThreads, shop: Shop, root: Path) -> None:
    """S4: uploads at once, of which some are refused, each get their own content, and leave nothing else."""

    def upload(number: int) -> bool:
        content = f"{number} ".encode() * (MIB + number)
        if number % 3 == 0:
            with pytest.raises(errors.AttachmentTypeNotAllowed):
                attach(shop, BytesIO(content + bytes(10)))
            return True
        return content == read(shop, attach(shop, BytesIO(content), request_id=f"r-{number % 4}-{number}"))

    with ThreadPoolExecutor(6) as pool:
        assert [True] * 12 == list(pool.map(upload, range(12)))
    assert 8 == len(everything(root)) == len(shop.entries(shop.job.scope))


def test_one_request_at_once(office: TrialThreads, shop: Shop, root: Path) -> None:
    """S4: one request that comes several times at once has one entry and one file."""
    with ThreadPoolExecutor(4) as pool:
        entries = list(pool.map(lambda _: attach(shop, BytesIO(text(2 * MIB)), request_id="r-1"), range(4)))
    assert 1 == len({entry.id for entry in entries}) == len(everything(root))


# The process that dies. It attaches `size` bytes, and after `stalls_at` of them waits for a death from outside.
_ATTACH = """
import sys, time
from jobthreads import Visibility
from jobthreads.adapters.storage import LocalStorage
from jobthreads.testing import job, staff, threads

root, size, stalls_at = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

class Coming:
    at = 0
    def read(self, n=-1):
        if 0 <= stalls_at <= self.at:
            print("stalled", flush=True)
            time.sleep(60)
        piece = (b"0123456789abcde\\n" * (n // 16 + 1))[: min(n, size - self.at)]
        self.at += len(piece)
        return piece

with threads(storage=LocalStorage(root)) as trial:
    trial.staff.attach(staff(), job().scope, Coming(), name="damage.txt", visibility=Visibility.INTERNAL)
"""


def attaching(root: Path, size: int, *, fault: str = "", stalls_at: int = -1) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _ATTACH, str(root), str(size), str(stalls_at)],
        env={**os.environ, "JOBTHREADS_FAULT": fault},
        stdout=subprocess.PIPE,
        text=True,
    )


def left(storage: LocalStorage) -> tuple[int, list[int]]:
    """How many keys there are, and what a sweep for older things, one that comes in time, and one more have found."""
    now = datetime.now(UTC)
    keys = len(list(storage.keys_older_than(now + HOUR)))
    return keys, [storage.sweep_leftovers(time) for time in (now - HOUR, now + HOUR, now + HOUR)]


def test_killed_while_it_is_received(storage: LocalStorage, root: Path) -> None:
    """S4: half a file is under no key, and the sweep takes it, once it is old enough."""
    with attaching(root, 3 * MIB, stalls_at=2 * MIB) as process:
        assert process.stdout is not None
        assert "stalled\n" == process.stdout.readline()
        process.kill()
        process.wait(30)
    assert [2 * MIB] == [path.stat().st_size for path in everything(root)]
    assert (0, [0, 1, 0]) == left(storage)
    assert [] == everything(root)


@pytest.mark.parametrize("size", [1000, 3 * MIB], ids=["small", "large"])
@pytest.mark.parametrize(
    ("fault", "leaves"),
    [("blob.temp_written", (0, [0, 1, 0])), ("blob.stored", (1, [0, 0, 0])), ("attach.stored", (1, [0, 0, 0]))],
)
def test_killed_when_it_is_kept(
    storage: LocalStorage, root: Path, size: int, fault: str, leaves: tuple[int, list[int]]
) -> None:
    """S4: before it has its name it is a leftover; afterwards it is whole under its key, and the sweep's to find."""
    with attaching(root, size, fault=fault) as process:
        assert -signal.SIGKILL == process.wait(30)
    assert [size] == [path.stat().st_size for path in everything(root)]
    assert leaves == left(storage)
