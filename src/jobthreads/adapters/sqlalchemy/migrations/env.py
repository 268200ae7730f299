"""What Alembic runs: on the connection it was given, with a version table of our own."""

from alembic import context

from jobthreads.adapters.sqlalchemy.migrations import VERSION_TABLE
from jobthreads.adapters.sqlalchemy.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
