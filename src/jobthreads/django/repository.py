"""`DjangoRepository`: the rooms over Django's own connections, so that all of Django's tools see what they do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import InterfaceError, OperationalError, connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from sqlalchemy.engine import URL
from sqlalchemy.engine.default import DefaultDialect

from jobthreads.adapters.sqlalchemy.dialect import Cursor, Runner
from jobthreads.adapters.sqlalchemy.repository import SQLAlchemyUnitOfWork, Statements
from jobthreads.errors import Misconfigured, Unavailable

__all__ = ["DjangoRepository"]

_DIALECTS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg", "mysql": "mariadb+pymysql"}
"""Only their compilers are used: every statement runs through Django's own driver."""

_log = logging.getLogger("jobthreads")


class DjangoRepository:
    """A `Repository` on a database of the Django project.

    Every call joins the `transaction.atomic` that is open, as a savepoint; there, errors are Django's own and pass
    unchanged. Outside of one, a database that does not answer is `Unavailable`.

    Args:
        alias: which of `DATABASES`; None asks the project's routers on every call.
    """

    def __init__(self, alias: str | None = None) -> None:
        self._alias = alias

    @property
    def alias(self) -> str:
        """The database that is used now."""
        if self._alias is not None:
            return self._alias
        from jobthreads.django.models import Entry

        return router.db_for_write(Entry)

    @contextmanager
    def atomic(self) -> Iterator[SQLAlchemyUnitOfWork]:
        """A transaction of our own, or a savepoint in the one that is open."""
        alias = self.alias

        def after_commit(call: Callable[[], None]) -> None:
            transaction.on_commit(call, using=alias, robust=True)

        with _answering(connections[alias]), transaction.atomic(using=alias):
            yield SQLAlchemyUnitOfWork(_CursorRunner(alias), _statements_of(alias), after_commit)

    @contextmanager
    def reading(self) -> Iterator[SQLAlchemyUnitOfWork]:
        """A read without a transaction of its own."""
        alias = self.alias
        with _answering(connections[alias]):
            yield SQLAlchemyUnitOfWork(_CursorRunner(alias), _statements_of(alias), lambda call: call())

    def using(self, connection: object) -> DjangoRepository:
        """The same on another of Django's databases, given by alias or as its connection.

        The transaction that is open needs no `using`: every call joins it.
        """
        if isinstance(connection, BaseDatabaseWrapper):
            return DjangoRepository(connection.alias)
        if isinstance(connection, str) and connection in connections:
            return DjangoRepository(connection)
        raise Misconfigured(
            f"using() was given {type(connection).__name__}.",
            hint="In Django, call the doors inside `with transaction.atomic():` and they join it. "
            "using() takes an alias of DATABASES, or django.db.connections[alias].",
        )


class _CursorRunner(Runner):
    """Sends statements through a Django cursor, taken anew each time: a connection belongs to its thread."""

    __slots__ = ("_alias",)

    def __init__(self, alias: str) -> None:
        self._alias = alias

    def send(self, text: str, values: Any) -> Cursor:
        """Send one statement as the text it is."""
        cursor = connections[self._alias].cursor()
        try:
            if isinstance(values, list):
                cursor.executemany(text, values)
            else:
                cursor.execute(text, values or ())
        except BaseException:
            cursor.close()
            raise
        return cursor


def _statements_of(alias: str) -> Statements:
    return _statements(connections[alias].vendor)


@cache
def _statements(vendor: str) -> Statements:
    if vendor not in _DIALECTS:
        raise Misconfigured(f"The database {vendor!r} is not supported.", hint="Use SQLite, PostgreSQL or MariaDB.")
    dialect: type[DefaultDialect] = URL.create(_DIALECTS[vendor]).get_dialect()  # type: ignore[assignment]
    return Statements(dialect(paramstyle="format"))


@contextmanager
def _answering(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Outside of the host's transaction, say once that the database cannot answer now."""
    if connection.in_atomic_block or (connection.connection is not None and not connection.autocommit):
        yield
        return
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        _log.warning("The database does not answer: %s", type(error).__name__)
        raise Unavailable from error
