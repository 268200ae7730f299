"""What one client may send in a while."""

from __future__ import annotations

import pytest

from jobthreads import Settings
from jobthreads.errors import LimitReached
from jobthreads.testing import client
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE


def test_thirty_posts_in_ten_minutes(shop: Shop) -> None:
    """S6: the 31st reply in ten minutes is refused with the wait, stores nothing, and passes after it."""
    for number in range(30):
        shop.threads.portal.reply(shop.dana, shop.job.scope, str(number))
    shop.clock.advance(minutes=4)
    with pytest.raises(LimitReached) as refused:
        shop.threads.portal.reply(shop.dana, shop.job.scope, "one more")
    assert 0 < refused.value.retry_after <= 361
    assert "Wait 6 minutes" in refused.value.hint
    assert 30 == len(shop.entries(shop.job.scope))
    assert 30 == shop.threads.bell.notices(shop.kim)[0].count
    shop.clock.advance(seconds=refused.value.retry_after)
    shop.threads.portal.reply(shop.dana, shop.job.scope, "one more")


def test_a_retry_does_not_count(shop: Shop) -> None:
    """S4: repeating an acknowledged request is no post, and is answered beyond the limit too."""
    threads = shop.open(settings=Settings(client_posts=2))
    first = threads.portal.reply(shop.dana, shop.job.scope, "1", request_id="r-1")
    for _ in range(5):
        assert first == threads.portal.reply(shop.dana, shop.job.scope, "1", request_id="r-1")
    threads.portal.reply(shop.dana, shop.job.scope, "2")
    with pytest.raises(LimitReached):
        threads.portal.reply(shop.dana, shop.job.scope, "3")
    assert first == threads.portal.reply(shop.dana, shop.job.scope, "1", request_id="r-1")


def test_a_refused_post_does_not_count(shop: Shop) -> None:
    """S6: what was refused uses up nothing, and hammering on does not lengthen the wait."""
    threads = shop.open(settings=Settings(client_posts=1))
    threads.portal.reply(shop.dana, shop.job.scope, "1")
    waits = []
    for _ in range(3):
        with pytest.raises(LimitReached) as refused:
            threads.portal.reply(shop.dana, shop.job.scope, "2")
        waits.append(refused.value.retry_after)
    assert 1 == len(set(waits))


def test_a_limit_is_each_clients_own(shop: Shop) -> None:
    """S1: one client's limit counts their posts on all records, and nobody else's."""
    threads = shop.open(settings=Settings(client_posts=1))
    threads.portal.reply(shop.dana, shop.job.scope, "1")
    with pytest.raises(LimitReached):
        threads.portal.reply(shop.dana, shop.garage.scope, "2")
    threads.portal.reply(shop.omar, shop.roof.scope, "1")
    threads.portal.reply(client(business_id="volt"), shop.job.scope, "1")
    threads.staff.reply(shop.kim, shop.job.scope, "staff have none")
    threads.staff.reply(shop.kim, shop.job.scope, "staff have none")


def test_a_host_may_switch_it_off(shop: Shop) -> None:
    """S6: None is no limit."""
    threads = shop.open(settings=Settings(client_posts=None))
    for number in range(40):
        threads.portal.reply(shop.dana, shop.job.scope, str(number))
