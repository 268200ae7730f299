"""Nothing crosses businesses, and ids that look alike are different."""

from __future__ import annotations

import pytest

from jobthreads import JobThreads, Staff, StaticDirectory
from jobthreads.errors import NotFound
from jobthreads.testing import business, client, job, staff, threads
from jobthreads.testing.contracts.written import ALIKE
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE


def test_the_same_ids_in_two_businesses_are_two_worlds(shop: Shop) -> None:
    """S3: threads, lists, bells and mail of one business hold nothing of another with the same ids."""
    voltas = client(business_id="volt", name="Volt's Dana")
    shop.threads.staff.reply(shop.kim, shop.job.scope, "acme's word")
    shop.threads.portal.reply(shop.dana, shop.job.scope, "acme's answer")
    shop.threads.staff.reply(shop.vera, shop.job.scope, "volt's word")
    shop.threads.portal.reply(voltas, shop.job.scope, "volt's answer")
    assert ["acme's word", "acme's answer"] == shop.bodies(shop.job.scope)
    assert ["volt's word", "volt's answer"] == [entry.body for entry in shop.entries(shop.job.scope, shop.vera)]
    assert ["volt's answer"] == [row.snippet for row in shop.threads.staff.inbox(shop.vera).items]
    assert ["V-1", "V-2"] == [record.reference for record in shop.threads.portal.records(voltas).items]
    (notice,) = shop.threads.bell.notices(shop.vera)
    assert ("V-1", "Volt's Dana", 1) == (notice.reference, notice.client_name, notice.count)
    assert [["acme's word"], ["volt's word"]] == sorted(shop.mails())
    assert {"acme", "volt"} == {one.business.id for one in shop.mailbox.sent}


def test_an_entry_of_another_business_is_not_found(shop: Shop) -> None:
    """S2: an entry's id of another business is as unknown as one that does not exist."""
    voltas = client(business_id="volt")
    reply = shop.threads.staff.reply(shop.kim, shop.job.scope, "acme's word")
    shop.threads.staff.reply(shop.vera, shop.job.scope, "volt's word")
    with pytest.raises(NotFound):
        shop.threads.portal.mark_read(voltas, shop.job.scope, upto=reply.id)


def test_someone_elses_and_nobodys_are_one_answer(shop: Shop) -> None:
    """S2: what belongs to someone else and what does not exist are refused in the same words."""
    told = set()
    for scope in (shop.roof.scope, shop.draft.scope, job("none").scope):
        for ask in (shop.threads.portal.conversation, shop.threads.portal.mark_read):
            arguments = {"upto": "no id"} if ask == shop.threads.portal.mark_read else {}
            with pytest.raises(NotFound) as refused:
                ask(shop.dana, scope, **arguments)
            told.add((refused.value.code, str(refused.value), refused.value.hint))
    assert 1 == len(told)


class _Leaking(StaticDirectory):
    """A host's directory with a fault: it answers with what belongs to another business."""

    def clients(self, business_id, ids):  # type: ignore[no-untyped-def]
        return super().clients("volt", ids)

    def records(self, business_id, scopes):  # type: ignore[no-untyped-def]
        return super().records("volt", scopes)

    def records_of_client(self, business_id, client_id):  # type: ignore[no-untyped-def]
        return super().records_of_client("volt", client_id)

    def search_clients(self, business_id, text, limit):  # type: ignore[no-untyped-def]
        return super().search_clients("volt", text, limit)

    def team(self, business_id):  # type: ignore[no-untyped-def]
        return super().team("volt")


def test_a_directory_that_mixes_businesses_up_is_not_believed() -> None:
    """S3: a record, client or person of another business is left out, whoever gives it."""
    owner = staff()
    mixed = _Leaking(
        businesses=[business(), business("volt")],
        staff=[owner, staff("vera", business_id="volt")],
        clients=[client(), client(business_id="volt")],
        records=[job(), job(business_id="volt")],
    )
    with threads(directory=mixed) as opened:
        assert () == opened.staff.clients(owner)
        assert () == opened.portal.records(client()).items
        for ask in (
            lambda: opened.staff.scopes(owner, "dana"),
            lambda: opened.staff.reply(owner, job().scope, "Hello"),
            lambda: opened.portal.reply(client(), job().scope, "Hello"),
        ):
            with pytest.raises(NotFound):
                ask()


def _alike(opened: JobThreads, people: dict[str, Staff]) -> dict[str, list[str | None]]:
    return {
        name: [entry.body for entry in opened.staff.feed(person, job(name).scope).items]
        for name, person in people.items()
    }


def test_ids_that_look_alike_are_different() -> None:
    """S3: businesses, people, clients and records that differ only in case, accent or a dot are different."""
    names = [name for name in ALIKE if name.isprintable()]
    directory = StaticDirectory()
    for name in names:
        directory.put(
            business(name),
            staff(name, business_id=name),
            client(name, business_id=name),
            job(name, business_id=name, client_id=name),
        )
    people = {name: staff(name, business_id=name) for name in names}
    with threads(directory=directory) as opened:
        for name, person in people.items():
            opened.staff.reply(person, job(name).scope, f"of {name}", request_id="r")
            opened.portal.reply(client(name, business_id=name), job(name).scope, f"to {name}", request_id="r")
        assert {name: [f"to {name}", f"of {name}"] for name in names} == _alike(opened, people)
        assert [1] * len(names) == [opened.bell.unread(person) for person in people.values()]
        assert [[name] for name in names] == [
            [row.client_id for row in opened.staff.inbox(person).items] for person in people.values()
        ]
