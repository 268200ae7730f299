"""What `manage.py check` says, and what it says to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections
from django.urls import include, path
from django.views.static import serve

from jobthreads import AccessPolicy, Settings
from jobthreads.django import conf, threads
from jobthreads.django.wiring import DjangoThreads
from jobthreads.testing import Mailbox

GOOD: dict[str, Any] = {
    "DIRECTORY": "tests.django.trade.threads.Directory",
    "STAFF": "tests.django.trade.threads.current_staff",
    "CLIENT": "tests.django.trade.threads.current_client",
    "STORAGE": "jobthreads",
    "PORTAL_URL": "https://acme.example/portal",
    "SENDER": "Acme <no-reply@acme.example>",
}

urlpatterns = [
    path("office/", include("jobthreads.django.staff_urls")),
    path("portal/", include("jobthreads.django.portal_urls")),
]
SERVED_FOLDER = Path(__file__).parent


class Serving:
    """Urls that give out a folder, as `static(…, document_root=…)` does."""

    urlpatterns = [*urlpatterns, path("given-out/<path:path>", serve, {"document_root": SERVED_FOLDER})]


class Bare:
    """Urls without our pages."""

    urlpatterns = []


pytestmark = pytest.mark.urls(__name__)


def _found(**options: Any) -> dict[str, Any]:
    messages = run_checks([apps.get_app_config("jobthreads")], **options)
    ours = [message for message in messages if message.id.startswith("jobthreads.")]
    return {message.id.removeprefix("jobthreads."): message for message in ours}


def _told(settings, **changes: Any) -> dict[str, Any]:
    settings.JOBTHREADS = {key: value for key, value in {**GOOD, **changes}.items() if value is not ...}
    return _found()


def test_a_project_that_is_set_up_is_told_nothing(settings) -> None:
    """S6: with everything in order, no check speaks."""
    assert {} == _told(settings)


def not_a_port() -> None:
    """Something that is no port."""


WRONG = [
    ("E002", {"DIRECTORY": ...}, "Directory"),
    ("E003", {"DIRECTRY": "shop.Directory"}, 'Did you mean "DIRECTORY"?'),
    ("E003", {"directory": "shop.Directory"}, 'Did you mean "DIRECTORY"?'),
    ("E003", {"ZZZ": 1}, "The keys are DIRECTORY, STAFF,"),
    ("E004", {"DIRECTORY": "shop.nowhere.Directory"}, "dotted path"),
    ("E004", {"STAFF": "tests.django.trade.threads.curent_staff"}, "dotted path"),
    ("E004", {"STAFF": "current_staff"}, "dotted path"),
    ("E005", {"DIRECTORY": "tests.django.test_checks.not_a_port"}, "business, clients, records"),
    ("E005", {"DIRECTORY": "jobthreads.django.repository.Misconfigured"}, "business, clients, records"),
    ("E005", {"DIRECTORY": "jobthreads.Client"}, "Give an object"),
    ("E005", {"SETTINGS": {"link_dayz": 3}}, "jobthreads.Settings"),
    ("E005", {"SETTINGS": 3}, "Settings(…)"),
    ("E005", {"ACCESS": "jobthreads.Settings"}, "AccessPolicy(…)"),
    ("E005", {"SENDER": 3}, "Acme <no-reply@acme.example>"),
    ("E005", {"DELIVERY": "cron"}, '"thread" or "off"'),
    ("E005", {"PORTAL_URL": "/portal"}, "https://your.site/portal"),
    ("E005", {"DATABASE": "threads"}, "'default'"),
    ("E005", {"NOTIFIERS": 3}, "Write a list"),
    ("E005", {"NOTIFIERS": [object()]}, "deliver"),
    ("E005", {"TEMPLATES": 3}, "Write a folder"),
    ("E005", {"SCANNER": object()}, "scan"),
    ("E006", {"STAFF": "jobthreads.django.threads"}, "current_staff"),
    ("E006", {"CLIENT": 3}, "current_client"),
    ("E007", {"STORAGE": "jobtreads"}, '"location": BASE_DIR'),
    ("E004", {"STORAGE": "shop.storage"}, "dotted path"),
    ("E008", {"PORTAL_URL": ...}, '"PORTAL_URL": "https://your.site/portal"'),
    ("E008", {"PORTAL_URL": ..., "SENDER": ..., "NOTIFIERS": [Mailbox()]}, '"PORTAL_URL"'),
    ("E009", {"SENDER": ...}, '"SENDER": "Acme <no-reply@acme.example>"'),
    ("E013", {"STAFF": ...}, '"STAFF": "shop.threads.current_staff"'),
    ("E013", {"CLIENT": ..., "SENDER": ...}, '"CLIENT": "shop.threads.current_client"'),
    ("E013", {"CLIENT": ..., "SENDER": ...}, 'or write a "SENDER"'),
]


@pytest.mark.parametrize(("code", "changes", "write"), WRONG, ids=[f"{one[0]}-{next(iter(one[1]))}" for one in WRONG])
def test_what_is_wrong_is_said_with_what_to_write(settings, code, changes, write) -> None:
    """S6: each mistake in `JOBTHREADS` has an id, and a hint that can be written as it stands."""
    told = _told(settings, **changes)
    assert code in told
    assert write in f"{told[code].msg} {told[code].hint}"
    if code not in {"E008", "E009", "E013"}:
        with pytest.raises(ImproperlyConfigured) as refused:
            threads.staff  # noqa: B018 - asking for it builds it
        assert told[code].msg in str(refused.value)


def test_without_the_setting_the_first_check_says_so(settings) -> None:
    """S6: an app without its setting is told to write it, and nothing else."""
    for given in (None, "shop.threads"):
        settings.JOBTHREADS = given
        told = _found()
        assert {"E001"} == set(told)
        assert "JOBTHREADS = {" in told["E001"].hint


@pytest.mark.parametrize("where", ["MEDIA_ROOT", "STATIC_ROOT", "STATICFILES_DIRS"])
@pytest.mark.parametrize("relation", ["same", "inside", "around"])
def test_files_in_a_folder_that_is_given_out_are_an_error(settings, tmp_path, where, relation) -> None:
    """J7: a storage in, under or around a folder of a web server is refused before anybody can fetch from it."""
    public = tmp_path / "public"
    location = {"same": public, "inside": public / "deep" / "files", "around": tmp_path}[relation]
    setattr(settings, where, [public] if where == "STATICFILES_DIRS" else public)
    _store_in(settings, location)
    told = _told(settings)
    assert {"E010"} == set(told)
    assert "OPTIONS" in told["E010"].hint


def test_files_in_a_folder_that_an_address_serves_are_an_error(settings) -> None:
    """J7: `static(…, document_root=…)` in the urls counts as a web server."""
    settings.ROOT_URLCONF = Serving
    _store_in(settings, SERVED_FOLDER / "files")
    assert "given-out" in _told(settings)["E010"].msg


def test_a_storage_with_addresses_is_an_error(settings, tmp_path) -> None:
    """J7: a storage that was given a base_url is meant to be fetched from."""
    _store_in(settings, tmp_path, base_url="/files/")
    assert {"E011"} == set(_told(settings))


def test_a_folder_that_everybody_may_write_to_is_an_error(settings, tmp_path) -> None:
    """J7: a folder that cannot be private is refused."""
    tmp_path.chmod(0o777)
    _store_in(settings, tmp_path)
    assert {"E012"} == set(_told(settings))


def test_other_storages_are_taken_as_they_are(settings) -> None:
    """S6: what is no folder is not judged by folders; an object, or its path, may be given too."""
    settings.STORAGES = {
        **settings.STORAGES,
        "jobthreads": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }
    assert {} == _told(settings)
    assert {} == _told(settings, STORAGE=None)


def _store_in(settings, location: Path, **options: Any) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    options = {"location": location, **options}
    settings.STORAGES = {**settings.STORAGES, "jobthreads": {"BACKEND": backend, "OPTIONS": options}}


def test_pages_that_are_not_included_are_a_warning(settings) -> None:
    """S6: a project that says who is asking, and includes no pages, has forgotten them."""
    settings.ROOT_URLCONF = Bare
    told = _told(settings)
    assert {"W001", "W002"} == set(told)
    assert 'path("office/", include("jobthreads.django.staff_urls"))' in told["W001"].hint
    assert {} == _told(settings, STAFF=..., CLIENT=...)


def test_a_portal_by_mailed_links_alone_is_in_order(settings) -> None:
    """M6: a project whose clients sign in nowhere needs no "CLIENT", as long as somebody mails them their links."""
    assert {} == _told(settings, CLIENT=...)
    assert {} == _told(settings, CLIENT=..., SENDER=..., NOTIFIERS=[Mailbox()])


def test_sqlite_without_immediate_transactions_is_an_error(settings, monkeypatch) -> None:
    """S4: writers on SQLite have to wait for one another, and the check says how."""
    monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", {})
    told = _told(settings)
    assert {"E015"} == set(told)
    assert '"OPTIONS": {"transaction_mode": "IMMEDIATE"}' in told["E015"].hint


def test_an_unknown_database_is_an_error(settings, monkeypatch) -> None:
    """S6: a database that is not one of the three is named."""
    monkeypatch.setattr(connections["default"], "vendor", "oracle")
    assert {"E014"} == set(_told(settings))
    assert {"E014"} == set(_found(databases=["default"]))


@pytest.mark.django_db(transaction=True)
def test_an_old_database_is_an_error(settings, monkeypatch) -> None:
    """S6: a database that is too old is named with the version that is needed."""
    _told(settings)
    assert {} == _found(databases=["default"])
    monkeypatch.setattr(connections["default"], "get_database_version", lambda: (3, 10, 2))
    told = _found(databases=["default"])
    assert {"E016"} == set(told)
    assert "SQLite 3.10.2" in told["E016"].msg


@pytest.mark.django_db(transaction=True)
def test_tables_without_our_migrations_are_an_error(settings) -> None:
    """S1: tables that were made from the models (`--nomigrations`) lack what guards internal entries."""
    _told(settings)
    call_command("migrate", "jobthreads", "zero", verbosity=0)
    connection = connections["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE jobthreads_alembic_version RENAME TO put_by")
            cursor.execute("CREATE TABLE jobthreads_entry (id text)")
        told = _found(databases=["default"])
        assert {"E017"} == set(told)
        assert "--nomigrations" in told["E017"].hint
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE jobthreads_entry")
            cursor.execute("ALTER TABLE put_by RENAME TO jobthreads_alembic_version")
        call_command("migrate", "jobthreads", verbosity=0)


def test_mysql_itself_is_refused(settings, monkeypatch) -> None:
    """S6: MySQL is untested, and said to be."""
    connection = connections["default"]
    monkeypatch.setattr(connection, "vendor", "mysql")
    monkeypatch.setattr(connection, "get_database_version", lambda: (8, 4))
    _told(settings)
    assert "MySQL" in _found(databases=["default"])["E014"].msg


def test_checks_of_other_apps_leave_ours_alone(settings) -> None:
    """S6: `check trade` runs nothing of ours."""
    settings.JOBTHREADS = None
    assert [] == run_checks([apps.get_app_config("trade")], databases=["default"])


def test_objects_and_paths_are_both_taken(settings) -> None:
    """S6: each key takes the thing itself, or the dotted path of it."""
    settings.JOBTHREADS = {
        **GOOD,
        "SETTINGS": {"link_days": 3},
        "ACCESS": AccessPolicy,
        "ATTACHMENTS": "jobthreads.AttachmentPolicy",
        "NOTIFIERS": "tests.django.test_checks.notifiers",
        "PORTAL_URL": "tests.django.test_checks.portal_of",
        "TEMPLATES": "somewhere/else",
        "RECORD_URL": "tests.django.trade.threads.record_url",
        "DATABASE": "default",
        "DELIVERY": "off",
        "STAFF_SHELL": "office.html",
        "PREVIEWS": None,
    }
    made = conf.configured()
    assert (Settings(link_days=3), AccessPolicy()) == (made.settings, made.access)
    assert (["post"], Path("somewhere/else")) == ([one.channel for one in made.notifiers], made.templates)
    assert ("office.html", None, "default") == (made.staff_shell, made.portal_shell, made.database)
    assert 3 == threads.settings.link_days


def notifiers() -> list[Mailbox]:
    """What a project may do besides mail."""
    return [Mailbox("post")]


def portal_of(business) -> str:
    """The address of a business's portal."""
    return f"https://{business.id}.example/portal"


def test_a_change_of_the_setting_is_respected(settings) -> None:
    """S6: `override_settings` builds `threads` anew."""
    settings.JOBTHREADS = {**GOOD, "SETTINGS": Settings(link_days=7)}
    assert 7 == threads.settings.link_days
    settings.JOBTHREADS = {**GOOD, "SETTINGS": Settings(link_days=8)}
    assert 8 == threads.settings.link_days


class AsksTooSoon:
    """A directory that uses `threads` while it is made."""

    def __init__(self) -> None:
        threads.bell.unread(None)


def test_a_wiring_that_turns_on_itself_is_said(settings) -> None:
    """S6: what is named in the setting may use `threads`, and only once it is called."""
    settings.JOBTHREADS = {**GOOD, "DIRECTORY": AsksTooSoon}
    with pytest.raises(ImproperlyConfigured, match="while it is being made"):
        threads.staff  # noqa: B018


def test_threads_has_only_its_own_names() -> None:
    """S6: what a JobThreads does not have, `threads` has not."""
    assert isinstance(threads, DjangoThreads)
    with pytest.raises(AttributeError, match="stuff"):
        threads.stuff  # noqa: B018
