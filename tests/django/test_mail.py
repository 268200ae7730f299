"""Mail through the project's own backend."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Callable

import django
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from jobthreads.adapters.email import EmailNotifier
from jobthreads.django import threads
from jobthreads.django.mail import DjangoMail
from jobthreads.errors import Misconfigured, PermanentFailure, TemporaryFailure
from jobthreads.testing import NotifierContract, business, client, notification


class TestDjangoMail(NotifierContract):
    """`EmailNotifier` over `DjangoMail`."""

    @pytest.fixture
    def notifier(self, mailoutbox) -> EmailNotifier:
        return EmailNotifier(DjangoMail(), sender="Acme <no-reply@acme.example>")

    @pytest.fixture
    def delivered(self, mailoutbox) -> Callable[[], list[str]]:
        return lambda: [f"{sent.subject}\n{sent.body}" for sent in mailoutbox]


class _Server:
    """Takes mail, or answers what it is told to."""

    def __init__(self) -> None:
        self.mails = []
        self.refuse_recipient = self.refuse_data = ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.refuse_data:
            return self.refuse_data
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler)


def _send_by(settings, backend: str, **options) -> None:
    """Make this the project's mail backend, as each Django takes it."""
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        return
    settings.EMAIL_BACKEND = backend
    for name, value in options.items():
        setattr(settings, f"EMAIL_{name.upper()}", value)


@pytest.fixture
def server(settings):
    """A mail server on this machine, which the project's settings name."""
    handler = _Server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = _Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    _send_by(settings, "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port, timeout=10)
    yield handler
    controller.stop()


def _notifier() -> EmailNotifier:
    return EmailNotifier(DjangoMail(), sender="Acme <no-reply@acme.example>")


def test_a_mail_is_what_the_library_wrote(server) -> None:
    """M6: through Django's SMTP backend goes the same mail: its parts, its Message-ID on each attempt, its headers."""
    given = notification(
        "We can start on Friday. ☂",
        client=client(name="Dana Réyes"),
        business=business(reply_to="office@acme.example"),
    )
    _notifier().deliver(given)
    _notifier().deliver(given)
    (sender, recipients, content), (_, _, again) = server.mails
    assert ("no-reply@acme.example", ["dana@example.com"]) == (sender, recipients)
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert f"<{given.id}@acme.example>" == message["Message-ID"]
    assert message["Message-ID"] == email.message_from_bytes(again)["Message-ID"]
    assert ("auto-generated", "office@acme.example") == (message["Auto-Submitted"], message["Reply-To"])
    assert "Dana Réyes" == message["To"].addresses[0].display_name
    assert [1, 1] == [len(message.get_all(name)) for name in ("Date", "References")]
    assert "We can start on Friday. ☂" in message.get_body(("plain",)).get_content()
    assert given.link in message.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("where", "answer", "failure"),
    [
        ("refuse_recipient", "550 no such box", PermanentFailure),
        ("refuse_recipient", "450 busy", TemporaryFailure),
        ("refuse_data", "554 not wanted", PermanentFailure),
        ("refuse_data", "451 disk full", TemporaryFailure),
    ],
)
def test_a_servers_refusal_is_judged(server, where, answer, failure) -> None:
    """S5: what a mail server refuses for good is given up, and what it cannot do now is tried again."""
    setattr(server, where, answer)
    with pytest.raises(failure, match=answer[:3]):
        _notifier().deliver(notification("Hello"))
    setattr(server, where, "")
    _notifier().deliver(notification("Hello"))
    assert 1 == len(server.mails)


def test_no_server_is_temporary(settings, server) -> None:
    """S5: a mail server that is not there is asked again later."""
    _send_by(settings, "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=1, timeout=10)
    with pytest.raises(TemporaryFailure):
        _notifier().deliver(notification("Hello"))


class TakesNothing(BaseEmailBackend):
    """A backend that is silent about its failures."""

    def send_messages(self, email_messages):
        return 0


def test_a_backend_that_took_nothing_is_asked_again(settings) -> None:
    """S5: a backend that says it sent nothing has not sent it."""
    _send_by(settings, "tests.django.test_mail.TakesNothing")
    with pytest.raises(TemporaryFailure):
        _notifier().deliver(notification("Hello"))


def test_a_mailer_can_be_named(settings, mailoutbox) -> None:
    """M6: where Django knows several mailers, one is named; where it does not, that is said."""
    if django.VERSION < (6, 1):
        with pytest.raises(Misconfigured, match="no MAILERS"):
            DjangoMail("notices")
        return
    quiet = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    settings.MAILERS = {"default": {"BACKEND": "tests.django.test_mail.TakesNothing"}, "notices": quiet}
    EmailNotifier(DjangoMail("notices"), sender="no-reply@acme.example").deliver(notification("Hello"))
    assert 1 == len(mailoutbox)


def test_another_mail_is_never_made_of_ours(mailoutbox) -> None:
    """S1: whatever stands in names and titles, the mail has one recipient and no header of their making."""
    nasty = "=?utf-8?q?=0d=0aBcc:_all@example.com?=\r\nBcc: all@example.com"
    given = notification("Hello", title=nasty, client=client(name=nasty), business=business(name=nasty))
    _notifier().deliver(given)
    (sent,) = mailoutbox
    assert ["dana@example.com"] == [one.rpartition("<")[2].rstrip(">") for one in sent.recipients()]
    assert "bcc" not in {name.lower() for name in sent.message()}


def test_the_sender_makes_the_notifier(alias, office, settings) -> None:
    """M6: with "SENDER" in the setting, a reply is mailed through the project's backend, from that sender."""
    threads.staff.reply(office.kim, office.job, "We can start on Friday.")
    assert 1 == threads.delivery.run_once()
    assert ("Acme <no-reply@acme.example>", 1) == (mail.outbox[0].from_email, len(mail.outbox))
    settings.JOBTHREADS = {**settings.JOBTHREADS, "SENDER": None}
    threads.staff.reply(office.kim, office.job, "Nobody is told of this.")
    assert (0, 1) == (threads.delivery.run_once(), len(mail.outbox))
