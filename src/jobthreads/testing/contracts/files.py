"""The contract of the files room: where content lies, and what workers claim of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

from jobthreads.domain.entries import EntryKind, File, KeptEntry, ScanState, Visibility
from jobthreads.domain.files import Blob, FileTask
from jobthreads.ports import Repository
from jobthreads.testing.clock import MONDAY
from jobthreads.testing.contracts.contract import Contract
from jobthreads.testing.contracts.written import write, write_in

__all__ = ["FilesContract"]

_MINUTE = timedelta(minutes=1)


class FilesContract(Contract):
    """Files behind their entries."""

    def test_a_file_comes_with_the_place_of_its_content(self, repository: Repository) -> None:
        """J7: an entry's file names the one blob that was kept with it, in its own business alone (S3)."""
        kept = _attach(repository, "one", name="Grüße 🏠.pdf")
        _attach(repository, "other")
        with repository.reading() as work:
            found = work.files.kept("acme", kept.entry.id)
            assert found is not None
            assert (kept.entry, kept.showing) == (found[0].entry, found[0].showing)
            assert Blob(key="one") == found[1]
            assert work.files.kept("volt", kept.entry.id) is None
            assert work.files.kept("acme", uuid4()) is None

    def test_an_entry_without_a_file_has_no_content(self, repository: Repository) -> None:
        """J6: whoever asks for the content of a reply or a note gets the entry, to judge it, and no place."""
        _attach(repository, "one")
        kept = write(repository)
        with repository.reading() as work:
            found = work.files.kept("acme", kept.entry.id)
        assert found is not None
        assert (kept.entry, None) == (found[0].entry, found[1])

    def test_a_file_is_claimed_when_it_is_due_by_one_worker(self, repository: Repository) -> None:
        """What waits is taken once, oldest first, and again when the claim has run out."""
        _attach(repository, "later", due=2)
        _attach(repository, "soon", due=1)
        _attach(repository, "never", due=None)
        with repository.reading() as work:
            assert MONDAY + _MINUTE == work.files.next_due()
        assert [] == _claim(repository, 0)
        assert ["soon", "later"] == [task.blob_key for task in _claim(repository, 2)]
        assert [] == _claim(repository, 2)
        again = _claim(repository, 3)
        assert ["later", "soon"] == sorted(task.blob_key for task in again)
        assert [2, 2] == [task.attempt for task in again]
        assert [1] == [len(_claim(repository, 9, limit=1))]

    def test_a_claim_says_what_is_wanted(self, repository: Repository) -> None:
        """A task holds the entry, what its content is called, and whether to scan and to draw it."""
        kept = _attach(repository, "one", state=ScanState.PENDING, due=0)
        (task,) = _claim(repository, 0)
        assert ("acme", kept.entry, "one") == (task.business_id, task.kept.entry, task.blob_key)
        assert (True, True, 1) == (task.scan_wanted, task.preview_wanted, task.attempt)

    def test_only_the_last_claim_settles(self, repository: Repository) -> None:
        """Whoever was too slow changes nothing; what is settled waits for nobody, and its preview can be opened."""
        kept = _attach(repository, "one", due=0)
        (slow,), (quick,) = _claim(repository, 0), _claim(repository, 1)
        assert not _settle(repository, slow, "lost")
        assert _settle(repository, quick, "drawn")
        assert not _settle(repository, quick, "twice")
        with repository.reading() as work:
            found = work.files.kept("acme", kept.entry.id)
            assert work.files.next_due() is None
        assert found is not None
        assert Blob(key="one", preview_key="drawn") == found[1]
        assert [] == _claim(repository, 9)

    def test_a_task_can_be_put_off(self, repository: Repository) -> None:
        """A scanner that is down means waiting: the file is due again, as wanted as before."""
        _attach(repository, "one", state=ScanState.PENDING, due=0)
        (task,) = _claim(repository, 0)
        with repository.atomic() as work:
            assert work.files.settle(
                task, state=ScanState.PENDING, preview_key=None, preview_wanted=True, due_at=MONDAY + 5 * _MINUTE
            )
        assert [] == _claim(repository, 4)
        (again,) = _claim(repository, 5)
        assert (True, True, 2) == (again.scan_wanted, again.preview_wanted, again.attempt)

    def test_the_sweep_is_told_what_is_used(self, repository: Repository) -> None:
        """Contents and previews of every business are used; a key that no row names is not."""
        _attach(repository, "one", due=0)
        _attach(repository, "two", business_id="volt")
        _settle(repository, _claim(repository, 0)[0], "drawn")
        with repository.reading() as work:
            assert {"one", "two", "drawn"} == work.files.used(["one", "two", "drawn", "orphan", "ONE"])
            assert set() == work.files.used([])


def _attach(
    repository: Repository,
    key: str,
    *,
    business_id: str = "acme",
    name: str = "plan.pdf",
    state: ScanState = ScanState.CLEAN,
    due: int | None = None,
) -> KeptEntry:
    """Keep a file, due so many minutes from Monday."""
    file = File(name=name, size=7, type="application/pdf", sha256="0" * 64, state=state)
    with repository.atomic() as work:
        kept = write_in(work, business_id=business_id, kind=EntryKind.FILE, visibility=Visibility.INTERNAL, file=file)
        thread = work.entries.lock(business_id, kept.entry.scope)
        assert thread is not None
        due_at = None if due is None else MONDAY + due * _MINUTE
        work.files.add(thread, kept, Blob(key=key, preview_wanted=due is not None), due_at=due_at)
    return kept


def _claim(repository: Repository, minutes: int, limit: int = 10) -> Sequence[FileTask]:
    """Claim so many minutes after Monday, for one minute."""
    now = MONDAY + minutes * _MINUTE
    with repository.atomic() as work:
        return work.files.claim(now=now, until=now + _MINUTE, limit=limit)


def _settle(repository: Repository, task: FileTask, preview_key: str) -> bool:
    with repository.atomic() as work:
        return work.files.settle(
            task, state=ScanState.CLEAN, preview_key=preview_key, preview_wanted=False, due_at=None
        )
