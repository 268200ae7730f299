"""The one projection from what is kept to what a client sees."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from attrs import asdict, evolve, fields

from jobthreads import (
    Author,
    AuthorKind,
    Client,
    Entry,
    EntryKind,
    File,
    FormSave,
    PortalAuthor,
    PortalEntry,
    PortalFile,
    Settings,
    StatusChange,
    Visibility,
)
from jobthreads.domain.entries import KeptEntry, Showing
from jobthreads.policies.audience import project, snippet
from jobthreads.testing import MONDAY, business, client, job

STAFF = Author(kind=AuthorKind.STAFF, id="secret-staff-id", name="Kim Lee")


def kept(kind: EntryKind = EntryKind.REPLY, author: Author = STAFF, **facts: object) -> KeptEntry:
    known = {
        "id": uuid4(),
        "scope": job().scope,
        "seq": 41,
        "kind": kind,
        "visibility": Visibility.VISIBLE,
        "author": author,
        "at": MONDAY,
        "body": "Hello",
    }
    showing = Showing(number=977, at=MONDAY + timedelta(hours=1), client_id="dana")
    return KeptEntry(entry=Entry(**{**known, **facts}), showing=showing)  # type: ignore[arg-type]


def seen(line: KeptEntry, who: Client | None = None, settings: Settings | None = None) -> PortalEntry | None:
    return project(line, client=who or client(), business=business(), settings=settings or Settings())


def test_a_reply_is_shown_with_its_time_of_showing() -> None:
    """S1: a client sees the text, the name, and when it became visible."""
    entry = seen(kept())
    assert entry is not None
    assert ("Hello", "Kim Lee", False, MONDAY + timedelta(hours=1)) == (
        entry.body,
        entry.author_name,
        entry.from_me,
        entry.at,
    )


def test_no_number_and_no_staff_id_leaves() -> None:
    """S1: what a client is given has no place for a number, a visibility, a scope or an author's id."""
    assert {"id", "kind", "author_name", "from_me", "at", "body", "file"} == {
        field.name for field in fields(PortalEntry)
    }
    entry = seen(kept())
    assert entry is not None
    told = repr(asdict(entry))
    for secret in ("secret-staff-id", "977", "41,"):
        assert secret not in told.replace(str(entry.id), "")


@pytest.mark.parametrize(
    "line",
    [
        kept(visibility=Visibility.INTERNAL),
        kept(EntryKind.NOTE),
        kept(EntryKind.NOTE, visibility=Visibility.INTERNAL),
        kept(visibility="unknown"),
        evolve(kept(), showing=None),
        evolve(kept(), showing=Showing(number=1, at=MONDAY, client_id="omar")),
        evolve(kept(), showing=Showing(number=1, at=MONDAY, client_id="DANA")),
    ],
)
def test_what_is_doubtful_is_not_shown(line: KeptEntry) -> None:
    """S1: an internal entry, a note, an unknown visibility, a missing showing and another client's are nothing."""
    assert seen(line) is None


def test_another_business_is_nothing() -> None:
    """S3: a client of the same id in another business sees nothing of it."""
    assert seen(kept(), client(business_id="volt")) is None


def test_a_status_change_shows_its_new_status_only() -> None:
    """J9: a visible status change stands with its new status, a form with its title, and nothing else."""
    change = seen(kept(EntryKind.STATUS_CHANGE, body=None, status=StatusChange(old="Disputed", new="Booked")))
    form = seen(kept(EntryKind.FORM_SAVE, body=None, form=FormSave(form="Site check", changes={"Asbestos": "yes"})))
    assert change is not None
    assert form is not None
    assert ("Booked", "Site check") == (change.body, form.body)
    assert "Disputed" not in repr(change)
    assert "Asbestos" not in repr(form)


def test_a_file_shows_name_and_size() -> None:
    """S1: a visible file is shown as a file."""
    file = File(name="plan.pdf", size=5, type="application/pdf")
    entry = seen(kept(EntryKind.FILE, file=file, body="never shown"))
    assert entry is not None
    shown = PortalFile(name="plan.pdf", size=5, type="application/pdf")
    assert (shown, None) == (entry.file, entry.body)


@pytest.mark.parametrize(
    ("author", "shown_as", "name", "from_me"),
    [
        (STAFF, PortalAuthor.STAFF, "Kim Lee", False),
        (STAFF, PortalAuthor.BUSINESS, "Acme Electrical", False),
        (Author(kind=AuthorKind.SYSTEM), PortalAuthor.STAFF, "Acme Electrical", False),
        (Author(kind=AuthorKind.CLIENT, id="dana", name="Old Name"), PortalAuthor.STAFF, "Dana Reyes", True),
        (Author(kind=AuthorKind.CLIENT, id="omar", name="Omar"), PortalAuthor.STAFF, "Acme Electrical", False),
        (Author(kind=AuthorKind.STAFF, id="dana", name="Kim Lee"), PortalAuthor.STAFF, "Kim Lee", False),
    ],
)
def test_under_which_name(author: Author, shown_as: PortalAuthor, name: str, from_me: bool) -> None:
    """S1: staff stand under their name or the business's, as the host chose; an earlier client is never named."""
    entry = seen(kept(author=author), settings=Settings(portal_author=shown_as))
    assert entry is not None
    assert (name, from_me) == (entry.author_name, entry.from_me)


def test_a_snippet_is_one_line() -> None:
    """M7: the list shows one line of at most 200 characters."""
    assert "one two" == snippet("one\n\n  two ")
    assert ("plan.pdf", "") == (snippet(None, "plan.pdf"), snippet(None))
    long = snippet("word " * 100)
    assert len(long) <= 200
    assert long.endswith("word…")
    assert "x" * 200 == snippet("x" * 200)
