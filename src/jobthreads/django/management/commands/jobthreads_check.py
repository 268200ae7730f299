"""`manage.py jobthreads_check`."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from jobthreads.adapters.sqlalchemy.migrations import newest_revision
from jobthreads.django import conf, threads
from jobthreads.django.repository import DjangoRepository
from jobthreads.django.schema import current_revision


class Command(BaseCommand):
    """Tells whether settings, tables and deliveries are in order."""

    help = "Check the setting JOBTHREADS, the tables, and what could not be delivered."

    def handle(self, **_: Any) -> None:
        """Run our system checks with the database's, then look at the tables and the outbox."""
        alias = DjangoRepository(conf.configured().database).alias
        call_command("check", "jobthreads", databases=[alias], stdout=self.stdout, stderr=self.stderr)
        present, newest = current_revision(connections[alias]), newest_revision()
        if present != newest:
            raise CommandError(f"The tables stand at {present or 'nothing'}, this release wants {newest}: run migrate.")
        self.stdout.write(f"The tables stand at the newest revision, {newest}.")
        failed = threads.delivery.failed()
        if failed:
            self.stdout.write(f"{len(failed)} notifications were given up; threads.delivery.failed() lists them.")
