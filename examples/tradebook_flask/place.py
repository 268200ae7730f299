"""What every part of Tradebook needs at hand."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from attrs import frozen
from flask import current_app

from jobthreads import JobThreads
from tradebook_flask.database import Database


@frozen
class Tradebook:
    """The database, the conversations, and the folder in which e-mails end up."""

    database: Database
    threads: JobThreads
    mail: Path


def tradebook() -> Tradebook:
    """The one that belongs to the running app."""
    return cast("Tradebook", current_app.extensions["tradebook"])
