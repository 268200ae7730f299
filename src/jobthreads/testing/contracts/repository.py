"""The contract of a `Repository`: every room, and the transaction around them."""

from __future__ import annotations

import pytest

from jobthreads.ports import Repository
from jobthreads.testing.contracts.bells import BellContract, MarksContract
from jobthreads.testing.contracts.files import FilesContract
from jobthreads.testing.contracts.lines import EntriesContract, InboxContract
from jobthreads.testing.contracts.links import LinksContract
from jobthreads.testing.contracts.names import NamesContract
from jobthreads.testing.contracts.outboxes import OutboxContract
from jobthreads.testing.contracts.searches import SearchContract
from jobthreads.testing.contracts.transactions import HostTransaction, TransactionContract

__all__ = ["RepositoryContract"]


class RepositoryContract(
    TransactionContract,
    NamesContract,
    EntriesContract,
    InboxContract,
    FilesContract,
    SearchContract,
    MarksContract,
    BellContract,
    OutboxContract,
    LinksContract,
):
    """Override the fixtures `repository` and `host_transaction`."""

    @pytest.fixture
    def repository(self) -> Repository:
        """The repository on trial, empty."""
        raise NotImplementedError("Override the fixture `repository`.")

    @pytest.fixture
    def host_transaction(self, repository: Repository) -> HostTransaction:
        """What opens a transaction of the host on the same database."""
        raise NotImplementedError("Override the fixture `host_transaction`.")
