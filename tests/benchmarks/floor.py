"""The floor: the same work as a careful person would write it by hand, over the driver's own cursor.

Each method sends as few statements as the work allows, fetches the rows that the library fetches, and gives them as
the tuples that the driver made. What it writes is as durable as what the library writes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy.engine import URL

__all__ = ["Floor", "floor_of"]

_ENTRY = "e.id, e.seq, e.kind, e.visibility, e.author_kind, e.author_id, e.author_name, e.at, e.body, e.details"
_THREAD = (
    "SELECT business_id, id, scope, reference, title, client_id, client_name, seq, shown, client_seq, started_at,"
    " spoken_seq, spoken_at FROM jobthreads_thread WHERE business_id = ? AND scope = ?"
)
_OF_THREAD = (
    "e.business_id = ? AND e.thread_id = (SELECT id FROM jobthreads_thread WHERE business_id = ? AND scope = ?)"
)
_UNSEEN = (
    "FROM jobthreads_entry u WHERE u.business_id = r.business_id AND u.thread_id = r.thread_id"
    " AND u.shown_to = r.client_id AND u.showing > r.seen AND u.kind IN ('reply', 'file')"
    " AND (u.author_kind <> 'client' OR u.author_id <> r.client_id)"
)
_INBOX = (
    "SELECT t.scope, t.reference, t.title, t.client_id, t.client_name, t.conversation_at, t.id, e.body, e.details,"
    " (SELECT n.unread FROM jobthreads_notice n"
    " WHERE n.business_id = t.business_id AND n.staff_id = ? AND n.thread_id = t.id)"
    " FROM jobthreads_thread t LEFT JOIN jobthreads_entry e"
    " ON e.business_id = t.business_id AND e.thread_id = t.id AND e.seq = t.spoken_seq WHERE t.business_id = ?"
)
_ORDER = " ORDER BY t.conversation_at DESC, t.id DESC LIMIT 51"


class Floor:
    """Hand-written SQL on SQLite, and what the other databases say otherwise."""

    mark = "?"
    begin = "BEGIN IMMEDIATE"
    commit = "COMMIT"
    hold = ""
    among = "IN (SELECT value FROM json_each(?))"
    once = "ON CONFLICT DO NOTHING"
    move = "ON CONFLICT (business_id, client_id, thread_id) DO UPDATE SET newest_seq = excluded.newest_seq"
    below = " AND t.conversation_at <= ? AND (t.conversation_at, t.id) < (?, ?)"
    capped = f"SELECT count(*) FROM (SELECT 1 {_UNSEEN} LIMIT 100) unseen"
    asked = '"{}"*'
    holds = "jobthreads_words MATCH ?"
    indexed = (
        "jobthreads_words w JOIN jobthreads_words_place p ON p.id = w.rowid JOIN jobthreads_entry e"
        " ON e.business_id = p.business_id AND e.thread_id = p.thread_id AND e.seq = p.seq"
    )
    # Else SQLite without fitting statistics may take an index of the author's entries in every thread.
    plain = "+"

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.cursor = connection.cursor()

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()

    def sql(self, text: str) -> str:
        """The text with this driver's parameter marks."""
        return text.replace("?", self.mark)

    def rows(self, text: str, *values: object) -> list[Any]:
        """Send a query and fetch its rows."""
        self.cursor.execute(text, values)
        return self.cursor.fetchall()  # type: ignore[no-any-return]

    def some(self, values: Sequence[str]) -> object:
        """A list as one parameter."""
        return json.dumps(values)

    def prepare(self) -> None:
        """Write the statements out for this driver, once."""
        sql = self.sql
        self.of_thread = sql(_THREAD + self.hold)
        self.add = sql(
            "INSERT INTO jobthreads_entry (business_id, thread_id, seq, id, kind, visibility, author_kind, author_id,"
            " author_name, at, body, details, showing, shown_at, shown_to, request_call, request_id, words)"
            " VALUES (?, ?, ?, ?, 'reply', 'visible', 'staff', ?, ?, ?, ?, NULL, ?, ?, ?, 'reply', ?, ?) " + self.once
        )
        self.count_up = sql(
            "UPDATE jobthreads_thread SET seq = ?, shown = ?, spoken_seq = ?, spoken_at = ?, conversation_at = ?"
            " WHERE business_id = ? AND id = ?"
        )
        self.mark_new = sql(
            "INSERT INTO jobthreads_read (business_id, client_id, thread_id, newest_seq, seen) VALUES (?, ?, ?, ?, 0) "
            + self.move
        )
        self.to_send = sql(
            "INSERT INTO jobthreads_delivery (business_id, id, thread_id, entry_id, showing, channel, client_id,"
            " state, due_at, created_at, attempts) VALUES (?, ?, ?, ?, ?, 'email', ?, 'queued', ?, ?, 0) " + self.once
        )
        self.first_inbox = sql(_INBOX + " AND t.conversation_at IS NOT NULL" + _ORDER)
        self.next_inbox = sql(_INBOX + self.below + _ORDER)
        self.own_inbox = sql(_INBOX + f" AND t.conversation_at IS NOT NULL AND t.scope {self.among}" + _ORDER)
        feed = f"SELECT {_ENTRY} FROM jobthreads_entry e WHERE {_OF_THREAD} AND e.seq < ?"
        newest = " ORDER BY e.seq DESC LIMIT 51"
        self.plain_feed = sql(feed + newest)
        self.kind_feed = sql(f"{feed} AND {self.plain}e.kind = ?{newest}")
        self.author_feed = sql(f"{feed} AND {self.plain}e.author_kind = ? AND {self.plain}e.author_id = ?{newest}")
        self.of_client = sql(
            f"SELECT {_ENTRY}, e.showing, e.shown_at, e.shown_to, t.scope,"
            f" ({self.capped})"
            " FROM jobthreads_read r JOIN jobthreads_thread t ON t.business_id = r.business_id AND t.id = r.thread_id"
            " JOIN jobthreads_entry e ON e.business_id = r.business_id AND e.thread_id = r.thread_id"
            " AND e.seq = r.newest_seq WHERE r.business_id = ? AND r.client_id = ?"
        )
        self.unread_in = sql(
            "SELECT n.unread, n.last_seq FROM jobthreads_notice n WHERE n.business_id = ? AND n.staff_id = ?"
            " AND n.thread_id = (SELECT id FROM jobthreads_thread WHERE business_id = ? AND scope = ?)"
        )
        self.see = sql(
            "UPDATE jobthreads_notice SET unread = (SELECT count(*) FROM jobthreads_entry e"
            " WHERE e.business_id = jobthreads_notice.business_id AND e.thread_id = jobthreads_notice.thread_id"
            " AND e.author_kind = 'client' AND e.visibility = 'visible' AND e.seq > ?)"
            " WHERE business_id = ? AND staff_id = ? AND last_seq = ?"
            " AND thread_id = (SELECT id FROM jobthreads_thread WHERE business_id = ? AND scope = ?)"
        )
        self.found = sql(
            f"SELECT {_ENTRY}, t.scope, t.reference, t.title, t.client_id, t.client_name, e.thread_id"
            f" FROM {self.indexed} JOIN jobthreads_thread t ON t.business_id = e.business_id AND t.id = e.thread_id"
            f" WHERE e.business_id = ? AND {self.holds} ORDER BY e.at DESC, e.thread_id DESC, e.seq DESC LIMIT 51"
        )
        self.bell = sql(
            "SELECT count(*) FROM (SELECT 1 FROM jobthreads_notice WHERE business_id = ? AND staff_id = ?"
            " AND unread > 0 LIMIT 100) unread"
        )

    def search(self, business_id: str, term: str) -> list[Any]:
        """The newest entries of the business that hold a term, or one that begins so."""
        return self.rows(self.found, business_id, self.asked.format(term))

    def post(self, business_id: str, scope: str, staff_id: str, name: str, body: str, at: int, words: str) -> int:
        """A visible reply: the entry, the counters, the client's mark, the mail to send; committed.

        What it is found by comes ready made: the floor splits no text into words.
        """
        run, entry_id = self.cursor.execute, str(uuid4())
        run(self.begin)
        run(self.of_thread, (business_id, scope))
        thread = self.cursor.fetchone()
        thread_id, client_id, seq, shown = thread[1], thread[5], thread[7] + 1, thread[8] + 1
        request = str(uuid4())
        run(
            self.add,
            (business_id, thread_id, seq, entry_id, staff_id, name, at, body, shown, at, client_id, request, words),
        )
        run(self.count_up, (seq, shown, seq, at, at, business_id, thread_id))
        run(self.mark_new, (business_id, client_id, thread_id, seq))
        run(self.to_send, (business_id, str(uuid4()), thread_id, entry_id, shown, client_id, at, at))
        run(self.commit)
        return seq

    def inbox(self, business_id: str, staff_id: str, after: tuple[int, str] | None) -> list[Any]:
        """A page of the threads panel."""
        if after is None:
            return self.rows(self.first_inbox, staff_id, business_id)
        return self.rows(self.next_inbox, staff_id, business_id, after[0], *after)

    def inbox_of(self, business_id: str, staff_id: str, scopes: Sequence[str]) -> list[Any]:
        """The threads panel of someone who sees these jobs."""
        return self.rows(self.own_inbox, staff_id, business_id, self.some(scopes))

    def feed(
        self,
        business_id: str,
        scope: str,
        before: int,
        kind: str | None = None,
        author: tuple[str, str] | None = None,
    ) -> list[Any]:
        """A page of the activity feed."""
        values = business_id, business_id, scope, before
        if kind is not None:
            return self.rows(self.kind_feed, *values, kind)
        if author is not None:
            return self.rows(self.author_feed, *values, *author)
        return self.rows(self.plain_feed, *values)

    def portal(self, business_id: str, client_id: str) -> list[Any]:
        """The client's list: the newest of each record, and how many are unread."""
        return self.rows(self.of_client, business_id, client_id)

    def mark_read(self, business_id: str, staff_id: str, scope: str, upto: int) -> int:
        """One thread read by one person; committed."""
        run = self.cursor.execute
        ((_, newest),) = self.rows(self.unread_in, business_id, staff_id, business_id, scope)
        run(self.begin)
        run(self.see, (upto, business_id, staff_id, newest, business_id, scope))
        changed: int = self.cursor.rowcount
        run(self.commit)
        return changed

    def unread(self, business_id: str, staff_id: str) -> int:
        """The bell's number."""
        return int(self.rows(self.bell, business_id, staff_id)[0][0])


