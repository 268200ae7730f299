"""Every refusal of the library: one root, a sentence, the next step, and the facts as attributes.

A host catches `JobThreadsError` and shows `str(error)` and `error.hint`; the JSON API answers the same two as
`detail` and `hint` of an RFC 9457 problem. `code` is stable and never shown to a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from jobthreads.sentences import Sentence, ngettext
from jobthreads.sentences import gettext as _

if TYPE_CHECKING:
    from jobthreads.domain.entries import Entry

__all__ = [
    "AttachmentDamaged",
    "AttachmentEmpty",
    "AttachmentEncrypted",
    "AttachmentHasMacros",
    "AttachmentInfected",
    "AttachmentNotReady",
    "AttachmentRejected",
    "AttachmentTooLarge",
    "AttachmentTypeNotAllowed",
    "AttachmentsNotSupported",
    "EmptyText",
    "InvalidInput",
    "JobThreadsError",
    "LimitReached",
    "LinkExpired",
    "Misconfigured",
    "NotFound",
    "NotPermitted",
    "NotThisClients",
    "PermanentFailure",
    "PortalDisabled",
    "QuotaReached",
    "QuoteNotSent",
    "RequestReused",
    "TemporaryFailure",
    "TextTooLong",
    "ThreadMoved",
    "Unavailable",
    "UploadsOff",
]


class JobThreadsError(Exception):
    """The root of all errors of the library.

    `str(error)` says what is wrong, `hint` what to do next, `code` is a stable word for programs. Where a page speaks
    another language, it translates those that are a `Sentence`; a host's own plain strings stay as they are.
    """

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = _("Something went wrong.")
    advice: ClassVar[str] = _("Try again; if it stays, tell your office.")

    def __init__(self, sentence: str | None = None, *, hint: str | None = None) -> None:
        self.said = self.sentence if sentence is None else sentence
        super().__init__(self.said)
        self.hint = self.advice if hint is None else hint

    @property
    def in_full(self) -> Sentence:
        """What is wrong, and what to do next."""
        return _("%(sentence)s %(hint)s", sentence=self.said, hint=self.hint)


class NotFound(JobThreadsError):
    """It does not exist, belongs to someone else, or is out of reach: always this one answer (S2, M10)."""

    code = "not-found"
    sentence = _("There is nothing here.")
    advice = _("It does not exist, or you are not assigned to it; ask your office.")

    def __init__(self) -> None:
        super().__init__()


class NotPermitted(JobThreadsError):
    """The person sees the thread and may not do this with it (M3, M9, J1)."""

    code = "not-permitted"
    sentence = _("You may not do this.")
    advice = _("Ask your office to do it, or to give you a role that may.")


class PortalDisabled(JobThreadsError):
    """The business's Client Portal is off, and messages need it (M2)."""

    code = "portal-disabled"
    sentence = _("Messages are off, because the Client Portal is off.")
    advice = _("Switch the Client Portal on in Business Settings → Site.")


class QuoteNotSent(JobThreadsError):
    """The quote has not been sent to the portal, or no longer is (M4)."""

    code = "quote-not-sent"
    sentence = _("This quote has not been sent to the Client Portal.")
    advice = _("Send the quote to the portal first, then write here.")


class NotThisClients(JobThreadsError):
    """The job or quote belongs to another client of the business (M4)."""

    code = "not-this-clients"
    sentence = _("This job or quote does not belong to the chosen client.")
    advice = _("Choose one of this client's jobs or quotes.")


class InvalidInput(JobThreadsError):
    """One field of what was sent cannot be used; nothing was stored (S6).

    `field` names it.
    """

    code = "invalid-input"
    sentence = _("This cannot be used.")
    advice = _("Correct the marked field and send again.")

    def __init__(self, sentence: str | None = None, *, field: str, hint: str | None = None) -> None:
        super().__init__(sentence, hint=hint)
        self.field = field


class EmptyText(InvalidInput):
    """The message holds no text after trimming (M5)."""

    code = "empty-text"
    sentence = _("The message is empty.")
    advice = _("Write something first.")


class TextTooLong(InvalidInput):
    """The message is longer than `limit` characters; `length` is what it has (M5)."""

    code = "text-too-long"

    def __init__(self, *, field: str, length: int, limit: int) -> None:
        super().__init__(
            _("The message has %(length)s characters; the most is %(limit)s.", length=length, limit=limit),
            field=field,
            hint=_("Shorten it by %(excess)s, or send it in two messages.", excess=length - limit),
        )
        self.length = length
        self.limit = limit


class AttachmentsNotSupported(JobThreadsError):
    """A file was sent where only text goes (M5, J1)."""

    code = "attachments-not-supported"
    sentence = _("Messages are text only; the file was not stored.")
    advice = _("Add files to the job's activity feed. For a quote, send the file by e-mail.")


class AttachmentRejected(JobThreadsError):
    """A file was refused by its content, and not stored (J5); `file_name` is its cleaned name."""

    code = "attachment-rejected"
    sentence = _("This file cannot be attached.")
    advice = _("Attach JPEG, PNG, GIF, WebP, BMP, TIFF, AVIF, HEIC, PDF, Word, Excel, Numbers or plain text.")

    def __init__(self, sentence: str | None = None, *, file_name: str = "", hint: str | None = None) -> None:
        super().__init__(sentence, hint=hint)
        self.file_name = file_name


