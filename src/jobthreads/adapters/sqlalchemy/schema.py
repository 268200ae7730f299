"""The tables. Times are whole microseconds since 1970 in UTC; our ids are the text of random UUIDs.

Every key is led by `business_id`, so that nothing crosses businesses (S3); the ids that the host gives compare byte
for byte on every database. Unknown visibility is refused by the database itself. The column `words` is indexed by what
each database has for it: see `words.py`.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

__all__ = ["delivery", "entry", "file", "limit", "link", "metadata", "notice", "read", "session", "thread"]

metadata = MetaData()


def _host_id(length: int = 200) -> TypeEngine[str]:
    # MariaDB's default collations would take `acme`, `ACME` and `acme ` for one business.
    exact = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_nopad_bin")
    return String(length).with_variant(exact, "mysql", "mariadb")


def _word(length: int = 36) -> TypeEngine[str]:
    plain = mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")
    return String(length).with_variant(plain, "mysql", "mariadb")


def _label() -> TypeEngine[str]:
    return Text().with_variant(mysql.TEXT(charset="utf8mb4", collation="utf8mb4_nopad_bin"), "mysql", "mariadb")


def _long_text() -> TypeEngine[str]:
    return Text().with_variant(mysql.MEDIUMTEXT(charset="utf8mb4"), "mysql", "mariadb")


def _terms() -> TypeEngine[str]:
    exact = mysql.MEDIUMTEXT(charset="utf8mb4", collation="utf8mb4_bin")
    return Text().with_variant(exact, "mysql", "mariadb")


thread = Table(
    "jobthreads_thread",
    metadata,
    Column("business_id", _host_id(), nullable=False),
    Column("id", _word(), nullable=False),
    Column("scope", _host_id(206), nullable=False),
    Column("reference", _label(), nullable=False),
    Column("title", _label(), nullable=False),
    Column("client_id", _host_id(), nullable=False),
    Column("client_name", _label(), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("client_seq", Integer, nullable=False),
    Column("started_at", BigInteger),
    Column("spoken_seq", Integer),
    Column("spoken_at", BigInteger),
    Column("conversation_at", BigInteger),
    PrimaryKeyConstraint("business_id", "id", name="jobthreads_thread_pk"),
    UniqueConstraint("business_id", "scope", name="jobthreads_thread_scope"),
    UniqueConstraint("id", name="jobthreads_thread_id"),
    Index("jobthreads_thread_conversation", "business_id", "conversation_at", "id"),
)

entry = Table(
    "jobthreads_entry",
    metadata,
    Column("business_id", _host_id(), nullable=False),
    Column("thread_id", _word(), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("id", _word(), nullable=False),
    Column("kind", _word(20), nullable=False),
    Column("visibility", _word(10), nullable=False),
    Column("author_kind", _word(10), nullable=False),
    Column("author_id", _host_id(), nullable=False),
    Column("author_name", _label(), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", _long_text()),
    Column("details", _long_text()),
    Column("showing", Integer),
    Column("shown_at", BigInteger),
    Column("shown_to", _host_id()),
    Column("request_call", _word(20)),
    Column("request_id", _host_id()),
    Column("words", _terms()),
    PrimaryKeyConstraint("business_id", "thread_id", "seq", name="jobthreads_entry_pk"),
    UniqueConstraint("id", name="jobthreads_entry_id"),
    UniqueConstraint(
        "business_id", "author_kind", "author_id", "request_call", "request_id", name="jobthreads_entry_request"
    ),
    CheckConstraint(
        "kind IN ('reply', 'note', 'file', 'status_change', 'form_save')", name="jobthreads_entry_known_kind"
    ),
    CheckConstraint("visibility IN ('internal', 'visible')", name="jobthreads_entry_known_visibility"),
    CheckConstraint("author_kind IN ('staff', 'client', 'system')", name="jobthreads_entry_known_author"),
    CheckConstraint("kind <> 'note' OR visibility = 'internal'", name="jobthreads_entry_note_internal"),
    CheckConstraint("kind <> 'reply' OR visibility = 'visible'", name="jobthreads_entry_reply_visible"),
    CheckConstraint(
        "(showing IS NULL AND shown_at IS NULL AND shown_to IS NULL) OR (visibility = 'visible'"
        " AND showing IS NOT NULL AND shown_at IS NOT NULL AND shown_to IS NOT NULL)",
        name="jobthreads_entry_shown_is_visible",
    ),
    sqlite_with_rowid=False,
)

# Only what is shown, or PostgreSQL would look up any entry of a thread by it, and read the whole thread.
Index(
    "jobthreads_entry_shown",
    entry.c.business_id,
    entry.c.thread_id,
    entry.c.shown_to,
    entry.c.showing,
    sqlite_where=entry.c.shown_to.is_not(None),
    postgresql_where=entry.c.shown_to.is_not(None),
)

file = Table(
    "jobthreads_file",
    metadata,
    Column("business_id", _host_id(), nullable=False),
    Column("entry_id", _word(), nullable=False),
    Column("thread_id", _word(), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("blob_key", _word(64), nullable=False),
    Column("scan", _word(10), nullable=False),
    Column("preview", _word(10), nullable=False),
    Column("preview_key", _word(64)),
    Column("due_at", BigInteger),
    Column("token", _word()),
    Column("attempts", Integer, nullable=False),
    PrimaryKeyConstraint("business_id", "entry_id", name="jobthreads_file_pk"),
    UniqueConstraint("blob_key", name="jobthreads_file_blob"),
    UniqueConstraint("preview_key", name="jobthreads_file_preview"),
    CheckConstraint("scan IN ('pending', 'clean', 'infected')", name="jobthreads_file_known_scan"),
    CheckConstraint("preview IN ('none', 'wanted', 'made')", name="jobthreads_file_known_preview"),
)
Index(
    "jobthreads_file_due",
    file.c.due_at,
    sqlite_where=file.c.due_at.is_not(None),
    postgresql_where=file.c.due_at.is_not(None),
)

read = Table(
    "jobthreads_read",
    metadata,
    Column("business_id", _host_id(), nullable=False),
    Column("client_id", _host_id(), nullable=False),
    Column("thread_id", _word(), nullable=False),
    Column("newest_seq", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    PrimaryKeyConstraint("business_id", "client_id", "thread_id", name="jobthreads_read_pk"),
    sqlite_with_rowid=False,
)

notice = Table(
    "jobthreads_notice",
    metadata,
    Column("business_id", _host_id(), nullable=False),
    Column("staff_id", _host_id(), nullable=False),
    Column("thread_id", _word(), nullable=False),
    Column("unread", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("what", _word(20), nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("business_id", "staff_id", "thread_id", name="jobthreads_notice_pk"),
    sqlite_with_rowid=False,
)
Index(
    "jobthreads_notice_unread",
    notice.c.business_id,
    notice.c.staff_id,
    notice.c.at,
    # So that SQLite counts in the index alone: it would look up each row, to see once more that it is unread.
    notice.c.unread,
    sqlite_where=notice.c.unread > 0,
    postgresql_where=notice.c.unread > 0,
)

delivery = Table(
    "jobthreads_delivery",
    metadata,
    Column("business_id", _host_id(), nullable=False),
    Column("id", _word(), nullable=False),
    Column("thread_id", _word(), nullable=False),
    Column("entry_id", _word()),
    Column("showing", Integer),
    Column("channel", _word(40), nullable=False),
    Column("client_id", _host_id(), nullable=False),
    Column("state", _word(10), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("batch_id", _word()),
    Column("token", _word()),
    Column("lease_until", BigInteger),
    Column("settled_at", BigInteger),
    Column("error", _label()),
    PrimaryKeyConstraint("business_id", "id", name="jobthreads_delivery_pk"),
    UniqueConstraint("id", name="jobthreads_delivery_id"),
    UniqueConstraint("business_id", "entry_id", "showing", "channel", "client_id", name="jobthreads_delivery_once"),
    CheckConstraint("state IN ('queued', 'sent', 'dropped', 'dead')", name="jobthreads_delivery_known_state"),
    Index("jobthreads_delivery_recipient", "business_id", "client_id", "channel", "settled_at"),
    Index("jobthreads_delivery_batch", "batch_id"),
)
Index(
    "jobthreads_delivery_due",
    delivery.c.due_at,
    sqlite_where=delivery.c.state == "queued",
    postgresql_where=delivery.c.state == "queued",
)

link = Table(
    "jobthreads_portal_link",
    metadata,
    Column("business_id", _host_id(), nullable=False),
    Column("id", _word(), nullable=False),
    Column("token_hash", _word(64), nullable=False),
    Column("client_id", _host_id(), nullable=False),
    Column("scope", _host_id(206), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked", Integer, nullable=False),
    PrimaryKeyConstraint("business_id", "id", name="jobthreads_portal_link_pk"),
    UniqueConstraint("token_hash", name="jobthreads_portal_link_token"),
    Index("jobthreads_portal_link_client", "business_id", "client_id"),
)

session = Table(
    "jobthreads_portal_session",
    metadata,
    Column("session_hash", _word(64), nullable=False),
    Column("business_id", _host_id(), nullable=False),
    Column("link_id", _word(), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("session_hash", name="jobthreads_portal_session_pk"),
    Index("jobthreads_portal_session_link", "business_id", "link_id"),
)

limit = Table(
    "jobthreads_limit",
    metadata,
    Column("business_id", _host_id(), nullable=False),
    Column("subject", _host_id(250), nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("hits", Integer, nullable=False),
    PrimaryKeyConstraint("business_id", "subject", name="jobthreads_limit_pk"),
    sqlite_with_rowid=False,
)
