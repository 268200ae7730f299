"""A form with files at work: each stored or refused by itself, and what the page says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from attrs import field, frozen

from jobthreads.domain.entries import Visibility
from jobthreads.errors import InvalidInput, JobThreadsError
from jobthreads.policies.attachments import clean_name
from jobthreads.sentences import gettext as _
from jobthreads.web.language import ENGLISH, Language
from jobthreads.web.problems import Refusal, refusal
from jobthreads.web.security import local_path
from jobthreads.web.uploads import MOST_FILES, Intake, Upload

__all__ = ["Attached", "FileRefusal", "Uploader", "store_each"]


@frozen(kw_only=True)
class FileRefusal:
    """Which file was refused, and why; `name` is empty where the whole form was."""

    name: str
    refusal: Refusal


@frozen(kw_only=True)
class Attached:
    """What became of a form with files: the names of those stored, those refused, and the first error."""

    stored: tuple[str, ...] = ()
    refused: tuple[FileRefusal, ...] = ()
    error: JobThreadsError | None = None
    visibility: str = ""
    return_to: str | None = None

    @classmethod
    def not_at_all(cls, error: JobThreadsError, intake: Intake | None = None, language: Language = ENGLISH) -> Attached:
        """Refuse the whole form."""
        return cls(
            refused=(FileRefusal(name="", refusal=refusal(error, language)),),
            error=error,
            visibility=intake.get("visibility") if intake else "",
            return_to=local_path(intake.get("return_to")) if intake else None,
        )


@frozen(kw_only=True)
class Uploader:
    """The form that takes files, as its template shows it.

    `action` takes the form with up to `most` files, `api` one file a request; `limit` is a file's bytes, `size` the
    same in words. `can_visible` and `visibility` are the staff's: whom the files are for.
    """

    action: str
    api: str
    limit: int
    size: str
    can_visible: bool = False
    visibility: str = Visibility.INTERNAL.value
    return_to: str | None = None
    most: int = MOST_FILES
    request_id: str = field(factory=lambda: str(uuid4()))


def store_each(intake: Intake, store: Callable[[Upload, str | None], Any], language: Language = ENGLISH) -> Attached:
    """Store one file after the other; one that is refused does not lose the others (J5).

    `store` takes a file and its request id, and gives its entry.
    """
    if not intake.files:
        error = InvalidInput(_("No file is chosen."), field="file", hint=_("Choose a file, then try again."))
        return Attached.not_at_all(error, intake, language)
    stored: list[str] = []
    refused: list[FileRefusal] = []
    first: JobThreadsError | None = None
    asked = intake.get("request_id")
    for place, upload in enumerate(intake.files):
        try:
            if upload.error is not None:
                raise upload.error
            entry = store(upload, f"{asked}.{place}" if asked else None)
        except JobThreadsError as error:
            first = first or error
            refused.append(FileRefusal(name=clean_name(upload.name), refusal=refusal(error, language)))
        else:
            stored.append(entry.file.name)
    return Attached(
        stored=tuple(stored),
        refused=tuple(refused),
        error=first,
        visibility=intake.get("visibility"),
        return_to=local_path(intake.get("return_to")),
    )