class _PostgreSQLFloor(Floor):
    mark = "%s"
    begin = "BEGIN"
    hold = " FOR UPDATE"
    among = "= ANY(%s)"
    plain = ""
    asked = "'{}':*"
    holds = "array_to_tsvector(string_to_array(e.words, ' ')) @@ %s::tsquery"
    indexed = "jobthreads_entry e"

    def some(self, values: Sequence[str]) -> object:
        return values


class _MariaDBFloor(Floor):
    mark = "%s"
    begin = "BEGIN"
    hold = " FOR UPDATE"
    once = "ON DUPLICATE KEY UPDATE id = id"
    move = "ON DUPLICATE KEY UPDATE newest_seq = VALUES(newest_seq)"
    plain = ""
    below = " AND t.conversation_at <= ? AND (t.conversation_at < ? OR t.id < ?)"
    # A derived table there does not know the row around it.
    capped = f"SELECT least(count(*), 100) {_UNSEEN}"
    asked = "+{}*"
    holds = "MATCH (e.words) AGAINST (%s IN BOOLEAN MODE)"
    indexed = "jobthreads_entry e"
    among = "IN (SELECT value FROM JSON_TABLE(%s, '$[*]' COLUMNS (value VARCHAR(206) PATH '$')) m)"


def floor_of(url: URL) -> Floor:
    """The floor over a new connection to this database."""
    backend = url.get_backend_name()
    connection: Any
    floor: Floor
    if backend == "sqlite":
        connection = sqlite3.connect(str(url.database), isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -32768")
        floor = Floor(connection)
    elif backend == "postgresql":
        import psycopg

        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        floor = _PostgreSQLFloor(psycopg.connect(plain, autocommit=True))
    else:
        import pymysql

        floor = _MariaDBFloor(
            pymysql.connect(
                host=url.host,
                port=url.port or 3306,
                user=url.username,
                password=url.password or "",
                database=url.database,
                charset="utf8mb4",
                autocommit=True,
            )
        )
        floor.cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    floor.prepare()
    return floor
