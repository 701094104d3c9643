"""What differs between two pictures, kept once it was computed."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Select, select

from vision.comparing.result import Difference, Region, Registration
from vision.errors import NotThere
from vision.store.compare_tables import DifferenceRow
from vision.store.pictures import OwnedPictures
from vision.store.tables import PictureRow


class OwnedDifferences(OwnedPictures):
    def difference(self, one_id: str, other_id: str, version: int) -> Difference | None:
        """What ``version`` of the comparison found, without the heat map; None if that was not kept yet."""
        with self._reading() as session:
            row = session.scalars(self._difference_row(one_id, other_id, version)).one_or_none()
            return None if row is None else _found(row.found)

    def heat(self, one_id: str, other_id: str, version: int) -> bytes:
        """The heat map, PNG, that lies over the first picture. Raises NotThere if it was not kept."""
        with self._reading() as session:
            row = session.scalars(self._difference_row(one_id, other_id, version)).one_or_none()
            name = row.heat_sha256 if row is not None else None
        if name is None:
            raise NotThere("This difference is not there any more: reload the page.")
        return self._blobs.get(name)

    def keep_difference(self, one_id: str, other_id: str, version: int, found: Difference) -> None:
        """Keeps ``found`` in place of what an older version found. Raises NotThere for a picture that is gone."""
        told = asdict(replace(found, heat=b""))
        del told["heat"]
        with self._settled(found.heat) as (session, names):
            for picture_id in (one_id, other_id):
                self._row(session, PictureRow, picture_id)
            row = session.get(DifferenceRow, (one_id, other_id))
            if row is None:
                row = DifferenceRow(owner=self.owner, one_id=one_id, other_id=other_id)
                session.add(row)
            row.version, row.found, row.heat_sha256 = version, told, names[0]

    def _difference_row(self, one_id: str, other_id: str, version: int) -> Select[DifferenceRow]:
        return select(DifferenceRow).where(
            DifferenceRow.owner == self.owner,
            DifferenceRow.one_id == one_id,
            DifferenceRow.other_id == other_id,
            DifferenceRow.version == version,
        )


def _found(told: dict[str, Any]) -> Difference:
    regions = (Region(**{**one, "box_a": tuple(one["box_a"]), "box_b": tuple(one["box_b"])}) for one in told["regions"])
    return Difference(
        registration=Registration(**told["registration"]),
        percent=told["percent"],
        regions=tuple(regions),
        heat=b"",
        tone=told["tone"],
        same=told["same"],
    )
