"""Starting a conversation, and what a thread is."""

from __future__ import annotations

import pytest

from jobthreads import AccessPolicy, Role, Scope
from jobthreads.errors import NotFound, NotPermitted, NotThisClients, PortalDisabled, QuoteNotSent
from jobthreads.testing import job, staff
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE


def test_one_scope_has_one_thread(shop: Shop) -> None:
    """M1: starting, replying and noting on one scope are all in its one thread."""
    shop.threads.staff.note(shop.kim, shop.job.scope, "first")
    shop.threads.staff.start(shop.kim, client_id="dana", scope=shop.job.scope)
    shop.threads.portal.reply(shop.dana, shop.job.scope, "second")
    shop.threads.staff.start(shop.ada, client_id="dana", scope=shop.job.scope)
    shop.threads.staff.reply(shop.ada, shop.job.scope, "third")
    assert [1, 2, 3] == [entry.seq for entry in shop.entries(shop.job.scope)]
    assert [shop.job.scope] == [row.scope for row in shop.threads.staff.inbox(shop.kim).items]


def test_a_job_and_a_quote_of_one_id_have_two_threads(shop: Shop) -> None:
    """M1: a thread belongs to one job or one quote, and its kind is a part of its name."""
    twin = job(shop.quote.id, reference="J-88")
    shop.directory.put(twin)
    shop.threads.staff.reply(shop.kim, twin.scope, "about the job")
    shop.threads.staff.reply(shop.kim, shop.quote.scope, "about the quote")
    assert ["about the job"] == shop.bodies(twin.scope)
    assert ["about the quote"] == shop.bodies(shop.quote.scope)


def test_starting_opens_the_conversation(shop: Shop) -> None:
    """M4: starting gives the conversation, which stands in the inbox before anyone has written."""
    opened = shop.threads.staff.start(shop.kim, client_id="dana", scope=shop.job.scope)
    assert (shop.job.scope, shop.job, shop.dana) == (opened.scope, opened.record, opened.client)
    assert ("J-1042", "Kitchen rewire", "Dana Reyes") == (opened.reference, opened.title, opened.client_name)
    assert opened.entries.items == ()
    assert (True, None) == (opened.can_reply, opened.why_not)
    (row,) = shop.threads.staff.inbox(shop.kim).items
    assert (shop.job.scope, "", 0, shop.clock()) == (row.scope, row.snippet, row.unread, row.at)


def test_starting_where_a_thread_exists_opens_it(shop: Shop) -> None:
    """M4: starting again opens the thread there is, and does not move it."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    began = shop.clock()
    shop.clock.advance(hours=1)
    opened = shop.threads.staff.start(shop.ada, client_id="dana", scope=shop.job.scope)
    assert ["Hello"] == [entry.body for entry in opened.entries.items]
    assert began == shop.threads.staff.inbox(shop.kim).items[0].at


def test_starting_tells_the_client_nothing(shop: Shop) -> None:
    """S1: a client sees nothing of a start, and is not written to."""
    before = shop.threads.portal.records(shop.dana)
    shop.threads.staff.start(shop.kim, client_id="dana", scope=shop.job.scope)
    assert before == shop.threads.portal.records(shop.dana)
    assert [] == shop.mails()


def test_only_what_can_be_started_is_offered(shop: Shop) -> None:
    """M4: a client's jobs and sent quotes are offered, in the host's order, and nothing else."""
    assert (shop.job, shop.garage, shop.quote) == shop.threads.staff.scopes(shop.kim, "dana")
    assert (shop.roof,) == shop.threads.staff.scopes(shop.kim, "omar")
    sent = shop.change(shop.draft, sent_to_portal=True)
    assert sent in shop.threads.staff.scopes(shop.kim, "dana")


def test_clients_are_found_by_what_is_typed(shop: Shop) -> None:
    """M4: choosing a client finds them by name, all of the business's without a word, none of another's."""
    assert (shop.dana, shop.omar) == shop.threads.staff.clients(shop.kim)
    assert (shop.omar,) == shop.threads.staff.clients(shop.kim, "  OMAR ")
    assert () == shop.threads.staff.clients(shop.kim, "volt")


def test_another_clients_record_is_refused(shop: Shop) -> None:
    """M4: a record that is not the chosen client's is refused with the reason, and nothing begins."""
    with pytest.raises(NotThisClients) as refused:
        shop.threads.staff.start(shop.kim, client_id="omar", scope=shop.job.scope)
    assert "client" in refused.value.hint
    assert () == shop.threads.staff.inbox(shop.kim).items


