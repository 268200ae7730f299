"""Why can't I…? Every case of the guide has an answer."""

from __future__ import annotations

import pytest

from jobthreads import AccessPolicy, Explanation, Scope
from jobthreads.errors import AttachmentsNotSupported, InvalidInput, NotFound
from jobthreads.testing import client, staff
from tests.shop import Shop


def test_messages_are_missing(shop: Shop) -> None:
    """M10: Messages missing is the switch in Business Settings → Site."""
    shop.portal(on=False)
    for about in (shop.kim, shop.dana):
        answer = shop.threads.explain(shop.kim, about, "messages", shop.job.scope)
        assert (False, "portal-disabled") == (answer.allowed, answer.code)
        assert "Business Settings → Site" in answer.hint


@pytest.mark.parametrize("action", ["messages", "reply"])
def test_a_quote_is_missing(shop: Shop, action: str) -> None:
    """M10: a quote missing in the portal is a quote that was not sent."""
    answer = shop.threads.explain(shop.kim, shop.dana, action, shop.draft.scope)
    assert (False, "quote-not-sent") == (answer.allowed, answer.code)
    assert "Send the quote" in answer.hint


@pytest.mark.parametrize("action", ["reply", "start"])
def test_staff_cannot_write_on_it_either(shop: Shop, action: str) -> None:
    """M10: staff who cannot start or reply on a quote are told to send it first."""
    answer = shop.threads.explain(shop.kim, shop.ada, action, shop.draft.scope)
    assert (False, "quote-not-sent") == (answer.allowed, answer.code)
    assert "Send the quote" in answer.hint


def test_a_thread_is_missing(shop: Shop) -> None:
    """M10: a thread that a Tradie cannot see is a job they are not assigned to."""
    answer = shop.threads.explain(shop.kim, shop.tom, "view", shop.garage.scope)
    assert (False, "not-found") == (answer.allowed, answer.code)
    assert "Tom Lee is not assigned to this job." == answer.sentence
    assert "Assign them to the job." == answer.hint


def test_a_tradie_and_a_quote(shop: Shop) -> None:
    """M10: a Tradie never sees a quote, and the answer says so."""
    answer = shop.threads.explain(shop.kim, shop.tom, "messages", shop.quote.scope)
    assert "this is a quote" in answer.sentence
    assert not answer.allowed


@pytest.mark.parametrize("action", ["note", "reply", "start"])
def test_a_tradie_may_only_look(shop: Shop, action: str) -> None:
    """M10: what the role may not do is said with whom to ask."""
    answer = shop.threads.explain(shop.kim, shop.tom, action, shop.job.scope)
    assert (False, "not-permitted") == (answer.allowed, answer.code)
    assert "office" in answer.hint


def test_a_file_in_messages_has_its_hint() -> None:
    """M10: a file sent to Messages is told where files belong."""
    refusal = AttachmentsNotSupported()
    assert "activity feed" in refusal.hint
    assert "e-mail" in refusal.hint


def test_an_unknown_role(shop: Shop) -> None:
    """M10: a role that the policy does not know is named as the reason."""
    answer = shop.threads.explain(shop.kim, staff("gus", role="gardener"), "view", shop.job.scope)
    assert not answer.allowed
    assert "'gardener'" in answer.sentence


def test_another_clients_record(shop: Shop) -> None:
    """M10: the office is told that a record is another client's."""
    answer = shop.threads.explain(shop.kim, shop.omar, "messages", shop.job.scope)
    assert (False, "not-found", "J-1042 is not Omar Reyes's.") == (answer.allowed, answer.code, answer.sentence)


def test_a_gone_record(shop: Shop) -> None:
    """M10: for a record that is gone, reading is allowed and writing is explained."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    shop.directory.remove(shop.job)
    assert shop.threads.explain(shop.kim, shop.ada, "view", shop.job.scope).allowed
    for about, code in ((shop.ada, "not-permitted"), (shop.dana, "not-found")):
        answer = shop.threads.explain(shop.kim, about, "reply", shop.job.scope)
        assert (False, code) == (answer.allowed, answer.code)
        assert "no longer there" in answer.sentence


def test_clients_see_and_write_messages_only(shop: Shop) -> None:
    """M10: notes, the feed and starting are not a client's."""
    for action in ("view", "note", "start"):
        assert not shop.threads.explain(shop.kim, shop.dana, action, shop.job.scope).allowed


@pytest.mark.parametrize("action", ["view", "messages", "start", "note", "reply"])
def test_what_is_allowed_is_said_so(shop: Shop, action: str) -> None:
    """M10: where nothing speaks against it, the answer is yes."""
    answer = shop.threads.explain(shop.kim, shop.ada, action, shop.job.scope)
    assert Explanation(allowed=True, sentence="Ada Lee can do this.") == answer
    for client_action in ("messages", "reply"):
        assert shop.threads.explain(shop.kim, shop.dana, client_action, shop.job.scope).allowed


def test_the_answer_agrees_with_the_doors(shop: Shop) -> None:
    """M10: what is explained is what happens, for every role on every record."""
    threads = shop.open(access=AccessPolicy(field_staff="reply"))
    for role in ("admin", "supervisor", "tradie", "apprentice"):
        person = staff("tom", role=role)
        for scope in (shop.job.scope, shop.garage.scope, shop.quote.scope, shop.draft.scope):
            answer = threads.explain(shop.kim, person, "reply", scope)
            try:
                threads.staff.reply(person, scope, "Hello")
            except Exception as refusal:  # noqa: BLE001 - compared with the answer
                assert (False, answer.code) == (answer.allowed, refusal.code)  # type: ignore[attr-defined]  # noqa: PT017
            else:
                assert answer.allowed


def test_only_who_reaches_it_is_answered(shop: Shop) -> None:
    """M10: an asker whose reach does not hold the scope gets not found, whatever is asked."""
    for asker, scope in (
        (shop.tom, shop.garage.scope),
        (shop.tom, shop.quote.scope),
        (shop.kim, Scope.job("none")),
        (staff(role="gardener"), shop.job.scope),
    ):
        with pytest.raises(NotFound):
            shop.threads.explain(asker, shop.kim, "view", scope)


def test_nobody_of_another_business_is_explained(shop: Shop) -> None:
    """S3: someone of another business is not found, client or staff."""
    for about in (shop.vera, client(business_id="volt")):
        with pytest.raises(NotFound):
            shop.threads.explain(shop.kim, about, "messages", shop.job.scope)


def test_an_unknown_action_is_refused(shop: Shop) -> None:
    """S6: an action that does not exist names its field and the ones there are."""
    with pytest.raises(InvalidInput) as refused:
        shop.threads.explain(shop.kim, shop.ada, "fly", shop.job.scope)
    assert "action" == refused.value.field
    assert "reply" in refused.value.hint
