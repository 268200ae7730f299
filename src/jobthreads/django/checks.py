"""System checks: what is not set up, and what to write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, storages
from django.db import DatabaseError, connections, router
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.static import serve

from jobthreads.adapters.sqlalchemy.migrations import VERSION_TABLE
from jobthreads.adapters.storage import LocalStorage
from jobthreads.django import conf
from jobthreads.errors import Misconfigured

__all__ = ["check_database", "check_settings", "check_storage", "check_urls"]

_OLDEST = {"sqlite": (3, 38), "postgresql": (14,), "mysql": (10, 6)}
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB"}
_OR_LINKS = '; or write a "SENDER": clients then come by the links in their mail alone.'


@register
def check_settings(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Everything in `JOBTHREADS` can be used, and nothing is missing (E001 to E009)."""
    if _of_others(app_configs):
        return []
    wrong: list[CheckMessage] = [
        Error(error.sentence, hint=error.hint, id=f"jobthreads.{error.code}") for error in conf.problems()
    ]
    given = getattr(settings, "JOBTHREADS", None)
    if not isinstance(given, dict):
        return wrong
    tells = given.get("SENDER") or given.get("NOTIFIERS")
    if tells and not given.get("PORTAL_URL"):
        wrong.append(
            Error(
                'JOBTHREADS tells clients of replies, and has no "PORTAL_URL" to link to.',
                hint='Write "PORTAL_URL": "https://your.site/portal", where portal_urls is included.',
                id="jobthreads.E008",
            )
        )
    if given.get("PORTAL_URL") and not tells:
        wrong.append(
            Error(
                'JOBTHREADS has a "PORTAL_URL" and no "SENDER": no client is told of a reply.',
                hint='Write "SENDER": "Acme <no-reply@acme.example>", or "NOTIFIERS" of your own.',
                id="jobthreads.E009",
            )
        )
    return wrong


