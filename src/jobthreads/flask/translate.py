"""Flask's requests as ours, and our answers as Flask's."""

from __future__ import annotations

import flask
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from jobthreads.errors import JobThreadsError
from jobthreads.web.http import Form, Request, Response
from jobthreads.web.problems import BodyTooLarge, Malformed

__all__ = ["limit_body", "request_from", "response_to"]

_MOST_BYTES = 512 * 1024
"""The longest message in its longest spelling (10,000 signs as twelve bytes each), with room to say so politely."""
_MOST_WITH_FILE = 32 * 1024 * 1024
"""A file is refused by the composer in words, so its request has to be read."""
_MOST_PARTS = 50


def limit_body(native: flask.Request) -> None:
    """Set how much of a body Flask reads; a lower limit of the host's stays."""
    multipart = native.mimetype == "multipart/form-data"
    most = _MOST_WITH_FILE if multipart else _MOST_BYTES
    native.max_content_length = min(native.max_content_length or most, most)
    native.max_form_memory_size = min(native.max_form_memory_size or _MOST_BYTES, _MOST_BYTES)
    native.max_form_parts = min(native.max_form_parts or _MOST_PARTS, _MOST_PARTS)


def request_from(native: flask.Request, mount: str) -> Request:
    """Give Flask's request in our words; nothing of its body is read yet."""

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
        native=native,
    )


def _refused(error: HTTPException) -> JobThreadsError:
    return BodyTooLarge() if isinstance(error, RequestEntityTooLarge) else Malformed()


def response_to(response: Response) -> flask.Response:
    """Give our answer as Flask's, with our headers and no others."""
    made = flask.Response(response.body, status=response.status)
    made.headers.clear()
    made.headers.extend(list(response.headers))
    if response.header("Content-Length") is None and response.body:
        made.headers["Content-Length"] = str(len(response.body))
    return made
