"""What is mailed to a client, and what is not."""

from __future__ import annotations

import pytest

from jobthreads import Settings
from jobthreads.errors import TemporaryFailure
from jobthreads.testing import Mailbox, client, threads
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE


def test_a_reply_is_one_mail(shop: Shop) -> None:
    """M6: a reply queues one mail to the client with its text, the record's names and a link."""
    sent = shop.threads.staff.reply(shop.kim, shop.job.scope, "We can start on Friday.")
    assert 1 == shop.threads.delivery.run_once()
    assert 0 == shop.threads.delivery.run_once()
    (mail,) = shop.mailbox.sent
    assert (shop.acme, shop.dana, shop.job.scope, "J-1042", "Kitchen rewire", None) == (
        mail.business,
        mail.client,
        mail.scope,
        mail.reference,
        mail.title,
        mail.locale,
    )
    (entry,) = mail.entries
    assert (sent.id, "We can start on Friday.", "Kim Lee") == (entry.id, entry.body, entry.author_name)
    assert mail.link.startswith("https://acme.example/portal/enter/")


def test_each_reply_is_its_own_without_a_window(shop: Shop) -> None:
    """M6: without a window each reply is mailed by itself, in order."""
    for text in ("1", "2", "3"):
        shop.threads.staff.reply(shop.kim, shop.job.scope, text)
        shop.clock.advance(seconds=1)
    assert [["1"], ["2"], ["3"]] == shop.mails()
    assert 3 == len({mail.id for mail in shop.mailbox.sent}) == len({mail.link for mail in shop.mailbox.sent})


def test_several_in_the_window_become_one(shop: Shop) -> None:
    """M6: replies within the window, counted from the first, become one mail, oldest first."""
    threads = shop.open(settings=Settings(mail_window=300))

    def say(text: str, minutes: float) -> list[list[str | None]]:
        threads.staff.reply(shop.kim, shop.job.scope, text)
        shop.clock.advance(minutes=minutes)
        threads.deliver()
        return [[entry.body for entry in mail.entries] for mail in shop.mailbox.sent]

    assert [] == say("1", 2)
    assert [] == say("2", 2)
    assert [["1", "2", "3"]] == say("3", 1)
    assert [["1", "2", "3"]] == say("4", 4.9)
    assert [["1", "2", "3"], ["4", "5"]] == say("5", 0.1)


def test_a_window_is_of_one_thread_and_client(shop: Shop) -> None:
    """M6: what is merged is about one record and for one client."""
    threads = shop.open(settings=Settings(mail_window=300))
    threads.staff.reply(shop.kim, shop.job.scope, "job")
    threads.staff.reply(shop.kim, shop.garage.scope, "garage")
    threads.staff.reply(shop.kim, shop.roof.scope, "roof")
    shop.clock.advance(minutes=5)
    assert [["garage"], ["job"], ["roof"]] == sorted(shop.mails())


def test_the_switch_of_the_client_is_asked_twice(shop: Shop) -> None:
    """M6: no mail is queued while "Notify on replies" is off, and what waits is dropped when it goes off (S5)."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "waits")
    quiet = shop.change(shop.dana, notify_on_replies=False)
    assert [] == shop.mails()
    shop.threads.staff.reply(shop.kim, shop.job.scope, "never queued")
    shop.change(quiet, notify_on_replies=True)
    assert [] == shop.mails()
    shop.threads.staff.reply(shop.kim, shop.job.scope, "again")
    assert [["again"]] == shop.mails()


@pytest.mark.parametrize("reason", ["withdrawn", "moved", "gone", "client gone", "business gone", "portal off"])
def test_it_is_decided_again_when_it_is_sent(shop: Shop, reason: str) -> None:
    """S5: what is no longer permitted when its turn comes is not sent, and not later either."""
    shop.threads.staff.reply(shop.kim, shop.quote.scope, "Have a look")
    restore: list[object] = [shop.quote, shop.dana, shop.acme]
    match reason:
        case "withdrawn":
            shop.change(shop.quote, sent_to_portal=False)
        case "moved":
            shop.change(shop.quote, client_id="omar")
        case "gone":
            shop.directory.remove(shop.quote)
        case "client gone":
            shop.directory.remove(shop.dana)
        case "business gone":
            shop.directory.remove(shop.acme)
        case _:
            shop.portal(on=False)
    assert [] == shop.mails()
    shop.directory.put(*restore)  # type: ignore[arg-type]
    assert [] == shop.mails()
    assert [] == shop.threads.delivery.failed()
    with shop.repository.engine.connect() as connection:
        states = connection.exec_driver_sql("SELECT state FROM jobthreads_delivery").scalars().all()
        links = connection.exec_driver_sql("SELECT count(*) FROM jobthreads_portal_link").scalar()
    assert (["dropped"], 0) == (states, links)


def test_names_are_those_of_sending(shop: Shop) -> None:
    """S5: a mail carries what record, client and business are called when it is sent, and the client's language."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    shop.change(shop.job, title="Kitchen and hall")
    moved = shop.change(shop.dana, email="new@example.com", locale="fr")
    shop.mails()
    (mail,) = shop.mailbox.sent
    assert ("Kitchen and hall", moved, "fr") == (mail.title, mail.client, mail.locale)


