"""Mailed links into the portal: opened, renewed, revoked."""

from __future__ import annotations

import hashlib

import pytest

from jobthreads import Settings
from jobthreads.errors import LinkExpired
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE


def test_a_link_opens_that_very_thread(shop: Shop) -> None:
    """M6: the link of a mail opens a session for the client, and names the thread it came from."""
    token = shop.link_of()
    assert "https://acme.example/portal/enter/" + token == shop.mailbox.sent[-1].link
    entrance = shop.threads.portal.enter(token)
    assert (shop.dana, shop.job.scope) == (entrance.client, entrance.scope)
    assert 12 * 3600 == (entrance.expires_at - shop.clock()).total_seconds()
    assert shop.dana == shop.threads.portal.client_of(entrance.session)


def test_looking_at_a_link_changes_nothing(shop: Shop) -> None:
    """M6: the page behind the link names the business only, as often as a mail scanner likes."""
    token = shop.link_of()
    assert [shop.acme] * 3 == [shop.threads.portal.preview(token).business for _ in range(3)]
    with shop.repository.engine.connect() as connection:
        assert 0 == connection.exec_driver_sql("SELECT count(*) FROM jobthreads_portal_session").scalar()


def test_a_link_works_until_its_day(shop: Shop) -> None:
    """M6: a link works any number of times until it expires, each time with a session of its own."""
    token = shop.link_of()
    sessions = {shop.threads.portal.enter(token).session for _ in range(3)}
    assert 3 == len(sessions)
    shop.clock.advance(days=30, seconds=-1)
    shop.threads.portal.enter(token)
    shop.clock.advance(seconds=1)
    for refuse in (shop.threads.portal.preview, shop.threads.portal.enter):
        with pytest.raises(LinkExpired):
            refuse(token)


@pytest.mark.parametrize("token", ["", "x", "unknown" * 8, "ünï", "\x00", "a" * 10_000, "\ud800"])
def test_an_unknown_link_is_an_expired_link(shop: Shop, token: str) -> None:
    """S2: unknown, revoked and expired are one answer."""
    told = set()
    known = shop.link_of()
    shop.threads.portal.revoke(shop.dana)
    for one in (token, known):
        for refuse in (shop.threads.portal.preview, shop.threads.portal.enter):
            with pytest.raises(LinkExpired) as refused:
                refuse(one)
            told.add((str(refused.value), refused.value.hint))
    assert 1 == len(told)
    assert shop.threads.portal.client_of(token) is None
    shop.threads.portal.renew(token)


def test_a_session_is_over_after_its_hours(shop: Shop) -> None:
    """M6: a session lasts twelve hours, whatever becomes of its link's day."""
    threads = shop.open(settings=Settings(link_days=1, session_hours=12))
    token = shop.link_of(threads)
    shop.clock.advance(hours=23)
    session = threads.portal.enter(token).session
    shop.clock.advance(hours=11, minutes=59)
    assert shop.dana == threads.portal.client_of(session)
    shop.clock.advance(minutes=1)
    assert threads.portal.client_of(session) is None


def test_revoking_ends_links_and_sessions(shop: Shop) -> None:
    """M6: revoking ends every link of the client and the sessions they opened; new mail brings new links."""
    first, second = shop.link_of(), shop.link_of()
    session = shop.threads.portal.enter(first).session
    assert 2 == shop.threads.portal.revoke(shop.dana)
    assert 0 == shop.threads.portal.revoke(shop.dana)
    assert shop.threads.portal.client_of(session) is None
    for token in (first, second):
        with pytest.raises(LinkExpired):
            shop.threads.portal.enter(token)
    assert shop.dana == shop.threads.portal.enter(shop.link_of()).client


def test_a_session_gives_the_client_of_now(shop: Shop) -> None:
    """S5: who is behind a session is read from the host each time; a client who is gone is nobody."""
    session = shop.threads.portal.enter(token := shop.link_of()).session
    renamed = shop.change(shop.dana, name="Dana Moreno")
    assert renamed == shop.threads.portal.client_of(session)
    shop.directory.remove(renamed)
    assert shop.threads.portal.client_of(session) is None
    with pytest.raises(LinkExpired):
        shop.threads.portal.enter(token)


def test_an_expired_link_can_be_renewed(shop: Shop) -> None:
    """M6: an expired link mails a fresh one, without words, to the address that the host gives now."""
    old = shop.link_of()
    shop.clock.advance(days=31)
    moved = shop.change(shop.dana, email="new@example.com", notify_on_replies=False)
    shop.threads.portal.renew(old)
    assert [["Have a look."], []] == shop.mails()
    fresh = shop.mailbox.sent[-1]
    assert (moved, shop.job.scope, ()) == (fresh.client, fresh.scope, fresh.entries)
    assert moved == shop.threads.portal.enter(fresh.link.rpartition("/")[2]).client
    with pytest.raises(LinkExpired):
        shop.threads.portal.enter(old)


def test_renewing_says_the_same_in_every_case(shop: Shop) -> None:
    """S2: a good, a revoked and an unknown link are answered like an expired one, and mail nothing."""
    good = shop.link_of()
    shop.threads.portal.renew(good)
    shop.clock.advance(days=31)
    shop.threads.portal.revoke(shop.dana)
    shop.threads.portal.renew(good)
    shop.threads.portal.renew("unknown")
    assert [["Have a look."]] == shop.mails()


def test_a_link_is_renewed_three_times_an_hour(shop: Shop) -> None:
    """S6: one old link asks for three fresh ones an hour; further ones are silent, and work again later."""
    old = shop.link_of()
    shop.clock.advance(days=31)
    for _ in range(5):
        shop.threads.portal.renew(old)
    assert 1 + 3 == len(shop.mails())
    shop.clock.advance(hours=1)
    shop.threads.portal.renew(old)
    assert 1 + 4 == len(shop.mails())


def test_a_renewed_link_needs_record_and_portal(shop: Shop) -> None:
    """S5: no fresh link goes out for a record that is no longer theirs, or while the portal is off."""
    old = shop.link_of()
    shop.clock.advance(days=31)
    shop.threads.portal.renew(old)
    away = shop.change(shop.job, client_id="omar")
    assert 1 == len(shop.mails())
    shop.change(away, client_id="dana")
    shop.threads.portal.renew(old)
    shop.portal(on=False)
    assert 1 == len(shop.mails())


def test_tokens_are_kept_as_hashes(shop: Shop, tmp_path: object) -> None:
    """M6: neither a link's token nor a session stands in the database; each is 256 bits of chance."""
    token = shop.link_of()
    session = shop.threads.portal.enter(token).session
    with shop.repository.engine.connect() as connection:
        kept = repr(
            [
                connection.exec_driver_sql(f"SELECT * FROM jobthreads_{table}").fetchall()
                for table in ("portal_link", "portal_session", "delivery")
            ]
        )
    for secret in (token, session):
        assert len(secret) >= 43
        assert secret not in kept
        assert hashlib.sha256(secret.encode()).hexdigest() in kept
