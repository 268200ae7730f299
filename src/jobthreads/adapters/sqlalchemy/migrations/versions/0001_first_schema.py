"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None


def _host_id(length: int = 200) -> TypeEngine[str]:
    # MariaDB's default collations would take `acme`, `ACME` and `acme ` for one business.
    exact = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_nopad_bin")
    return sa.String(length).with_variant(exact, "mysql", "mariadb")


def _word(length: int = 36) -> TypeEngine[str]:
    plain = mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")
    return sa.String(length).with_variant(plain, "mysql", "mariadb")


def _label() -> TypeEngine[str]:
    return sa.Text().with_variant(mysql.TEXT(charset="utf8mb4", collation="utf8mb4_nopad_bin"), "mysql", "mariadb")


def _long_text() -> TypeEngine[str]:
    return sa.Text().with_variant(mysql.MEDIUMTEXT(charset="utf8mb4"), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "jobthreads_thread",
        sa.Column("business_id", _host_id(), nullable=False),
        sa.Column("id", _word(), nullable=False),
        sa.Column("scope", _host_id(206), nullable=False),
        sa.Column("reference", _label(), nullable=False),
        sa.Column("title", _label(), nullable=False),
        sa.Column("client_id", _host_id(), nullable=False),
        sa.Column("client_name", _label(), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("client_seq", sa.Integer, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("spoken_seq", sa.Integer),
        sa.Column("spoken_at", sa.BigInteger),
        sa.Column("conversation_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("business_id", "id", name="jobthreads_thread_pk"),
        sa.UniqueConstraint("business_id", "scope", name="jobthreads_thread_scope"),
        sa.UniqueConstraint("id", name="jobthreads_thread_id"),
    )
    op.create_index("jobthreads_thread_conversation", "jobthreads_thread", ["business_id", "conversation_at", "id"])
    op.create_table(
        "jobthreads_entry",
        sa.Column("business_id", _host_id(), nullable=False),
        sa.Column("thread_id", _word(), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("id", _word(), nullable=False),
        sa.Column("kind", _word(20), nullable=False),
        sa.Column("visibility", _word(10), nullable=False),
        sa.Column("author_kind", _word(10), nullable=False),
        sa.Column("author_id", _host_id(), nullable=False),
        sa.Column("author_name", _label(), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("body", _long_text()),
        sa.Column("details", _long_text()),
        sa.Column("showing", sa.Integer),
        sa.Column("shown_at", sa.BigInteger),
        sa.Column("shown_to", _host_id()),
        sa.Column("request_call", _word(20)),
        sa.Column("request_id", _host_id()),
        sa.PrimaryKeyConstraint("business_id", "thread_id", "seq", name="jobthreads_entry_pk"),
        sa.UniqueConstraint("id", name="jobthreads_entry_id"),
        sa.UniqueConstraint(
            "business_id", "author_kind", "author_id", "request_call", "request_id", name="jobthreads_entry_request"
        ),
        sa.CheckConstraint(
            "kind IN ('reply', 'note', 'file', 'status_change', 'form_save')", name="jobthreads_entry_known_kind"
        ),
        sa.CheckConstraint("visibility IN ('internal', 'visible')", name="jobthreads_entry_known_visibility"),
        sa.CheckConstraint("author_kind IN ('staff', 'client', 'system')", name="jobthreads_entry_known_author"),
        sa.CheckConstraint("kind <> 'note' OR visibility = 'internal'", name="jobthreads_entry_note_internal"),
        sa.CheckConstraint("kind <> 'reply' OR visibility = 'visible'", name="jobthreads_entry_reply_visible"),
        sa.CheckConstraint(
            "(showing IS NULL AND shown_at IS NULL AND shown_to IS NULL) OR (visibility = 'visible'"
            " AND showing IS NOT NULL AND shown_at IS NOT NULL AND shown_to IS NOT NULL)",
            name="jobthreads_entry_shown_is_visible",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "jobthreads_entry_shown",
        "jobthreads_entry",
        ["business_id", "thread_id", "shown_to", "showing"],
        sqlite_where=sa.text("shown_to IS NOT NULL"),
        postgresql_where=sa.text("shown_to IS NOT NULL"),
    )
    op.create_table(
        "jobthreads_read",
        sa.Column("business_id", _host_id(), nullable=False),
        sa.Column("client_id", _host_id(), nullable=False),
        sa.Column("thread_id", _word(), nullable=False),
        sa.Column("newest_seq", sa.Integer, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("business_id", "client_id", "thread_id", name="jobthreads_read_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "jobthreads_notice",
        sa.Column("business_id", _host_id(), nullable=False),
        sa.Column("staff_id", _host_id(), nullable=False),
        sa.Column("thread_id", _word(), nullable=False),
        sa.Column("unread", sa.Integer, nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("what", _word(20), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("business_id", "staff_id", "thread_id", name="jobthreads_notice_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "jobthreads_delivery",
        sa.Column("business_id", _host_id(), nullable=False),
        sa.Column("id", _word(), nullable=False),
        sa.Column("thread_id", _word(), nullable=False),
        sa.Column("entry_id", _word()),
        sa.Column("showing", sa.Integer),
        sa.Column("channel", _word(40), nullable=False),
        sa.Column("client_id", _host_id(), nullable=False),
        sa.Column("state", _word(10), nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("batch_id", _word()),
        sa.Column("token", _word()),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("error", _label()),
        sa.PrimaryKeyConstraint("business_id", "id", name="jobthreads_delivery_pk"),
        sa.UniqueConstraint("id", name="jobthreads_delivery_id"),
        sa.UniqueConstraint(
            "business_id", "entry_id", "showing", "channel", "client_id", name="jobthreads_delivery_once"
        ),
        sa.CheckConstraint("state IN ('queued', 'sent', 'dropped', 'dead')", name="jobthreads_delivery_known_state"),
    )
    op.create_index(
        "jobthreads_delivery_recipient", "jobthreads_delivery", ["business_id", "client_id", "channel", "settled_at"]
    )
    op.create_index("jobthreads_delivery_batch", "jobthreads_delivery", ["batch_id"])
    op.create_table(
        "jobthreads_portal_link",
        sa.Column("business_id", _host_id(), nullable=False),
        sa.Column("id", _word(), nullable=False),
        sa.Column("token_hash", _word(64), nullable=False),
        sa.Column("client_id", _host_id(), nullable=False),
        sa.Column("scope", _host_id(206), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name="jobthreads_portal_link_pk"),
        sa.UniqueConstraint("token_hash", name="jobthreads_portal_link_token"),
    )
    op.create_index("jobthreads_portal_link_client", "jobthreads_portal_link", ["business_id", "client_id"])
    op.create_table(
        "jobthreads_portal_session",
        sa.Column("session_hash", _word(64), nullable=False),
        sa.Column("business_id", _host_id(), nullable=False),
        sa.Column("link_id", _word(), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("session_hash", name="jobthreads_portal_session_pk"),
    )
    op.create_index("jobthreads_portal_session_link", "jobthreads_portal_session", ["business_id", "link_id"])
    op.create_table(
        "jobthreads_limit",
        sa.Column("business_id", _host_id(), nullable=False),
        sa.Column("subject", _host_id(250), nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("hits", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("business_id", "subject", name="jobthreads_limit_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "jobthreads_notice_unread",
        "jobthreads_notice",
        ["business_id", "staff_id", "at", "unread"],
        sqlite_where=sa.text("unread > 0"),
        postgresql_where=sa.text("unread > 0"),
    )
    op.create_index(
        "jobthreads_delivery_due",
        "jobthreads_delivery",
        ["due_at"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )


def downgrade() -> None:
    for table in (
        "jobthreads_limit",
        "jobthreads_portal_session",
        "jobthreads_portal_link",
        "jobthreads_delivery",
        "jobthreads_notice",
        "jobthreads_read",
        "jobthreads_entry",
        "jobthreads_thread",
    ):
        op.drop_table(table)
