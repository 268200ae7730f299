"""The contract of the links room: mailed links, the sessions they open, and what is limited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from jobthreads.domain.notifications import Link
from jobthreads.ports import Repository
from jobthreads.testing.clock import MONDAY
from jobthreads.testing.contracts.contract import Contract
from jobthreads.testing.contracts.written import ALIKE, JOB

__all__ = ["LinksContract"]

_DAY = timedelta(days=1)


def _link(**fields: Any) -> Link:
    known: dict[str, Any] = {
        "id": uuid4(),
        "business_id": "acme",
        "client_id": "dana",
        "scope": JOB,
        "expires_at": MONDAY + 30 * _DAY,
    }
    return Link(**{**known, **fields})


def _hash(word: str) -> str:
    return (word.encode().hex() * 64)[:64]


class LinksContract(Contract):
    """Mailed links, sessions and limits."""

    def test_a_link_is_found_by_its_hash(self, repository: Repository) -> None:
        """A link comes back as it was kept, expired ones too; an unknown hash is None."""
        good = _link(expires_at=MONDAY + timedelta(microseconds=1))
        expired = _link(expires_at=MONDAY - 300 * _DAY)
        with repository.atomic() as work:
            work.links.add(good, _hash("a"))
            work.links.add(expired, _hash("b"))
        with repository.reading() as work:
            assert good == work.links.by_token(_hash("a"))
            assert expired == work.links.by_token(_hash("b"))
            assert work.links.by_token(_hash("c")) is None
            assert work.links.by_token("") is None

    def test_a_session_is_its_links(self, repository: Repository) -> None:
        """A session gives its link until it is over, even if the link has expired since."""
        link = _link(expires_at=MONDAY + timedelta(hours=1))
        with repository.atomic() as work:
            work.links.add(link, _hash("a"))
            work.links.open_session(link, _hash("s"), MONDAY + timedelta(hours=12))
            work.links.open_session(link, _hash("t"), MONDAY + timedelta(hours=13))
        with repository.reading() as work:
            assert link == work.links.session(_hash("s"), MONDAY + timedelta(hours=12, microseconds=-1))
            assert work.links.session(_hash("s"), MONDAY + timedelta(hours=12)) is None
            assert link == work.links.session(_hash("t"), MONDAY + timedelta(hours=12))
            assert work.links.session(_hash("u"), MONDAY) is None

    def test_revoking_ends_links_and_sessions(self, repository: Repository) -> None:
        """Revoking ends every link and session of one client, and of nobody who looks alike (S3)."""
        links = {one: _link(client_id=one) for one in ALIKE} | {"volt": _link(business_id="volt", client_id="acme")}
        with repository.atomic() as work:
            for name, link in links.items():
                work.links.add(link, _hash(name))
                work.links.open_session(link, _hash("session" + name)[::-1], MONDAY + _DAY)
            second = _link(client_id="acme")
            work.links.add(second, _hash("second"))
            assert work.links.revoke("acme", "acme") == 2
            assert work.links.revoke("acme", "acme") == 0
        with repository.reading() as work:
            for name, link in links.items():
                found = work.links.by_token(_hash(name))
                assert found is not None
                assert (link.id, name == "acme") == (found.id, found.revoked)
            ended = work.links.by_token(_hash("second"))
            assert ended is not None
            assert ended.revoked

    def test_a_revoked_links_session_is_over(self, repository: Repository) -> None:
        """A session ends with its link."""
        link = _link()
        with repository.atomic() as work:
            work.links.add(link, _hash("a"))
            work.links.open_session(link, _hash("s"), MONDAY + _DAY)
            work.links.revoke("acme", "dana")
            assert work.links.session(_hash("s"), MONDAY) is None

    def test_hits_are_counted_in_their_window(self, repository: Repository) -> None:
        """Hits rise within one window and begin again with the next."""
        later = MONDAY + timedelta(minutes=10)
        counts = []
        for window in (MONDAY, MONDAY, MONDAY, later, later):
            with repository.atomic() as work:
                counts.append(work.links.hit("acme", "post:dana", window))
        assert [1, 2, 3, 1, 2] == counts

    def test_hits_are_each_subjects_own(self, repository: Repository) -> None:
        """Subjects and businesses that look alike are counted apart."""
        with repository.atomic() as work:
            for one in ALIKE:
                assert work.links.hit("acme", f"post:{one}", MONDAY) == 1
                assert work.links.hit(one + "x", "post:dana", MONDAY) == 1
            assert work.links.hit("acme", "post:" + "x" * 200, MONDAY) == 1
