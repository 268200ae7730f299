"""Flask's requests as ours, and our answers as Flask's."""

from __future__ import annotations

from typing import IO

import flask
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.sansio import multipart

from jobthreads.errors import JobThreadsError
from jobthreads.web.http import Form, Request, Response
from jobthreads.web.problems import BodyTooLarge, Malformed
from jobthreads.web.uploads import Intake

__all__ = ["limit_body", "request_from", "response_to"]

_MOST_BYTES = 512 * 1024
"""The longest message in its longest spelling (10,000 signs as twelve bytes each), with room to say so politely."""
_MOST_WITH_FILE = 32 * 1024 * 1024
"""A file is refused by the composer in words, so its request has to be read."""
_MOST_PARTS = 50
_PIECE = 64 * 1024


def limit_body(native: flask.Request) -> int | None:
    """Set how much of a body Flask reads; a lower limit of the host's stays, and is given back."""
    theirs = native.max_content_length
    most = _MOST_WITH_FILE if native.mimetype == "multipart/form-data" else _MOST_BYTES
    native.max_content_length = min(theirs or most, most)
    native.max_form_memory_size = min(native.max_form_memory_size or _MOST_BYTES, _MOST_BYTES)
    native.max_form_parts = min(native.max_form_parts or _MOST_PARTS, _MOST_PARTS)
    return theirs


def request_from(native: flask.Request, mount: str, most_bytes: int | None = None) -> Request:
    """Give Flask's request in our words; nothing of its body is read yet.

    `most_bytes` is the host's own limit for a whole request, files included.
    """

    def read_form() -> Form:
        try:
            fields = {name: tuple(values) for name, values in native.form.lists()}
            files = tuple(name for name, sent in native.files.lists() if any(one.filename for one in sent))
        except HTTPException as error:
            raise _refused(error) from error
        return Form(fields=fields, files=files)

    def read_body() -> bytes:
        try:
            return native.get_data()
        except HTTPException as error:
            raise _refused(error) from error

    def read_upload(intake: Intake) -> None:
        if "form" in native.__dict__:
            _retell(native, intake)
            return
        native.max_content_length = min(most_bytes or intake.most_bytes, intake.most_bytes)
        try:
            _tell(native.stream, native.mimetype_params.get("boundary", ""), intake)
        except RequestEntityTooLarge as error:
            raise intake.overflow() from error
        except (HTTPException, ValueError) as error:
            raise Malformed from error

    return Request(
        method=native.method,
        scheme=native.scheme,
        host=native.host,
        mount=mount,
        headers={name.lower(): value for name, value in native.headers.items()},
        query={name: tuple(values) for name, values in native.args.lists()},
        cookies=native.cookies.to_dict(),
        read_form=read_form,
        read_body=read_body,
        read_upload=read_upload,
        native=native,
    )


def _tell(stream: IO[bytes], boundary: str, intake: Intake) -> None:
    """Tell a form part by part, as it arrives."""
    if not boundary:
        raise ValueError("The form has no boundary.")
    decoder = multipart.MultipartDecoder(
        boundary.encode("latin-1"), max_form_memory_size=_MOST_BYTES, max_parts=_MOST_PARTS
    )
    event: multipart.Event = multipart.NEED_DATA
    while not isinstance(event, multipart.Epilogue):
        piece = stream.read(_PIECE)
        intake.count(len(piece))
        decoder.receive_data(piece or None)
        event = decoder.next_event()
        while not isinstance(event, multipart.Epilogue | multipart.NeedData):
            match event:
                case multipart.File(name=name, filename=file_name):
                    intake.begin_file(name, file_name)
                case multipart.Field(name=name):
                    intake.begin_field(name)
                case multipart.Data(data=data, more_data=more):
                    intake.data(data)
                    if not more:
                        intake.end()
            event = decoder.next_event()


def _retell(native: flask.Request, intake: Intake) -> None:
    """Tell a form that the host has read before us, a CSRF extension for one."""
    for name, values in native.form.lists():
        for value in values:
            intake.begin_field(name)
            intake.data(value.encode("utf-8", "replace"))
            intake.end()
    for name, files in native.files.lists():
        for file in files:
            intake.begin_file(name, file.filename or "")
            while piece := file.stream.read(_PIECE):
                intake.data(piece)
            intake.end()


def _refused(error: HTTPException) -> JobThreadsError:
    return BodyTooLarge() if isinstance(error, RequestEntityTooLarge) else Malformed()


def response_to(response: Response) -> flask.Response:
    """Give our answer as Flask's, with our headers and no others."""
    if response.pieces is not None:
        # Passed on piece by piece: nobody after us is to gather a whole file in memory.
        made = flask.Response(response.pieces, status=response.status, direct_passthrough=True)
    else:
        made = flask.Response(response.body, status=response.status)
    made.headers.clear()
    made.headers.extend(list(response.headers))
    if response.header("Content-Length") is None and response.body:
        made.headers["Content-Length"] = str(len(response.body))
    return made
