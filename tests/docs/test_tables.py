"""The tables that are made from the code."""

from __future__ import annotations

import sys

from jobthreads import Role, errors
from jobthreads.web.routes import PORTAL, STAFF
from tests.docs.snippets import DOCS

sys.path.insert(0, str(DOCS))
import tables


def _first_cells(table: str, column: int) -> list[str]:
    return [line.strip("| ").split(" | ")[column] for line in table.splitlines()[2:]]


def test_every_error_stands_in_the_table_once() -> None:
    """The table of errors holds the status, code and sentence of each error, beside those of the pages."""
    named = [cell.split(".")[-1].rstrip("`") for cell in _first_cells(tables.errors(), 1) if "errors" in cell]
    assert sorted(errors.__all__) == sorted(named)
    told = (
        "| 422 | {py:exc}`~jobthreads.errors.AttachmentsNotSupported` | `attachments-not-supported` | Messages are text"
    )
    assert told in tables.errors()
    assert "The message has 10,250 characters; the most is 10,000." in tables.errors()


def test_every_route_stands_in_its_table() -> None:
    """The tables of addresses hold every route of both mounts, in their order."""
    assert [f"`{route.method}`" for route in STAFF] == _first_cells(tables.staff_routes(), 0)
    assert [f"`{route.path or '(the mount itself)'}`" for route in PORTAL] == _first_cells(tables.portal_routes(), 1)


def test_every_role_stands_in_the_table() -> None:
    """M3: the table of roles says what each of the seven may do, read from the policy itself."""
    assert [f"`{role}`" for role in Role] == _first_cells(tables.roles(), 0)
    assert "| `tradie` | the jobs they are assigned to | with `view`: `view`, `messages`; " in tables.roles()


def test_every_setting_stands_in_the_table() -> None:
    """The table of settings has each one's default."""
    assert "| `mails_an_hour` | `60` |" in tables.settings()
    assert "| `lease` | `0:05:00` |" in tables.settings()
