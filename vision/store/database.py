"""Connections and transactions: SQLite in WAL, or PostgreSQL by URL. Database errors become sentences here.

Reads and writes are apart: on SQLite a write takes the write lock at its BEGIN (IMMEDIATE), because a transaction that
reads first and writes later fails at once when somebody else wrote in between, whatever the busy timeout.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from vision.errors import DiskFull, StoreError
from vision.store.blobs import DISK_FULL, said_in_words

BUSY_SECONDS = 20.0
WRITING = "loupe_writing"
POSTGRES_LOCK = 0x4C6F757065  # "Loupe": one key for everything that must happen one at a time
POSTGRES_FULL = {"53100", "53000"}


def connect(place: Path | str) -> Engine:
    """The engine for an SQLite file or a URL; the file's folder is made and WAL switched on. Raises StoreError.

    A path stays a path: written into a URL, ``%``, ``?`` and ``#`` in it would name another file.
    """
    try:
        parsed = URL.create("sqlite", database=str(place)) if isinstance(place, Path) else make_url(place)
        sqlite = parsed.get_backend_name() == "sqlite"
        arguments: dict[str, Any] = {"timeout": BUSY_SECONDS, "check_same_thread": False} if sqlite else {}
        engine = create_engine(parsed, connect_args=arguments, pool_size=10, max_overflow=50, pool_pre_ping=not sqlite)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        sentence = "LOUPE_DATABASE_URL cannot be used: give sqlite:///FILE, or postgresql+psycopg://... with psycopg."
        raise StoreError(sentence, detail=str(error)) from None
    if sqlite:
        if parsed.database:
            with said_in_words("made"):
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        _switch_on_wal(engine)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event below says BEGIN, not the driver
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(
        "PRAGMA synchronous=NORMAL"
    )  # in WAL: a killed process loses nothing, a power cut breaks nothing
    # SQLite's own lower() knows ASCII only; a search for "ÄPFEL" must find "Äpfel"
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: object) -> str | None:
    return None if value is None else str(value).lower()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _switch_on_wal(engine: Engine) -> None:
    """WAL is a property of the file. The switch ignores the busy timeout, so two processes at once must try again."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            with said_by_database():
                raw = engine.raw_connection()
                try:
                    raw.cursor().execute("PRAGMA journal_mode=WAL")
                    return
                finally:
                    raw.close()
        except Busy:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


class Busy(StoreError):
    """Somebody else held the database for longer than the busy timeout."""


@contextmanager
def said_by_database() -> Iterator[None]:
    """Database errors become StoreError, DiskFull or Busy with a sentence."""
    try:
        yield
    except DBAPIError as error:
        raise _in_words(error.orig) from None
    except sqlite3.Error as error:
        raise _in_words(error) from None
    except SQLAlchemyError as error:
        raise StoreError("The database cannot be used: see the log.", detail=str(error)) from None


def _in_words(error: BaseException | None) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    detail = f"{type(error).__name__}: {error}"
    if code == sqlite3.SQLITE_FULL or getattr(error, "sqlstate", "") in POSTGRES_FULL:
        return DiskFull(DISK_FULL, detail=detail)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy("Another Loupe is busy with the same data folder: wait a moment, then try again.", detail=detail)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        sentence = "The database cannot be opened for writing: check LOUPE_DATA_DIR and who may write to it."
        return StoreError(sentence, detail=detail)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        sentence = "The database file is damaged: put a backup in its place, or move it away to start empty."
        return StoreError(sentence, detail=detail)
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(
            "The database could not be written: check that the disk is there and not full.", detail=detail
        )
    return StoreError("The database did not do what was asked: see the log.", detail=detail)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    with said_by_database(), Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine, *, alone: bool = False) -> Iterator[Session]:
    """One write transaction. ``alone``: nothing else that asks for it runs at the same time, also on PostgreSQL
    (on SQLite every write is alone)."""
    with said_by_database(), Session(engine.execution_options(**{WRITING: True})) as session, session.begin():
        if alone and engine.dialect.name == "postgresql":
            session.execute(select(func.pg_advisory_xact_lock(POSTGRES_LOCK)))
        yield session