@register
def check_storage(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """No web server gives out our files: every download goes through our pages (E010 to E012)."""
    made = _configured()
    if _of_others(app_configs) or made is None or not isinstance(made.storage, str):
        return []
    storage = storages[made.storage]
    if not isinstance(storage, FileSystemStorage):
        return []
    if storage._base_url is not None:  # type: ignore[attr-defined]
        return [
            Error(
                f'STORAGES["{made.storage}"] has a base_url, so whoever has an address could fetch internal files.',
                hint="Take base_url out of its OPTIONS: files are served by jobthreads, to those who may see them.",
                id="jobthreads.E011",
            )
        ]
    where = Path(storage.location)
    for what, root in _served():
        if _holds(root, where) or _holds(where, root):
            return [
                Error(
                    f'STORAGES["{made.storage}"] ({where}) and {what} ({root}) hold one another: anybody could fetch '
                    "internal files.",
                    hint='Give it a folder of its own that no web server knows: "OPTIONS": {"location": BASE_DIR / '
                    '"threads-files"}.',
                    id="jobthreads.E010",
                )
            ]
    try:
        LocalStorage(where)
    except Misconfigured as error:
        return [Error(f'STORAGES["{made.storage}"]: {error}', hint=error.hint, id="jobthreads.E012")]
    return []


@register
def check_urls(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """The pages are included, and know who is asking (E013, W001, W002)."""
    made = _configured()
    if _of_others(app_configs) or made is None:
        return []
    included = {getattr(one, "app_name", None) for one in _resolvers()}
    wrong: list[CheckMessage] = []
    for side, key, person, code in (
        ("staff", "STAFF", made.staff, "W001"),
        ("portal", "CLIENT", made.client, "W002"),
    ):
        module, name = f"jobthreads.django.{side}_urls", f"jobthreads_{side}"
        if name in included and person is None and not (side == "portal" and made.mails_links):
            wrong.append(
                Error(
                    f'{module} is included, and JOBTHREADS has no "{key}" that says who is asking.',
                    hint=f'Write "{key}": "shop.threads.current_{key.lower()}", a function of the request that gives a '
                    f"jobthreads.{key.title()} or None{_OR_LINKS if side == 'portal' else '.'}",
                    id="jobthreads.E013",
                )
            )
        if name not in included and person is not None:
            place = "office" if key == "STAFF" else "portal"
            wrong.append(
                checks.Warning(
                    f'JOBTHREADS has a "{key}", and {module} is not included in your urls.',
                    hint=f'Write path("{place}/", include("{module}")) in {settings.ROOT_URLCONF}.',
                    id=f"jobthreads.{code}",
                )
            )
    return wrong


@register
def check_transactions(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """The database is one of the three, and SQLite's writers wait for one another (E014, E015)."""
    alias = _alias()
    if _of_others(app_configs) or alias is None:
        return []
    connection = connections[alias]
    if connection.vendor not in _OLDEST:
        return [
            Error(
                f'DATABASES["{alias}"] is {connection.display_name}, which jobthreads does not support.',
                hint='Use SQLite, PostgreSQL or MariaDB; "DATABASE" of JOBTHREADS may name another alias.',
                id="jobthreads.E014",
            )
        ]
    options = connection.settings_dict.get("OPTIONS", {})
    if connection.vendor == "sqlite" and str(options.get("transaction_mode", "")).upper() not in {
        "IMMEDIATE",
        "EXCLUSIVE",
    }:
        return [
            Error(
                f'DATABASES["{alias}"] is SQLite without immediate transactions: two who write at once would be '
                "refused, and not wait for one another.",
                hint=f'Write "OPTIONS": {{"transaction_mode": "IMMEDIATE"}} in DATABASES["{alias}"].',
                id="jobthreads.E015",
            )
        ]
    return []


@register(Tags.database)
def check_database(
    app_configs: Sequence[AppConfig] | None, databases: Iterable[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """The database is new enough, and its tables are those of our migrations (E016 to E018).

    Run where databases are checked: by `migrate`, and by `check --database`.
    """
    alias = _alias()
    if _of_others(app_configs) or alias is None or alias not in (databases or ()):
        return []
    connection = connections[alias]
    if connection.vendor not in _OLDEST:
        return []
    try:
        return list(_wrong_with(alias))
    except DatabaseError:
        # Django says so itself.
        return []


def _wrong_with(alias: str) -> Iterator[CheckMessage]:
    connection = connections[alias]
    oldest = _OLDEST[connection.vendor]
    name = _NAMES[connection.vendor]
    present = _version(connection)
    if connection.vendor == "mysql" and not getattr(connection, "mysql_is_mariadb", False):
        yield Error(
            f'DATABASES["{alias}"] is MySQL, on which jobthreads is not tested.',
            hint="Use MariaDB 10.6 or newer, PostgreSQL or SQLite.",
            id="jobthreads.E014",
        )
        return
    if present < oldest:
        yield Error(
            f'DATABASES["{alias}"] is {name} {_dotted(present)}; jobthreads needs {_dotted(oldest)} or newer.',
            hint=f"Upgrade {name}.",
            id="jobthreads.E016",
        )
        return
    tables = set(connection.introspection.table_names())
    if "jobthreads_entry" in tables and VERSION_TABLE not in tables:
        yield Error(
            f'The tables of jobthreads in DATABASES["{alias}"] were not made by its migrations (by --nomigrations '
            "or MIGRATION_MODULES): what guards internal entries is missing in them.",
            hint="Run the migrations in your tests too: take --nomigrations or MIGRATION_MODULES away for the app "
            '"jobthreads", and drop these tables.',
            id="jobthreads.E017",
        )


def _version(connection: Any) -> tuple[int, ...]:
    version: tuple[int, ...] = connection.get_database_version()
    return version


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _of_others(app_configs: Sequence[AppConfig] | None) -> bool:
    return app_configs is not None and all(app.label != "jobthreads" for app in app_configs)


def _configured() -> conf.Configured | None:
    try:
        return conf.configured()
    except ImproperlyConfigured:
        return None


def _alias() -> str | None:
    made = _configured()
    if made is None:
        return None
    from jobthreads.django.models import Entry

    return made.database or router.db_for_write(Entry)


def _served() -> Iterator[tuple[str, Path]]:
    """The folders that a web server, or Django itself, gives out."""
    for name in ("MEDIA_ROOT", "STATIC_ROOT"):
        root = getattr(settings, name, None)
        if root:
            yield name, Path(root)
    for given in getattr(settings, "STATICFILES_DIRS", ()):
        yield "STATICFILES_DIRS", Path(given[1] if isinstance(given, list | tuple) else given)
    for one in _resolvers():
        if isinstance(one, URLPattern) and one.callback is serve and one.default_args.get("document_root"):
            yield f"the address {one.pattern}", Path(one.default_args["document_root"])


def _holds(outer: Path, inner: Path) -> bool:
    return outer.resolve() in {inner.resolve(), *inner.resolve().parents}


def _resolvers() -> Iterator[URLPattern | URLResolver]:
    waiting: list[Any] = [get_resolver()]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(getattr(one, "url_patterns", ()))
