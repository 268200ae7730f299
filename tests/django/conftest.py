"""Databases of servers beside the project's own, and a company with people, a job and a quote."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.urls import set_script_prefix
from sqlalchemy.engine import make_url

from tests.django.office import Office
from tests.servers import skip_or_fail, url_of, why_absent

ALIASES = {"default": None, "postgres": "postgresql", "mariadb": "mariadb"}


class Routed:
    """A project's router that keeps everything on one database."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def db_for_read(self, model, **hints):
        return self.alias

    db_for_write = db_for_read

    def allow_relation(self, *objects, **hints):
        return True


def _settings(kind: str) -> dict[str, object]:
    url = make_url(url_of(kind))
    common = {
        "USER": url.username or "",
        "PASSWORD": url.password or "",
        "HOST": url.query.get("host") or url.host or "",
        "PORT": str(url.port or ""),
        "TEST": {"NAME": f"jobthreads_django_{uuid4().hex[:10]}"},
    }
    if kind == "postgresql":
        return {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", **common}
    import pymysql

    # Django asks which mysqlclient this is; PyMySQL stands in for a new one.
    pymysql.version_info = (2, 2, 7, "final", 0)
    pymysql.install_as_MySQLdb()
    return {"ENGINE": "django.db.backends.mysql", "NAME": "mysql", **common}


@pytest.fixture(autouse=True)
def at_the_root() -> None:
    """Addresses begin at the root again: a site that another test served under a prefix left that to its thread."""
    set_script_prefix("/")


@pytest.fixture(scope="session")
def servers(django_db_setup, django_db_blocker):
    """Gives the alias of a database with the project's tables on a server, made when first asked for."""
    made = {}

    def of(alias: str) -> str:
        kind = ALIASES[alias]
        if kind is not None and alias not in made:
            if url_of(kind) is None:
                skip_or_fail(why_absent(kind))
            known = {"default": connections.settings["default"], alias: _settings(kind)}
            connections.settings[alias] = connections.configure_settings(known)[alias]
            with django_db_blocker.unblock():
                made[alias] = connections[alias].settings_dict["NAME"]
                connections[alias].creation.create_test_db(verbosity=0, autoclobber=True)
        return alias

    yield of
    with django_db_blocker.unblock():
        for alias, name in made.items():
            connections[alias].creation.destroy_test_db(name, verbosity=0)
            connections[alias].close()
            del connections.settings[alias]


@pytest.fixture(params=[pytest.param("default", marks=pytest.mark.django_db(transaction=True)), "postgres", "mariadb"])
def alias(request, servers, django_db_blocker) -> Iterator[str]:
    """Each database in turn, with real transactions: the project's router sends everything there."""
    alias = servers(request.param)
    if alias == "default":
        yield alias
        return
    with django_db_blocker.unblock(), override_settings(DATABASE_ROUTERS=[Routed(alias)]):
        yield alias
        # As a TransactionTestCase does it, but for what Django and its apps keep for themselves.
        call_command(
            "flush",
            verbosity=0,
            interactive=False,
            database=alias,
            reset_sequences=False,
            inhibit_post_migrate=True,
            allow_cascade=False,
        )
        connections[alias].close()


@pytest.fixture
def office(alias) -> Office:
    """A company with people and records, on `alias`."""
    return Office()
