"""What the on-device reader read on pictures, kept so that no picture is read twice."""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlalchemy import select

from vision.reader.reading import Reading
from vision.store.owned import Owned
from vision.store.record_tables import ReadingRow
from vision.store.tables import PictureRow

_reading: TypeAdapter[Reading] = TypeAdapter(Reading)


class OwnedReadings(Owned):
    def reading(self, picture_id: str, version: int) -> Reading | None:
        """What ``version`` of the reader read on this picture, or None."""
        rows = select(ReadingRow.content).where(
            ReadingRow.owner == self.owner, ReadingRow.picture_id == picture_id, ReadingRow.version == version
        )
        with self._reading() as session:
            found = session.scalars(rows).one_or_none()
        return None if found is None else _reading.validate_python(found)

    def keep_reading(self, picture_id: str, version: int, reading: Reading) -> None:
        """Raises NotThere."""
        content = _reading.dump_python(reading, mode="json")
        with self._writing() as session:
            self._row(session, PictureRow, picture_id)
            session.merge(ReadingRow(owner=self.owner, picture_id=picture_id, version=version, content=content))
