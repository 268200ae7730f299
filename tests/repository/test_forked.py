"""A web server that forks its workers after the application was set up: each has connections of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from tests.servers import ON_EVERY_DATABASE

pytestmark = [
    ON_EVERY_DATABASE("postgresql", "mariadb"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="There are no forks here."),
]

_PARENT = """
import os, sys
from contextlib import ExitStack
from jobthreads import Scope
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository

url, question, end = sys.argv[1:]
repository = SQLAlchemyRepository.from_url(url)

def number():
    with repository.reading() as work:
        return work._runner.send(question, ()).fetchone()[0]

first = number()
if end == "beside others":
    with ExitStack() as some:
        for _ in range(3):
            some.enter_context(repository.reading()).bell.unread_in("acme", "kim", Scope.job("1"))
        for _ in range(11):
            some.enter_context(repository.engine.connect())
    first = number()
child = os.fork()
if child == 0:
    if end == "at once":
        repository.close()
    own = number()
    assert own == number() != first, (own, first)
    repository.close()
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
assert first == number()
repository.close()
"""


@pytest.mark.parametrize("end", ["at once", "at the end", "beside others"])
def test_a_fork_leaves_its_parents_connections_alone(
    repository: SQLAlchemyRepository, database_kind: str, database_url: str, end: str
) -> None:
    """S4: what rests in the parent is neither used nor closed by its fork, whenever that closes what is its own."""
    question = {"postgresql": "SELECT pg_backend_pid()", "mariadb": "SELECT CONNECTION_ID()"}[database_kind]
    done = subprocess.run([sys.executable, "-c", _PARENT, database_url, question, end], capture_output=True, text=True)
    assert (0, "") == (done.returncode, done.stderr)
