"""The bell door: which threads a client wrote in since this person looked."""

from __future__ import annotations

from jobthreads import signals
from jobthreads.domain.notifications import Notice
from jobthreads.domain.people import Staff
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope
from jobthreads.errors import NotFound
from jobthreads.policies.access import Action
from jobthreads.services.ground import Ground

__all__ = ["BellDoor"]

_MOST_NOTICES = 100


class BellDoor:
    """Staff in-app notifications (J10); empty while the Client Portal is off, its rows kept (M2)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def unread(self, actor: Staff) -> int:
        """How many threads in the actor's reach are unread, 100 at most: also the sidebar's number."""
        reach = self._reach(actor)
        if reach is None:
            return 0
        with self._ground.repository.reading() as work:
            return work.bell.unread(actor.business_id, actor.id, reach)

    def notices(self, actor: Staff) -> tuple[Notice, ...]:
        """One line per unread thread in reach, newest first, 100 at most."""
        reach = self._reach(actor)
        if reach is None:
            return ()
        with self._ground.repository.reading() as work:
            return tuple(work.bell.notices(actor.business_id, actor.id, reach, _MOST_NOTICES))

    def mark_read(self, actor: Staff, scope: Scope | None = None) -> bool:
        """Clear one line, or all of them; False if nothing changed. Raises `NotFound` for a scope out of reach."""
        reach = self._reach(actor)
        if reach is None:
            return False
        if scope is not None:
            if not reach.holds(scope):
                raise NotFound
            reach = Reach.records([scope])
            record = self._ground.record(actor.business_id, scope)
        with self._ground.repository.reading() as work:
            if not work.bell.unread(actor.business_id, actor.id, reach):
                if scope is not None and record is None and not work.entries.exists(actor.business_id, scope):
                    raise NotFound
                return False
        with self._ground.repository.atomic() as work:
            changed = work.bell.read_all(actor.business_id, actor.id, reach)
            if changed and scope is not None:
                work.after_commit(
                    lambda: signals.tell(
                        signals.thread_read,
                        self._ground.sender,
                        business_id=actor.business_id,
                        scope=scope,
                        reader=actor,
                    )
                )
        return changed

    def _reach(self, actor: Staff) -> Reach | None:
        """The reach the bell rings in; None where it is silent: portal off, or a role without messages."""
        business = self._ground.business(actor.business_id)
        if not business.portal_enabled or not self._ground.access.permits(actor, Action.MESSAGES):
            return None
        return self._ground.reach(actor)
