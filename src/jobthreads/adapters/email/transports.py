"""The ways a mail can go: a mail server, or a folder that a demo shows."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from jobthreads.errors import Misconfigured, PermanentFailure, TemporaryFailure

__all__ = ["SMTP", "MailFolder", "Transport"]


class Transport(Protocol):
    """Takes one finished message for one recipient."""

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Hand it over; raises `TemporaryFailure` or `PermanentFailure`."""
        ...


class SMTP:
    """A mail server by address: `smtp://host:25`, `smtp+starttls://user:password@host:587`, `smtps://host:465`.

    `timeout` is in seconds, for each step of the talk. A refused recipient (5xx) is permanent; whatever an operator
    can mend (log-in, sender, connection) is temporary.
    """

    def __init__(self, url: str, *, timeout: float = 30) -> None:
        parts = urlsplit(url)
        ports = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
        if parts.scheme not in ports or not parts.hostname:
            raise Misconfigured(
                "The mail server's address is not understood.",
                hint="Write smtp://host:25, smtp+starttls://user:password@host:587 or smtps://host:465.",
            )
        self._scheme = parts.scheme
        self._host = parts.hostname
        self._port = parts.port or ports[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._timeout = timeout

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Send it over a connection of its own."""
        with smtp_answers():
            self._talk(message, sender, recipient)

    def _talk(self, message: EmailMessage, sender: str, recipient: str) -> None:
        if self._scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        with server:
            if self._scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if self._user:
                server.login(self._user, self._password)
            server.send_message(message, from_addr=sender, to_addrs=[recipient])


@contextmanager
def smtp_answers() -> Iterator[None]:
    """Say in our words what a mail server answered, or that it did not."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as refused:
        code, answer = next(iter(refused.recipients.values()), (450, b""))
        failure = PermanentFailure if code >= 500 else TemporaryFailure
        raise failure(f"The recipient was refused: {_said(code, answer)}.") from None
    except smtplib.SMTPDataError as refused:
        failure = PermanentFailure if refused.smtp_code >= 500 else TemporaryFailure
        raise failure(f"The message was refused: {_said(refused.smtp_code, refused.smtp_error)}.") from None
    except smtplib.SMTPNotSupportedError as missing:
        raise PermanentFailure(f"The mail server cannot take this message: {missing}.") from None
    except (smtplib.SMTPException, OSError) as trouble:
        raise TemporaryFailure(f"The mail server did not take it: {type(trouble).__name__}.") from trouble


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(text.split())}"[:200]


class MailFolder:
    """Writes each mail as an `.eml` file, named so that they sort by time: for demos and development."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:  # noqa: ARG002 - a folder asks nobody
        """Write it whole, or not at all."""
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}"
            draft = self._path / f".{name}.part"
            draft.write_bytes(message.as_bytes())
            draft.rename(self._path / f"{name}.eml")
        except OSError as trouble:
            raise TemporaryFailure(f"The mail folder cannot be written: {type(trouble).__name__}.") from trouble
