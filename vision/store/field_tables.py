"""The tables of sets of fields. A set belongs to the installation: its owner is who made it, and everybody sees it.

So a version carries no parent's owner: another person may save the next version of the same set.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vision.store.tables import ID_LENGTH, Base, id_column, now, owner_column
from vision.store.wording import Words


class FieldSetRow(Base):
    """``hidden``: not in the list, because it was deleted or never saved by hand; its versions stay for results."""

    __tablename__ = "field_set"

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    hidden: Mapped[bool] = mapped_column(default=False)
    created: Mapped[dt.datetime] = mapped_column(default=now)


class FieldSetVersionRow(Base):
    """What a set was at one time, never changed: ``definition`` is the schema that ``vision.fields.schema`` makes of
    it, ``sha256`` that of the same as text."""

    __tablename__ = "field_set_version"
    __table_args__ = (UniqueConstraint("field_set_id", "number"),)

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    field_set_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("field_set.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    name: Mapped[str] = mapped_column(Words)
    definition: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    created: Mapped[dt.datetime] = mapped_column(default=now)
