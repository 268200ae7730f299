"""Jobs and quotes, as the host gives them, and the scope that names one of them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Protocol, Self

from attrs import field, frozen

from jobthreads.domain.identifiers import check_host_id, is_host_id
from jobthreads.domain.making import draft_of
from jobthreads.errors import Misconfigured, NotFound

__all__ = ["Job", "OfRecord", "Quote", "Record", "Scope", "ScopeKind", "known_scope"]


class ScopeKind(StrEnum):
    """Whether a thread belongs to a job or to a quote."""

    JOB = "job"
    QUOTE = "quote"


# Its hash is kept: every list looks its rows' records up by their scopes, and an enum's hash takes long.
@frozen(kw_only=True, order=True, weakref_slot=False, cache_hash=True)
class Scope:
    """Which record a thread belongs to: the one name of a thread everywhere (M1).

    `str(scope)` is `"job:1042"`, and `Scope.parse` reads that back.
    """

    kind: ScopeKind = field(converter=ScopeKind)
    id: str = field(validator=check_host_id)

    @classmethod
    def job(cls, job_id: str) -> Self:
        """Name the thread of a job by the host's id."""
        return cls(kind=ScopeKind.JOB, id=job_id)

    @classmethod
    def quote(cls, quote_id: str) -> Self:
        """Name the thread of a quote by the host's id."""
        return cls(kind=ScopeKind.QUOTE, id=quote_id)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `"job:1042"`; raises `NotFound` for what names no record (it may come from an address)."""
        kind, _, scope_id = text.partition(":")
        if kind not in ScopeKind._value2member_map_ or not is_host_id(scope_id):
            raise NotFound
        return cls(kind=ScopeKind(kind), id=scope_id)

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


_ScopeDraft = draft_of(Scope)


@lru_cache(maxsize=8192)
def known_scope(kind: ScopeKind, checked_id: str) -> Scope:
    """Name a record by an id that was checked before."""
    # The same few hundred records stand on the first pages of all lists: one value for each is found faster.
    draft = _ScopeDraft()
    draft.kind = kind
    draft.id = checked_id
    draft._attrs_cached_hash = None
    draft.__class__ = Scope
    scope: Scope = draft
    return scope


def _staff_ids(ids: Iterable[str]) -> tuple[str, ...]:
    if isinstance(ids, str):
        raise Misconfigured(f"Job.assigned_to is the string {ids!r:.80}: give a list of staff ids.")
    return tuple(ids)


@frozen(kw_only=True)
class Job:
    """A job of the host.

    `assigned_to` holds staff ids, from any iterable; `client_uploads` is its pipeline's "Customer can upload" (J8).
    """

    id: str = field(validator=check_host_id)
    business_id: str = field(validator=check_host_id)
    client_id: str = field(validator=check_host_id)
    reference: str
    title: str
    assigned_to: tuple[str, ...] = field(default=(), converter=_staff_ids)
    client_uploads: bool = False

    @property
    def scope(self) -> Scope:
        """The name of this job's thread."""
        return known_scope(ScopeKind.JOB, self.id)


@frozen(kw_only=True)
class Quote:
    """A quote of the host; without `sent_to_portal` nobody writes on it, and the client does not see it (M4)."""

    id: str = field(validator=check_host_id)
    business_id: str = field(validator=check_host_id)
    client_id: str = field(validator=check_host_id)
    reference: str
    title: str
    sent_to_portal: bool = False

    @property
    def scope(self) -> Scope:
        """The name of this quote's thread."""
        return known_scope(ScopeKind.QUOTE, self.id)


Record = Job | Quote
"""A job or a quote."""


class OfRecord(Protocol):
    """One row of a list, with the record it stands on as it was last known; the host's present names come later."""

    @property
    def scope(self) -> Scope:
        """The record's name."""

    @property
    def reference(self) -> str:
        """The record's reference."""

    @property
    def title(self) -> str:
        """The record's title."""

    @property
    def client_id(self) -> str:
        """The id of the record's client."""

    @property
    def client_name(self) -> str:
        """The name of the record's client."""
