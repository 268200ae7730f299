"""Who may see and do what: roles, reach, and the one place where a call is refused (M2, M3, M4, M9, J1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from attrs import field, frozen

from jobthreads.domain.people import Business, Client, Role, Staff
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Job, Quote, Record, Scope, ScopeKind
from jobthreads.errors import (
    AttachmentsNotSupported,
    JobThreadsError,
    NotFound,
    NotPermitted,
    PortalDisabled,
    QuoteNotSent,
    UploadsOff,
)
from jobthreads.sentences import gettext as _

__all__ = ["FIELD_ROLES", "OFFICE_ROLES", "AccessPolicy", "Action", "Explanation", "FieldStaff", "Footing", "Grant"]


class Action(StrEnum):
    """What a person may want to do with a thread."""

    VIEW = "view"
    """See the job's activity feed."""
    MESSAGES = "messages"
    """See the conversation in the inbox, or in the portal."""
    START = "start"
    NOTE = "note"
    REPLY = "reply"
    ATTACH_INTERNAL = "attach_internal"
    ATTACH_VISIBLE = "attach_visible"
    SHOW = "show"
    """Make a file visible to the client."""
    HIDE = "hide"
    """Take a visible file back."""


class FieldStaff(StrEnum):
    """What Tradies and Apprentices may write on the jobs they are assigned to (M3)."""

    VIEW = "view"
    NOTE = "note"
    REPLY = "reply"


def _frozen_actions(actions: Iterable[Action]) -> frozenset[Action]:
    return frozenset(Action(action) for action in actions)


@frozen(kw_only=True)
class Grant:
    """What a role may do, and whether it reaches every thread or only the jobs it is assigned to."""

    actions: frozenset[Action] = field(converter=_frozen_actions)
    assigned_only: bool = False


_OFFICE = Grant(actions=frozenset(Action))
_LOOK = {Action.VIEW, Action.MESSAGES}
_FIELD = {
    FieldStaff.VIEW: Grant(actions=_LOOK, assigned_only=True),
    FieldStaff.NOTE: Grant(actions=_LOOK | {Action.NOTE, Action.ATTACH_INTERNAL}, assigned_only=True),
    FieldStaff.REPLY: Grant(actions=frozenset(Action) - {Action.START}, assigned_only=True),
}

OFFICE_ROLES: frozenset[str] = frozenset(
    {Role.ADMIN, Role.BUSINESS_OWNER, Role.FINANCE, Role.SOLE_TRADER, Role.SUPERVISOR}
)
"""The roles that work with every thread of their business."""

FIELD_ROLES: frozenset[str] = frozenset({Role.TRADIE, Role.APPRENTICE})
"""The roles that see only the jobs they are assigned to."""

MESSAGING = frozenset({Action.MESSAGES, Action.START, Action.REPLY, Action.ATTACH_VISIBLE, Action.SHOW})
"""The actions that need the Client Portal (M2)."""


