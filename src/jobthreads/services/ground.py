"""What every use case stands on: the ports, the policies, and the host's answers at the start of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import IO, TypeVar
from uuid import UUID

from attrs import field, frozen

from jobthreads.domain.people import Business, Client, Staff
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Job, OfRecord, Record, Scope, ScopeKind
from jobthreads.domain.settings import Settings
from jobthreads.errors import NotFound, NotPermitted, PortalDisabled
from jobthreads.policies.access import AccessPolicy, Action, Footing
from jobthreads.policies.attachments import AttachmentPolicy
from jobthreads.ports import BlobStorage, Directory, Notifier, Repository, Scanner

__all__ = ["Ground", "present_names"]


Line = TypeVar("Line", bound=OfRecord)

_JOB = ScopeKind.JOB


def _nothing() -> None:
    pass


def _is_of(record: Record, business_id: str, scope: Scope) -> bool:
    """Tell whether this is the record of this business that `scope` names (S3)."""
    same = record.business_id == business_id and record.id == scope.id
    return same and isinstance(record, Job) is (scope.kind is _JOB)


@frozen(kw_only=True)
class Ground:
    """The ports and policies of one `JobThreads`, handed to every door."""

    directory: Directory
    repository: Repository
    notifiers: Mapping[str, Notifier]
    portal_url: Callable[[Business], str]
    access: AccessPolicy
    settings: Settings
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    sender: object = None
    wake: Callable[[], None] = field(default=_nothing)
    attachments: AttachmentPolicy = field(factory=AttachmentPolicy)
    storage: BlobStorage | None = None
    scanner: Scanner | None = None
    previews: Callable[[IO[bytes], str], bytes | None] | None = None

    def business(self, business_id: str) -> Business:
        """The business as the host gives it now; raises `NotFound`."""
        business = self.directory.business(business_id)
        if business is None or business.id != business_id:
            raise NotFound
        return business

    def record(self, business_id: str, scope: Scope) -> Record | None:
        """The job or quote as the host gives it now."""
        record = self.directory.records(business_id, [scope]).get(scope)
        return record if record is not None and _is_of(record, business_id, scope) else None

    def records(self, business_id: str, scopes: list[Scope]) -> Mapping[Scope, Record]:
        """The jobs and quotes of these scopes; what belongs to another business is left out (S3)."""
        if not scopes:
            return {}
        found = self.directory.records(business_id, scopes)
        wrong = [scope for scope, record in found.items() if not _is_of(record, business_id, scope)]
        return {scope: record for scope, record in found.items() if scope not in wrong} if wrong else found

    def known(self, actor: Staff, rows: list[Line]) -> tuple[list[Line], list[Record | None], Mapping[str, Client]]:
        """What the host gives for the rows of a list: the record of each, None where there is none, and the clients.

        Someone who sees only the jobs they are assigned to sees no row without a record.
        """
        scopes = [row.scope for row in rows]
        found = self.records(actor.business_id, list(dict.fromkeys(scopes)))
        records: list[Record | None]
        if list(found) == scopes:
            # As most hosts give them, and faster than to look each one up.
            records = list(found.values())
        else:
            records = list(map(found.get, scopes))
            if self.access.assigned_only(actor):
                rows, records = [row for row in rows if row.scope in found], [one for one in records if one is not None]
        whose = [(row if record is None else record).client_id for row, record in zip(rows, records, strict=True)]
        return rows, records, self.clients(actor.business_id, list(dict.fromkeys(whose)))

    def client(self, business_id: str, client_id: str) -> Client | None:
        """The client as the host gives them now."""
        return self.clients(business_id, [client_id]).get(client_id)

    def clients(self, business_id: str, client_ids: list[str]) -> Mapping[str, Client]:
        """The clients of these ids; whoever belongs to another business is left out (S3).

        A mapping of our own: what is read from it later is what was asked now.
        """
        if not client_ids:
            return {}
        found = self.directory.clients(business_id, client_ids)
        return {
            client_id: client
            for client_id, client in found.items()
            if client.business_id == business_id and client.id == client_id
        }

    def client_of(self, footing: Footing) -> Client | None:
        """The client of the footing's record."""
        return self.client(footing.business.id, footing.record.client_id) if footing.record else None

    def reach(self, actor: Staff) -> Reach:
        """The person's reach as it is now: assignment is the host's, asked on every call (M3)."""
        assigned = self.directory.jobs_assigned_to(actor) if self.access.assigned_only(actor) else ()
        return self.access.reach(actor, assigned)

    def staff_footing(self, actor: Staff, scope: Scope) -> Footing:
        """On what ground a staff member calls; raises `NotFound` for an unknown business."""
        return Footing(
            business=self.business(actor.business_id),
            person=actor,
            reach=self.reach(actor),
            scope=scope,
            record=self.record(actor.business_id, scope),
        )

    def client_footing(self, client: Client, scope: Scope) -> Footing:
        """On what ground a client calls; raises `NotFound` for an unknown business."""
        return Footing(
            business=self.business(client.business_id),
            person=client,
            reach=Reach.nothing(),
            scope=scope,
            record=self.record(client.business_id, scope),
        )

    def require_messages(self, actor: Staff, action: Action) -> None:
        """Judge a call that names no scope: the role first, then the portal switch (M2, S4)."""
        business = self.business(actor.business_id)
        if not self.access.permits(actor, action):
            raise NotPermitted("Your role may not start conversations." if action is Action.START else None)
        if not business.portal_enabled:
            raise PortalDisabled

    def require(self, footing: Footing, action: Action) -> None:
        """Refuse the call, or let it go on; what is neither there nor remembered is `NotFound` before all (S2)."""
        refusal = self.access.refusal(footing, action)
        if footing.record is None and not isinstance(refusal, NotFound):
            with self.repository.reading() as work:
                if not work.entries.exists(footing.business.id, footing.scope):
                    raise NotFound
        if refusal is not None:
            raise refusal


def present_names(row: OfRecord, record: Record | None, clients: Mapping[str, Client]) -> tuple[str, str, str, str]:
    """A row's reference, title, client's id and client's name as the host gives them now, else the last known (M9)."""
    known = row if record is None else record
    client = clients.get(known.client_id)
    name = client.name if client else row.client_name if known.client_id == row.client_id else ""
    return known.reference, known.title, known.client_id, name
