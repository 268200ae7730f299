"""What comes in and what goes out, in no framework's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from attrs import evolve, field, frozen
from markupsafe import Markup

from jobthreads.web.uploads import Intake

__all__ = ["Form", "Request", "Response", "Stream"]


@frozen(kw_only=True)
class Form:
    """A form that was sent: each field's values, and the names of fields that carried a file."""

    fields: Mapping[str, tuple[str, ...]] = field(factory=dict)
    files: tuple[str, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """The last value of a field, since a browser sends the visible one after a hidden one."""
        values = self.fields.get(name)
        return values[-1] if values else default


def _no_form() -> Form:
    return Form()


def _no_body() -> bytes:
    return b""


def _no_upload(_: Intake) -> None:
    return None


def _no_field() -> Markup:
    return Markup("")


@frozen(kw_only=True)
class Request:
    """One request, as an adapter gives it.

    `mount` is the address under which our routes hang, percent-encoded and without a slash at its end. Header names
    are in lower case. `read_form`, `read_body` and `read_upload` are called only once the request is let in, and at
    most one of them; they may raise `BodyTooLarge` or `Malformed`. `read_upload` tells a form with files part by part
    to the `Intake`, never holding more than a piece. `native` is the framework's own request, for the host's callables.

    A framework with a rule of its own against foreign forms gives `guard`, which is asked in place of ours once it is
    known who asks, and raises `CrossSite`; a form with files it judges in `read_upload`, since the form has to be read
    for that. `csrf_field` gives the hidden field that every form of ours then carries.
    """

    method: str
    scheme: str
    host: str
    mount: str
    headers: Mapping[str, str] = field(factory=dict)
    query: Mapping[str, tuple[str, ...]] = field(factory=dict)
    cookies: Mapping[str, str] = field(factory=dict)
    read_form: Callable[[], Form] = _no_form
    read_body: Callable[[], bytes] = _no_body
    read_upload: Callable[[Intake], None] = _no_upload
    guard: Callable[[], None] | None = None
    csrf_field: Callable[[], Markup] = _no_field
    native: Any = None

    @property
    def origin(self) -> str:
        """Where the browser thinks it is: scheme and host."""
        return f"{self.scheme}://{self.host}".lower()

    @property
    def media_type(self) -> str:
        """The body's type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_fragment(self) -> bool:
        """Whether our script asks for a page's content to refresh parts of it."""
        return "jobthreads-fragment" in self.headers

    @property
    def is_prefetch(self) -> bool:
        """Whether nobody looks at the answer yet."""
        purposes = (self.headers.get("sec-purpose", ""), self.headers.get("purpose", ""))
        return any("prefetch" in purpose or "prerender" in purpose for purpose in purposes)

    def param(self, name: str) -> str | None:
        """The last value of a parameter of the address; None for an empty one or none."""
        values = self.query.get(name)
        return (values[-1] or None) if values else None

    def params(self, name: str) -> tuple[str, ...]:
        """Every value of a parameter of the address that is not empty."""
        return tuple(value for value in self.query.get(name, ()) if value)


class Stream(Protocol):
    """A body in pieces, which an adapter sends one by one, and closes at the end or when the browser has gone."""

    def __iter__(self) -> Iterator[bytes]:
        """The pieces."""
        ...

    def close(self) -> None:
        """Let what is behind it go; a second time does nothing."""
        ...


@frozen(kw_only=True)
class Response:
    """One answer: status, headers in order, and the body; with `pieces` that is the body, and `body` is empty."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    pieces: Stream | None = None

    def header(self, name: str) -> str | None:
        """The first header of this name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def without_body(self) -> Response:
        """Give the same answer to a HEAD."""
        if self.header("Content-Disposition") is not None:
            return self
        length = ("Content-Length", str(len(self.body)))
        return evolve(self, body=b"", headers=(*self.headers, length))
