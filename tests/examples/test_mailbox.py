"""The mailbox that both reference apps show."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module, found as the apps find it."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import tradebook.mailbox

    return tradebook.mailbox


def mail(subject: str) -> bytes:
    """A mail, as a backend writes it."""
    message = EmailMessage()
    message["Subject"], message["To"] = subject, "dana@example.com"
    message.set_content("https://shop.example/portal/enter/abc <b>")
    return message.as_bytes()


def test_a_file_of_djangos_backend_may_hold_several_mails(mailbox: Any, tmp_path: Path) -> None:
    """Each is a mail of its own, newest first; one that is still being written is not there yet."""
    between = b"\n" + b"-" * 79 + b"\n"
    (tmp_path / "20260101-1.log").write_bytes(mail("One") + between + mail("Two") + between + mail("Half")[:40])
    assert ["Two", "One"] == [one.subject for one in mailbox.newest_mails(tmp_path)]
    assert ["Two", "One"] == [mailbox.one_mail(tmp_path, one.name).subject for one in mailbox.newest_mails(tmp_path)]
    assert mailbox.one_mail(tmp_path, "20260101-1.7") is None


def test_an_eml_file_is_one_mail(mailbox: Any, tmp_path: Path) -> None:
    """Its links are links, and the rest of its text is text."""
    (tmp_path / "one.eml").write_bytes(mail("One"))
    shown = mailbox.one_mail(tmp_path, "one").text_with_links
    assert '<a href="https://shop.example/portal/enter/abc">' in shown
    assert "&lt;b&gt;" in shown
