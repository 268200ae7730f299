"""The delivery thread: sends by itself in a web process, so that a small host needs no worker."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from jobthreads.services.delivery import DeliveryRoom
from jobthreads.services.ground import Ground

__all__ = ["DeliveryThread"]

_LONGEST_SLEEP = 30.0
"""Seconds: what another process queued is seen after that at the latest."""

_log = logging.getLogger("jobthreads")


class DeliveryThread:
    """One daemon thread per process; it wakes on a commit and when the next delivery is due."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fresh()

    def _fresh(self) -> None:
        self._pid: int | None = None
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, ground: Ground, context: Callable[[], AbstractContextManager[object]] | None = None) -> None:
        """Start the thread, once per process id: a forked worker starts its own."""
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid == os.getpid() or self._stopping.is_set():
                return
            self._fresh()
            self._pid = os.getpid()
            self._thread = threading.Thread(
                target=self._run, args=(ground, context or nullcontext), name="jobthreads-delivery", daemon=True
            )
            self._thread.start()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    def stop(self) -> None:
        """End the thread after the notification it is sending, and wait for it."""
        self._stopping.set()
        self._woken.set()
        thread = self._thread
        if thread is not None and self._pid == os.getpid() and thread is not threading.current_thread():
            thread.join(timeout=30)

    def _run(self, ground: Ground, context: Callable[[], AbstractContextManager[object]]) -> None:
        room = DeliveryRoom(ground)
        while not self._stopping.is_set():
            self._woken.clear()
            sleep = _LONGEST_SLEEP
            try:
                with context():
                    while not self._stopping.is_set() and room.run_once():
                        pass
                    with ground.repository.reading() as work:
                        waiting = [work.outbox.next_due(), work.files.next_due()]
                due = min((time for time in waiting if time is not None), default=None)
                if due is not None:
                    sleep = min(max((due - ground.clock()).total_seconds(), 0.05), _LONGEST_SLEEP)
            except Exception:  # noqa: BLE001 - the thread must outlive whatever a database or notifier does
                _log.exception("The delivery thread failed and tries again in %d seconds.", sleep)
            self._woken.wait(sleep)
