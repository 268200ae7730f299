"""A form with files, told part by part as Django's own parser reads it, so that nothing is kept beyond our limits."""

from __future__ import annotations

from typing import IO, Any, Protocol, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser
from django.utils.datastructures import MultiValueDict

from jobthreads.errors import JobThreadsError
from jobthreads.web.problems import BodyTooLarge, Malformed
from jobthreads.web.uploads import Intake

__all__ = ["FileNames", "Files", "Parts", "retell"]

_MOST_WITH_FILE = 32 * 1024 * 1024
"""A file is refused by the composer in words, so its request has to be read."""


class Files(Protocol):
    """What files are told to: an `Intake`, which keeps them, or `FileNames`."""

    @property
    def most_bytes(self) -> int:
        """How long the whole request may be."""
        ...

    def overflow(self) -> JobThreadsError:
        """Why a longer one is refused."""
        ...

    def count(self, size: int) -> None:
        """So many more bytes were read of the request."""
        ...

    def begin_file(self, name: str | None, file_name: str) -> None:
        """A file begins."""
        ...

    def data(self, piece: bytes) -> None:
        """More of it."""
        ...

    def end(self) -> None:
        """It is whole."""
        ...


class FileNames:
    """Keeps the names of the fields that carried a file, and nothing of the files."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._came = 0

    most_bytes = _MOST_WITH_FILE

    def overflow(self) -> JobThreadsError:
        """Why a longer request is refused."""
        return BodyTooLarge()

    def count(self, size: int) -> None:
        """So many more bytes were read."""
        self._came += size
        if self._came > self.most_bytes:
            raise self.overflow()

    def begin_file(self, name: str | None, file_name: str) -> None:
        """A file begins."""
        if name and file_name:
            self.names.append(name)

    def data(self, piece: bytes) -> None:
        """Let it go."""

    def end(self) -> None:
        """It is whole."""


class Parts(FileUploadHandler):
    """Django's way to be told of files; the fields are in the request's POST afterwards.

    A request that says it is too long is not read at all, and one that ends before its form does is `Malformed`.
    """

    def __init__(self, files: Files) -> None:
        super().__init__()
        self._files = files
        self.error: JobThreadsError | None = None

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: Any,  # noqa: N803 - Django's own name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> tuple[QueryDict, MultiValueDict[str, UploadedFile[Any]]]:
        """Have Django's parser read what we count; of a form that is refused, nothing is there."""
        try:
            return self._parsed(input_data, META, content_length, boundary, encoding)
        except JobThreadsError as error:
            self.error = error
            return QueryDict(), MultiValueDict()

    def _parsed(
        self, stream: IO[bytes], meta: Any, length: int, boundary: bytes, encoding: str | None
    ) -> tuple[QueryDict, MultiValueDict[str, UploadedFile[Any]]]:
        if length > self._files.most_bytes:
            raise self._files.overflow()
        counted = _Counted(stream, self._files, boundary)
        post, none = _Parser(meta, cast("Any", counted), [_Told(self._files)], encoding).parse()
        if not counted.whole:
            raise Malformed
        return post, none


class _Parser(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str:
        """Leave a name as it was sent: the library cleans it once, the same everywhere."""
        return file_name


class _Counted:
    """The request's body; `whole` once the form's end has been read."""

    def __init__(self, stream: IO[bytes], files: Files, boundary: bytes) -> None:
        self._stream, self._files = stream, files
        self._end = b"--" + boundary + b"--"
        self._tail = b""
        self.whole = False

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._files.count(len(piece))
        self.whole = self.whole or self._end in self._tail + piece
        self._tail = (self._tail + piece)[-len(self._end) :]
        return piece


class _Told(FileUploadHandler):
    def __init__(self, files: Files) -> None:
        super().__init__()
        self._files = files

    def new_file(self, field_name: str, file_name: str, *_: Any, **__: Any) -> None:
        self._files.begin_file(field_name, file_name)

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> None:
        self._files.data(raw_data)

    def file_complete(self, _file_size: int) -> None:
        self._files.end()


def retell(post: QueryDict, files: MultiValueDict[str, UploadedFile[Any]], intake: Intake) -> None:
    """Tell an intake the fields, and those files that the host has read before us."""
    for name, values in post.lists():
        for value in values:
            intake.begin_field(name)
            intake.data(value.encode("utf-8", "replace"))
            intake.end()
    for name, sent in files.lists():
        for file in sent:
            intake.begin_file(name, file.name or "")
            for piece in file.chunks():
                intake.data(piece)
            intake.end()
