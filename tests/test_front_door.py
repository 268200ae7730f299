"""The front door is a list, and opens without any framework."""

from __future__ import annotations

import subprocess
import sys

import pytest

import jobthreads

NAMES = [
    "AccessPolicy",
    "Action",
    "AttachmentPolicy",
    "Author",
    "AuthorKind",
    "Availability",
    "Business",
    "Client",
    "Conversation",
    "Entrance",
    "Entry",
    "EntryKind",
    "Explanation",
    "FailedDelivery",
    "FeedHeader",
    "FieldStaff",
    "File",
    "FileType",
    "FormSave",
    "Grant",
    "InboxRow",
    "Job",
    "JobThreads",
    "LinkPreview",
    "Notice",
    "Notification",
    "OpenFile",
    "Page",
    "PortalAuthor",
    "PortalConversation",
    "PortalEntry",
    "PortalFile",
    "PortalRecord",
    "PortalSearchHit",
    "Quote",
    "Reach",
    "Record",
    "Role",
    "ScanState",
    "Scope",
    "ScopeKind",
    "SearchHit",
    "Settings",
    "Staff",
    "StaticDirectory",
    "StatusChange",
    "Visibility",
    "errors",
    "signals",
]


def test_the_front_door_is_this_list() -> None:
    """A name that comes or goes is a decision, and this list is where it is taken."""
    assert NAMES == list(jobthreads.__all__)
    assert sorted(NAMES) == NAMES
    assert all(hasattr(jobthreads, name) for name in NAMES)


FRAMEWORKS = ["flask", "werkzeug", "django", "starlette"]
DATABASES = ["sqlalchemy", "alembic"]
MODULES = [
    ("jobthreads", FRAMEWORKS + DATABASES + ["jinja2", "pytest"]),
    ("jobthreads.web.routes", FRAMEWORKS + DATABASES + ["pytest"]),
    ("jobthreads.adapters.email", FRAMEWORKS + DATABASES + ["pytest"]),
    ("jobthreads.adapters.sqlalchemy", [*FRAMEWORKS, "pytest"]),
    ("jobthreads.testing", FRAMEWORKS),
]


@pytest.mark.parametrize(("module", "blocked"), MODULES, ids=[module for module, _ in MODULES])
def test_it_opens_without(module: str, blocked: list[str]) -> None:
    """The core and the pages import no framework, and no database but the adapter that is for it."""
    program = f"import sys\nfor name in {blocked!r}:\n    sys.modules[name] = None\nimport {module}\nprint('open')"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ("open\n", "") == (run.stdout, run.stderr)
