"""Named crash points: a test arms one by name, and the process dies there; in production they do nothing."""

from __future__ import annotations

import os
import signal

__all__ = ["hit"]


def hit(point: str) -> None:
    """Kill this very process with SIGKILL when the environment variable `JOBTHREADS_FAULT` names `point`."""
    if os.environ.get("JOBTHREADS_FAULT") == point:
        os.kill(os.getpid(), signal.SIGKILL)
