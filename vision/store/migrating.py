"""Brings a database to the newest shape, in one transaction: half a migration never stays, and of two processes that
start at once the second finds the work done."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select, text

from vision.errors import StoreError
from vision.store.database import POSTGRES_LOCK, WRITING, reading, said_by_database

FOLDER = Path(__file__).parent / "migrations"
HEAD = "0009"  # a test compares it with the newest file in migrations/versions


def migrate(engine: Engine) -> None:
    """Raises StoreError if the database was made by a newer Loupe, and the database's own failures as sentences."""
    with reading(engine) as session:
        if current(session.connection()) == HEAD:
            return  # the usual start, and Alembic is not even imported
    with said_by_database(), engine.execution_options(**{WRITING: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(POSTGRES_LOCK)))
        found = current(connection)
        if found != HEAD:
            _upgrade(connection, found)


def current(connection: Connection) -> str | None:
    """The revision that the database says it has, or None."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, found: str | None) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            "This data folder was last used by a newer Loupe: update Loupe, or use another LOUPE_DATA_DIR."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
