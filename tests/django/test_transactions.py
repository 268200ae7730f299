"""What Django's own tools see of our work, on every database."""

from __future__ import annotations

import re
import unittest

import pytest
from django.core import mail
from django.db import IntegrityError, OperationalError, connections, transaction
from django.test import Client, TestCase, TransactionTestCase
from django.urls import include, path

from jobthreads import signals
from jobthreads.django import threads
from jobthreads.django.models import Entry
from jobthreads.errors import Misconfigured, RequestReused, Unavailable
from tests.django.trade.models import Company


class _HostFailed(Exception):
    pass


@pytest.fixture
def heard():
    """What `entry_added` told."""
    told = []

    def hear(sender, *, entry, **facts):
        told.append(entry.body)

    signals.entry_added.connect(hear)
    yield told
    signals.entry_added.disconnect(hear)


def test_a_host_failure_leaves_nothing(alias, office, heard) -> None:
    """S4: a host that fails after a reply inside `atomic()` leaves no entry, no mail and no signal."""
    with pytest.raises(_HostFailed), transaction.atomic(using=alias):
        office.acme.name = "Renamed"
        office.acme.save()
        threads.staff.reply(office.kim, office.job, "We can start on Friday.")
        assert ["We can start on Friday."] == [entry.body for entry in Entry.objects.all()]
        raise _HostFailed
    assert 0 == threads.delivery.run_once()
    assert ([], [], []) == (list(Entry.objects.all()), mail.outbox, heard)
    assert () == threads.staff.inbox(office.kim).items
    assert "Acme Electrical" == Company.objects.get().name


def test_a_host_commit_keeps_all(alias, office, heard) -> None:
    """S4: inside the host's `atomic()`, the signal waits for its commit; then entry, signal and mail are there."""
    with transaction.atomic(using=alias):
        office.acme.name = "Renamed"
        office.acme.save()
        threads.staff.reply(office.kim, office.job, "We can start on Friday.")
        assert ([], []) == (heard, mail.outbox)
    assert ["We can start on Friday."] == heard
    assert 1 == threads.delivery.run_once()
    assert ["Dana Reyes <dana@example.com>"] == mail.outbox[0].to
    assert "We can start on Friday." in mail.outbox[0].body
    assert ["We can start on Friday."] == [row.snippet for row in threads.staff.inbox(office.kim).items]
    assert "Renamed" == Company.objects.get().name


def test_a_savepoint_is_undone_alone(alias, office, heard) -> None:
    """S4: the host's inner `atomic()` takes our entry and its signal with it, and the outer one keeps its own."""
    with transaction.atomic(using=alias):
        threads.staff.reply(office.kim, office.job, "stays")
        with pytest.raises(_HostFailed), transaction.atomic(using=alias):
            threads.staff.reply(office.kim, office.job, "goes")
            raise _HostFailed
        threads.staff.reply(office.kim, office.job, "stays too")
    assert ["stays", "stays too"] == heard
    assert ["stays", "stays too"] == [entry.body for entry in Entry.objects.order_by("seq")]


def test_a_refusal_leaves_the_hosts_transaction_whole(alias, office) -> None:
    """S6: what we refuse inside the host's transaction is no error of the database, and the host may go on."""
    with transaction.atomic(using=alias):
        threads.staff.reply(office.kim, office.job, "once", request_id="r")
        threads.staff.reply(office.kim, office.job, "once", request_id="r")
        with pytest.raises(RequestReused):
            threads.staff.reply(office.kim, office.job, "other", request_id="r")
        Company.objects.create(name="Volt")
    assert 2 == Company.objects.count()
    assert ["once"] == [entry.body for entry in Entry.objects.all()]


HOSTS_QUESTIONS = 4
"""The business; the job, and who is on it; the client: what the project's directory asks for one job."""
SIGNING_IN = 3
"""The session and its user, and whether that is a customer: what the project asks on each request."""


