"""Search: the words of each entry, made in Python, and what each database indexes them with."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import Connection

from jobthreads.adapters.sqlalchemy.words import terms_of
from jobthreads.domain.entries import (
    Author,
    Entry,
    EntryKind,
    File,
    FormSave,
    KeptEntry,
    Showing,
    StatusChange,
    Visibility,
)
from jobthreads.domain.records import Scope

revision = "0003"
down_revision = "0002"

_BATCH = 500

_OF_ENTRY = "business_id = {0}.business_id AND thread_id = {0}.thread_id AND seq = {0}.seq"
_FORGET = f"""
    INSERT INTO jobthreads_words (jobthreads_words, rowid, words)
        SELECT 'delete', id, OLD.words FROM jobthreads_words_place WHERE {_OF_ENTRY.format("OLD")};
    DELETE FROM jobthreads_words_place WHERE {_OF_ENTRY.format("OLD")};
"""  # noqa: S608 - the names of our own columns
_LEARN = """
    INSERT INTO jobthreads_words_place (business_id, thread_id, seq)
        SELECT NEW.business_id, NEW.thread_id, NEW.seq WHERE NEW.words IS NOT NULL;
    INSERT INTO jobthreads_words (rowid, words) SELECT last_insert_rowid(), NEW.words WHERE NEW.words IS NOT NULL;
"""

_ON_SQLITE = (
    """CREATE TABLE jobthreads_words_place (
        id INTEGER PRIMARY KEY,
        business_id VARCHAR(200) NOT NULL,
        thread_id VARCHAR(36) NOT NULL,
        seq INTEGER NOT NULL,
        CONSTRAINT jobthreads_words_place_once UNIQUE (business_id, thread_id, seq)
    )""",
    # Without content, since the terms stand in the entry; without positions, since only whole terms are asked for.
    "CREATE VIRTUAL TABLE jobthreads_words USING fts5(words, content='', detail=none, tokenize=ascii)",
    f"CREATE TRIGGER jobthreads_words_added AFTER INSERT ON jobthreads_entry BEGIN {_LEARN} END",
    f"CREATE TRIGGER jobthreads_words_changed AFTER UPDATE OF words ON jobthreads_entry BEGIN {_FORGET}{_LEARN} END",
    f"CREATE TRIGGER jobthreads_words_removed AFTER DELETE ON jobthreads_entry BEGIN {_FORGET} END",
)
_OFF_SQLITE = (
    "DROP TRIGGER jobthreads_words_added",
    "DROP TRIGGER jobthreads_words_changed",
    "DROP TRIGGER jobthreads_words_removed",
    "DROP TABLE jobthreads_words",
    "DROP TABLE jobthreads_words_place",
)
_ON_POSTGRESQL = (
    # Else what is new waits in a list, until a vacuum, and every search reads that list from end to end: with 4,000
    # new entries ninety times as long as the index itself takes.
    """CREATE INDEX jobthreads_entry_words ON jobthreads_entry
        USING gin (array_to_tsvector(string_to_array(words, ' '))) WITH (fastupdate = off)""",
    # How rare a word is decides how it is looked up; the usual hundred statistics know only the most common words.
    "ALTER INDEX jobthreads_entry_words ALTER COLUMN 1 SET STATISTICS 1000",
)
_ON_MARIADB = ("CREATE FULLTEXT INDEX jobthreads_entry_words ON jobthreads_entry (words)",)


def upgrade() -> None:
    exact = mysql.MEDIUMTEXT(charset="utf8mb4", collation="utf8mb4_bin")
    op.add_column("jobthreads_entry", sa.Column("words", sa.Text().with_variant(exact, "mysql", "mariadb")))
    connection = op.get_bind()
    _fill(connection)
    dialect = connection.dialect.name
    statements = {"sqlite": _ON_SQLITE, "postgresql": _ON_POSTGRESQL}.get(dialect, _ON_MARIADB)
    for statement in statements:
        op.execute(statement)
    if dialect == "sqlite":
        op.execute(
            "INSERT INTO jobthreads_words_place (business_id, thread_id, seq)"
            " SELECT business_id, thread_id, seq FROM jobthreads_entry WHERE words IS NOT NULL"
        )
        op.execute(
            "INSERT INTO jobthreads_words (rowid, words) SELECT p.id, e.words FROM jobthreads_words_place p"
            " JOIN jobthreads_entry e USING (business_id, thread_id, seq)"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in _OFF_SQLITE:
            op.execute(statement)
    else:
        op.drop_index("jobthreads_entry_words", "jobthreads_entry")
    op.drop_column("jobthreads_entry", "words")


_entry = sa.table(
    "jobthreads_entry",
    *(sa.column(name) for name in ("business_id", "thread_id", "seq", "id", "kind", "visibility")),
    *(sa.column(name) for name in ("author_kind", "author_id", "author_name", "at", "body", "details")),
    *(sa.column(name) for name in ("showing", "shown_at", "shown_to", "words")),
)
_thread = sa.table("jobthreads_thread", *(sa.column(name) for name in ("business_id", "id", "scope")))


def _fill(connection: Connection) -> None:
    """Give every entry that is there its words, a batch at a time."""
    key = (_entry.c.business_id, _entry.c.thread_id, _entry.c.seq)
    page = (
        sa.select(*(column for column in _entry.c if column.name != "words"), _thread.c.scope)
        .join(_thread, (_thread.c.business_id == _entry.c.business_id) & (_thread.c.id == _entry.c.thread_id))
        .order_by(*key)
        .limit(_BATCH)
    )
    put = (
        sa.update(_entry)
        .where(*(column == sa.bindparam(f"of_{column.name}") for column in key))
        .values(words=sa.bindparam("terms"))
    )
    rows = connection.execute(page).all()
    while rows:
        connection.execute(
            put,
            [
                {
                    "of_business_id": row.business_id,
                    "of_thread_id": row.thread_id,
                    "of_seq": row.seq,
                    "terms": terms_of(row.business_id, _scope(row), _kept(row)),
                }
                for row in rows
            ],
        )
        last = rows[-1]
        rows = connection.execute(
            page.where(sa.tuple_(*key) > sa.tuple_(last.business_id, last.thread_id, last.seq))
        ).all()


def _scope(row: Any) -> Scope:
    kind, _, scope_id = row.scope.partition(":")
    return Scope(kind=kind, id=scope_id)


def _kept(row: Any) -> KeptEntry:
    kind, details = EntryKind(row.kind), json.loads(row.details) if row.details else {}
    line = Entry(
        id=UUID(row.id),
        scope=_scope(row),
        seq=row.seq,
        kind=kind,
        visibility=Visibility(row.visibility),
        author=Author(kind=row.author_kind, id=row.author_id, name=row.author_name),
        at=_time(row.at),
        body=row.body,
        file=File(**details) if kind is EntryKind.FILE else None,
        status=StatusChange(**details) if kind is EntryKind.STATUS_CHANGE else None,
        form=FormSave(**details) if kind is EntryKind.FORM_SAVE else None,
    )
    if row.showing is None:
        return KeptEntry(entry=line)
    return KeptEntry(entry=line, showing=Showing(number=row.showing, at=_time(row.shown_at), client_id=row.shown_to))


def _time(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
