"""A value that is worked out later is the same value: equal, frozen, copied and pickled as any other."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from time import sleep
from uuid import UUID

import pytest
from attrs import asdict, evolve
from attrs.exceptions import FrozenInstanceError

from jobthreads import Author, AuthorKind, Entry, EntryKind, Scope, Visibility
from jobthreads.domain.making import late

ID = UUID("c0ffee00-0000-4000-8000-000000000001")
KIM = Author(kind=AuthorKind.STAFF, id="kim", name="Kim Li")
AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
JOB = Scope.job("1042")


def parts_of(seq: int, body: str) -> tuple[object, ...]:
    return ID, JOB, seq, EntryKind.NOTE, Visibility.INTERNAL, KIM, AT, body, None, None, None


def eager(seq: int, body: str) -> Entry:
    return Entry(
        id=ID,
        scope=JOB,
        seq=seq,
        kind=EntryKind.NOTE,
        visibility=Visibility.INTERNAL,
        author=KIM,
        at=AT,
        body=body,
    )


def one() -> Entry:
    (made,) = late(Entry, parts_of, [7], ["Call back"])
    return made


def test_each_row_of_the_columns_is_one_value() -> None:
    made = late(Entry, parts_of, [1, 2, 3], ["a", "b", "c"])
    assert [eager(1, "a"), eager(2, "b"), eager(3, "c")] == made
    assert [] == late(Entry, parts_of, [], ["a"])


def test_nothing_is_worked_out_before_it_is_asked_for() -> None:
    asked: list[int] = []

    def counted(seq: int) -> tuple[object, ...]:
        asked.append(seq)
        return parts_of(seq, "")

    first, second = late(Entry, counted, [1, 2])
    assert [] == asked
    assert (1, "", ID) == (first.seq, first.body, first.id)
    assert [1] == asked
    assert (2, 2) == (second.seq, second.seq)
    assert [1, 2] == asked


def test_it_is_the_same_value() -> None:
    assert eager(7, "Call back") == one()
    assert one() == eager(7, "Call back")
    assert hash(eager(7, "Call back")) == hash(one())
    assert repr(eager(7, "Call back")) == repr(one())
    assert asdict(eager(7, "Call back")) == asdict(one())
    assert type(one()) is Entry


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value)), evolve])
def test_it_is_copied_as_any_other(again: object) -> None:
    assert callable(again)
    assert eager(7, "Call back") == again(one())
    worked_out = one()
    assert worked_out.seq
    assert eager(7, "Call back") == again(worked_out)


def test_nobody_changes_it() -> None:
    made = one()
    with pytest.raises(FrozenInstanceError):
        made.body = "Something else"  # type: ignore[misc]
    assert "Call back" == made.body
    with pytest.raises(FrozenInstanceError):
        made.body = "Something else"  # type: ignore[misc]


def test_it_has_its_parts_and_no_others() -> None:
    for value in (one(), eager(7, "Call back")):
        with pytest.raises(AttributeError, match="'Entry' object has no attribute 'bdy'"):
            value.bdy  # type: ignore[attr-defined]  # noqa: B018


def test_threads_that_look_at_once_all_see_it() -> None:
    """Another thread may look while the parts are being worked out."""
    lanes = 8

    def slowly(seq: int, body: str) -> tuple[object, ...]:
        sleep(0.001)
        return parts_of(seq, body)

    with ThreadPoolExecutor(lanes) as pool:
        for _ in range(50):
            (made,), ready = late(Entry, slowly, [7], ["Call back"]), Barrier(lanes)

            def look(lane: int, made: Entry = made, ready: Barrier = ready) -> tuple[object, ...]:
                ready.wait()
                sleep(lane / 4000)
                return made.body, made.seq, made.id, made.author

            assert {("Call back", 7, ID, KIM)} == set(pool.map(look, range(lanes)))
