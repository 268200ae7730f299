"""Tradebook's settings; those of jobthreads stand between the two marks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import django

from tradebook.company import SENDER
from tradebook.shown import STATIC

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("TRADEBOOK_DATA", HERE / "var"))
URL = os.environ.get("TRADEBOOK_URL", "http://127.0.0.1:8000")

SECRET_KEY = os.environ.get("TRADEBOOK_SECRET", "signs nothing: for Django's own commands")
ALLOWED_HOSTS = ["*"]  # a demonstration is reached by any name; links in mails are made of `URL` alone
ROOT_URLCONF = "tradebook_django.urls"
AUTH_USER_MODEL = "tradebook_django.Staff"
CSRF_FAILURE_VIEW = "tradebook_django.refusals.foreign_form"
SESSION_COOKIE_NAME = "tradebook"
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "tradebook_django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tradebook_django.refusals.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tradebook_django.signing_in.who",
            ],
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "tradebook.db",
        # Who reads and then writes in one transaction begins as a writer, and so waits for its turn.
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 15, "init_command": "PRAGMA journal_mode=WAL"},
    }
}

STATIC_URL = "static/"
STATICFILES_DIRS = [STATIC]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Nothing leaves this demonstration: the page "Mailbox" shows what would have been e-mailed.
MAIL = DATA / "mail"
if django.VERSION < (6, 1):
    EMAIL_BACKEND, EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", MAIL
else:
    MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": MAIL}}
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},  # a refusal is no fault
}

# jobthreads begins
INSTALLED_APPS += ["jobthreads.django"]
FILES = {"location": DATA / "files"}  # outside of what the site serves by itself
STORAGES["jobthreads"] = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": FILES}
JOBTHREADS = {
    "DIRECTORY": "tradebook_django.threads.Directory",
    "STAFF": "tradebook_django.threads.current_staff",
    "CLIENT": "tradebook_django.threads.current_client",
    "STORAGE": "jobthreads",
    "PREVIEWS": "jobthreads.adapters.previews.make_preview",
    "PORTAL_URL": f"{URL}/portal",
    "SENDER": SENDER,
    "STAFF_SHELL": "layout.html",
    "PORTAL_SHELL": "portal_layout.html",
    "RECORD_URL": "tradebook_django.threads.record_url",
}
# jobthreads ends
