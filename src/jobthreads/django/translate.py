"""Django's requests as ours, and our answers as Django's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

from asgiref.sync import sync_to_async
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase
from django.utils.encoding import iri_to_uri

from jobthreads.django.csrf import check_form, csrf_field
from jobthreads.django.uploads import FileNames, Files, Parts, retell
from jobthreads.web.http import Form, Request, Response, Stream
from jobthreads.web.problems import BodyTooLarge, Malformed
from jobthreads.web.routes import Face, Route
from jobthreads.web.uploads import Intake

__all__ = ["request_from", "response_to"]

_MOST_BYTES = 512 * 1024
"""The longest message in its longest spelling (10,000 signs as twelve bytes each), with room to say so politely."""
_MOST_FIELDS = 50
_CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")
_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
_UNREADABLE = (BadRequest, MultiPartParserError, RawPostDataException, UnreadablePostError)


def request_from(native: HttpRequest, mount: str, change: Route | None = None) -> Request:
    """Give Django's request in our words; nothing of its body is read yet.

    `change` is the route that a POST to this address takes: Django's rule against foreign forms holds for pages, and
    ours for the API. Raises `Malformed` for a host that is not in `ALLOWED_HOSTS`, `BodyTooLarge` for an address with
    more parameters than Django reads.
    """
    try:
        host, query = native.get_host(), {name: tuple(values) for name, values in native.GET.lists()}
    except DisallowedHost as error:
        raise Malformed from error
    except _TOO_MUCH as error:
        raise BodyTooLarge from error
    body = _Body(native, judged=change is not None and change.face in {Face.PAGE, Face.ENTER})
    guard = None
    if change is not None and body.judged:
        guard = body.judge_later if change.upload else body.judge
    return Request(
        method=native.method or "",
        scheme=native.scheme or "",
        host=host,
        mount=mount,
        headers={name.lower(): value for name, value in native.headers.items()},
        query=query,
        cookies=native.COOKIES,
        read_form=body.read_form,
        read_body=body.read,
        read_upload=body.read_upload,
        guard=guard,
        csrf_field=lambda: csrf_field(native),
        native=native,
    )


class _Body:
    """What a request holds, read when it is asked for; `judged` if Django's rule against foreign forms holds for it."""

    def __init__(self, native: HttpRequest, *, judged: bool) -> None:
        self._native = native
        self.judged = judged
        self._form: Form | None = None

    def read_form(self) -> Form:
        """The form, of whose files only the names are kept."""
        if self._form is None:
            files = FileNames()
            if self._native.content_type == "multipart/form-data":
                post = _told(self._native, files)
                _check_fields(post)
            else:
                _check_length(self._native)
                post = _post(self._native)
            fields = {name: tuple(values) for name, values in post.lists()}
            self._form = Form(fields=fields, files=(*files.names, *self._native.FILES))
        return self._form

    def read(self) -> bytes:
        """The bytes."""
        _check_length(self._native)
        try:
            return self._native.body
        except _TOO_MUCH as error:
            raise BodyTooLarge from error
        except _UNREADABLE as error:
            raise Malformed from error

    def read_upload(self, intake: Intake) -> None:
        """The form with its files."""
        post = _told(self._native, intake)
        if self.judged:
            check_form(self._native)
        retell(post, self._native.FILES, intake)
        if not intake.files and not intake.fields:
            raise Malformed

    def judge(self) -> None:
        """Read the form, and refuse it where its token is missing or wrong."""
        self.read_form()
        check_form(self._native)

    def judge_later(self) -> None:
        """A form with files is read, and judged, once it is known that its sender may send files here."""


def _told(native: HttpRequest, files: Files) -> QueryDict:
    """Read a form, its files told part by part; those that the host has read before us are in `native.FILES`."""
    parts = Parts(files)
    # It cannot be set any more where the host has read the form.
    with suppress(AttributeError):
        native.upload_handlers = [parts]
    post = _post(native)
    if parts.error is not None:
        raise parts.error
    return post


def _post(native: HttpRequest) -> QueryDict:
    try:
        return native.POST
    except _TOO_MUCH as error:
        raise BodyTooLarge from error
    except _UNREADABLE as error:
        raise Malformed from error


def _check_length(native: HttpRequest) -> None:
    """Judge a body by the length that it was sent with: Django reads no further."""
    length = native.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > _MOST_BYTES:
        raise BodyTooLarge


def _check_fields(post: QueryDict) -> None:
    values = [value for _, found in post.lists() for value in found]
    if len(values) > _MOST_FIELDS or sum(map(len, values)) > _MOST_BYTES:
        raise BodyTooLarge


def response_to(response: Response, native: HttpRequest) -> HttpResponseBase:
    """Give our answer as Django's, with our headers and no others."""
    made: HttpResponseBase
    _leave_to_us(native)
    if response.pieces is not None:
        # Nobody after us is to change a file's bytes: a range of a compressed file would be another range.
        native.META["HTTP_ACCEPT_ENCODING"] = "identity"
        pieces = _AsyncPieces(response.pieces) if isinstance(native, ASGIRequest) else response.pieces
        made = StreamingHttpResponse(pieces, status=response.status)
    else:
        made = HttpResponse(response.body, status=response.status)
    del made.headers["Content-Type"]
    for name, value in response.headers:
        if name == "Set-Cookie":
            made.cookies.load(value)
        else:
            made.headers[name] = iri_to_uri(value) if name == "Location" else value
    if response.header("Content-Length") is None and response.body:
        made.headers["Content-Length"] = str(len(response.body))
    return made


def _leave_to_us(native: HttpRequest) -> None:
    """Keep the project's middleware from answering in our place."""
    # What was asked is answered: ConditionalGetMiddleware would make a 304 without our headers of it.
    for name in _CONDITIONS:
        native.META.pop(name, None)
    # UpdateCacheMiddleware keeps a page in spite of its no-store in the older releases of 5.2, for whoever asks next.
    native._cache_update_cache = False  # type: ignore[attr-defined]


class _AsyncPieces:
    """A body in pieces for an asynchronous server, which would else gather it whole."""

    def __init__(self, pieces: Stream) -> None:
        self._pieces = pieces
        self.close = pieces.close

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self._pieces)
        while piece := await sync_to_async(_next)(pieces):
            yield piece


def _next(pieces: Iterator[bytes]) -> bytes:
    return next(pieces, b"")
