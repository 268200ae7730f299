"""The mailbox: what jobthreads e-mailed, since this demonstration sends nothing out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from attrs import frozen
from markupsafe import Markup, escape

# The mail stands in a frame of its own: it may bring its styles, run nothing, and its links open in the whole window.
MAIL_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation"
)

_NEWEST = 100
_BETWEEN = re.compile(rb"^-{79}\n", re.MULTILINE)
"""What Django's file backend writes after each mail; it may put several into one `.log` file."""


@frozen
class Mail:
    """One kept e-mail."""

    name: str
    to: str
    sender: str
    subject: str
    at: datetime
    text: str
    html: str

    @property
    def framed(self) -> str:
        """The HTML of the mail as a page of its own."""
        return '<!doctype html><base target="_top">' + self.html

    @property
    def text_with_links(self) -> Markup:
        """The plain text, with its addresses as links."""
        pieces = re.split(r"(https?://[^\s<>\"]+)", self.text)
        return Markup().join(
            Markup('<a href="{0}">{0}</a>').format(piece) if place % 2 else escape(piece)
            for place, piece in enumerate(pieces)
        )


def newest_mails(folder: Path) -> list[Mail]:
    """Read the mails kept last, newest first."""
    return [mail for path in _paths(folder)[:_NEWEST] for mail in _read(path)][:_NEWEST]


def one_mail(folder: Path, name: str) -> Mail | None:
    """Read one mail."""
    stem = name.partition(".")[0]
    return next(
        (mail for path in _paths(folder) if path.stem == stem for mail in _read(path) if mail.name == name), None
    )


def _paths(folder: Path) -> list[Path]:
    found = [path for path in folder.glob("*") if path.suffix in {".eml", ".log"}]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def _read(path: Path) -> Iterator[Mail]:
    pieces = _BETWEEN.split(path.read_bytes())
    if path.suffix == ".log":
        pieces.pop()  # behind the last line of dashes: nothing, or a mail that is still being written
    for place, piece in reversed(list(enumerate(pieces))):
        message = message_from_bytes(piece, policy=policy.default)
        date = message["Date"]
        yield Mail(
            name=f"{path.stem}.{place}" if place else path.stem,
            to=str(message["To"] or ""),
            sender=str(message["From"] or ""),
            subject=str(message["Subject"] or "(no subject)"),
            at=parsedate_to_datetime(str(date)) if date else datetime.fromtimestamp(path.stat().st_mtime, UTC),
            text=_part(message, "plain"),
            html=_part(message, "html"),
        )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""
