"""`manage.py jobthreads_sweep`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobthreads.django import threads
from jobthreads.errors import JobThreadsError


class Command(BaseCommand):
    """Takes away stored files that no entry uses, a day after they were written."""

    help = "Take away stored files that no entry uses."

    def handle(self, **_: Any) -> None:
        """Sweep, and say how many there were."""
        try:
            gone = threads.sweep()
        except JobThreadsError as error:
            raise CommandError(f"{error} {error.hint}") from error
        self.stdout.write(f"{gone} unused files were taken away.")
