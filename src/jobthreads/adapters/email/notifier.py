"""`EmailNotifier`: a notification becomes one mail, text and HTML, that nothing in it can turn into another."""

from __future__ import annotations

import email
import email.policy
import hashlib
import os
import re
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, localtime, parseaddr
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, select_autoescape

from jobthreads.adapters.email.transports import Transport
from jobthreads.domain.entries import EntryKind
from jobthreads.domain.notifications import Notification
from jobthreads.domain.text import one_line
from jobthreads.errors import Misconfigured, PermanentFailure

__all__ = ["EmailNotifier"]

# One plain address: no list, no comment, no quoting that a mail server could read otherwise.
_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\]{1,64}@[^\s@,;:<>()\[\]\"\\]{1,253}")
_LONGEST_HEADER = 200


class EmailNotifier:
    """Tells clients by e-mail (M6).

    Args:
        transport: how the mail goes: `SMTP`, `MailFolder`, or a host's own.
        sender: who it is from, `"Acme <no-reply@acme.example>"`; a business's `mail_from` comes before it.
        templates: a folder whose `reply.txt`, `reply.html`, `link.txt` and `link.html` come before ours; each gets
            `notification`, `business`, `client`, `entries` (replies, oldest first), `files` (a number), `link` and
            `subject`.
    """

    channel = "email"

    def __init__(self, transport: Transport, *, sender: str, templates: str | os.PathLike[str] | None = None) -> None:
        if not _ADDRESS.fullmatch(parseaddr(sender)[1]):
            raise Misconfigured(
                f"The sender {sender!r} is not an address.", hint='Write "Acme <no-reply@acme.example>".'
            )
        self._transport = transport
        self._sender = sender
        ours = PackageLoader("jobthreads.adapters.email", "templates")
        loader = ChoiceLoader([FileSystemLoader(Path(templates)), ours]) if templates else ours
        self._templates = Environment(
            loader=loader, autoescape=select_autoescape(["html"]), trim_blocks=True, lstrip_blocks=True
        )

    def deliver(self, notification: Notification) -> None:
        """Send one mail; the same `notification.id` makes the same Message-ID."""
        recipient = notification.client.email or ""
        if not _ADDRESS.fullmatch(recipient):
            raise PermanentFailure("The client has no usable e-mail address.")
        name, sender = parseaddr(notification.business.mail_from or self._sender)
        if not _ADDRESS.fullmatch(sender):
            raise PermanentFailure("The business's sender address is not usable.")
        message = self._message(notification, name or notification.business.name, sender, recipient)
        self._transport.send(message, sender=sender, recipient=recipient)

    def _message(self, notification: Notification, name: str, sender: str, recipient: str) -> EmailMessage:
        business, host = notification.business, sender.rpartition("@")[2]
        told = bool(notification.entries)
        record = one_line(f"{notification.reference} {notification.title}")
        subject = header_text(f"{business.name}: {record}" if told else f"{business.name}: your link to {record}")
        message = EmailMessage(policy=email.policy.SMTP)
        message["Subject"] = subject
        message["From"] = Address(header_text(name), addr_spec=sender)
        message["To"] = Address(header_text(notification.client.name), addr_spec=recipient)
        reply_to = parseaddr(business.reply_to or "")[1]
        if _ADDRESS.fullmatch(reply_to):
            message["Reply-To"] = reply_to
        message["Date"] = format_datetime(localtime())
        message["Message-ID"] = f"<{notification.id}@{host}>"
        # One root per thread and client, so that a mail program shows the mails of one record together.
        root = hashlib.sha256(f"{business.id}\n{notification.scope}\n{notification.client.id}".encode()).hexdigest()
        message["References"] = f"<{root[:32]}@{host}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        context: Mapping[str, object] = {
            "notification": notification,
            "business": business,
            "client": notification.client,
            "entries": [entry for entry in notification.entries if entry.kind is EntryKind.REPLY],
            "files": sum(entry.kind is EntryKind.FILE for entry in notification.entries),
            "link": notification.link,
            "subject": subject,
            "record": record,
        }
        kind = "reply" if told else "link"
        text = self._templates.get_template(f"{kind}.txt").render(context)
        html = self._templates.get_template(f"{kind}.html").render(context)
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        _reread(message, sender, recipient)
        return message


def header_text(text: str) -> str:
    """Make a host's label safe for a header: one line, no encoded words, at most 200 characters."""
    # An encoded word in a title is decoded by the mail library, and may hold a line end and a header of its own.
    plain = re.sub(r"=\s*\?", "= ", one_line(text))
    plain = re.sub(r"\?\s*=", " =", plain)
    return plain[:_LONGEST_HEADER].strip()


def _reread(message: EmailMessage, sender: str, recipient: str) -> None:
    """Read the finished mail as a mail server would, and refuse it if it says anything but what we wrote."""
    reread = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    ours = [name.lower() for name in message]
    theirs = [name.lower() for name in reread]
    to = [address.addr_spec for address in reread["To"].addresses]
    came_from = [address.addr_spec for address in reread["From"].addresses]
    if theirs != ours or to != [recipient] or came_from != [sender]:
        raise PermanentFailure("The mail could not be written safely.")
