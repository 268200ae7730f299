"""The commands of `manage.py`, and the delivery thread of a process that serves requests."""

from __future__ import annotations

import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.core.signals import request_started
from django.db import connections
from django.db.backends.signals import connection_created
from django.test import Client

from jobthreads.django import threads
from jobthreads.django.storage import DjangoStorage
from jobthreads.errors import PermanentFailure, Unavailable
from jobthreads.testing import Mailbox
from tests.django.office import Office


def _say(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out, stderr=out, no_color=True)
    return out.getvalue()


def test_deliver_once_sends_what_is_due(alias, office) -> None:
    """M6: `jobthreads_deliver --once` sends what is due, and ends."""
    for text in ("One", "Two"):
        threads.staff.reply(office.kim, office.job, text)
    _say("jobthreads_deliver", "--once")
    assert ["One", "Two"] == [text for sent in mail.outbox for text in ("One", "Two") if text in sent.body]
    _say("jobthreads_deliver", "--once")
    assert 2 == len(mail.outbox)


@pytest.mark.django_db(transaction=True)
def test_deliver_runs_until_it_is_stopped(monkeypatch) -> None:
    """M6: `jobthreads_deliver` goes on, through a database that does not answer, until SIGTERM; then it ends well."""
    command = "jobthreads.django.management.commands.jobthreads_deliver"
    monkeypatch.setattr(f"{command}._POLL", 0.01)
    office = Office()
    threads.staff.reply(office.kim, office.job, "Hello")
    asked = []
    send = threads.delivery.run_once

    def run_once() -> int:
        asked.append(1)
        if len(asked) == 1:
            raise Unavailable
        if len(asked) > 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return send()

    monkeypatch.setattr(threads.delivery, "run_once", run_once)
    before = signal.getsignal(signal.SIGTERM)
    said = _say("jobthreads_deliver")
    assert "This cannot be done just now. Trying again in 0 seconds." in said
    assert 1 == len(mail.outbox)
    assert before == signal.getsignal(signal.SIGTERM)


def test_sweep_takes_away_what_no_entry_uses(alias, office, settings, tmp_path) -> None:
    """S4: `jobthreads_sweep` takes yesterday's unused files, and keeps the used ones."""
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "jobthreads": backend}
    storage = DjangoStorage("jobthreads")
    lost = uuid4().hex
    storage.put(BytesIO(b"lost"), lost)
    entry = threads.staff.attach(office.kim, office.job, BytesIO(b"Kept."), name="kept.txt", visibility="visible")
    assert "0 unused files" in _say("jobthreads_sweep")
    for path in tmp_path.rglob("*"):
        os.utime(path, (0, 0))
    assert "1 unused files were taken away." in _say("jobthreads_sweep")
    assert [] == list(tmp_path.rglob(lost))
    with threads.staff.open_file(office.kim, entry.id) as file:
        assert b"Kept." == file.read(100)


@pytest.mark.django_db
def test_a_sweep_without_storage_says_why(settings) -> None:
    """S6: without a storage there is nothing to sweep, and the command says what to write."""
    settings.JOBTHREADS = {**settings.JOBTHREADS, "STORAGE": None}
    with pytest.raises(CommandError, match="storage"):
        _say("jobthreads_sweep")


def test_check_says_how_things_stand(alias, office, settings) -> None:
    """S6: `jobthreads_check` looks at setting, tables and what was given up."""
    assert "The tables stand at the newest revision" in _say("jobthreads_check")
    mailbox = Mailbox()
    mailbox.fail([PermanentFailure("550 no such box")])
    settings.JOBTHREADS = {**settings.JOBTHREADS, "SENDER": None, "NOTIFIERS": [mailbox]}
    threads.staff.reply(office.kim, office.job, "Hello")
    threads.delivery.run_once()
    assert "1 notifications were given up" in _say("jobthreads_check")


@pytest.mark.django_db(transaction=True)
def test_check_asks_for_migrate() -> None:
    """S6: where the tables are older than the release, `jobthreads_check` fails and says to migrate."""
    call_command("migrate", "jobthreads", "0001", verbosity=0)
    try:
        with pytest.raises(CommandError, match=r"stand at 0002, .* run migrate"):
            _say("jobthreads_check")
    finally:
        call_command("migrate", "jobthreads", verbosity=0)


def _running() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "jobthreads-delivery"]


@pytest.fixture
def serving(monkeypatch):
    """As in a process that serves requests: without the test runner's mailbox, which the mail backend keeps."""
    box = mail.outbox
    monkeypatch.delattr(mail, "outbox")
    yield box
    threads.rebuild()


class ThreadsMailbox(Mailbox):
    """Tells which thread delivered, and what became of its connections."""

    delivered_by = None

    def deliver(self, notification):
        ThreadsMailbox.delivered_by = threading.current_thread()
        super().deliver(notification)


@pytest.mark.django_db(transaction=True)
def test_the_first_request_starts_one_thread_that_sends(settings, serving) -> None:
    """M6: a process that serves requests sends by itself, in one thread that leaves no connection behind."""
    mailbox = ThreadsMailbox()
    settings.JOBTHREADS = {**settings.JOBTHREADS, "SENDER": None, "NOTIFIERS": [mailbox]}
    office = Office()
    threads.staff.reply(office.kim, office.job, "Hello")
    assert [] == _running()
    opened = []

    def note(**_):
        opened.append(threading.current_thread())

    connection_created.connect(note)
    for _ in range(3):
        request_started.send(object, environ={})
    assert 1 == len(_running())
    (thread,) = _running()
    _wait(lambda: mailbox.sent)
    threads.staff.reply(office.kim, office.job, "And again")
    _wait(lambda: len(mailbox.sent) == 2)
    assert thread is ThreadsMailbox.delivered_by
    # Twice at work, and each time with a connection of its own: none was kept while it slept.
    assert opened.count(thread) >= 2
    threads.close()
    assert [] == _running()
    connections["default"].close()


@pytest.mark.django_db(transaction=True)
def test_no_thread_in_commands_and_tests(settings, client: Client) -> None:
    """M6: neither a test's requests nor a command that writes starts the thread."""
    client.get("/")
    office = Office()
    threads.staff.reply(office.kim, office.job, "Hello")
    request_started.send(object, environ={})
    assert [] == _running()


@pytest.mark.django_db(transaction=True)
def test_a_post_outside_of_requests_starts_none(settings, serving) -> None:
    """M6: a management command that posts leaves the sending to the processes that serve requests."""
    office = Office()
    threads.staff.reply(office.kim, office.job, "Hello")
    assert [] == _running()


def test_a_wrong_setting_does_not_stop_the_hosts_pages(settings, serving, caplog) -> None:
    """S6: a request of the host's is answered, whatever is wrong with our setting; the log says what it is."""
    settings.JOBTHREADS = {"DIRECTORY": "shop.nowhere"}
    request_started.send(object, environ={})
    assert "cannot be started" in caplog.text
    assert "shop.nowhere" in caplog.text


def _wait(until) -> None:
    end = datetime.now(UTC) + timedelta(seconds=20)
    while not until():
        assert datetime.now(UTC) < end
        time.sleep(0.01)
