"""The sweep: blobs that no entry uses are taken away, a day after they were written."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

from jobthreads.services.attaching import storage_of
from jobthreads.services.ground import Ground

__all__ = ["sweep"]

_A_DAY = timedelta(days=1)
"""Longer than any upload takes: what is younger may still get its entry."""

_AT_ONCE = 500


def sweep(ground: Ground) -> int:
    """Take away what crashes left in the storage since before yesterday; how many blobs and pieces that were."""
    storage = storage_of(ground)
    before = ground.clock() - _A_DAY
    gone = storage.sweep_leftovers(before)
    keys = storage.keys_older_than(before)
    while some := list(islice(keys, _AT_ONCE)):
        with ground.repository.atomic() as work:
            used = work.files.used(some)
            for key in some:
                if key not in used:
                    storage.delete(key)
                    gone += 1
    return gone
