"""`DjangoMail`: the project's own mail backend as a way for `EmailNotifier`."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Mapping
from email.message import EmailMessage

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from jobthreads.adapters.email.transports import smtp_answers
from jobthreads.errors import Misconfigured, PermanentFailure, TemporaryFailure

__all__ = ["DjangoMail"]

_OURS = {"subject", "from", "to", "reply-to"}
"""Headers that Django's message has arguments for."""

_WRITTEN_BY_DJANGO = {"content-type", "content-transfer-encoding", "mime-version"}


class DjangoMail:
    """Sends through the project's mail backend.

    Each mail is a Django `EmailMultiAlternatives` on a connection of its own, so that every backend takes it; the
    Message-ID stays the same on every attempt. What a mail server refuses is judged as `SMTP` does; any other
    exception of a backend is temporary.

    Args:
        mailer: an alias of `MAILERS`, which Django has from 6.1 on.
    """

    def __init__(self, mailer: str = "default") -> None:
        if mailer != "default" and not hasattr(mail, "mailers"):
            raise Misconfigured("This release of Django has no MAILERS.", hint="Upgrade to Django 6.1, or name none.")
        self._mailer = mailer

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Hand one finished message over."""
        ready = _as_django(message)
        _reread(ready, message, sender, recipient)
        with smtp_answers():
            if self._backend().send_messages([ready]) == 0:
                raise TemporaryFailure("The mail backend did not take it.")

    def _backend(self) -> BaseEmailBackend:
        # Made for each mail: settings may have changed, and a connection would not outlive a pause.
        mailers: Mapping[str, BaseEmailBackend] | None = getattr(mail, "mailers", None)
        backend: BaseEmailBackend = mail.get_connection() if mailers is None else mailers[self._mailer]
        return backend


def _as_django(message: EmailMessage) -> EmailMultiAlternatives:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    ready = EmailMultiAlternatives(
        subject=message["Subject"],
        body=text.get_content() if text else "",
        from_email=message["From"],
        to=[message["To"]],
        reply_to=[message["Reply-To"]] if message["Reply-To"] else None,
        headers={
            name: str(value)
            for name, value in message.items()
            if name.lower() not in _OURS and name.lower() not in _WRITTEN_BY_DJANGO
        },
    )
    if html is not None:
        ready.attach_alternative(html.get_content(), "text/html")
    return ready


def _reread(ready: EmailMultiAlternatives, message: EmailMessage, sender: str, recipient: str) -> None:
    """Read what Django would send as a mail server would, and refuse it if it says anything but what we wrote."""
    try:
        reread = email.message_from_bytes(ready.message().as_bytes(), policy=email.policy.default)
        to = [address.addr_spec for address in reread["To"].addresses]
        came_from = [address.addr_spec for address in reread["From"].addresses]
    except ValueError as refused:
        raise PermanentFailure("The mail could not be written safely.") from refused
    extra = {name.lower() for name in reread} - {name.lower() for name in message} - _WRITTEN_BY_DJANGO
    if extra or to != [recipient] or came_from != [sender]:
        raise PermanentFailure("The mail could not be written safely.")
