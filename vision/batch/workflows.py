"""DBOS behind four methods: one durable workflow per item, on one queue. Nobody else imports it.

Measured with 3.4.0 (2026-11-22): its own SQLite engine has no WAL (3.4 times slower), so ours is passed; its version of
an application is a hash of the source, which would strand what is queued with every update, so it is a constant; pickle
is replaced by JSON; it reports nowhere without a key of its maker. An item's workflow has no steps: what it has done
stands in our row of the item, which is claimed once and written once.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path

from dbos import DBOS, DBOSPortableJSONSerializer, SetWorkflowID
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

QUEUE = "items"
VERSION = "items-1"  # raise it only for workflows that the ones before cannot be gone on with
POLL_SECONDS = 0.25
FINISHED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_FORGET_AT_ONCE = 500
_log = logging.getLogger(__name__)

Work = Callable[[str, str, str], None]
_work: Work | None = None


@DBOS.workflow(name="item.v1")  # its name and arguments stand in the database: a change needs another name
def _item(owner: str, run_id: str, record_id: str) -> None:
    if _work is not None:
        _work(owner, run_id, record_id)


class Workflows:
    """One per process. ``work`` does one item (owner, run id, record id); it raises nothing and may be called again for
    an item that it had before."""

    def __init__(self, file: Path, work: Work, at_once: int) -> None:
        self._file = file
        self._work = work
        self._at_once = at_once
        self._engine: Engine | None = None

    def start(self) -> None:
        """What was under way when the last process died begins anew, in threads of the engine. A file that is damaged
        is begun anew: what is to be done stands in our rows."""
        try:
            self._launch()
        except DatabaseError as error:
            _log.warning("the engine's file could not be used and is begun anew: %s", error)
            self.close(0)
            for ending in ("", "-wal", "-shm"):
                self._file.with_name(self._file.name + ending).unlink(missing_ok=True)
            self._launch()

    def _launch(self) -> None:
        global _work  # noqa: PLW0603 - the engine is one for the process
        _work = self._work
        logging.getLogger("dbos").setLevel(logging.CRITICAL)  # its advertisements, and tracebacks of what we handle
        self._engine = _sqlite(self._file)
        DBOS(
            config={
                "name": "loupe",
                "application_version": VERSION,
                "executor_id": "local",
                "system_database_engine": self._engine,
                "serializer": DBOSPortableJSONSerializer(),
                "log_level": "CRITICAL",
                "max_executor_threads": self._at_once + 8,
                "notification_listener_polling_interval_sec": POLL_SECONDS,  # how long its end takes; nobody notifies
            }
        )
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._at_once,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )

    def add(self, owner: str, run_id: str, record_id: str) -> None:
        """This item is next."""
        with SetWorkflowID(f"{record_id}-{secrets.token_hex(4)}"):
            DBOS.enqueue_workflow(QUEUE, _item, owner, run_id, record_id)

    def left_over(self) -> frozenset[str]:
        """Record ids of the workflows that the process before had not finished."""
        found = DBOS.list_workflows(status=["PENDING", "ENQUEUED"], load_input=False, load_output=False)
        return frozenset(one.workflow_id.partition("-")[0] for one in found)

    def forget_finished(self) -> int:
        """Removes the engine's rows of what is over; results are ours and stay. Returns how many."""
        done = DBOS.list_workflows(status=list(FINISHED), load_input=False, load_output=False, limit=_FORGET_AT_ONCE)
        if done:
            DBOS.delete_workflows([one.workflow_id for one in done])
        return len(done)

    def close(self, seconds: float) -> None:
        """Waits so long for what is under way."""
        global _work  # noqa: PLW0603
        DBOS.destroy(workflow_completion_timeout_sec=round(seconds))
        _work = None
        if self._engine is not None:
            self._engine.dispose()


def _sqlite(file: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(file)), pool_size=20, max_overflow=10)
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = "IMMEDIATE"
    for pragma in ("busy_timeout=30000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
