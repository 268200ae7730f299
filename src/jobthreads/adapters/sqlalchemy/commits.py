"""Calls that wait for the host's commit: dropped with its rollback, or with the rollback of its savepoint."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, ExceptionContext

__all__ = ["call_after_commit", "listen_to"]

_KEY = "jobthreads.commits"
_RELEASED = "jobthreads.released"
_listening: WeakSet[Engine] = WeakSet()
_log = logging.getLogger("jobthreads")


class _Waiting:
    """What waits on one database connection: each call with the number of the savepoint it was made in."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, Callable[[], None]]] = []
        self.committed = False


def listen_to(connection: Connection) -> None:
    """Follow what becomes of transactions and savepoints on this connection's engine, from now on."""
    engine = connection.engine
    if engine in _listening:
        return
    # SQLAlchemy tells of a commit just before it is made; that it was made shows when the connection goes on, and
    # that it was not by an error in between.
    event.listen(engine, "commit", _committing)
    event.listen(engine, "handle_error", _failed)
    event.listen(engine, "rollback", _rolled_back)
    event.listen(engine, "release_savepoint", _released)
    event.listen(engine, "rollback_savepoint", _rolled_back_to)
    event.listen(engine, "begin", _begun)
    event.listen(engine, "checkin", _given_back)
    _listening.add(engine)


def call_after_commit(connection: Connection, call: Callable[[], None]) -> None:
    """Call this after the host's commit, as soon as the connection is given back or begins anew.

    To be asked for right after the release of the savepoint in which it came up; `listen_to` must come before that.
    """
    waiting: _Waiting = connection.info.setdefault(_KEY, _Waiting())
    waiting.calls.append((connection.info.get(_RELEASED, 0), call))


def _number(savepoint: str) -> int:
    # SQLAlchemy counts its savepoints up on each connection, and tells their names only when they end.
    number = savepoint.rpartition("_")[2]
    return int(number) if number.isdecimal() else 0


def _committing(connection: Connection) -> None:
    waiting: _Waiting | None = connection.info.get(_KEY)
    if waiting is not None:
        waiting.committed = True


def _failed(context: ExceptionContext) -> None:
    connection = context.connection
    if connection is None or connection.invalidated or connection.closed:
        return
    waiting: _Waiting | None = connection.info.get(_KEY)
    if waiting is not None and waiting.committed:
        connection.info.pop(_KEY)


def _rolled_back(connection: Connection) -> None:
    connection.info.pop(_KEY, None)


def _released(connection: Connection, name: str, _: Any) -> None:
    connection.info[_RELEASED] = _number(name)


def _rolled_back_to(connection: Connection, name: str, _: Any) -> None:
    waiting: _Waiting | None = connection.info.get(_KEY)
    if waiting is not None:
        waiting.calls = [(made_in, call) for made_in, call in waiting.calls if made_in < _number(name)]


def _begun(connection: Connection) -> None:
    _go(connection.info)


def _given_back(_: Any, record: Any) -> None:
    _go(record.info)


def _go(info: dict[Any, Any]) -> None:
    waiting: _Waiting | None = info.pop(_KEY, None)
    if waiting is None or not waiting.committed:
        return
    for _, call in waiting.calls:
        try:
            call()
        except Exception:  # noqa: BLE001 - the host's commit has happened; nothing may undo its success
            _log.exception("A call after the host's commit failed.")
