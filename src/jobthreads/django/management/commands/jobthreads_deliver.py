"""`manage.py jobthreads_deliver`."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error

from jobthreads.django import threads
from jobthreads.django.wiring import own_connections
from jobthreads.errors import JobThreadsError

_POLL = 5.0
"""Seconds: what another process queued is seen after that at the latest."""


class Command(BaseCommand):
    """Sends notifications, and scans files, until stopped."""

    help = "Send notifications until stopped by SIGTERM or Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--once`."""
        parser.add_argument("--once", action="store_true", help="send what is due now, then stop")

    def handle(self, **options: Any) -> None:
        """Send what is due; a database that does not answer is asked again later."""
        stopping = threading.Event()
        if options["once"]:
            self._send(stopping)
            return

        def stop(_: int, __: FrameType | None) -> None:
            stopping.set()

        before = {name: signal.signal(name, stop) for name in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not stopping.is_set():
                try:
                    self._send(stopping)
                except (JobThreadsError, Error) as error:
                    self.stderr.write(f"{error} Trying again in {_POLL:.0f} seconds.")
                stopping.wait(_POLL)
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    @staticmethod
    def _send(stopping: threading.Event) -> None:
        while not stopping.is_set():
            with own_connections():
                if not threads.delivery.run_once():
                    return
