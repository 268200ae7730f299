"""How refusals are answered: one table from error to status, one shape for the API, one for the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import field, frozen

from jobthreads import errors
from jobthreads.errors import JobThreadsError
from jobthreads.sentences import gettext as _
from jobthreads.web.language import ENGLISH, Language

__all__ = [
    "STATUS",
    "BodyTooLarge",
    "CrossSite",
    "Malformed",
    "MethodNotAllowed",
    "NotSignedIn",
    "Problem",
    "RangeNotSatisfiable",
    "Refusal",
    "UnsupportedMedia",
    "problem",
    "refusal",
    "refusal_headers",
    "status_of",
]


class NotSignedIn(JobThreadsError):
    """The host knows nobody behind this request."""

    code: ClassVar[str] = "not-signed-in"
    sentence: ClassVar[str] = _("You are not signed in.")
    advice: ClassVar[str] = _("Sign in, then try again.")


class CrossSite(JobThreadsError):
    """A change was asked for from another site's page."""

    code: ClassVar[str] = "cross-site"
    sentence: ClassVar[str] = _("This came from another site, and was not done.")
    advice: ClassVar[str] = _("Open the page here, then send again.")


class MethodNotAllowed(JobThreadsError):
    """The address knows no such method; `allowed` are those it knows."""

    code: ClassVar[str] = "method-not-allowed"
    sentence: ClassVar[str] = _("This address does not do that.")
    advice: ClassVar[str] = _("Open it from the page that leads here.")

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__()
        self.allowed = allowed


class UnsupportedMedia(JobThreadsError):
    """The API reads `application/json` only."""

    code: ClassVar[str] = "unsupported-media"
    sentence: ClassVar[str] = _("This is not JSON by its Content-Type.")
    advice: ClassVar[str] = _("Send it as application/json.")


class Malformed(JobThreadsError):
    """The body cannot be read at all."""

    code: ClassVar[str] = "malformed"
    sentence: ClassVar[str] = _("What was sent cannot be read.")
    advice: ClassVar[str] = _("Send it again, whole.")


class BodyTooLarge(JobThreadsError):
    """The body is larger than any message."""

    code: ClassVar[str] = "body-too-large"
    sentence: ClassVar[str] = _("That is more than can be sent at once.")
    advice: ClassVar[str] = _("Shorten it, or send it in parts.")


class RangeNotSatisfiable(JobThreadsError):
    """The part of a file that was asked for lies beyond its end; `size` is the whole file's, in bytes."""

    code: ClassVar[str] = "range-not-satisfiable"
    sentence: ClassVar[str] = _("The file has no such part.")
    advice: ClassVar[str] = _("Ask for the file from its start.")

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size


STATUS: Mapping[type[JobThreadsError], int] = {
    Malformed: 400,
    NotSignedIn: 401,
    CrossSite: 403,
    errors.NotPermitted: 403,
    errors.PortalDisabled: 403,
    errors.NotFound: 404,
    MethodNotAllowed: 405,
    errors.QuotaReached: 409,
    errors.QuoteNotSent: 409,
    errors.RequestReused: 409,
    errors.AttachmentRejected: 422,
    errors.AttachmentTooLarge: 413,
    errors.AttachmentTypeNotAllowed: 422,
    errors.AttachmentEmpty: 422,
    errors.AttachmentEncrypted: 422,
    errors.AttachmentHasMacros: 422,
    errors.AttachmentDamaged: 422,
    errors.AttachmentInfected: 422,
    errors.AttachmentNotReady: 409,
    errors.UploadsOff: 403,
    errors.ThreadMoved: 409,
    errors.LinkExpired: 410,
    BodyTooLarge: 413,
    UnsupportedMedia: 415,
    RangeNotSatisfiable: 416,
    errors.AttachmentsNotSupported: 422,
    errors.InvalidInput: 422,
    errors.NotThisClients: 422,
    errors.LimitReached: 429,
    errors.Misconfigured: 500,
    errors.PermanentFailure: 500,
    errors.TemporaryFailure: 500,
    errors.Unavailable: 503,
    JobThreadsError: 500,
}
"""The one table from error to status; an error that is not in it is answered as the nearest of its parents."""


@frozen(kw_only=True)
class Problem:
    """An RFC 9457 problem: `detail` says what is wrong, `hint` what to do, `code` is stable for programs."""

    type: str
    title: str
    status: int
    detail: str
    hint: str
    code: str
    facts: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Refusal:
    """A refusal as a page shows it: the sentence, the next step, and the field it stands at."""

    sentence: str
    hint: str
    code: str
    status: int
    field: str | None = None


def status_of(error: JobThreadsError) -> int:
    """The status that answers this error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def refusal(error: JobThreadsError, language: Language = ENGLISH) -> Refusal:
    """Give the error as a page shows it; what went wrong inside is not shown."""
    shown = JobThreadsError() if status_of(error) == 500 else error
    place = error.field if isinstance(error, errors.InvalidInput) else None
    return Refusal(
        sentence=language.say(shown.said),
        hint=language.say(shown.hint),
        code=shown.code,
        status=status_of(error),
        field=place,
    )


_FACTS = ("field", "file_name", "seems", "limit", "length", "retry_after")


def problem(error: JobThreadsError, language: Language = ENGLISH) -> Problem:
    """Give the error as the API answers it, with its facts; our script shows `detail` and `hint` to a person."""
    shown = refusal(error, language)
    kind = JobThreadsError if shown.status == 500 else type(error)
    return Problem(
        type=f"urn:jobthreads:problem:{shown.code}",
        title=language.say(kind.sentence),
        status=shown.status,
        detail=shown.sentence,
        hint=shown.hint,
        code=shown.code,
        facts={name: getattr(error, name) for name in _FACTS if hasattr(error, name)},
    )


def refusal_headers(error: JobThreadsError) -> tuple[tuple[str, str], ...]:
    """The headers that a refusal brings along."""
    if isinstance(error, MethodNotAllowed):
        return (("Allow", ", ".join(error.allowed)),)
    if isinstance(error, RangeNotSatisfiable):
        return (("Content-Range", f"bytes */{error.size}"),)
    wait = getattr(error, "retry_after", None)
    return (("Retry-After", str(wait)),) if wait is not None else ()
