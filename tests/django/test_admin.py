"""The admin: everything to be seen by operators, nothing to be changed, no secret shown."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from jobthreads import Visibility
from jobthreads.django import threads
from jobthreads.django.models import Delivery, Entry, File, PortalLink, PortalSession, Thread
from tests.django.office import Office
from tests.django.trade.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.django.test_admin")]
SHOWN = [Thread, Entry, File, Delivery, PortalLink]

urlpatterns = [path("admin/", admin.site.urls)]


@pytest.fixture
def office() -> Office:
    office = Office()
    threads.staff.reply(office.kim, office.job, "We can start on Friday.")
    threads.staff.note(office.kim, office.job, "Dana pays late.")
    threads.staff.attach(office.kim, office.job, BytesIO(b"The plan."), name="plan.txt", visibility=Visibility.INTERNAL)
    threads.portal.reply(office.dana, office.job, "<script>alert(1)</script>")
    threads.staff.reply(office.kim, office.quote, "The quote is ready.")
    while threads.delivery.run_once():
        pass
    token = next(word for word in mail.outbox[0].body.split() if "/enter/" in word).rpartition("/")[2]
    threads.portal.enter(token)
    return office


@pytest.fixture
def operator(office, client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root", password="root"))
    return client


def _list(model, **query: str) -> str:
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist", query=query)


def _page(model, row) -> str:
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


def _text(operator, address) -> str:
    answer = operator.get(address)
    assert 200 == answer.status_code, address
    return answer.content.decode()


def test_every_list_and_page_opens(operator) -> None:
    """M9: the admin shows threads, entries, files, deliveries and links."""
    for model in SHOWN:
        assert "jobthreads" in _text(operator, _list(model))
        for row in model.objects.all():
            _text(operator, _page(model, row))


def test_entries_are_searched_and_filtered(operator, office) -> None:
    """J11: entries are found by text, business, kind, visibility, side, record and day."""
    cases = {
        "Dana pays late.": [{"visibility__exact": "internal"}, {"kind__exact": "note"}, {"q": "pays late"}],
        "We can start on Friday.": [
            {"visibility__exact": "visible"},
            {"author_kind__exact": "staff"},
            {"record": "job"},
        ],
        "plan.txt": [{"kind__exact": "file"}, {"business_id": office.kim.business_id}],
        "The quote is ready.": [
            {"record": "quote"},
            {"at__gte": "2020-01-01"},
            {"at__gte": "2020-01-01 00:00:00+00:00"},
        ],
    }
    for words, queries in cases.items():
        for query in queries:
            assert words in _text(operator, _list(Entry, **query)), query
    for query in ({"visibility__exact": "visible"}, {"q": "Friday"}, {"record": "quote"}, {"at__lt": "2020-01-01"}):
        assert "Dana pays late." not in _text(operator, _list(Entry, **query)), query
    assert "J-1042" not in _text(operator, _list(Thread, record="quote"))
    assert "J-1042" in _text(operator, _list(Thread, q="Kitchen"))


def test_a_thread_leads_to_its_entries_and_back(operator, office) -> None:
    """M9: a thread's page links to its entries, and each entry to its thread."""
    thread = Thread.objects.get(scope=str(office.job))
    entries = f"{_list(Entry)}?thread__id__exact={thread.pk}"
    assert entries in _text(operator, _page(Thread, thread))
    text = _text(operator, entries)
    assert "Dana pays late." in text
    assert "The quote is ready." not in text
    assert _page(Thread, thread) in text


