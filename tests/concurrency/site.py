"""The business that several processes and threads write to at once; also run as a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from jobthreads import Business, Client, Job, JobThreads, Role, Settings, Staff, StaticDirectory
from jobthreads.adapters.email import EmailNotifier, MailFolder
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository

BOSS = Staff(id="7", business_id="acme", name="Kim Lee", role=Role.BUSINESS_OWNER)
CLIENT = Client(id="c1", business_id="acme", name="Dana Reyes", email="dana@example.com")
JOB = Job(id="1042", business_id="acme", client_id="c1", reference="J-1042", title="Kitchen rewire")

THREADS = 4


@contextmanager
def open_site(folder: Path, url: str) -> Iterator[JobThreads]:
    """The same business over the same database and mail folder, as each process opens it; no cap on mails."""
    repository = SQLAlchemyRepository.from_url(url)
    yield JobThreads(
        directory=StaticDirectory(
            businesses=[Business(id="acme", name="Acme Electrical", portal_enabled=True)],
            staff=[BOSS],
            clients=[CLIENT],
            records=[JOB],
        ),
        repository=repository,
        notifiers=[EmailNotifier(MailFolder(folder / "mail"), sender="Acme <no-reply@acme.example>")],
        portal_url="https://acme.example/portal",
        delivery="off",
        settings=Settings(mails_an_hour=None),
    )
    repository.close()


def write(folder: Path, url: str, process: str, replies: int) -> None:
    """Write so many replies in each of four threads, and print each one that was acknowledged."""
    with open_site(folder, url) as site, ThreadPoolExecutor(THREADS) as pool:

        def lane(number: int) -> None:
            for count in range(replies):
                name = f"{process}-{number}-{count}"
                entry = site.staff.reply(BOSS, JOB.scope, f"Reply {name}", request_id=name)
                sys.stdout.write(f"{entry.seq} {name}\n")

        list(pool.map(lane, range(THREADS)))


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
