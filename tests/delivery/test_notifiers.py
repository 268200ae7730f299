"""The notifiers that are shipped keep the notifier's contract."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from pathlib import Path

import pytest

from jobthreads.adapters.email import EmailNotifier, MailFolder
from jobthreads.testing import Mailbox, NotifierContract


class TestMailbox(NotifierContract):
    """The mailbox of tests."""

    @pytest.fixture
    def notifier(self) -> Mailbox:
        return Mailbox()

    @pytest.fixture
    def delivered(self, notifier: Mailbox) -> Callable[[], list[str]]:
        return lambda: [
            "\n".join([*(entry.body or "1 file" for entry in one.entries), one.link]) for one in notifier.sent
        ]


class TestMailFolder(NotifierContract):
    """E-mail into a folder."""

    @pytest.fixture
    def notifier(self, tmp_path: Path) -> EmailNotifier:
        return EmailNotifier(MailFolder(tmp_path / "mail"), sender="Acme <no-reply@acme.example>")

    @pytest.fixture
    def delivered(self, notifier: EmailNotifier, tmp_path: Path) -> Callable[[], list[str]]:
        def read() -> list[str]:
            texts = []
            for path in sorted((tmp_path / "mail").glob("*.eml")):
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                body = message.get_body(("plain",))
                assert body is not None
                texts.append(f"{message['Subject']}\n{body.get_content()}")
            return texts

        return read
