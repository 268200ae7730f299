"""Files on their way in: a form's parts taken as they arrive, each counted, none kept beyond the limit.

An adapter reads the form with its framework's parser and tells an `Intake` what comes: the parser is theirs, the
limits are ours.
"""

from __future__ import annotations

import tempfile
from types import TracebackType
from typing import BinaryIO, Self, cast

from attrs import define, field

from jobthreads.errors import AttachmentEmpty, AttachmentTooLarge, InvalidInput, JobThreadsError
from jobthreads.policies.attachments import clean_name
from jobthreads.sentences import gettext as _
from jobthreads.sentences import ngettext
from jobthreads.web.problems import BodyTooLarge, Malformed

__all__ = ["MOST_FILES", "Intake", "Upload"]

MOST_FILES = 10
"""Files in one form, at most (J5)."""

_ROOM = 1024 * 1024
"""What a request may hold beside its files: boundaries, fields, and a little of a file that is too large."""
_FIELD_BYTES = 8 * 1024
_IN_MEMORY = 64 * 1024
"""Small, since ten files may come at once."""


@define
class Upload:
    """One file that came: `name` as it was sent, its content from the start, or why it cannot be taken."""

    field: str
    name: str
    content: BinaryIO
    size: int = 0
    error: JobThreadsError | None = None


@define
class Intake:
    """Takes the parts of one form in their order; a context manager that lets the files go at its end.

    A file beyond `limit` bytes is dropped as it arrives, and the others are kept; so is every file beyond the
    `most`th. With `most` 1 a request is not read further than 1 MiB beyond the limit. Raises `BodyTooLarge`,
    `Malformed`, and with `most` 1 an `AttachmentTooLarge`.
    """

    limit: int
    most: int = MOST_FILES
    fields: dict[str, list[str]] = field(factory=dict)
    files: list[Upload] = field(factory=list)
    _came: int = 0
    _name: str | None = None
    _text: bytearray | None = None
    _file: Upload | None = None

    @property
    def most_bytes(self) -> int:
        """How long the whole request may be."""
        return self.most * self.limit + _ROOM

    def count(self, size: int) -> None:
        """Note how many more bytes were read of the request; raises when there are too many."""
        self._came += size
        if self._came > self.most_bytes:
            raise self.overflow()

    def overflow(self) -> JobThreadsError:
        """Why a request that is too long is not read to its end."""
        if self.most == 1:
            return AttachmentTooLarge(file_name=clean_name(self._file.name) if self._file else "", limit=self.limit)
        return BodyTooLarge(_("These files are too large together."), hint=_("Attach fewer of them at once."))

    def begin_field(self, name: str | None) -> None:
        """A field begins."""
        if name is None:
            raise Malformed
        self._name, self._text, self._file = name, bytearray(), None

    def begin_file(self, name: str | None, file_name: str) -> None:
        """A file begins; without a name it is what a browser sends where none was chosen."""
        if name is None:
            raise Malformed
        self._text = None
        self._file = Upload(
            field=name,
            name=file_name,
            content=cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)),  # noqa: SIM115 - `close` does
        )
        if len(self.files) >= self.most:
            self._file.error = InvalidInput(
                ngettext("One file at once is the most.", "%(num)s files at once are the most.", self.most),
                field="file",
                hint=_("Attach this one again by itself."),
            )
        self.files.append(self._file)

    def data(self, piece: bytes) -> None:
        """More of the part that began last."""
        if self._text is not None:
            self._text += piece
            if len(self._text) > _FIELD_BYTES:
                raise BodyTooLarge
        elif self._file is not None:
            self._take(self._file, piece)

    def _take(self, file: Upload, piece: bytes) -> None:
        file.size += len(piece)
        if file.error is None and file.size > self.limit:
            file.error = AttachmentTooLarge(file_name=clean_name(file.name), limit=self.limit)
            file.content.truncate(0)
        if file.error is None:
            file.content.write(piece)

    def end(self) -> None:
        """The part that began last is whole."""
        if self._text is not None and self._name is not None:
            try:
                self.fields.setdefault(self._name, []).append(self._text.decode())
            except UnicodeDecodeError:
                raise Malformed from None
        elif self._file is not None:
            self._finish(self._file)
        self._text = self._file = self._name = None

    def _finish(self, file: Upload) -> None:
        if file.size:
            file.content.seek(0)
        elif file.name:
            file.error = file.error or AttachmentEmpty(file_name=clean_name(file.name))
        else:
            self.files.pop().content.close()

    def get(self, name: str) -> str:
        """The last value of a field, empty for none."""
        return self.fields.get(name, [""])[-1]

    def close(self) -> None:
        """Let every file go."""
        for file in self.files:
            file.content.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
