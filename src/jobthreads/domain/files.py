"""Files behind their entries: where the content lies, what is still to be done, and a file held open."""

from __future__ import annotations

from attrs import frozen

from jobthreads.domain.entries import KeptEntry

__all__ = ["Blob", "FileTask"]


@frozen(kw_only=True)
class Blob:
    """Where a file's content lies in the storage, and its preview once there is one; keys are random (never a name)."""

    key: str
    preview_key: str | None = None
    preview_wanted: bool = False


@frozen(kw_only=True)
class FileTask:
    """A file claimed by a worker, to be scanned or previewed; `token` proves the claim, `attempt` counts from 1."""

    business_id: str
    kept: KeptEntry
    blob_key: str
    token: str
    scan_wanted: bool
    preview_wanted: bool
    attempt: int
