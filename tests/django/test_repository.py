"""The repository's contract over Django's connections, on every database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections, transaction

from jobthreads.django.repository import DjangoRepository
from jobthreads.testing import HostTransaction, RepositoryContract


class TidyRepository(DjangoRepository):
    """Closes what a thread of a test has opened, as Django does at the end of a request."""

    @contextmanager
    def atomic(self):
        with self._closing(), super().atomic() as work:
            yield work

    @contextmanager
    def reading(self):
        with self._closing(), super().reading() as work:
            yield work

    @contextmanager
    def _closing(self):
        try:
            yield
        finally:
            if threading.current_thread() is not threading.main_thread():
                connections[self.alias].close()


class TestDjango(RepositoryContract):
    """`DjangoRepository` over the project's connection."""

    @pytest.fixture
    def repository(self, alias) -> DjangoRepository:
        return TidyRepository(alias)

    @pytest.fixture
    def host_transaction(self, alias) -> HostTransaction:
        @contextmanager
        def begin() -> Iterator[object]:
            with transaction.atomic(using=alias):
                yield connections[alias]

        return begin