def test_sixty_an_hour_and_the_rest_as_one(shop: Shop) -> None:
    """M6: beyond 60 mails an hour to one client the rest is merged into the next allowed one, never dropped."""
    for number in range(64):
        shop.threads.staff.reply(shop.kim, shop.job.scope, str(number))
        shop.clock.advance(seconds=0.001)
    assert 60 == len(shop.mails())
    shop.threads.staff.reply(shop.kim, shop.roof.scope, "Omar has his own")
    assert 61 == len(shop.mails())
    shop.clock.advance(minutes=59)
    assert 61 == len(shop.mails())
    shop.clock.advance(minutes=1)
    assert ["60", "61", "62", "63"] == shop.mails()[-1]
    assert [str(number) for number in range(64)] == [
        entry.body for mail in shop.mailbox.sent if mail.client == shop.dana for entry in mail.entries
    ]


def test_a_cap_can_be_switched_off(shop: Shop) -> None:
    """M6: with no cap every reply is its own mail."""
    threads = shop.open(settings=Settings(mails_an_hour=None))
    for number in range(65):
        threads.staff.reply(shop.kim, shop.job.scope, str(number))
    threads.deliver()
    assert 65 == len(shop.mailbox.sent)


def test_every_notifier_gets_its_own(shop: Shop) -> None:
    """M6: each channel delivers by itself: one that fails holds up no other."""
    texts = Mailbox("sms")
    threads = shop.open(notifiers=[shop.mailbox, texts])
    texts.fail([TemporaryFailure("busy")])
    threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    threads.deliver()
    assert (1, 0) == (len(shop.mailbox.sent), len(texts.sent))
    shop.clock.advance(minutes=1)
    threads.deliver()
    assert (1, 1) == (len(shop.mailbox.sent), len(texts.sent))


def test_without_a_notifier_nothing_is_queued(shop: Shop) -> None:
    """M6: a host that wired no notifier queues nothing for one that it may wire later."""
    shop.open(notifiers=[]).staff.reply(shop.kim, shop.job.scope, "Hello")
    assert 0 == shop.open(notifiers=[]).delivery.run_once()
    assert [] == shop.mails()


def test_links_are_under_the_hosts_address(shop: Shop) -> None:
    """M6: links in mail come from configuration, for each business its own if the host gives a function."""
    opened = shop.open(portal_url=lambda business: f"https://{business.id}.example/portal/")
    opened.staff.reply(shop.kim, shop.job.scope, "Hello")
    opened.deliver()
    link = shop.mailbox.sent[0].link
    assert link.startswith("https://acme.example/portal/enter/")
    assert "//enter" not in link


def test_a_client_without_an_address_is_the_notifiers_to_judge() -> None:
    """M6: the notification is handed over with whatever address the host gives."""
    with threads() as opened:
        opened.directory.put(client(email=None))
        opened.staff.reply(
            next(iter(opened.directory.team("acme"))),
            next(iter(opened.directory.records_of_client("acme", "dana"))).scope,
            "Hello",
        )
        opened.deliver()
        assert opened.mailbox.sent[0].client.email is None
