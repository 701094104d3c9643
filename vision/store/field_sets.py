"""Saved sets of fields: seen by everybody of the installation, versioned, never changed once a result may name them."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from vision.errors import NotThere
from vision.fields.model import FieldSet
from vision.fields.problems import FieldsInvalid, check
from vision.fields.schema import from_schema, to_schema
from vision.store.field_records import StoredSet
from vision.store.field_tables import FieldSetRow, FieldSetVersionRow
from vision.store.owned import Owned
from vision.store.tables import OwnerRow

NO_SUCH_SET = "This set of fields is no longer there: choose another one."


class OwnedFieldSets(Owned):
    def save_set(self, fields: FieldSet, set_id: str | None = None) -> StoredSet:
        """A new set, or a new version of ``set_id`` if anything differs from its newest one (else that one).

        Raises FieldsInvalid, and NotThere for a set that is not or no longer in the list."""
        _usable(fields)
        with self._writing() as session:
            if set_id is None:
                return self._new_set(session, fields, hidden=False)
            rows = select(FieldSetRow.id).where(FieldSetRow.id == set_id, FieldSetRow.hidden.is_(False))
            if session.scalars(rows.with_for_update()).one_or_none() is None:
                raise NotThere(NO_SUCH_SET)
            newest = _newest(session, set_id)
            if newest.sha256 == _sha256(fields):
                return _stored(newest)
            return self._new_version(session, set_id, newest.number + 1, fields)

    def version_of(self, fields: FieldSet) -> StoredSet:
        """The version that is exactly ``fields``, for a result to name: the newest saved one, else one that is kept out
        of the list (a ready set, a schema from a file). Raises FieldsInvalid."""
        _usable(fields)
        rows = (
            select(FieldSetVersionRow)
            .join(FieldSetRow, FieldSetRow.id == FieldSetVersionRow.field_set_id)
            .where(FieldSetVersionRow.sha256 == _sha256(fields))
            .order_by(FieldSetRow.hidden, FieldSetVersionRow.created.desc(), FieldSetVersionRow.id)
        )
        with self._reading() as session:
            if found := session.scalars(rows).first():
                return _stored(found)
        with self._writing() as session:
            found = session.scalars(rows).first()  # somebody else may have been first
            return _stored(found) if found else self._new_set(session, fields, hidden=True)

    def sets(self) -> tuple[StoredSet, ...]:
        """The newest version of every set in the list, by name; of all owners."""
        newest = (
            select(FieldSetVersionRow.field_set_id, func.max(FieldSetVersionRow.number).label("number"))
            .group_by(FieldSetVersionRow.field_set_id)
            .subquery()
        )
        rows = (
            select(FieldSetVersionRow)
            .join(FieldSetRow, FieldSetRow.id == FieldSetVersionRow.field_set_id)
            .join(
                newest,
                (newest.c.field_set_id == FieldSetVersionRow.field_set_id)
                & (newest.c.number == FieldSetVersionRow.number),
            )
            .where(FieldSetRow.hidden.is_(False))
        )
        with self._reading() as session:
            found = [_stored(row) for row in session.scalars(rows)]
        return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.created, one.id)))

    def set_version(self, version_id: str) -> StoredSet:
        """Any version, also of a set that is deleted. Raises NotThere."""
        with self._reading() as session:
            row = session.get(FieldSetVersionRow, version_id)
            if row is None:
                raise NotThere(NO_SUCH_SET)
            return _stored(row)

    def set_versions(self, set_id: str) -> tuple[StoredSet, ...]:
        """Every version of a set, newest first; () for one that is not there."""
        rows = select(FieldSetVersionRow).where(FieldSetVersionRow.field_set_id == set_id)
        with self._reading() as session:
            return tuple(_stored(row) for row in session.scalars(rows.order_by(FieldSetVersionRow.number.desc())))

    def delete_set(self, set_id: str) -> None:
        """Takes it off everybody's list; its versions stay, for the results that name them. Raises NotThere."""
        with self._writing() as session:
            row = session.get(FieldSetRow, set_id)
            if row is None or row.hidden:
                raise NotThere(NO_SUCH_SET)
            row.hidden = True

    def _new_set(self, session: Session, fields: FieldSet, *, hidden: bool) -> StoredSet:
        row = FieldSetRow(owner=self.owner, hidden=hidden)
        session.add(row)
        session.flush()
        return self._new_version(session, row.id, 1, fields)

    def _new_version(self, session: Session, set_id: str, number: int, fields: FieldSet) -> StoredSet:
        row = FieldSetVersionRow(
            owner=self.owner,
            field_set_id=set_id,
            number=number,
            name=fields.name,
            definition=to_schema(fields),
            sha256=_sha256(fields),
        )
        session.add(row)
        session.flush()
        return _stored(row)

    def _hand_over_sets(self, session: Session) -> None:
        """Before all rows of this owner go: the sets that others use too become those of whoever is here longest. With
        nobody else here they go with the rest."""
        others = select(OwnerRow.owner).where(OwnerRow.owner != self.owner).order_by(OwnerRow.created, OwnerRow.owner)
        heir = session.scalars(others).first()
        if heir is not None:
            for table in (FieldSetRow, FieldSetVersionRow):
                session.execute(update(table).where(table.owner == self.owner).values(owner=heir))


def _usable(fields: FieldSet) -> None:
    if problems := check(fields):
        raise FieldsInvalid(problems)


def _newest(session: Session, set_id: str) -> FieldSetVersionRow:
    rows = select(FieldSetVersionRow).where(FieldSetVersionRow.field_set_id == set_id)
    return session.scalars(rows.order_by(FieldSetVersionRow.number.desc()).limit(1)).one()


def _sha256(fields: FieldSet) -> str:
    """The order of fields counts; that of keywords is always the same."""
    text = json.dumps(to_schema(fields), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _stored(row: FieldSetVersionRow) -> StoredSet:
    fields = from_schema(row.definition)
    return StoredSet(row.field_set_id, row.name, row.number, row.id, fields, row.owner, row.created)
