"""Fills databases with the workload, fast, and keeps them between runs."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url

from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.adapters.sqlalchemy.migrations import newest_revision
from tests.benchmarks import lines, world
from tests.benchmarks.lines import COLUMNS, rows
from tests.benchmarks.world import Size, World

__all__ = ["MariaDB", "Place", "PostgreSQL", "SQLite"]


_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
_WORDS = """
    INSERT INTO jobthreads_words_place (business_id, thread_id, seq)
        SELECT business_id, thread_id, seq FROM jobthreads_entry WHERE words IS NOT NULL;
    INSERT INTO jobthreads_words (rowid, words)
        SELECT p.id, e.words FROM jobthreads_words_place p JOIN jobthreads_entry e USING (business_id, thread_id, seq)
"""
_INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid), (
        SELECT a.attstattarget FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = 1 AND a.attstattarget > 0
    )
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relname LIKE 'jobthreads%' AND NOT i.indisunique
"""


def _fingerprint() -> str:
    """What the kept rows were made by: another workload or schema makes new ones."""
    digest = hashlib.sha256(str(newest_revision()).encode())
    for module in (lines, world):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()[:12]


class Place(ABC):
    """A database product, where the workload of each size is kept and copies of it are made.

    Without `words` nothing can be searched for, and the workload is loaded in a third of the time.
    """

    name: str

    def __init__(self, *, words: bool = True) -> None:
        self.words = words

    def _kind(self, size: Size) -> str:
        return f"{size.name.lower()}{'' if self.words else '_wordless'}"

    @abstractmethod
    def copy(self, world: World) -> URL:
        """A database with the workload in it, to write to as one likes; the newest copy only."""

    @abstractmethod
    def drop(self, size: Size) -> None:
        """Take the copy away; what was kept stays."""


class SQLite(Place):
    """Files in a folder."""

    name = "sqlite"

    def __init__(self, folder: Path, *, words: bool = True) -> None:
        super().__init__(words=words)
        self._folder = folder

    def _copy(self, size: Size) -> Path:
        return self._folder / f"sqlite-{self._kind(size)}-copy.db"

    def copy(self, world: World) -> URL:
        self._folder.mkdir(parents=True, exist_ok=True)
        kept = self._folder / f"sqlite-{self._kind(world.size)}-{_fingerprint()}.db"
        if not kept.exists():
            for old in self._folder.glob(f"sqlite-{self._kind(world.size)}-*"):
                old.unlink()
            self._load(world, kept)
        self.drop(world.size)
        shutil.copyfile(kept, self._copy(world.size))
        return make_url(f"sqlite:///{self._copy(world.size)}")

    def _load(self, world: World, kept: Path) -> None:
        draft = kept.with_suffix(".draft")
        SQLAlchemyRepository.from_url(f"sqlite:///{draft}", create=True).close()
        connection = sqlite3.connect(draft, isolation_level=None)
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -2000000")
        connection.execute("BEGIN")
        later = connection.execute(_TRIGGERS).fetchall()
        for name, _ in later:
            connection.execute(f"DROP TRIGGER {name}")
        for some in rows(world, words=self.words):
            for table, lines_of_it in some.items():
                marks = ", ".join("?" * len(COLUMNS[table]))
                connection.executemany(
                    f"INSERT INTO {table} ({', '.join(COLUMNS[table])}) VALUES ({marks})", lines_of_it
                )
        # What the triggers would have written, row by row.
        for statement in _WORDS.split(";"):
            connection.execute(statement)
        for _, definition in later:
            connection.execute(definition)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.close()
        draft.rename(kept)

    def drop(self, size: Size) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{self._copy(size)}{end}").unlink(missing_ok=True)


