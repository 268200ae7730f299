"""The setting `JOBTHREADS`, read once: dotted paths are imported, and what is wrong is said with what to write."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import IO, Any, Literal

from attrs import field, frozen
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.module_loading import import_string

from jobthreads.domain.people import Business, Client, Staff
from jobthreads.domain.records import Scope
from jobthreads.domain.settings import Settings
from jobthreads.policies.access import AccessPolicy
from jobthreads.policies.attachments import AttachmentPolicy
from jobthreads.ports import BlobStorage, Directory, Notifier, Scanner

__all__ = ["Configured", "WrongSetting", "configured", "forget", "problems"]


@frozen(kw_only=True)
class Configured:
    """The setting `JOBTHREADS`, one attribute a key, with everything imported.

    `storage` is an alias of `STORAGES` or a storage; `database` None lets the project's routers choose.
    """

    directory: Directory
    staff: Callable[[HttpRequest], Staff | None] | None = None
    client: Callable[[HttpRequest], Client | None] | None = None
    storage: str | BlobStorage | None = None
    portal_url: str | Callable[[Business], str] = ""
    sender: str | None = None
    notifiers: tuple[Notifier, ...] = ()
    database: str | None = None
    delivery: Literal["thread", "off"] = "thread"
    staff_shell: str | None = None
    portal_shell: str | None = None
    record_url: Callable[[Scope], str | None] | None = None
    templates: Path | None = None
    settings: Settings = field(factory=Settings)
    access: AccessPolicy = field(factory=AccessPolicy)
    attachments: AttachmentPolicy = field(factory=AttachmentPolicy)
    scanner: Scanner | None = None
    previews: Callable[[IO[bytes], str], bytes | None] | None = None
    clock: Callable[[], datetime] | None = None

    @property
    def mails_links(self) -> bool:
        """Whether clients are told of replies, with the link that lets them into the portal."""
        return bool(self.sender or self.notifiers)


class WrongSetting(ImproperlyConfigured):
    """Something in `JOBTHREADS` cannot be used; `code` is the id of the system check that says so too."""

    def __init__(self, code: str, sentence: str, hint: str) -> None:
        super().__init__(f"{sentence} {hint}")
        self.code = code
        self.sentence = sentence
        self.hint = hint


@cache
def configured() -> Configured:
    """The project's setting; raises `WrongSetting` (an `ImproperlyConfigured`) for the first thing that is wrong."""
    wrong, read = _read_all()
    if wrong:
        raise wrong[0]
    return Configured(**read)


def problems() -> list[WrongSetting]:
    """Everything in the setting that cannot be used."""
    return _read_all()[0]


def forget() -> None:
    """Read the setting anew when it is asked for next."""
    configured.cache_clear()


def _read_all() -> tuple[list[WrongSetting], dict[str, Any]]:
    given = getattr(settings, "JOBTHREADS", None)
    if not isinstance(given, Mapping):
        return [
            WrongSetting(
                "E001",
                "The setting JOBTHREADS is not there." if given is None else "The setting JOBTHREADS is not a dict.",
                'Write JOBTHREADS = {"DIRECTORY": "shop.threads.Directory", "STAFF": "shop.threads.current_staff", …}.',
            )
        ], {}
    wrong: list[WrongSetting] = []
    read: dict[str, Any] = {}
    for key, value in given.items():
        if key not in _READERS:
            near = difflib.get_close_matches(str(key).upper(), _READERS, n=1)
            hint = f'Did you mean "{near[0]}"?' if near else f"The keys are {', '.join(_READERS)}."
            wrong.append(WrongSetting("E003", f'JOBTHREADS has an unknown key "{key}".', hint))
            continue
        if value is None:
            continue
        try:
            read[key.lower()] = _READERS[key](key, value)
        except WrongSetting as error:
            wrong.append(error)
    if given.get("DIRECTORY") is None:
        wrong.append(
            WrongSetting(
                "E002",
                'JOBTHREADS has no "DIRECTORY".',
                'Write "DIRECTORY": "shop.threads.Directory", the class that gives your people and records.',
            )
        )
    return wrong, read


