"""Reach: the access rule as one value, for the check of one thread and for the WHERE of every list."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Self

from attrs import frozen

from jobthreads.domain.records import Scope

__all__ = ["Reach"]


@lru_cache(maxsize=4096)
def _job(job_id: str) -> Scope:
    # The same jobs are asked for on every call of the people who work on them.
    return Scope.job(job_id)


@frozen
class Reach:
    """Which threads of a business a person may see: all of them, or just these scopes (M3).

    `scopes` is None for all. Use the four makers.
    """

    scopes: frozenset[Scope] | None

    @classmethod
    def everything(cls) -> Reach:
        """Reach every thread of the business."""
        return _EVERYTHING

    @classmethod
    def records(cls, scopes: Iterable[Scope]) -> Self:
        """Reach the threads of these jobs and quotes."""
        return cls(frozenset(scopes))

    @classmethod
    def jobs(cls, job_ids: Iterable[str]) -> Self:
        """Reach the threads of these jobs, by the host's ids."""
        return cls(frozenset(map(_job, job_ids)))

    @classmethod
    def nothing(cls) -> Self:
        """Reach no thread at all."""
        return cls(frozenset())

    def holds(self, scope: Scope) -> bool:
        """Tell whether the thread of `scope` is in reach."""
        return self.scopes is None or scope in self.scopes

    def within(self, scopes: Iterable[Scope]) -> Reach:
        """Give the part of this reach that lies in `scopes`."""
        return Reach(frozenset(scope for scope in scopes if self.holds(scope)))


_EVERYTHING = Reach(None)
