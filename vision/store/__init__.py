"""Tables, queries, migrations and blobs: everything that stays. Every query is one owner's.

``Store.open(...)`` once per process; ``store.of(owner)`` hands out the owner's rows. Records are frozen and detached.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, delete, select

from vision.settings import Settings
from vision.store.answers import OwnedAnswers
from vision.store.batch_lines import OwnedBatchLines
from vision.store.batch_records import Active
from vision.store.batches import OwnedBatches, active
from vision.store.blobs import Blobs, locate
from vision.store.contests import OwnedContests
from vision.store.copying import OwnedCopies
from vision.store.database import connect, reading, writing
from vision.store.differences import OwnedDifferences
from vision.store.field_sets import OwnedFieldSets
from vision.store.ledger import OwnedLedger
from vision.store.migrating import migrate as bring_up_to_date
from vision.store.preferences import OwnedPreferences
from vision.store.readings import OwnedReadings
from vision.store.records import Conversation, State, StoredAnswer, StoredPicture, StoredTurn, Totals, Upload, Variant
from vision.store.references import COLUMNS, delete_unreferenced
from vision.store.reviews import OwnedReviews
from vision.store.tables import OwnerRow
from vision.store.uploads import OwnedUploads
from vision.store.waiting import OwnedWaiting

ORPHAN_SECONDS = 3600.0


class OwnedStore(
    OwnedFieldSets,
    OwnedBatches,
    OwnedBatchLines,
    OwnedReviews,
    OwnedReadings,
    OwnedDifferences,
    OwnedContests,
    OwnedCopies,
    OwnedAnswers,
    OwnedUploads,
    OwnedWaiting,
    OwnedPreferences,
    OwnedLedger,
):
    """The rows of one owner: all that pages, workers and the terminal ever see."""

    def delete_everything(self) -> None:
        """Every row of this owner, and every blob that nobody else uses. What remains are amounts: the sums of each day
        (``spend``), so that no cap begins anew."""
        with self._writing() as session:
            names: set[str] = set()
            for column in COLUMNS:
                rows = select(column).where(column.class_.owner == self.owner, column.is_not(None))
                names.update(session.scalars(rows))
            self._hand_over_sets(session)
            session.execute(delete(OwnerRow).where(OwnerRow.owner == self.owner))
        self._forget_blobs(sorted(names))


class Store:
    """One database and one place for blobs. Safe to share between threads."""

    def __init__(self, engine: Engine, blobs: Blobs) -> None:
        self._engine = engine
        self.blobs = blobs

    @classmethod
    def open(cls, database: Path | str, blobs: Path | str, *, migrate: bool = True) -> Store:
        """Opens both, each by its path or its URL, making what is missing and running pending migrations.

        Raises StoreError with what to do; where an address cannot be used, nothing has been made.
        """
        locate(blobs)
        engine = connect(database)
        try:
            opened = Blobs.open(blobs)
            if migrate:
                bring_up_to_date(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, opened)

    @classmethod
    def from_settings(cls, settings: Settings) -> Store:
        return cls.open(settings.database, settings.blobs)

    def of(self, owner: str) -> OwnedStore:
        return OwnedStore(self._engine, self.blobs, owner)

    def owners(self) -> tuple[str, ...]:
        with reading(self._engine) as session:
            return tuple(session.scalars(select(OwnerRow.owner).order_by(OwnerRow.owner)))

    def active_runs(self) -> tuple[Active, ...]:
        """Durable runs of everybody that are to be driven, the oldest first."""
        with reading(self._engine) as session:
            return active(session)

    def sweep(self, older_than_seconds: float = ORPHAN_SECONDS) -> int:
        """Deletes blobs that no row refers to (a process died between file and row); returns how many.

        Young ones stay: their row may be on its way. Reads the whole folder: run it in the background."""
        names = list(self.blobs.names(older_than_seconds))
        with writing(self._engine, alone=True) as session:
            return delete_unreferenced(session, self.blobs, names)

    def close(self) -> None:
        self._engine.dispose()


__all__ = [
    "Blobs",
    "Conversation",
    "OwnedStore",
    "State",
    "Store",
    "StoredAnswer",
    "StoredPicture",
    "StoredTurn",
    "Totals",
    "Upload",
    "Variant",
]
