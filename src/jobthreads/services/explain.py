"""Why can or can't someone do something here? The answer in full, for whoever may know it (M10)."""

from __future__ import annotations

from jobthreads.domain.people import Client, Staff
from jobthreads.domain.records import Scope, ScopeKind
from jobthreads.errors import InvalidInput, NotFound, PortalDisabled
from jobthreads.policies.access import Action, Explanation, Footing, sendable, unsent
from jobthreads.sentences import gettext as _
from jobthreads.services.ground import Ground

__all__ = ["explain"]


def explain(ground: Ground, asker: Staff, about: Staff | Client, action: str, scope: Scope) -> Explanation:
    """Say why `about` may or may not do `action` on `scope`, to an asker whose reach holds it; else `NotFound`."""
    if action not in Action._value2member_map_:
        raise InvalidInput(f"There is no action {action!r:.40}.", field="action", hint=f"One of: {', '.join(Action)}.")
    wanted = Action(action)
    ground.require(ground.staff_footing(asker, scope), Action.VIEW)
    if about.business_id != asker.business_id:
        raise NotFound
    if isinstance(about, Client):
        return _about_client(ground.client_footing(about, scope), about, wanted, ground)
    return _about_staff(ground.staff_footing(about, scope), about, wanted, ground)


def _about_client(footing: Footing, client: Client, action: Action, ground: Ground) -> Explanation:
    record = footing.record
    if action not in {Action.MESSAGES, Action.REPLY, Action.ATTACH_VISIBLE}:
        return _no(
            _("%(name)s is a client, and clients see and write messages only.", name=client.name), "", "not-permitted"
        )
    if record is None:
        return _no(_("The record is no longer there."), _("Nothing can be done for the client here."), "not-found")
    if record.client_id != client.id:
        return _no(
            _("%(reference)s is not %(name)s's.", reference=record.reference, name=client.name),
            _("Each client sees only their own records."),
            "not-found",
        )
    if unsent(record):
        return _no(
            _("The quote %(reference)s has not been sent to the Client Portal.", reference=record.reference),
            _("Send the quote to the portal first."),
            "quote-not-sent",
        )
    if action is Action.REPLY and not ground.settings.client_may_start:
        with ground.repository.reading() as work:
            thread = work.entries.thread(footing.business.id, footing.scope)
        if thread is None or not thread.started:
            return _no(
                _("The conversation has not begun, and clients may not begin one here."),
                _("Write the first reply, or let clients begin: Settings.client_may_start."),
                "not-permitted",
            )
    return _from(ground, footing, action, _("%(name)s can do this.", name=client.name))


def _about_staff(footing: Footing, staff: Staff, action: Action, ground: Ground) -> Explanation:
    if ground.access.grant(staff.role) is None:
        return _no(
            _("The role %(role)s is not known to the access policy.", role=repr(str(staff.role))),
            _("Give the person a known role, or name the role in AccessPolicy."),
            "not-found",
        )
    if not footing.reach.holds(footing.scope):
        if footing.scope.kind is ScopeKind.QUOTE:
            return _no(
                _("%(name)s sees assigned jobs only, and this is a quote.", name=staff.name),
                _("Quotes are for the office roles."),
                "not-found",
            )
        return _no(
            _("%(name)s is not assigned to this job.", name=staff.name), _("Assign them to the job."), "not-found"
        )
    return _from(ground, footing, action, _("%(name)s can do this.", name=staff.name))


def _from(ground: Ground, footing: Footing, action: Action, yes: str) -> Explanation:
    refusal = ground.access.refusal(footing, action)
    if refusal is None and action in {Action.REPLY, Action.START}:
        refusal = sendable(footing.record)
    if refusal is None:
        return Explanation(allowed=True, sentence=yes)
    if refusal.code == "portal-disabled":
        return _no(PortalDisabled.sentence, PortalDisabled.advice, refusal.code)
    return _no(refusal.said, refusal.hint, refusal.code)


def _no(sentence: str, hint: str, code: str) -> Explanation:
    return Explanation(allowed=False, sentence=sentence, hint=hint, code=code)
