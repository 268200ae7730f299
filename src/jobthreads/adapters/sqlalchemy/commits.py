"""Calls that wait for the host's commit: dropped with its rollback, or with the rollback of its savepoint."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

__all__ = ["call_after_commit"]

_KEY = "jobthreads.commits"
_listening: WeakSet[Engine] = WeakSet()
_log = logging.getLogger("jobthreads")


class _Waiting:
    """What waits on one database connection, and where the host's savepoints stand in it."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []
        self.savepoints: dict[str, int] = {}
        self.committed = False


def call_after_commit(connection: Connection, call: Callable[[], None]) -> None:
    """Call this after the host's commit, as soon as the connection is given back or begins anew."""
    engine = connection.engine
    if engine not in _listening:
        _listen(engine)
        _listening.add(engine)
    waiting = connection.info.setdefault(_KEY, _Waiting())
    waiting.calls.append(call)


def _listen(engine: Engine) -> None:
    # SQLAlchemy tells of a commit just before it is made; that it was made shows when the connection goes on.
    event.listen(engine, "commit", _committing)
    event.listen(engine, "rollback", _rolled_back)
    event.listen(engine, "savepoint", _saved)
    event.listen(engine, "rollback_savepoint", _rolled_back_to)
    event.listen(engine, "begin", _begun)
    event.listen(engine, "checkin", _given_back)


def _committing(connection: Connection) -> None:
    waiting: _Waiting | None = connection.info.get(_KEY)
    if waiting is not None:
        waiting.committed = True


def _rolled_back(connection: Connection) -> None:
    connection.info.pop(_KEY, None)


def _saved(connection: Connection, name: str) -> None:
    waiting: _Waiting | None = connection.info.get(_KEY)
    if waiting is not None:
        waiting.savepoints[name] = len(waiting.calls)


def _rolled_back_to(connection: Connection, name: str, _: Any) -> None:
    waiting: _Waiting | None = connection.info.get(_KEY)
    if waiting is not None:
        # A savepoint that we never saw was set before the first call, so all of them came after it.
        del waiting.calls[waiting.savepoints.get(name, 0) :]


def _begun(connection: Connection) -> None:
    _go(connection.info)


def _given_back(_: Any, record: Any) -> None:
    _go(record.info)


def _go(info: dict[Any, Any]) -> None:
    waiting: _Waiting | None = info.pop(_KEY, None)
    if waiting is None or not waiting.committed:
        return
    for call in waiting.calls:
        try:
            call()
        except Exception:  # noqa: BLE001 - the host's commit has happened; nothing may undo its success
            _log.exception("A call after the host's commit failed.")
