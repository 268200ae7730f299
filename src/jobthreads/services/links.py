"""Mailed links into the portal: how they are made, opened and renewed."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from jobthreads.domain.notifications import Delivery, Link
from jobthreads.domain.people import Business, Client
from jobthreads.domain.portal import Entrance, LinkPreview
from jobthreads.domain.records import Scope
from jobthreads.errors import LimitReached, LinkExpired
from jobthreads.policies.access import closed
from jobthreads.services.ground import Ground
from jobthreads.services.writing import within_limit

__all__ = ["LinkDoor", "make_link"]

_HOUR = timedelta(hours=1)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def make_link(ground: Ground, business: Business, client: Client, scope: Scope) -> str:
    """Make and keep a link for this client, and give its address; committed before the mail starts."""
    token = secrets.token_urlsafe(32)
    link = Link(
        id=ground.new_id(),
        business_id=business.id,
        client_id=client.id,
        scope=scope,
        expires_at=ground.clock() + timedelta(days=ground.settings.link_days),
    )
    with ground.repository.atomic() as work:
        work.links.add(link, _hash(token))
    return f"{ground.portal_url(business).rstrip('/')}/enter/{token}"


class LinkDoor:
    """The part of the portal door that stands before sign-in: tokens in, sessions out."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def preview(self, token: str) -> LinkPreview:
        """Look a link up without changing anything."""
        _, business, _ = self._known(token)
        return LinkPreview(business=business)

    def enter(self, token: str) -> Entrance:
        """Open a session for the client of a link that still works."""
        link, _, client = self._known(token)
        session = secrets.token_urlsafe(32)
        expires_at = self._ground.clock() + timedelta(hours=self._ground.settings.session_hours)
        with self._ground.repository.atomic() as work:
            work.links.open_session(link, _hash(session), expires_at)
        return Entrance(session=session, client=client, scope=link.scope, expires_at=expires_at)

    def _known(self, token: str) -> tuple[Link, Business, Client]:
        with self._ground.repository.reading() as work:
            link = work.links.by_token(_hash(token))
        if link is None or link.revoked or link.expires_at <= self._ground.clock():
            raise LinkExpired
        business = self._ground.directory.business(link.business_id)
        client = self._ground.client(link.business_id, link.client_id)
        if business is None or client is None:
            raise LinkExpired
        if not business.portal_enabled:
            raise closed(business)
        return link, business, client

    def renew(self, token: str) -> None:
        """Queue a fresh link for an expired one that was not revoked, and say nothing about it."""
        ground, now = self._ground, self._ground.clock()
        token_hash = _hash(token)
        with ground.repository.reading() as work:
            link = work.links.by_token(token_hash)
        if link is None or link.revoked or link.expires_at > now:
            return
        try:
            with ground.repository.atomic() as work:
                within_limit(ground, work, link.business_id, f"link:{link.id}", ground.settings.links_an_hour, _HOUR)
                thread = work.entries.thread(link.business_id, link.scope)
                if thread is None:
                    return
                work.outbox.queue(
                    [
                        Delivery(
                            id=ground.new_id(),
                            business_id=link.business_id,
                            thread_id=thread.id,
                            entry_id=None,
                            showing=None,
                            channel=channel,
                            client_id=link.client_id,
                            due_at=now,
                            created_at=now,
                        )
                        for channel in ground.notifiers
                    ]
                )
                work.after_commit(ground.wake)
        except LimitReached:
            return

    def revoke(self, client: Client) -> int:
        """End every link of a client, and with them their sessions."""
        with self._ground.repository.atomic() as work:
            return work.links.revoke(client.business_id, client.id)

    def client_of(self, session: str) -> Client | None:
        """The client of a session that is not over."""
        with self._ground.repository.reading() as work:
            link = work.links.session(_hash(session), self._ground.clock())
        return self._ground.client(link.business_id, link.client_id) if link else None
