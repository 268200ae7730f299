"""What an id, a request id, a scope and a place in a list may be."""

from __future__ import annotations

import base64
from uuid import UUID, uuid4

import pytest

from jobthreads import Reach, Scope
from jobthreads.domain.identifiers import check_request_id, entry_id_from
from jobthreads.domain.paging import check_limit, cursor_from, cursor_to
from jobthreads.errors import InvalidInput, Misconfigured, NotFound
from jobthreads.testing import business, client, job, quote, staff

UNFIT = ["", ".", "..", "a/b", "a\\b", "a b", " a", "a\n", "a\x00", "a\u00a0b", "a\u2028", "x" * 201, "\ud800"]


@pytest.mark.parametrize("host_id", [*UNFIT, 5, None, b"a"])
def test_a_host_id_must_fit_an_address(host_id: object) -> None:
    """S6: an id that no address can carry is refused at once, as the host's mistake."""
    for build in (business, staff, client, job, quote, Scope.job, Scope.quote):
        with pytest.raises(Misconfigured) as refused:
            build(host_id)  # type: ignore[operator]
        assert "id" in str(refused.value)
        assert refused.value.hint


@pytest.mark.parametrize("host_id", ["1", "x" * 200, "ACME.", "...", "ünï-☂", "a:b", "%2F", "a@b+c", "🏠"])
def test_a_host_id_may_be_almost_anything(host_id: str) -> None:
    """S3: ids of 1 to 200 characters are taken as they are."""
    assert host_id == job(host_id).scope.id


@pytest.mark.parametrize("field", ["business_id", "client_id"])
def test_every_id_of_a_record_is_judged(field: str) -> None:
    """S6: the ids of a record's business and client have to fit too."""
    for build in (job, quote):
        with pytest.raises(Misconfigured):
            build(**{field: "a b"})


def test_assigned_to_is_a_list() -> None:
    """M3: one string in the place of a list of staff ids is a mistake, any iterable is not."""
    assert ("tom", "ann") == job(assigned_to=(name for name in ["tom", "ann"])).assigned_to
    with pytest.raises(Misconfigured):
        job(assigned_to="tom")


def test_a_scope_is_written_and_read_back() -> None:
    """M1: a scope is named by its kind and id, a colon in the id included."""
    for scope in (Scope.job("1042"), Scope.quote("a:b:c")):
        assert scope == Scope.parse(str(scope))
    assert "job:1042" == str(Scope.job("1042"))


@pytest.mark.parametrize("text", ["", "job", "job:", "client:1", "job:a/b", "JOB:1", "job:..", "job:a b", "1042"])
def test_what_names_no_record_is_not_found(text: str) -> None:
    """S2: a scope in an address that names nothing is the same as one that does not exist."""
    with pytest.raises(NotFound):
        Scope.parse(text)


@pytest.mark.parametrize("request_id", ["", "x" * 201, "a\nb", "a\x00", "\ud800", 5, b"r"])
def test_a_request_id_must_be_storable(request_id: object) -> None:
    """S4: a request id that cannot be kept exactly is refused, naming the field."""
    with pytest.raises(InvalidInput) as refused:
        check_request_id(request_id)  # type: ignore[arg-type]
    assert "request_id" == refused.value.field


def test_a_request_id_may_be_left_out() -> None:
    """S4: a request id is anything of 1 to 200 characters, or nothing."""
    assert check_request_id(None) is None
    assert "x" * 200 == check_request_id("x" * 200)
    assert "form 81/f3" == check_request_id("form 81/f3")


def test_an_entrys_id_is_a_uuid_or_its_text() -> None:
    """S2: an id is read from either; anything else is not found."""
    known = uuid4()
    assert known == entry_id_from(known) == entry_id_from(str(known))
    for other in ("", "5", "not-a-uuid", None, 5):
        with pytest.raises(NotFound):
            entry_id_from(other)  # type: ignore[arg-type]
    assert isinstance(entry_id_from(str(known)), UUID)


@pytest.mark.parametrize("limit", [0, -1, 201, True, "50", 2.5, None])
def test_a_page_has_a_length(limit: object) -> None:
    """S6: a page holds 1 to 200 lines."""
    with pytest.raises(InvalidInput) as refused:
        check_limit(limit)  # type: ignore[arg-type]
    assert "limit" == refused.value.field


def test_a_place_is_read_back() -> None:
    """M7: a cursor gives back what was written in it."""
    assert [5, "ünï"] == cursor_from(cursor_to(5, "ünï"), int, str)
    assert [1, 200] == [check_limit(1), check_limit(200)]


def _word(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "%%%",
        "ünï",
        "A",
        _word("{}"),
        _word("[]"),
        _word('["5"]'),
        _word("[true]"),
        _word("[1.5]"),
        _word("[-1]"),
        _word(f"[{2**63}]"),
        _word("[1, 2]"),
        _word("[" * 100_000),
        _word("null"),
        5,
        None,
    ],
)
def test_a_place_that_is_not_ours_is_refused(cursor: object) -> None:
    """S6: whatever is no cursor of this list is refused, naming the field, and never an error of ours."""
    with pytest.raises(InvalidInput) as refused:
        cursor_from(cursor, int)  # type: ignore[arg-type]
    assert "cursor" == refused.value.field


def test_a_place_holds_no_controls() -> None:
    """S6: a NUL in a cursor does not reach the database."""
    with pytest.raises(InvalidInput):
        cursor_from(_word('["a\\u0000b"]'), str)


def test_reach_holds_what_it_names() -> None:
    """M3: a reach is everything, some scopes, or nothing; a job and a quote of one id are two things."""
    one = Scope.job("1")
    assert Reach.everything().holds(one)
    assert not Reach.nothing().holds(one)
    assert Reach.jobs(["1"]).holds(one)
    assert not Reach.jobs(["1"]).holds(Scope.quote("1"))
    assert Reach.records([one, Scope.quote("2")]).within([one, Scope.job("3")]) == Reach.jobs(["1"])
    assert Reach.everything().within([one]) == Reach.records([one])