class PostgreSQL(Place):
    """Databases of a server, one kept for each size, copied by `CREATE DATABASE … TEMPLATE`."""

    name = "postgresql"

    def __init__(self, url: str, *, words: bool = True) -> None:
        super().__init__(words=words)
        self._server = make_url(url)

    def _url(self, database: str) -> URL:
        return self._server.set(database=database, drivername="postgresql+psycopg")

    def _connect(self, database: str | None = None) -> Any:
        import psycopg

        url = self._server if database is None else self._url(database)
        return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True)

    def copy(self, world: World) -> URL:
        kept = f"jobthreads_bench_{self._kind(world.size)}"
        with self._connect() as server:
            there = server.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (kept,)
            ).fetchone()
            if there is None or there[0] != _fingerprint():
                server.execute(f"DROP DATABASE IF EXISTS {kept} WITH (FORCE)")
                server.execute(f"CREATE DATABASE {kept} TEMPLATE template0 ENCODING 'UTF8'")
                self._load(world, kept)
                server.execute(f"COMMENT ON DATABASE {kept} IS '{_fingerprint()}'")
            server.execute(f"DROP DATABASE IF EXISTS {kept}_copy WITH (FORCE)")
            server.execute(f"CREATE DATABASE {kept}_copy TEMPLATE {kept} STRATEGY file_copy")
        return self._url(f"{kept}_copy")

    def _load(self, world: World, kept: str) -> None:
        SQLAlchemyRepository.from_url(self._url(kept), create=True).close()
        with self._connect(kept) as connection:
            connection.execute("SET synchronous_commit = off")
            connection.execute("SET maintenance_work_mem = '512MB'")
            cursor = connection.cursor()
            # An index is built several times faster than it is kept while it grows.
            later = cursor.execute(_INDEXES).fetchall()
            for name, *_ in later:
                cursor.execute(f"DROP INDEX {name}")
            for some in rows(world, words=self.words, threads_at_once=2_000):
                for table, lines_of_it in some.items():
                    with cursor.copy(f"COPY {table} ({', '.join(COLUMNS[table])}) FROM STDIN") as copy:
                        for row in lines_of_it:
                            copy.write_row(row)
            for name, definition, statistics in later:
                cursor.execute(definition)
                if statistics is not None:
                    cursor.execute(f"ALTER INDEX {name} ALTER COLUMN 1 SET STATISTICS {statistics}")
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")

    def drop(self, size: Size) -> None:
        with self._connect() as server:
            server.execute(f"DROP DATABASE IF EXISTS jobthreads_bench_{self._kind(size)}_copy WITH (FORCE)")

    def forget(self, size: Size) -> None:
        """Take away what was kept, too."""
        with self._connect() as server:
            server.execute(f"DROP DATABASE IF EXISTS jobthreads_bench_{self._kind(size)} WITH (FORCE)")


class MariaDB(Place):
    """Databases of a server; one for each size, which the runs write to one after another."""

    name = "mariadb"

    def __init__(self, url: str, *, words: bool = True) -> None:
        super().__init__(words=words)
        self._server = make_url(url)

    def _connect(self, database: str | None = None) -> Any:
        import pymysql

        url = self._server
        return pymysql.connect(
            host=url.host,
            port=url.port or 3306,
            user=url.username,
            password=url.password or "",
            database=database,
            charset="utf8mb4",
            autocommit=True,
        )

    def copy(self, world: World) -> URL:
        kept = f"jobthreads_bench_{self._kind(world.size)}_{_fingerprint()}"
        with self._connect() as server, server.cursor() as cursor:
            cursor.execute("SHOW DATABASES LIKE %s", (f"jobthreads\\_bench\\_{self._kind(world.size)}\\_%",))
            there = {name for (name,) in cursor.fetchall()}
            for name in there - {kept}:
                cursor.execute(f"DROP DATABASE `{name}`")
            if kept not in there:
                cursor.execute(f"CREATE DATABASE {kept} CHARACTER SET utf8mb4")
                try:
                    self._load(world, kept)
                except BaseException:
                    cursor.execute(f"DROP DATABASE {kept}")
                    raise
        return self._server.set(database=kept)

    def _load(self, world: World, kept: str) -> None:
        SQLAlchemyRepository.from_url(self._server.set(database=kept), create=True).close()
        with self._connect(kept) as connection, connection.cursor() as cursor:
            cursor.execute("SET unique_checks = 0")
            for some in rows(world, words=self.words):
                connection.begin()
                for table, lines_of_it in some.items():
                    marks = ", ".join(["%s"] * len(COLUMNS[table]))
                    names = ", ".join(f"`{name}`" for name in COLUMNS[table])
                    cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", lines_of_it)
                connection.commit()
            for table in COLUMNS:
                cursor.execute(f"ANALYZE TABLE {table}")
                cursor.fetchall()

    def drop(self, size: Size) -> None:
        """Nothing to take away: the next run goes on with this one."""
