"""What the pictures and the rules say of a record: read by the on-device reader, searched for every value, added up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from vision.answering.looking import prepared_for_request
from vision.evidence.supporting import supports
from vision.extraction.doubt import doubts, record_doubt
from vision.extraction.judging import missing
from vision.extraction.rules import broken, holding
from vision.extraction.signs import signs
from vision.fields.model import FieldSet, Path
from vision.fields.values import Place, Support
from vision.messages import Detail, Json
from vision.models.catalog import READER, Catalogue
from vision.providers.reader import reading_of
from vision.reader.reading import Reading, arrange, scaled
from vision.store import OwnedStore, StoredPicture
from vision.store.runs import Checks

READING_VERSION = 1  # raise it when the reader reads otherwise: what is kept is then read again


def never() -> bool:
    return False


class Checker:
    """Reads pictures on this machine and keeps what was read. Safe to share between threads: the reader has a lock."""

    def __init__(self, catalogue: Catalogue, today: Callable[[], date]) -> None:
        self._reader = catalogue.get(READER)
        self._today = today

    def reading(self, owned: OwnedStore, stored: StoredPicture) -> Reading:
        """All lines of a picture, in its upright original pixels. Raises ProviderError, PictureError, NotThere and
        StoreError."""
        kept = owned.reading(stored.id, READING_VERSION)
        if kept is not None:
            return kept
        (prepared,) = prepared_for_request(owned, self._reader, Detail.NORMAL, (stored,))
        found = in_original(reading_of(prepared), (stored.picture.width, stored.picture.height))
        owned.keep_reading(stored.id, READING_VERSION, found)
        return found

    def readings(self, owned: OwnedStore, pictures: Sequence[StoredPicture]) -> tuple[Reading, ...]:
        """Of all pages of a document. Raises as ``reading``."""
        return tuple(self.reading(owned, stored) for stored in pictures)

    def check(
        self,
        owned: OwnedStore,
        set_: FieldSet,
        data: Json,
        pictures: Sequence[StoredPicture],
        *,
        others: Sequence[Json] = (),
        own: bool = False,
    ) -> Checks:
        """``others``: what other models read. ``own``: the on-device reader itself read ``data``, so that its agreeing
        says nothing. Raises as ``reading``."""
        from vision.reader.filling import fill  # noqa: PLC0415 - its word lists, for the first record only

        readings = self.readings(owned, pictures)
        found = supports(set_, data, readings)
        return self._checks(
            set_,
            data,
            found,
            others,
            reader=None if own else fill(set_, readings),
            signs=signs(set_, data, readings),
            own=own,
        )

    def judge(self, set_: FieldSet, data: Json, *, others: Sequence[Json] = ()) -> Checks:
        """The same where the pictures cannot be read."""
        return self._checks(set_, data, {}, others)

    def _checks(
        self, set_: FieldSet, data: Json, found: Mapping[Path, Support], others: Sequence[Json], **known: Any
    ) -> Checks:
        doubted = doubts(
            set_,
            data,
            supports=found,
            findings=broken(set_, data, self._today()),
            holding=holding(set_, data, self._today()),
            others=others,
            missing=missing(set_.fields, data),
            **known,
        )
        return Checks(found, doubted, record_doubt(doubted))


def in_original(reading: Reading, size: tuple[int, int]) -> Reading:
    """``reading`` in the pixels of a picture of another ``size`` (width, height)."""
    if reading.size == size:
        return reading
    factor = (size[0] / reading.size[0], size[1] / reading.size[1])
    pieces = [(line.text, scaled(line.quad, factor), line.confidence) for line in reading.lines]
    x, y = factor
    codes = [
        replace(code, box=(code.box[0] * x, code.box[1] * y, code.box[2] * x, code.box[3] * y))
        for code in reading.codes
    ]
    return arrange(pieces, codes, size, turned=reading.turned, note=reading.note)


def lines_of(readings: Sequence[Reading]) -> tuple[Place, ...]:
    """Every line as a place, to be drawn and clicked."""
    return tuple(
        Place(page, line.box, line.text, line.confidence)
        for page, reading in enumerate(readings)
        for line in reading.lines
    )
