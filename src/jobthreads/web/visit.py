"""One request at work: who asks, for what, and the ways to answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any, Generic, TypeVar

from attrs import frozen
from cattrs import Converter
from markupsafe import Markup

from jobthreads.app import JobThreads
from jobthreads.converter import structured
from jobthreads.domain.records import Scope
from jobthreads.errors import AttachmentsNotSupported, InvalidInput, JobThreadsError
from jobthreads.sentences import gettext as _
from jobthreads.web.addresses import Addresses, with_query
from jobthreads.web.composer import whole_number
from jobthreads.web.http import Form, Request, Response
from jobthreads.web.language import ENGLISH, Language
from jobthreads.web.problems import Malformed, UnsupportedMedia, refusal, refusal_headers, status_of
from jobthreads.web.rendering import Rendering
from jobthreads.web.routes import Route
from jobthreads.web.times import Times
from jobthreads.web.uploads import MOST_FILES, Intake, Upload

__all__ = ["Answer", "Place", "Surroundings", "Visit"]

P = TypeVar("P")
T = TypeVar("T")

_FILE_WORDS = {"file", "files", "attachment", "attachments"}


def _english(_: object) -> Language:
    return ENGLISH


@frozen(kw_only=True)
class Surroundings:
    """What does not change from request to request: the doors, and how pages look here.

    `record_url` gives the host's own address of a record, if it has one; `zone` and `language` take the framework's
    request and give the time zone and the language of its answer.
    """

    threads: JobThreads
    rendering: Rendering
    converter: Converter
    record_url: Callable[[Scope], str | None]
    zone: Callable[[Any], tzinfo]
    language: Callable[[Any], Language] = _english


@frozen(kw_only=True)
class Place:
    """One entry of our own shell's navigation."""

    label: str
    url: str
    count: int = 0
    current: bool = False


@frozen(kw_only=True)
class Answer:
    """What a page or the API answers, before it is given a shell and headers.

    Exactly one of `content` (a page's HTML), `value` (an API answer), `location` and `file` (whole, with its own
    headers) is set. `projection` is what
    the answer was made of: the ETag is a hash of it.
    """

    status: int = 200
    title: str = ""
    content: Markup | None = None
    value: Any = None
    location: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    projection: Any = None
    file: Response | None = None