def test_a_quote_that_is_not_sent_is_refused(shop: Shop) -> None:
    """M4: a quote cannot be started or replied on before it was sent, and the hint says what to do."""
    for refuse in (
        lambda: shop.threads.staff.start(shop.kim, client_id="dana", scope=shop.draft.scope),
        lambda: shop.threads.staff.reply(shop.kim, shop.draft.scope, "Hello"),
    ):
        with pytest.raises(QuoteNotSent) as refused:
            refuse()
        assert "Send the quote" in refused.value.hint
    assert [] == shop.bodies(shop.draft.scope)


def test_a_withdrawn_quote_can_no_longer_be_replied_on(shop: Shop) -> None:
    """M4: replying on a quote that is no longer sent is refused; the conversation stays and says why."""
    shop.threads.staff.reply(shop.kim, shop.quote.scope, "Hello")
    withdrawn = shop.change(shop.quote, sent_to_portal=False)
    with pytest.raises(QuoteNotSent):
        shop.threads.staff.reply(shop.kim, withdrawn.scope, "Still there?")
    opened = shop.threads.staff.conversation(shop.kim, withdrawn.scope)
    assert not opened.can_reply
    assert "sent" in (opened.why_not or "")
    assert ["Hello"] == [entry.body for entry in opened.entries.items]
    shop.change(withdrawn, sent_to_portal=True)
    assert shop.threads.staff.conversation(shop.kim, withdrawn.scope).can_reply


@pytest.mark.parametrize("client_id", ["nobody", "DANA", "vera"])
def test_an_unknown_client_is_not_found(shop: Shop, client_id: str) -> None:
    """S2: a client who does not exist is not found, in choosing and in starting."""
    with pytest.raises(NotFound):
        shop.threads.staff.scopes(shop.kim, client_id)
    with pytest.raises(NotFound):
        shop.threads.staff.start(shop.kim, client_id=client_id, scope=shop.job.scope)


def test_an_unknown_record_is_not_found(shop: Shop) -> None:
    """S2: a record that does not exist cannot be started."""
    with pytest.raises(NotFound):
        shop.threads.staff.start(shop.kim, client_id="dana", scope=Scope.job("none"))


@pytest.mark.parametrize("role", [Role.TRADIE, Role.APPRENTICE])
@pytest.mark.parametrize("may", ["view", "note", "reply"])
def test_starting_is_never_a_field_roles(shop: Shop, role: str, may: str) -> None:
    """M3: whatever field staff may write, starting and choosing are not theirs."""
    doors = shop.open(access=AccessPolicy(field_staff=may)).staff
    person = staff("tom", role=role)
    with pytest.raises(NotPermitted):
        doors.start(person, client_id="dana", scope=shop.job.scope)
    with pytest.raises(NotPermitted):
        doors.clients(person)
    with pytest.raises(NotPermitted):
        doors.scopes(person, "dana")


def test_starting_needs_the_portal(shop: Shop) -> None:
    """M2: while the portal is off nothing is started and nobody is offered."""
    shop.portal(on=False)
    for refuse in (
        lambda: shop.threads.staff.start(shop.kim, client_id="dana", scope=shop.job.scope),
        lambda: shop.threads.staff.clients(shop.kim),
        lambda: shop.threads.staff.scopes(shop.kim, "dana"),
    ):
        with pytest.raises(PortalDisabled):
            refuse()
