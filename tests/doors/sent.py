"""What is really sent to a database: heard at the driver or on the wire, BEGIN and COMMIT included."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection

from jobthreads import Scope
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository

_NOWHERE = Scope.job("none")

_PING = {"SELECT 1", "PING"}
"""What asks a connection that has rested for a second whether it is still there: a matter of the machine's haste."""


class Sent:
    """The statements that went to the database, in their order."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], list[str]]] = []
        self.stack = ExitStack()

    def during(self, call: Callable[[], object]) -> list[str]:
        """What this call sends."""
        before = [listen() for listen in self._listeners]
        call()
        after = [listen() for listen in self._listeners]
        before += [[] for _ in after[len(before) :]]
        return [
            text for early, late in zip(before, after, strict=True) for text in late[len(early) :] if text not in _PING
        ]

    def listen(self, connection: Any, _: object = None) -> None:
        """Hear everything that this connection sends from now on."""
        driver = type(connection).__module__.partition(".")[0]
        self._listeners.append(
            {"sqlite3": _sqlite, "psycopg": _postgresql, "pymysql": _mariadb}[driver](connection, self.stack)
        )


@contextmanager
def sent(repository: SQLAlchemyRepository) -> Iterator[Sent]:
    """Listen to every connection of a repository."""
    heard = Sent()
    repository.engine.dispose()
    event.listen(repository.engine, "connect", heard.listen)
    # The connection is opened beforehand, with what is sent to set it up.
    with repository.reading() as work:
        work.bell.unread_in("nobody", "nobody", _NOWHERE)
    with heard.stack:
        yield heard
    event.remove(repository.engine, "connect", heard.listen)
    repository.engine.dispose()


@contextmanager
def listening_to(connection: Connection) -> Iterator[Sent]:
    """Listen to one open connection of the host's."""
    heard = Sent()
    heard.listen(connection.connection.dbapi_connection)
    with heard.stack:
        yield heard


def _sqlite(connection: Any, _: ExitStack) -> Callable[[], list[str]]:
    heard: list[str] = []

    def listen(text: str) -> None:
        # What a trigger does is told as its statement once more, and what the full-text index looks up by itself too.
        if heard[-1:] != [text] and "'main'" not in text:
            heard.append(text)

    connection.set_trace_callback(listen)
    return lambda: list(heard)


_MESSAGE = re.compile(
    r'^\S+ \S+\tF\t\d+\t(?:Query\t "(.*?)"$|Parse\t "(.*?)" "(.*?)" \d+(?: |$)|Bind\t ".*?" "(.*?)" |(Execute)\t)',
    re.MULTILINE | re.DOTALL,
)
"""A message to the server, as libpq writes it down."""


def _postgresql(connection: Any, open_until_the_end: ExitStack) -> Callable[[], list[str]]:
    file = open_until_the_end.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    connection.pgconn.trace(file.fileno())
    open_until_the_end.callback(connection.pgconn.untrace)

    def heard() -> list[str]:
        file.seek(0)
        named: dict[str, str] = {}
        texts: list[str] = []
        bound = ""
        for message in _MESSAGE.finditer(file.read().decode()):
            query, name, parsed, bind, execute = message.groups()
            if query is not None:
                texts.append(query)
            elif parsed is not None:
                named[name] = parsed
            elif bind is not None:
                bound = bind
            elif execute is not None:
                texts.append(named.get(bound, ""))
        return texts

    return heard


def _mariadb(connection: Any, _: ExitStack) -> Callable[[], list[str]]:
    heard: list[str] = []
    execute = connection._execute_command

    def listen(command: int, sql: str | bytes) -> Any:
        text = sql.decode("utf-8", "replace") if isinstance(sql, bytes | bytearray) else sql
        heard.append("PING" if command == 14 else text)
        return execute(command, sql)

    connection._execute_command = listen
    return lambda: list(heard)