class AttachmentTooLarge(AttachmentRejected):
    """The file is larger than `limit` bytes."""

    code = "attachment-too-large"
    sentence = _("The file is too large.")

    def __init__(self, *, file_name: str = "", limit: int) -> None:
        super().__init__(
            _("The file is larger than %(size)s.", size=_amount(limit)),
            file_name=file_name,
            hint=_("Make it smaller, or send it another way."),
        )
        self.limit = limit


class AttachmentTypeNotAllowed(AttachmentRejected):
    """The file is of no allowed type; `seems` is what it looks like, empty if that is not known."""

    code = "attachment-type-not-allowed"
    sentence = _("Files of this type cannot be attached.")

    def __init__(self, *, file_name: str = "", seems: str = "") -> None:
        sentence = _("Files of this type (%(seems)s) cannot be attached.", seems=seems) if seems else None
        super().__init__(sentence, file_name=file_name)
        self.seems = seems


class AttachmentEmpty(AttachmentRejected):
    """The file holds nothing."""

    code = "attachment-empty"
    sentence = _("The file is empty.")
    advice = _("Check the file, then attach it again.")


class AttachmentEncrypted(AttachmentRejected):
    """The file is locked with a password, so nobody could check or read it."""

    code = "attachment-encrypted"
    sentence = _("The file is locked with a password.")
    advice = _("Save it without a password, then attach it again.")


class AttachmentHasMacros(AttachmentRejected):
    """The file holds macros, which are programs."""

    code = "attachment-has-macros"
    sentence = _("The file holds macros.")
    advice = _("Save it without macros (.docx or .xlsx), or as PDF.")


class AttachmentDamaged(AttachmentRejected):
    """The file looks like an allowed type and is not whole."""

    code = "attachment-damaged"
    sentence = _("The file is damaged.")
    advice = _("Open it, save it anew, then attach it again.")


class AttachmentInfected(AttachmentRejected):
    """The scanner found something in the file."""

    code = "attachment-infected"
    sentence = _("The virus scanner refused this file.")
    advice = _("Check the device it comes from; do not open the file.")


class AttachmentNotReady(JobThreadsError):
    """The file has not been checked yet; `retry_after` is a suggestion in whole seconds."""

    code = "attachment-not-ready"
    sentence = _("This file is still being checked.")
    advice = _("Try again in a minute.")

    def __init__(self, *, retry_after: int = 30) -> None:
        super().__init__()
        self.retry_after = retry_after


class UploadsOff(JobThreadsError):
    """The job's pipeline does not let the client upload (J8)."""

    code = "uploads-off"
    sentence = _("Files cannot be uploaded here.")
    advice = _("Write a message and ask how to send the file.")


class QuotaReached(JobThreadsError):
    """This person's files fill the space they have; nothing was stored."""

    code = "quota-reached"
    sentence = _("There is no space left for more files.")
    advice = _("Send smaller files, or ask the office.")


class RequestReused(JobThreadsError):
    """The `request_id` was used before with other content; nothing was stored (S4)."""

    code = "request-reused"
    sentence = _("This was sent before with other content.")
    advice = _("Reload the page and send again.")


class ThreadMoved(JobThreadsError):
    """The client has written since the writer's page was made; nothing was sent.

    `entry` is the client's newest entry.
    """

    code = "thread-moved"
    sentence = _("The client has written in the meantime; your message was not sent yet.")
    advice = _("Read what came, then send again.")

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry


class LinkExpired(JobThreadsError):
    """The portal link is unknown, revoked or past its days: always this one answer."""

    code = "link-expired"
    sentence = _("This link no longer works.")
    advice = _("Ask for a fresh link below, or open the newest e-mail.")


class LimitReached(JobThreadsError):
    """This person has sent as much as is allowed for now; `retry_after` is the wait in whole seconds."""

    code = "limit-reached"

    def __init__(self, *, retry_after: int) -> None:
        minutes = max(1, round(retry_after / 60))
        super().__init__(
            _("That is a lot at once; this one was not sent."),
            hint=ngettext(
                "Wait %(num)s minute, then send it again.", "Wait %(num)s minutes, then send it again.", minutes
            ),
        )
        self.retry_after = retry_after


class Unavailable(JobThreadsError):
    """The database or storage does not answer now; nothing is known to be stored.

    `retry_after` is a suggestion in whole seconds. Send again with the same `request_id` (S4).
    """

    code = "unavailable"
    sentence = _("This cannot be done just now.")
    advice = _("Wait a moment, then send again; nothing will be doubled.")

    def __init__(self, sentence: str | None = None, *, retry_after: int = 2) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Misconfigured(JobThreadsError):
    """The host wired the library wrongly; the sentence says what to write."""

    code = "misconfigured"
    sentence = _("jobthreads is not set up correctly.")
    advice = _("Correct the wiring; the sentence above says where.")


class TemporaryFailure(JobThreadsError):
    """A notifier could not deliver now; the delivery is tried again later."""

    code = "temporary-failure"
    sentence = _("The notification could not be sent now.")


class PermanentFailure(JobThreadsError):
    """A notifier will never be able to deliver this; it is listed by `delivery.failed()`."""

    code = "permanent-failure"
    sentence = _("The notification cannot be sent.")


def _amount(size: int) -> Sentence:
    """Say a number of bytes as a person does, never rounded up."""
    if size >= 1024 * 1024:
        return _("%(amount)s MB", amount=_tenths(size, 1024 * 1024))
    if size >= 1024:
        return _("%(amount)s KB", amount=_tenths(size, 1024))
    return ngettext("%(num)s byte", "%(num)s bytes", size)


def _tenths(size: int, unit: int) -> float:
    tenths = size * 10 // unit
    return tenths // 10 if tenths % 10 == 0 else tenths / 10