def test_nothing_can_be_changed(operator, office) -> None:
    """J6: no page of the admin adds, changes, shows, hides or deletes anything, to a superuser either."""
    note = Entry.objects.get(kind="note")
    for model in SHOWN:
        row = model.objects.first()
        opts = model._meta.label_lower.replace(".", "_")
        assert 403 == operator.get(reverse(f"admin:{opts}_add")).status_code
        assert 403 == operator.post(reverse(f"admin:{opts}_add"), {}).status_code
        assert 403 == operator.post(_page(model, row), {"visibility": "visible"}).status_code
        assert 403 == operator.post(reverse(f"admin:{opts}_delete", args=[row.pk]), {"post": "yes"}).status_code
        refused = operator.post(_list(model), {"action": "delete_selected", "_selected_action": [str(row.pk)]})
        assert model.objects.filter(pk=row.pk).exists(), refused.status_code
        text = _text(operator, _page(model, row))
        assert "deletelink" not in text
        assert 'name="_save"' not in text
        assert "<select" not in text
    operator.post(_list(Entry), {"form-0-id": str(note.pk), "form-0-visibility": "visible", "_save": "Save"})
    note.refresh_from_db()
    assert "internal" == note.visibility


def test_no_hash_is_on_any_page(operator) -> None:
    """S1: what is kept of tokens and cookies is on no page, and in no address."""
    secrets = [*PortalLink.objects.values_list("token_hash", flat=True)]
    secrets += PortalSession.objects.values_list("session_hash", flat=True)
    secrets += [token for token in Delivery.objects.values_list("token", flat=True) if token]
    assert len(secrets) >= 2
    pages = [reverse("admin:index"), reverse("admin:app_list", args=["jobthreads"])]
    for model in SHOWN:
        pages += [_list(model), *(_page(model, row) for row in model.objects.all())]
        pages += [
            reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_history", args=[model.objects.first().pk])
        ]
    texts = {page: _text(operator, page) for page in pages}
    assert [] == [page for page, text in texts.items() for secret in secrets if str(secret) in text]
    assert not admin.site.is_registered(PortalSession)
    known = {model for model in admin.site._registry if model._meta.app_label == "jobthreads"}
    assert set(SHOWN) == known


def test_what_people_write_is_only_text(operator) -> None:
    """S6: a script in a message is shown, and not run."""
    text = _text(operator, _list(Entry))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert(1)" not in text


def test_lists_ask_a_fixed_number_of_times(operator, office) -> None:
    """M7: a list of many rows asks the database as often as a list of few."""

    def asked(model) -> int:
        with CaptureQueriesContext(connections["default"]) as queries:
            _text(operator, _list(model))
        return len(queries)

    few = {model: asked(model) for model in SHOWN}
    for number in range(12):
        threads.staff.reply(office.kim, office.job if number % 2 else office.quote, f"Number {number}")
        threads.staff.attach(
            office.kim, office.job, BytesIO(b"Plan."), name=f"{number}.txt", visibility=Visibility.INTERNAL
        )
    while threads.delivery.run_once():
        pass
    assert few == {model: asked(model) for model in SHOWN}


def test_looking_takes_the_permission(office, client: Client) -> None:
    """S2: staff of the project without the "view" permission see nothing; with it, they see and change nothing."""
    person = User.objects.create_user("pat", password="pat", is_staff=True)
    client.force_login(person)
    assert 403 == client.get(_list(Entry)).status_code
    person.user_permissions.add(Permission.objects.get(codename="view_entry"))
    assert 200 == client.get(_list(Entry)).status_code
    assert 403 == client.get(_list(Thread)).status_code
    everything = Permission.objects.filter(content_type__app_label="jobthreads")
    person.user_permissions.set(everything)
    note = Entry.objects.get(kind="note")
    assert 403 == client.post(_page(Entry, note), {"visibility": "visible"}).status_code


def test_models_of_secrets_and_marks_are_the_hosts_queries_alone() -> None:
    """S1: sessions, marks, notices and limits have models and no pages."""
    hidden = {model for model in apps.get_app_config("jobthreads").get_models() if not admin.site.is_registered(model)}
    assert {"PortalSession", "Read", "Notice", "Limit"} == {model.__name__ for model in hidden}
