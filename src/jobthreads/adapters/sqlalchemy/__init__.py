"""The repository over SQLAlchemy: one set of statements, built once per dialect."""

from jobthreads.adapters.sqlalchemy.migrations import current_revision, newest_revision, upgrade
from jobthreads.adapters.sqlalchemy.repository import SQLAlchemyRepository
from jobthreads.adapters.sqlalchemy.schema import metadata

__all__ = ["SQLAlchemyRepository", "current_revision", "metadata", "newest_revision", "upgrade"]