def _imported(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return import_string(value)
    except ImportError as error:
        raise WrongSetting(
            "E004",
            f'JOBTHREADS["{key}"] is {value!r}, which cannot be imported: {error}.',
            f'Write a dotted path such as "shop.threads.{key.lower()}", or correct the module that it names.',
        ) from error


def _made(key: str, value: Any) -> Any:
    """The thing itself, or what its class makes without arguments."""
    found = _imported(key, value)
    if not isinstance(found, type):
        return found
    try:
        return found()
    except TypeError as error:
        raise WrongSetting(
            "E005",
            f'JOBTHREADS["{key}"] is the class {found.__name__}, which cannot be made without arguments: {error}.',
            "Give an object, or the dotted path of one.",
        ) from error


def _port(*methods: str) -> Callable[[str, Any], Any]:
    def read(key: str, value: Any) -> Any:
        found = _made(key, value)
        missing = [name for name in methods if not callable(getattr(found, name, None))]
        if missing:
            raise WrongSetting(
                "E005",
                f'JOBTHREADS["{key}"] is {type(found).__name__}, which has no {" and no ".join(missing)}.',
                f"It has to have the methods {', '.join(methods)}.",
            )
        return found

    return read


def _function(key: str, value: Any) -> Any:
    found = _imported(key, value)
    if not callable(found):
        raise WrongSetting(
            "E006",
            f'JOBTHREADS["{key}"] is {type(found).__name__}, and not a function.',
            f'Write a function, or its dotted path: "shop.threads.{_EXAMPLES.get(key, key.lower())}".',
        )
    return found


def _instance(kind: type) -> Callable[[str, Any], Any]:
    def read(key: str, value: Any) -> Any:
        found = _made(key, value)
        if isinstance(found, Mapping) and kind is Settings:
            try:
                return Settings(**found)
            except (TypeError, ValueError) as error:
                raise WrongSetting(
                    "E005", f'JOBTHREADS["{key}"] cannot be used: {error}.', "See jobthreads.Settings."
                ) from error
        if not isinstance(found, kind):
            raise WrongSetting(
                "E005",
                f'JOBTHREADS["{key}"] is {type(found).__name__}, and not {kind.__name__}.',
                f"Write a jobthreads.{kind.__name__}(…), or the dotted path of one.",
            )
        return found

    return read


def _word(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise WrongSetting(
            "E005", f'JOBTHREADS["{key}"] is {type(value).__name__}.', f"Write a string, such as {_WORDS[key]!r}."
        )
    return value


def _delivery(key: str, value: Any) -> str:
    if value not in {"thread", "off"}:
        raise WrongSetting("E005", f'JOBTHREADS["{key}"] is {value!r}.', 'Write "thread" or "off".')
    return str(value)


def _portal_url(key: str, value: Any) -> Any:
    if isinstance(value, str) and "://" in value:
        return value
    if isinstance(value, str) and "/" in value:
        raise WrongSetting(
            "E005", f'JOBTHREADS["{key}"] is {value!r}.', 'Write the whole address: "https://your.site/portal".'
        )
    return _function(key, value)


def _storage(key: str, value: Any) -> Any:
    if not isinstance(value, str) or value in settings.STORAGES:
        return value if isinstance(value, str) else _BLOBS(key, value)
    if "." in value:
        return _BLOBS(key, value)
    raise WrongSetting(
        "E007",
        f'JOBTHREADS["{key}"] is {value!r}, which is no alias of STORAGES.',
        f'Write STORAGES = {{…, "{value}": {{"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": '
        '{"location": BASE_DIR / "threads-files"}}}, a folder outside of MEDIA_ROOT and STATIC_ROOT. Where you have no '
        'STORAGES yet, the … is Django\'s own "default" and "staticfiles".',
    )


def _database(key: str, value: Any) -> str:
    if value not in settings.DATABASES:
        raise WrongSetting(
            "E005",
            f'JOBTHREADS["{key}"] is {value!r}, which is no alias of DATABASES.',
            f"Write one of {', '.join(map(repr, settings.DATABASES))}, or leave it out: your routers choose.",
        )
    return str(value)


def _notifiers(key: str, value: Any) -> tuple[Any, ...]:
    found = _imported(key, value)
    found = found() if callable(found) else found
    if isinstance(found, str) or not isinstance(found, Iterable):
        raise WrongSetting(
            "E005",
            f'JOBTHREADS["{key}"] is {type(found).__name__}, and not a list.',
            'Write a list of notifiers or of their dotted paths: ["shop.messages.TextMessages"].',
        )
    return tuple(_NOTIFIER(key, one) for one in found)


def _folder(key: str, value: Any) -> Path:
    try:
        return Path(value)
    except TypeError as error:
        raise WrongSetting(
            "E005", f'JOBTHREADS["{key}"] is {type(value).__name__}.', 'Write a folder: BASE_DIR / "templates".'
        ) from error


_BLOBS = _port("put", "open", "delete", "keys_older_than", "sweep_leftovers")
_NOTIFIER = _port("deliver")
_EXAMPLES = {"STAFF": "current_staff", "CLIENT": "current_client", "PREVIEWS": "make_preview"}
_WORDS = {
    "SENDER": "Acme <no-reply@acme.example>",
    "STAFF_SHELL": "layout.html",
    "PORTAL_SHELL": "layout.html",
}
_READERS: dict[str, Callable[[str, Any], Any]] = {
    "DIRECTORY": _port(
        "business", "clients", "records", "records_of_client", "search_clients", "jobs_assigned_to", "team"
    ),
    "STAFF": _function,
    "CLIENT": _function,
    "STORAGE": _storage,
    "PORTAL_URL": _portal_url,
    "SENDER": _word,
    "NOTIFIERS": _notifiers,
    "DATABASE": _database,
    "DELIVERY": _delivery,
    "STAFF_SHELL": _word,
    "PORTAL_SHELL": _word,
    "RECORD_URL": _function,
    "TEMPLATES": _folder,
    "SETTINGS": _instance(Settings),
    "ACCESS": _instance(AccessPolicy),
    "ATTACHMENTS": _instance(AttachmentPolicy),
    "SCANNER": _port("scan"),
    "PREVIEWS": _function,
    "CLOCK": _function,
}
