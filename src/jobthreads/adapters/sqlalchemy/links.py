"""The links room: mailed links, the sessions they open, and the counts of what is limited."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, case, literal_column, select, update

from jobthreads.adapters.sqlalchemy.dialect import Kit, Runner
from jobthreads.adapters.sqlalchemy.rows import scope_of
from jobthreads.adapters.sqlalchemy.schema import limit, link, session
from jobthreads.domain.notifications import Link
from jobthreads.domain.times import micros, time_of

__all__ = ["LinkStatements", "LinksRoom"]

_LINK_COLUMNS = (link.c.id, link.c.business_id, link.c.client_id, link.c.scope, link.c.expires_at, link.c.revoked)


class LinkStatements:
    """The room's statements for one dialect. A token and a session are looked up across businesses, by name."""

    def __init__(self, kit: Kit) -> None:
        self.add = kit.prepare(kit.insert(link))
        self.token_lookup = kit.prepare(select(*_LINK_COLUMNS).where(link.c.token_hash == bindparam("token_hash")))
        self.revoke = kit.prepare(
            update(link)
            .where(
                link.c.business_id == bindparam("of_business"),
                link.c.client_id == bindparam("of_client"),
                link.c.revoked == literal_column("0"),
            )
            .values(revoked=literal_column("1"))
        )
        self.open_session = kit.prepare(kit.insert(session))
        self.session_lookup = kit.prepare(
            select(*_LINK_COLUMNS)
            .select_from(
                session.join(link, (link.c.business_id == session.c.business_id) & (link.c.id == session.c.link_id))
            )
            .where(
                session.c.session_hash == bindparam("session_hash"),
                session.c.expires_at > bindparam("now"),
                link.c.revoked == literal_column("0"),
            )
        )
        counted = kit.insert(limit)
        same_window = limit.c.began_at == kit.new(counted, "began_at")
        self.hit = kit.prepare(
            kit.upsert(
                counted,
                limit,
                {
                    "hits": case((same_window, limit.c.hits + literal_column("1")), else_=literal_column("1")),
                    "began_at": kit.new(counted, "began_at"),
                },
            ).returning(limit.c.hits)
        )


class LinksRoom:
    """Links, sessions and limits over one connection."""

    def __init__(self, runner: Runner, statements: LinkStatements) -> None:
        self._run = runner
        self._sql = statements

    def add(self, link: Link, token_hash: str) -> None:
        """Keep a link under the hash of its token."""
        self._run.write(
            self._sql.add,
            business_id=link.business_id,
            id=str(link.id),
            token_hash=token_hash,
            client_id=link.client_id,
            scope=str(link.scope),
            expires_at=micros(link.expires_at),
            revoked=int(link.revoked),
        )

    def by_token(self, token_hash: str) -> Link | None:
        """The link of this token's hash."""
        row = self._run.row(self._sql.token_lookup, token_hash=token_hash)
        return _link(*row) if row else None

    def revoke(self, business_id: str, client_id: str) -> int:
        """End every link of a client."""
        return self._run.count(self._sql.revoke, of_business=business_id, of_client=client_id)

    def open_session(self, link: Link, session_hash: str, expires_at: datetime) -> None:
        """Keep a session that this link opened."""
        self._run.write(
            self._sql.open_session,
            session_hash=session_hash,
            business_id=link.business_id,
            link_id=str(link.id),
            expires_at=micros(expires_at),
        )

    def session(self, session_hash: str, now: datetime) -> Link | None:
        """The link whose session this is."""
        row = self._run.row(self._sql.session_lookup, session_hash=session_hash, now=micros(now))
        return _link(*row) if row else None

    def hit(self, business_id: str, subject: str, window: datetime) -> int:
        """Count one more for `subject` in this window."""
        rows = self._run.rows(self._sql.hit, business_id=business_id, subject=subject, began_at=micros(window), hits=1)
        return int(rows[0][0])


def _link(link_id: str, business_id: str, client_id: str, scope: str, expires_at: int, revoked: int) -> Link:
    return Link(
        id=UUID(link_id),
        business_id=business_id,
        client_id=client_id,
        scope=scope_of(scope),
        expires_at=time_of(expires_at),
        revoked=bool(revoked),
    )
