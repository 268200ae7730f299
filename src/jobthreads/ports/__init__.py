"""What a host plugs in: each port states its duties, and ships a contract suite in `jobthreads.testing`."""

from jobthreads.ports.contents import BlobStorage, Readable, Receiving, Scanner
from jobthreads.ports.host import Directory, Notifier
from jobthreads.ports.repository import Repository, UnitOfWork
from jobthreads.ports.rooms import Bell, Entries, Files, Inbox, Links, Marks, Outbox, Search

__all__ = [
    "Bell",
    "BlobStorage",
    "Directory",
    "Entries",
    "Files",
    "Inbox",
    "Links",
    "Marks",
    "Notifier",
    "Outbox",
    "Readable",
    "Receiving",
    "Repository",
    "Scanner",
    "Search",
    "UnitOfWork",
]