@frozen(kw_only=True)
class Visit(Generic[P]):
    """One request: `person` asks, `scope` is the record that the address names."""

    request: Request
    route: Route
    args: Mapping[str, str]
    here: Surroundings
    person: P

    @property
    def threads(self) -> JobThreads:
        """The doors."""
        return self.here.threads

    @property
    def scope(self) -> Scope:
        """The record that the address names; raises `NotFound` for an id that can name none (S2)."""
        return Scope.parse(f"{self.route.records}:{self.args['id']}")

    @property
    def urls(self) -> Addresses:
        """Our addresses."""
        return Addresses(self.request.mount)

    @cached_property
    def language(self) -> Language:
        """The language of the answer."""
        return self.here.language(self.request.native)

    @property
    def times(self) -> Times:
        """How times read now."""
        now: datetime = self.threads.now()
        return Times(now, self.here.zone(self.request.native), self.language)

    @property
    def opens_page(self) -> bool:
        """Whether a person now looks at a whole page: only then does a GET move their mark."""
        request = self.request
        return request.method == "GET" and not request.is_fragment and not request.is_prefetch

    def render(self, template: str, **context: Any) -> Markup:
        """Render one of our templates, with the times of now and what every form carries."""
        context = {"times": self.times, "csrf_field": self.request.csrf_field, **context}
        return self.here.rendering.render(template, context, self.language)

    def page(
        self,
        template: str,
        title: str,
        *,
        error: JobThreadsError | None = None,
        projection: Any = None,
        **context: Any,
    ) -> Answer:
        """Answer with a page; with the status of `error`, where it shows one."""
        return Answer(
            status=status_of(error) if error else 200,
            title=title,
            content=self.render(template, title=title, **context),
            headers=refusal_headers(error) if error else (),
            projection=projection,
        )

    def see(self, address: str) -> Answer:
        """Send the browser on after a change, so that a refresh does not repeat it."""
        return Answer(status=303, location=address)

    def refused(
        self,
        error: JobThreadsError,
        *,
        title: str = "",
        text: str = "",
        back: tuple[str, str] = ("", ""),
        embedded: bool = False,
    ) -> Answer:
        """Answer with a page that says why not, and gives back what was typed (S6)."""
        shown = refusal(error, self.language)
        title = title or self.language.say(_("This did not work"))
        content = self.render(
            "refusal.html",
            title=title,
            refusal=shown,
            text=text,
            back_url=back[0],
            back_label=back[1],
            embedded=embedded,
        )
        return Answer(status=shown.status, title=title, content=content, headers=refusal_headers(error))

    def form(self) -> Form:
        """The form that was sent."""
        return self.request.read_form()

    def body(self, wanted: type[T]) -> T:
        """The JSON body as a value; raises `UnsupportedMedia`, `Malformed`, `InvalidInput`.

        A file, in whatever field, is `AttachmentsNotSupported` (M5).
        """
        if self.request.media_type == "multipart/form-data" and self.request.read_form().files:
            raise AttachmentsNotSupported
        if self.request.media_type != "application/json":
            raise UnsupportedMedia
        data = read_json(self.request.read_body())
        if isinstance(data, dict) and _FILE_WORDS & set(data):
            raise AttachmentsNotSupported
        return structured(self.here.converter, data, wanted)

    @contextmanager
    def files(self, most: int = MOST_FILES) -> Iterator[Intake]:
        """The files and fields of the form that was sent; raises `UnsupportedMedia`, `BodyTooLarge`, `Malformed`."""
        if self.request.media_type != "multipart/form-data":
            raise UnsupportedMedia(
                _("This is not a form with files by its Content-Type."), hint=_("Send it as multipart/form-data.")
            )
        with Intake(limit=self.threads.attachments.max_bytes, most=most) as intake:
            self.request.read_upload(intake)
            yield intake

    @contextmanager
    def file(self, wanted: type[T]) -> Iterator[tuple[T, Upload]]:
        """The one file that was sent in the field `file`, and the other fields as a value."""
        with self.files(most=1) as intake:
            if any(len(values) > 1 for values in intake.fields.values()):
                raise InvalidInput(_("A field is there twice."), field="body", hint=_("Send each field once."))
            fields = {name: values[0] for name, values in intake.fields.items()}
            value = structured(self.here.converter, fields, wanted)
            if not intake.files or intake.files[0].field != "file":
                raise InvalidInput(_("There is no file."), field="file", hint=_("Send one file in the field `file`."))
            for upload in reversed(intake.files):
                if upload.error is not None:
                    raise upload.error
            yield value, intake.files[0]

    def limit(self) -> int:
        """How many lines a page holds, from the address."""
        found = whole_number(self.request.param("limit"), "limit")
        return 50 if found is None else found

    def with_params(self, path: str, names: tuple[str, ...], **changes: str | None) -> str:
        """The address of a path with some of this request's parameters, and these changed."""
        pairs = [(name, value) for name in names if name not in changes for value in self.request.params(name)]
        return with_query(path, *pairs, *changes.items())

    def etag(self, projection: Any) -> str:
        """A hash of what an answer is made of, of its language and the templates: never of a counter (S1)."""
        plain = self.here.converter.unstructure(projection)
        text = json.dumps(
            [self.here.rendering.version, self.language.code, plain], sort_keys=True, separators=(",", ":")
        )
        return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidInput(_("A field is there twice."), field="body", hint=_("Send each field once."))
    return found


def _no_constant(name: str) -> Any:
    raise Malformed(_("%(name)s is not JSON.", name=name))


def read_json(body: bytes) -> Any:
    """Read JSON strictly: UTF-8, each field once, no NaN; raises `Malformed` or `InvalidInput`."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Malformed from None
