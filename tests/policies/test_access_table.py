"""The table role × action × state, as data."""

from __future__ import annotations

import pytest

from jobthreads import AccessPolicy, Action, FieldStaff, Grant, Role
from jobthreads.policies.access import Footing
from jobthreads.testing import business, client, job, quote, staff

OK, GONE, NO, OFF = None, "not-found", "not-permitted", "portal-disabled"
V, M, S, N, R = Action.VIEW, Action.MESSAGES, Action.START, Action.NOTE, Action.REPLY

OFFICE = [Role.ADMIN, Role.BUSINESS_OWNER, Role.FINANCE, Role.SOLE_TRADER, Role.SUPERVISOR]
FIELD = [Role.TRADIE, Role.APPRENTICE]

# What stands for each role in each state, in the order: view, messages, start, note, reply.
STATES = [
    "assigned",
    "other job",
    "quote",
    "gone",
    "assigned, portal off",
    "other job, portal off",
    "quote, portal off",
]
TABLE: dict[str, dict[str, list[str | None]]] = {
    "office": {
        "assigned": [OK, OK, OK, OK, OK],
        "other job": [OK, OK, OK, OK, OK],
        "quote": [OK, OK, OK, NO, OK],
        "gone": [OK, OK, NO, NO, NO],
        "assigned, portal off": [OK, OFF, OFF, OK, OFF],
        "other job, portal off": [OK, OFF, OFF, OK, OFF],
        "quote, portal off": [OK, OFF, OFF, NO, OFF],
    },
    "field, view": {
        "assigned": [OK, OK, NO, NO, NO],
        "assigned, portal off": [OK, OFF, NO, NO, NO],
    },
    "field, note": {
        "assigned": [OK, OK, NO, OK, NO],
        "assigned, portal off": [OK, OFF, NO, OK, NO],
    },
    "field, reply": {
        "assigned": [OK, OK, NO, OK, OK],
        "assigned, portal off": [OK, OFF, NO, OK, OFF],
    },
    "stranger": {},
}
NOWHERE: list[str | None] = [GONE] * 5


def _rows() -> list[tuple[str, str, str, Action, str | None]]:
    people = [(role, "office", "view") for role in OFFICE]
    people += [(role, f"field, {may}", may) for role in FIELD for may in FieldStaff]
    people += [("gardener", "stranger", "view"), ("", "stranger", "reply"), ("Admin", "stranger", "reply")]
    return [
        (role, may, state, action, answer)
        for role, line, may in people
        for state in STATES
        for action, answer in zip([V, M, S, N, R], TABLE[line].get(state, NOWHERE), strict=True)
    ]


@pytest.mark.parametrize(("role", "may", "state", "action", "answer"), _rows())
def test_who_may_do_what_where(role: str, may: str, state: str, action: Action, answer: str | None) -> None:
    """M3: each role, in each state, may do exactly what the table says; what is out of reach is not found."""
    policy = AccessPolicy(field_staff=FieldStaff(may))
    assigned, other, sent = job(assigned_to=["tom"]), job("1043"), quote()
    record = {"assigned": assigned, "quote": sent, "gone": None}.get(state.split(",")[0], other)
    person = staff("tom", role=role)
    footing = Footing(
        business=business(portal_enabled=not state.endswith("off")),
        person=person,
        reach=policy.reach(person, ["1042"]),
        scope=record.scope if record else assigned.scope,
        record=record,
    )
    refusal = policy.refusal(footing, action)
    assert answer == (refusal.code if refusal else None)


@pytest.mark.parametrize("role", [*OFFICE, *FIELD])
def test_a_record_knows_whose_reach_holds_it(role: str) -> None:
    """M8: seen from the record, the same people hold it as seen from the person."""
    policy = AccessPolicy()
    person = staff("tom", role=role)
    for record in (job(assigned_to=["tom"]), job("1043"), quote()):
        assert policy.reach(person, ["1042"]).holds(record.scope) == policy.holds(person, record)
        assert not policy.holds(staff("tom", role=role, business_id="volt"), record)


def test_a_role_that_nobody_knows_reaches_nothing() -> None:
    """M3: an unknown role has no reach and no permission."""
    policy, gardener = AccessPolicy(), staff(role="gardener")
    assert policy.grant("gardener") is None
    assert frozenset() == policy.reach(gardener, ["1042"]).scopes
    assert not policy.holds(gardener, job(assigned_to=["kim"]))
    assert not any(policy.permits(gardener, action) for action in Action)


def test_a_host_names_its_own_roles() -> None:
    """M3: a host may count its own roles among the office or the field, or grant exactly what it says."""
    policy = AccessPolicy(
        office_roles={*OFFICE, "dispatcher"},
        field_roles={*FIELD, "subcontractor"},
        grants={"auditor": Grant(actions=["view"]), Role.FINANCE: Grant(actions=["view", "messages"])},
    )
    assert all(policy.permits(staff(role="dispatcher"), action) for action in Action)
    assert policy.assigned_only(staff(role="subcontractor"))
    assert policy.permits(staff(role="auditor"), V)
    assert not policy.permits(staff(role="auditor"), M)
    assert policy.reach(staff(role="auditor")).scopes is None
    assert not policy.permits(staff(role=Role.FINANCE), R)


def test_a_reach_is_made_of_ids_or_of_jobs() -> None:
    """M3: what the host says someone is assigned to may be ids or the jobs themselves."""
    tom = staff("tom", role=Role.TRADIE)
    assert AccessPolicy().reach(tom, ["1042", "7"]) == AccessPolicy().reach(tom, [job(), job("7")])


@pytest.mark.parametrize(
    ("record", "portal", "answer"),
    [
        (job(), True, OK),
        (quote(), True, OK),
        (quote(sent_to_portal=False), True, GONE),
        (job(client_id="omar"), True, GONE),
        (None, True, GONE),
        (job(), False, OFF),
        (quote(sent_to_portal=False), False, GONE),
        (job(client_id="omar"), False, GONE),
    ],
)
def test_a_client_reaches_their_own_records(record: object, portal: bool, answer: str | None) -> None:
    """M11: a client reaches every job and every sent quote of their own; the rest is not found, portal on or off."""
    footing = Footing(
        business=business(portal_enabled=portal),
        person=client(),
        reach=AccessPolicy().reach(staff(role="nobody")),
        scope=job().scope,
        record=record,  # type: ignore[arg-type]
    )
    refusal = AccessPolicy().refusal(footing, Action.MESSAGES)
    assert answer == (refusal.code if refusal else None)
