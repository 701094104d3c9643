"""Alembic's entry: runs on the connection that ``vision.store.migrating`` hands over, inside its transaction."""

from alembic import context

from vision.store.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
