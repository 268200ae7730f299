"""Attached files: where each one's content lies, and what is still to be done with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

revision = "0002"
down_revision = "0001"


def _host_id(length: int = 200) -> TypeEngine[str]:
    exact = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_nopad_bin")
    return sa.String(length).with_variant(exact, "mysql", "mariadb")


def _word(length: int = 36) -> TypeEngine[str]:
    plain = mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")
    return sa.String(length).with_variant(plain, "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "jobthreads_file",
        sa.Column("business_id", _host_id(), nullable=False),
        sa.Column("entry_id", _word(), nullable=False),
        sa.Column("thread_id", _word(), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("blob_key", _word(64), nullable=False),
        sa.Column("scan", _word(10), nullable=False),
        sa.Column("preview", _word(10), nullable=False),
        sa.Column("preview_key", _word(64)),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("token", _word()),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("business_id", "entry_id", name="jobthreads_file_pk"),
        sa.UniqueConstraint("blob_key", name="jobthreads_file_blob"),
        sa.UniqueConstraint("preview_key", name="jobthreads_file_preview"),
        sa.CheckConstraint("scan IN ('pending', 'clean', 'infected')", name="jobthreads_file_known_scan"),
        sa.CheckConstraint("preview IN ('none', 'wanted', 'made')", name="jobthreads_file_known_preview"),
    )
    op.create_index(
        "jobthreads_file_due",
        "jobthreads_file",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("jobthreads_file")
