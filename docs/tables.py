"""The tables of the reference that are made from the code, so that they cannot drift from it."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from enum import Enum

import attrs

from jobthreads import AccessPolicy, Action, FieldStaff, Role, Settings
from jobthreads import errors as refusals
from jobthreads.web import problems
from jobthreads.web.routes import Face
from jobthreads.web.site import Site
from jobthreads.web.sites import PortalSite, StaffSite

_EXAMPLES = (
    refusals.AttachmentTooLarge(limit=26_214_400),
    refusals.AttachmentTypeNotAllowed(seems="a ZIP archive"),
    refusals.TextTooLong(field="text", length=10_250, limit=10_000),
    refusals.LimitReached(retry_after=120),
)
"""The refusals whose sentence is made of their facts."""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def errors() -> str:
    """Every refusal, by its status."""
    places = ((refusals, refusals.__all__), (problems, problems.__all__))
    found = [getattr(module, name) for module, names in places for name in names]
    kinds = [kind for kind in found if inspect.isclass(kind) and issubclass(kind, refusals.JobThreadsError)]
    told: dict[type[refusals.JobThreadsError], tuple[str, str]] = {
        type(example): (str(example), example.hint) for example in _EXAMPLES
    }
    rows = []
    for kind in sorted(kinds, key=lambda kind: (_status(kind), kind.code)):
        sentence, hint = told.get(kind, (kind.sentence, kind.advice))
        rows.append((str(_status(kind)), _error_name(kind), f"`{kind.code}`", f"{sentence} *{hint}*"))
    return _table(("status", "error", "code", "sentence and *hint*"), rows)


def _status(kind: type[refusals.JobThreadsError]) -> int:
    return next(problems.STATUS[base] for base in kind.__mro__ if base in problems.STATUS)


def _error_name(kind: type[refusals.JobThreadsError]) -> str:
    if kind.__module__ == refusals.__name__:
        return f"{{py:exc}}`~jobthreads.errors.{kind.__name__}`"
    return "(pages and API)"


def settings() -> str:
    """The settings, and what they are unless the host says otherwise."""
    shipped = Settings()
    values = ((field.name, getattr(shipped, field.name)) for field in attrs.fields(Settings))
    return _table(
        ("setting", "default"),
        ((f"`{name}`", f"`{value.value if isinstance(value, Enum) else value}`") for name, value in values),
    )


def roles() -> str:
    """What each role may do, under the policy as it is shipped and under its two variants."""
    policies = [AccessPolicy(field_staff=choice) for choice in FieldStaff]
    rows = []
    for role in Role:
        grants = [policy.grant(role) for policy in policies]
        first = grants[0]
        if first is None:
            continue
        reach = "the jobs they are assigned to" if first.assigned_only else "every thread of the business"
        cells = [", ".join(f"`{action}`" for action in Action if grant and action in grant.actions) for grant in grants]
        rows.append((f"`{role}`", reach, cells[0] if len(set(cells)) == 1 else "; ".join(_named(policies, cells))))
    return _table(("role", "sees", "may"), rows)


def _named(policies: list[AccessPolicy], cells: list[str]) -> list[str]:
    return [f"with `{policy.field_staff}`: {cell}" for policy, cell in zip(policies, cells, strict=True)]


def staff_routes() -> str:
    """The addresses of the staff mount."""
    return _routes(StaffSite)


def portal_routes() -> str:
    """The addresses of the portal mount."""
    return _routes(PortalSite)


def _routes(site: type[Site]) -> str:
    faces = {Face.PAGE: "page", Face.ENTER: "page, before sign-in", Face.API: "JSON", Face.DOCUMENT: "JSON, open"}
    rows = [
        (
            f"`{route.method}`",
            f"`{route.path or '(the mount itself)'}`",
            faces.get(route.face, "file, open"),
            route.summary,
            " ".join(f"`{name}`" for name in route.query),
            f"`{site.name_of(route.path)}`",
        )
        for route in site.routes
    ]
    return _table(("method", "address", "answers", "what", "parameters", "name"), rows)
