"""What stands in a form that writes: where it goes, what was typed, and why it was refused."""

from __future__ import annotations

from uuid import uuid4

from attrs import evolve, frozen

from jobthreads.domain.people import Client
from jobthreads.errors import InvalidInput, JobThreadsError, RequestReused
from jobthreads.sentences import gettext as _
from jobthreads.web.http import Form
from jobthreads.web.language import ENGLISH, Language
from jobthreads.web.problems import Refusal, refusal
from jobthreads.web.security import local_path

__all__ = ["Composer", "Typed", "who_is_told", "whole_number"]


@frozen(kw_only=True)
class Composer:
    """One composer, as its template shows it.

    `action` takes the form, `api` the same as JSON; `request_id` makes a second send harmless (S4); `if_seen` is the
    newest entry that the page shows; `tells` says who will be told. Where neither `can_note` nor `can_reply` holds,
    `why_not` stands in its place.
    """

    action: str
    api: str
    request_id: str
    if_seen: int | None = None
    text: str = ""
    refusal: Refusal | None = None
    return_to: str | None = None
    visibility: str = "internal"
    can_note: bool = False
    can_reply: bool = False
    why_not: str = ""
    tells: str = ""


@frozen(kw_only=True)
class Typed:
    """What a person sent with a composer, kept so that a refusal can show it again (S6)."""

    text: str = ""
    request_id: str | None = None
    visibility: str | None = None
    return_to: str | None = None
    error: JobThreadsError | None = None

    @classmethod
    def of(cls, form: Form) -> Typed:
        """Read a composer's fields."""
        return cls(
            text=form.get("text"),
            request_id=form.get("request_id") or None,
            visibility=form.get("visibility") or None,
            return_to=local_path(form.get("return_to")),
        )

    def refused(self, error: JobThreadsError) -> Typed:
        """The same, and why it was refused."""
        return evolve(self, error=error)

    def refusal(self, language: Language) -> Refusal | None:
        """Why it was refused, in this language."""
        return refusal(self.error, language) if self.error else None

    def next_request_id(self) -> str:
        """The same id for another attempt at the same thing; a fresh one where the old is used up or unfit."""
        stale = isinstance(self.error, RequestReused) or (
            isinstance(self.error, InvalidInput) and self.error.field == "request_id"
        )
        return str(uuid4()) if stale or not self.request_id else self.request_id


def whole_number(text: str | None, field: str) -> int | None:
    """Read a number of a form or an address, None for none; raises `InvalidInput`."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise InvalidInput(_("It has to be a whole number."), field=field, hint=_("Open the page again."))
    return int(text)


def who_is_told(client: Client | None, language: Language = ENGLISH) -> str:
    """Say what happens to a reply: who will get an e-mail, if anyone (M6)."""
    if client is None:
        return ""
    if client.notify_on_replies and client.email:
        return language.say(_("%(name)s will get an e-mail.", name=client.name))
    return language.say(_("%(name)s will see it in the portal; no e-mail is sent.", name=client.name))
