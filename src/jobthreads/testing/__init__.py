"""What a host's tests need: a ready `JobThreads`, small builders, and a contract suite for every port.

A suite is run by a subclass that overrides its fixtures::

    class TestOurDirectory(DirectoryContract):
        @pytest.fixture
        def known(self):
            return KnownDirectory(directory=Directory(), business=…, team=…, clients=…, records=…)
"""

import pytest

# Their asserts are what a host reads when its port fails, so they are explained like those of a test file.
pytest.register_assert_rewrite("jobthreads.testing.contracts")

from jobthreads.testing.builders import TrialThreads, business, client, job, quote, staff, threads  # noqa: E402
from jobthreads.testing.clock import MONDAY, Clock  # noqa: E402
from jobthreads.testing.contracts.blobs import BlobStorageContract, ReceivingContract  # noqa: E402
from jobthreads.testing.contracts.directory import DirectoryContract, KnownDirectory  # noqa: E402
from jobthreads.testing.contracts.notifier import NotifierContract, notification  # noqa: E402
from jobthreads.testing.contracts.repository import RepositoryContract  # noqa: E402
from jobthreads.testing.contracts.transactions import HostTransaction  # noqa: E402
from jobthreads.testing.mailbox import Mailbox  # noqa: E402

__all__ = [
    "MONDAY",
    "BlobStorageContract",
    "Clock",
    "DirectoryContract",
    "HostTransaction",
    "KnownDirectory",
    "Mailbox",
    "NotifierContract",
    "ReceivingContract",
    "RepositoryContract",
    "TrialThreads",
    "business",
    "client",
    "job",
    "notification",
    "quote",
    "staff",
    "threads",
]