def test_django_counts_every_query_of_a_reply(alias, office) -> None:
    """S4: `assertNumQueries` counts the host's questions and our statements alike, to the last one."""
    counting = TransactionTestCase()
    threads.staff.reply(office.kim, office.job, "The first one makes the thread.")
    # The thread, locked; the entry; the thread's counters; what the client has seen; the mail. BEGIN and COMMIT.
    with counting.assertNumQueries(HOSTS_QUESTIONS + 5 + 2, using=alias) as seen:
        threads.staff.reply(office.kim, office.job, "Another")
    assert HOSTS_QUESTIONS == len(_statements(seen, "trade_"))
    assert ["jobthreads_thread", "jobthreads_entry", "jobthreads_thread", "jobthreads_read", "jobthreads_delivery"] == [
        re.search(r"jobthreads_\w+", one)[0] for one in _statements(seen, "jobthreads_")
    ]


def test_inside_atomic_a_reply_is_a_savepoint(alias, office) -> None:
    """S4: inside the host's `atomic()`, what was BEGIN and COMMIT is SAVEPOINT and RELEASE, and nothing is added."""
    threads.staff.reply(office.kim, office.job, "The first one makes the thread.")
    with (
        transaction.atomic(using=alias),
        TransactionTestCase().assertNumQueries(HOSTS_QUESTIONS + 5 + 2, using=alias) as seen,
    ):
        threads.staff.reply(office.kim, office.job, "Another")
    assert 1 == len(_statements(seen, "SAVEPOINT", first=True))
    assert 1 == len(_statements(seen, "RELEASE", first=True))


@pytest.mark.urls(__name__)
def test_django_counts_every_query_of_a_post_and_an_inbox_page(alias, office) -> None:
    """M7: a page of the inbox is one statement of ours for its rows and one for its count, the rest is the host's."""
    browser, counting = Client(), TransactionTestCase()
    browser.force_login(office.kim_row)
    for scope in (office.quote, office.job):
        threads.staff.reply(office.kim, scope, "The first one makes the thread.")
    with counting.assertNumQueries(SIGNING_IN + HOSTS_QUESTIONS + 5 + 2, using=alias):
        assert 303 == browser.post(f"/office/messages/jobs/{office.job.id}/replies", {"text": "Another"}).status_code
    # The business for the rows, for their count, and for what the page offers; the jobs, who is on them; the quotes;
    # the clients.
    with counting.assertNumQueries(SIGNING_IN + 7 + 2, using=alias) as page:
        assert "Another" in browser.get("/office/messages").content.decode()
    assert 2 == len(_statements(page, "jobthreads_"))
    assert SIGNING_IN + 7 == len(_statements(page, "trade_")) + len(_statements(page, "django_session"))


def _statements(seen, sign, *, first=False):
    """The SQL that Django saw which holds a sign, or begins with it."""
    texts = [one["sql"] for one in seen.captured_queries]
    return [text for text in texts if (text.startswith(sign) if first else sign in text)]


def test_an_execute_wrapper_sees_every_statement(alias, office) -> None:
    """S4: what a project hangs around its statements hangs around ours."""
    seen = []

    def look(execute, sql, params, many, context):
        seen.append((sql.split()[0], context["connection"].alias))
        return execute(sql, params, many, context)

    with connections[alias].execute_wrapper(look):
        threads.portal.reply(office.dana, office.job, "Hello")
    assert {alias} == {one for _, one in seen}
    assert {"SELECT", "INSERT"} <= {verb for verb, _ in seen}


def _failing(execute, sql, params, many, context):
    if "jobthreads_" in sql:
        raise OperationalError("the server went away")
    return execute(sql, params, many, context)


def test_a_database_that_does_not_answer_is_unavailable(alias, office) -> None:
    """S4: outside of the host's transaction, an error of the database is `Unavailable`, and its cause is kept."""
    with connections[alias].execute_wrapper(_failing), pytest.raises(Unavailable) as refused:
        threads.staff.inbox(office.kim)
    assert isinstance(refused.value.__cause__, OperationalError)
    with connections[alias].execute_wrapper(_failing), pytest.raises(Unavailable):
        threads.staff.reply(office.kim, office.job, "Hello")
    threads.staff.reply(office.kim, office.job, "Hello")


def test_in_the_hosts_transaction_errors_are_djangos(alias, office) -> None:
    """S4: inside `atomic()`, errors of the database pass unchanged: the transaction is the host's to end."""
    failing = connections[alias].execute_wrapper(_failing)
    with pytest.raises(OperationalError), transaction.atomic(using=alias), failing:
        threads.staff.reply(office.kim, office.job, "Hello")


