"""The one converter: strict in, plain out."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from attrs import frozen

from jobthreads import Author, Conversation, Entry, EntryKind, FormSave, Job, Page, Quote, Scope, Visibility
from jobthreads.converter import make_converter, structured
from jobthreads.errors import InvalidInput, Misconfigured

CONVERTER = make_converter()


@frozen(kw_only=True)
class Everything:
    """One field of each kind."""

    text: str = ""
    number: int = 0
    share: float = 0.0
    on: bool = False
    id: UUID | None = None
    at: datetime | None = None
    visibility: Visibility = Visibility.INTERNAL
    scope: Scope | None = None
    record: Job | Quote | None = None
    author: Author | None = None


def test_values_come_back_as_they_were() -> None:
    """A conversation, as JSON and back, is the same value."""
    entry = Entry(
        id=uuid4(),
        scope=Scope.job("1"),
        seq=1,
        kind=EntryKind.REPLY,
        visibility=Visibility.VISIBLE,
        author=Author(kind="staff", id="7", name="Kim"),
        at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        form=FormSave(form="Checklist", changes={"Ladder": "yes"}),
    )
    job = Job(id="1", business_id="a", client_id="c", reference="J-1", title="T", assigned_to=["7"])
    whole = Conversation(
        scope=job.scope,
        record=job,
        client=None,
        reference="J-1",
        title="T",
        client_name="Dana",
        entries=Page(items=(entry,), next="x"),
        can_reply=True,
        why_not=None,
    )
    plain = CONVERTER.unstructure(whole)
    assert ("job:1", "job", "2026-03-02T09:00:00Z") == (
        plain["scope"],
        plain["record"]["kind"],
        plain["entries"]["items"][0]["at"],
    )
    assert whole == CONVERTER.structure(plain, Conversation)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", 5),
        ("text", None),
        ("number", "12"),
        ("number", 1.0),
        ("number", True),
        ("share", "0.5"),
        ("on", "true"),
        ("on", 1),
        ("id", "x"),
        ("id", "{3f0c4f5e-6a52-4c55-9d0b-0c1b0e9d9a11}"),
        ("id", 5),
        ("at", "2026-03-02T09:00:00"),
        ("at", "yesterday"),
        ("at", 0),
        ("visibility", "public"),
        ("visibility", None),
        ("scope", "boat:1"),
        ("scope", "job:a/b"),
        ("scope", 5),
        ("record", {"id": "1"}),
        ("record", "job"),
        ("author", {"kind": "martian"}),
        ("unknown", 1),
    ],
)
def test_nothing_is_coerced(field: str, value: object) -> None:
    """Ecosystem: "12" is no number, a naive time no time, an unknown field an error."""
    with pytest.raises(InvalidInput) as caught:
        structured(CONVERTER, {field: value}, Everything)
    assert caught.value.field in {field, "kind"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("share", 1),
        ("id", "3F0C4F5E-6a52-4c55-9d0b-0c1b0e9d9a11"),
        ("at", "2026-03-02T09:00:00+02:00"),
        ("visibility", "visible"),
        ("scope", "quote:88"),
        ("record", {"kind": "quote", "id": "1", "business_id": "a", "client_id": "c", "reference": "", "title": ""}),
    ],
)
def test_what_is_meant_is_taken(field: str, value: object) -> None:
    """The same kinds, written as they are."""
    assert getattr(structured(CONVERTER, {field: value}, Everything), field) is not None


def test_a_values_own_refusal_comes_through() -> None:
    """What a value refuses by itself keeps its own error."""
    record = {"kind": "job", "id": "a b", "business_id": "a", "client_id": "c", "reference": "", "title": ""}
    with pytest.raises(Misconfigured):
        structured(CONVERTER, {"record": record}, Everything)


@pytest.mark.parametrize("value", [None, 5, "x", [], [{}]])
def test_only_an_object_is_one(value: object) -> None:
    """A body is one JSON object."""
    with pytest.raises(InvalidInput):
        structured(CONVERTER, value, Everything)