@frozen(kw_only=True)
class AccessPolicy:
    """Role → permissions and reach (M3).

    `field_staff` says what field roles may write; `office_roles` and `field_roles` may name a host's own roles, and
    `grants` gives a role exactly what it says. A role that none of them knows reaches nothing.
    """

    field_staff: FieldStaff = field(default=FieldStaff.VIEW, converter=FieldStaff)
    office_roles: frozenset[str] = field(default=OFFICE_ROLES, converter=frozenset)
    field_roles: frozenset[str] = field(default=FIELD_ROLES, converter=frozenset)
    grants: Mapping[str, Grant] = field(factory=dict)

    def grant(self, role: str) -> Grant | None:
        """What `role` may do, None for a role that is not known."""
        if role in self.grants:
            return self.grants[role]
        if role in self.office_roles:
            return _OFFICE
        return _FIELD[self.field_staff] if role in self.field_roles else None

    def permits(self, staff: Staff, action: Action) -> bool:
        """Tell whether the person's role may do this at all."""
        grant = self.grant(staff.role)
        return grant is not None and action in grant.actions

    def assigned_only(self, staff: Staff) -> bool:
        """Tell whether the host must be asked for the person's jobs before their reach is known."""
        grant = self.grant(staff.role)
        return grant is not None and grant.assigned_only

    def reach(self, staff: Staff, assigned: Iterable[str | Job] = ()) -> Reach:
        """The person's reach, given the jobs they are assigned to now (ids, or the jobs themselves)."""
        grant = self.grant(staff.role)
        if grant is None:
            return Reach.nothing()
        if not grant.assigned_only:
            return Reach.everything()
        return Reach.jobs(job.id if isinstance(job, Job) else job for job in assigned)

    def holds(self, staff: Staff, record: Record) -> bool:
        """Tell whether the person's reach holds this record, from the record's own side (M8)."""
        grant = self.grant(staff.role)
        if grant is None or staff.business_id != record.business_id:
            return False
        return not grant.assigned_only or (isinstance(record, Job) and staff.id in record.assigned_to)

    def rings(self, staff: Staff, record: Record) -> bool:
        """Tell whether a client's entry on this record rings the person's bell (M8)."""
        return self.holds(staff, record) and self.permits(staff, Action.MESSAGES)

    def refusal(self, footing: Footing, action: Action) -> JobThreadsError | None:
        """Why the person may not do this, None when they may.

        First access is judged, then the portal switch; a quote that is not sent comes last, by `unsent` (S4).
        """
        person, record, scope = footing.person, footing.record, footing.scope
        if isinstance(person, Client):
            theirs = record is not None and record.client_id == person.id and not unsent(record)
            if not theirs:
                return NotFound()
            closed = self._switch(footing, Action.MESSAGES)
            return closed or (_upload_refusal(record) if action in _FILES else None)
        if not footing.reach.holds(scope) or (record is None and self.assigned_only(person)):
            return NotFound()
        looking = action in _LOOK
        if record is None and not looking:
            return NotPermitted(
                _("The record is no longer there; its history can be read, not written."),
                hint=_("Write on another job or quote of this client."),
            )
        if not self.permits(person, action):
            return NotPermitted(_MAY_NOT[action], hint=_("Ask your office to do it, or to change your role."))
        if scope.kind is ScopeKind.QUOTE and action in _FILES:
            return AttachmentsNotSupported()
        if scope.kind is ScopeKind.QUOTE and action is Action.NOTE:
            return NotPermitted(_("A quote has messages only."), hint=_("Write notes on the job instead."))
        return self._switch(footing, action)

    def _switch(self, footing: Footing, action: Action) -> JobThreadsError | None:
        if action not in MESSAGING or footing.business.portal_enabled:
            return None
        if isinstance(footing.person, Client):
            return closed(footing.business)
        return PortalDisabled()


def closed(business: Business) -> PortalDisabled:
    """The refusal for a client while the Client Portal is off (M2)."""
    return PortalDisabled(
        _("The portal is closed just now."), hint=_("Please get in touch with %(name)s directly.", name=business.name)
    )


_FILES = {Action.ATTACH_INTERNAL, Action.ATTACH_VISIBLE, Action.SHOW, Action.HIDE}


def _upload_refusal(record: Record | None) -> JobThreadsError | None:
    """Why the client can't upload here: a quote has messages only, and a job's pipeline must allow it (J8)."""
    if not isinstance(record, Job):
        return AttachmentsNotSupported()
    return None if record.client_uploads else UploadsOff()


_MAY_NOT = {
    Action.VIEW: _("Your role may not see this."),
    Action.MESSAGES: _("Your role may not see messages."),
    Action.START: _("Your role may not start conversations."),
    Action.NOTE: _("Your role may not write notes."),
    Action.REPLY: _("Your role may not write customer replies."),
    Action.ATTACH_INTERNAL: _("Your role may not attach files."),
    Action.ATTACH_VISIBLE: _("Your role may not attach files that the client sees."),
    Action.SHOW: _("Your role may not show files to the client."),
    Action.HIDE: _("Your role may not take files back from the client."),
}


@frozen(kw_only=True)
class Footing:
    """On what ground a call stands: the person, the scope, and the host's answers at the start of the call."""

    business: Business
    person: Staff | Client
    reach: Reach
    scope: Scope
    record: Record | None


def unsent(record: Record | None) -> bool:
    """Tell whether this is a quote that the client cannot see."""
    return isinstance(record, Quote) and not record.sent_to_portal


def sendable(record: Record | None) -> JobThreadsError | None:
    """Why nothing can be sent to the client on this record now, None when it can (M4)."""
    return QuoteNotSent() if unsent(record) else None


@frozen(kw_only=True)
class Explanation:
    """Why someone may or may not do something (M10): the answer, a sentence, the next step, the error's code."""

    allowed: bool
    sentence: str
    hint: str = ""
    code: str | None = None
