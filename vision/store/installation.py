"""The one question about money that is asked across owners: what the whole installation has spent on a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from vision.store.caps import Counted
from vision.store.money_tables import SpendDayRow, SpendRunRow
from vision.store.pico import to_usd


def spent_by_everybody(session: Session, day: date) -> Counted:
    """Sums only: no owner, no question, no model leaves this function."""
    return counted(session, SpendDayRow, SpendDayRow.day == day)


def counted(session: Session, table: type[SpendDayRow] | type[SpendRunRow], *which: ColumnElement[bool]) -> Counted:
    """What the rows that ``which`` picks count for, added up."""
    sums = (table.cost, table.unknown_upper, table.reserved, table.boundless)
    row = session.execute(select(*(func.coalesce(func.sum(column), 0) for column in sums)).where(*which)).one()
    cost, unknown, reserved, boundless = map(int, row)
    return Counted(to_usd(cost + unknown), to_usd(reserved), boundless)
