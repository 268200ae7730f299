"""Files on their way out: one header contract for every storage, in pieces, whole or a range of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Protocol

from attrs import frozen

from jobthreads.policies.attachments.downloads import download_headers
from jobthreads.services.files import OpenFile
from jobthreads.web.http import Response
from jobthreads.web.problems import RangeNotSatisfiable

__all__ = ["Opens", "Pieces", "Span", "file_response", "span_of"]

_PIECE = 64 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class Opens(Protocol):
    """Opens the file that is asked for, as both doors do; judged anew each time."""

    def __call__(self, *, start: int = 0, end: int | None = None) -> OpenFile:
        """Open the bytes from `start` up to and without `end`."""
        ...


@frozen
class Span:
    """The bytes from `start` up to and without `end`."""

    start: int
    end: int


class Pieces:
    """An opened file's content, at most 64 KiB at a time; closes the file at its end or when it is closed."""

    def __init__(self, opened: OpenFile) -> None:
        self._stack = ExitStack()
        self._file = self._stack.enter_context(opened)

    def __iter__(self) -> Pieces:
        return self

    def __next__(self) -> bytes:
        piece = self._file.read(_PIECE)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        """Let the file go."""
        self._stack.close()


def span_of(header: str, size: int) -> Span | None:
    """Read a Range header: the one span it asks for, None for the whole file.

    Raises `RangeNotSatisfiable`. Several spans, other units and what makes no sense are answered with the whole
    file, which is always allowed.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size
        if not int(last):
            raise RangeNotSatisfiable(size)
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < int(first):
            return None
    if start >= size:
        raise RangeNotSatisfiable(size)
    return Span(start, end)


def file_response(opens: Opens, *, method: str, headers: Mapping[str, str], inline: bool = False) -> Response:
    """Answer with a file, or the part of it that is asked for; a preview (`inline`) always whole.

    No ETag and no Last-Modified: they would tell when an internal thing happened, and a 304 would answer for a
    file that has been hidden since.
    """
    opened = opens()
    size = opened.size if opened.size >= 0 else None
    span = None
    # If-Range names an ETag or a time that we never gave, so it never matches.
    if method == "GET" and size is not None and "range" in headers and "if-range" not in headers:
        span = span_of(headers["range"], size)
    if span is not None:
        opened = opens(start=span.start, end=span.end)
    # A preview is a JPEG, whatever the file is.
    name = f"{opened.name.rpartition('.')[0] or opened.name}.jpg" if inline else opened.name
    given = list(download_headers(name, opened.type, inline=inline))
    if size is not None:
        given.append(("Accept-Ranges", "bytes"))
        given.append(("Content-Length", str(span.end - span.start if span else size)))
    if span is not None:
        given.append(("Content-Range", f"bytes {span.start}-{span.end - 1}/{size}"))
    # Opened before the status is sent, so that a missing blob is an answer and not a broken one.
    pieces = Pieces(opened) if method == "GET" else None
    return Response(status=206 if span else 200, headers=tuple(given), pieces=pieces)
