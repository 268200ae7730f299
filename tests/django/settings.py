"""The project that the tests of `jobthreads.django` run in; other tests never look at it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django

_HERE = Path(tempfile.mkdtemp(prefix="jobthreads-django-"))
_PROCESS = os.getpid()


def _clear() -> None:
    # A fork ends before its parent, which still needs the folder.
    if os.getpid() == _PROCESS:
        shutil.rmtree(_HERE, ignore_errors=True)


atexit.register(_clear)

SECRET_KEY = "not a secret: only for tests"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
USE_TZ = True
ROOT_URLCONF = "tests.django.urls"
AUTH_USER_MODEL = "trade.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "tests.django.trade",
    "jobthreads.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# A file, and not in memory: threads of a test write to it at once, as the threads of a server do.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": _HERE / "threads.db",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode = WAL"},
        "TEST": {"NAME": _HERE / "threads-test.db"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = _HERE / "media"
STATIC_ROOT = _HERE / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "jobthreads": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": _HERE / "files"},
    },
}

if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}

JOBTHREADS = {
    "DIRECTORY": "tests.django.trade.threads.Directory",
    "STAFF": "tests.django.trade.threads.current_staff",
    "CLIENT": "tests.django.trade.threads.current_client",
    "STORAGE": "jobthreads",
    "PORTAL_URL": "https://acme.example/portal",
    "SENDER": "Acme <no-reply@acme.example>",
}