def test_the_tables_guards_are_djangos_errors(alias, office) -> None:
    """J6: the database itself refuses a visible note, to a host's own query too."""
    threads.staff.note(office.kim, office.job, "Wants an upgrade later.")
    with pytest.raises((IntegrityError, OperationalError)), transaction.atomic(using=alias):
        Entry.objects.update(visibility="visible")
    assert ["internal"] == list(Entry.objects.values_list("visibility", flat=True))


def test_using_takes_an_alias_or_explains_itself(alias, office) -> None:
    """S6: `using` takes one of Django's databases; what it is not for is said."""
    for given in (alias, connections[alias]):
        threads.using(given).staff.reply(office.kim, office.job, "Hello")
    with pytest.raises(Misconfigured) as refused:
        threads.using(object())
    assert "transaction.atomic()" in refused.value.hint
    assert 2 == Entry.objects.count()


@pytest.mark.parametrize("base", [TestCase, TransactionTestCase])
def test_djangos_test_cases_leave_nothing(alias, office, base) -> None:
    """S4: what a test of the host's writes through the doors is gone after it, and its commit can be captured."""
    told = []

    class HostsTest(base):
        databases = {alias}

        def test_reply(self) -> None:
            kim, job = office.kim, office.job
            if base is TransactionTestCase:
                threads.staff.reply(kim, job, "Hello")
                told.append(len(threads.staff.inbox(kim).items))
                return
            with self.captureOnCommitCallbacks(using=alias, execute=True) as calls:
                threads.staff.reply(kim, job, "Hello")
                told.append(len(mail.outbox))
            with self.assertNumQueries(0, using=alias):
                pass
            threads.delivery.run_once()
            told.append((bool(calls), len(mail.outbox)))

    result = unittest.TestResult()
    unittest.TestSuite([HostsTest("test_reply")]).run(result)
    assert ([], []) == (result.errors, result.failures), result.errors or result.failures
    assert [0, (True, 1)] == told or [1] == told
    assert 0 == Entry.objects.count()


def _replies_then_fails(request):
    kim, job = request.environ["jobthreads.test"]
    threads.staff.reply(kim, job, "Hello")
    raise _HostFailed


urlpatterns = [
    path("fails", _replies_then_fails),
    path("office/", include("jobthreads.django.staff_urls")),
    path("portal/", include("jobthreads.django.portal_urls")),
]


@pytest.mark.urls(__name__)
def test_a_request_that_fails_under_atomic_requests_leaves_nothing(alias, office, monkeypatch, heard) -> None:
    """S4: with ATOMIC_REQUESTS, a view that fails takes our entry with it; without, the entry stays."""
    client = Client(raise_request_exception=False)
    known = {"jobthreads.test": (office.kim, office.job)}
    monkeypatch.setitem(connections[alias].settings_dict, "ATOMIC_REQUESTS", True)
    assert 500 == client.get("/fails", **known).status_code
    assert (0, []) == (Entry.objects.count(), heard)
    monkeypatch.setitem(connections[alias].settings_dict, "ATOMIC_REQUESTS", False)
    assert 500 == client.get("/fails", **known).status_code
    assert (1, ["Hello"]) == (Entry.objects.count(), heard)


def test_signs_in_data_are_data(alias, office) -> None:
    """S6: whatever drivers use as a sign in statements is only text in names, texts and ids."""
    nasty = "50% %s %(a)s %% :x ::y ? {0} \\ ' \" ` -- 100%"
    office.dana_row.name = nasty
    office.dana_row.save()
    threads.staff.reply(office.kim, office.job, nasty, request_id="%s:x?%%")
    threads.staff.reply(office.kim, office.job, nasty, request_id="%s:x?%%")
    threads.staff.note(office.kim, office.job, nasty)
    threads.portal.reply(office.dana, office.job, nasty, request_id=":x %(y)s")
    threads.record.status_changed(office.kim.business_id, office.job, old="%", new=nasty)
    bodies = [entry.body for entry in threads.staff.feed(office.kim, office.job).items if entry.body]
    assert [nasty] * 3 == bodies
    assert [nasty] * 2 == [entry.body for entry in threads.portal.conversation(office.dana, office.job).entries.items]
    assert 1 == threads.bell.unread(office.kim)
    assert nasty == threads.staff.inbox(office.kim).items[0].client_name
    threads.bell.mark_read(office.kim)
    assert threads.staff.search(office.kim, "50% :x").items is not None
