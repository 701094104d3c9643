"""What is printed elsewhere on a paper speaks for a date or a total, or names another that fits as well."""

from __future__ import annotations

from typing import Any

import pytest

from vision.extraction.signs import Sign, Signs, signs
from vision.fields.model import Field, FieldSet, Kind
from vision.reader.reading import Quad, Reading, arrange

SET = FieldSet(
    "Receipt",
    (
        Field("date", Kind.DATE),
        Field("total", Kind.MONEY),
        Field("vendor"),
        Field("tip", Kind.MONEY),
        Field("items", Kind.ROWS, fields=(Field("total", Kind.MONEY),)),
    ),
)
PLAIN = ("Corner Shop", "Tea  2.00", "Cake  3.50", "Bread  4.00")


def paper(*rows: str) -> Reading:
    """Rows of text, two spaces between what stands apart."""
    pieces: list[tuple[str, Quad, float]] = []
    for number, row in enumerate(rows):
        for place, text in enumerate(row.split("  ")):
            x, y, wide = 20.0 + 300 * place, 20.0 + 40 * number, 11.0 * len(text)
            pieces.append((text, ((x, y), (x + wide, y), (x + wide, y + 20), (x, y + 20)), 0.99))
    return arrange(pieces, (), (800, 40 + 40 * len(rows)))


def of(data: dict[str, Any], *rows: str) -> Signs:
    (found,) = signs(SET, data, [paper(*rows)]).values()
    return found


@pytest.mark.parametrize(
    ("rows", "sign"),
    [
        (("TOTAL  9.50", "CASH  10.00", "CHANGE  0.50"), Sign.PAID),
        (("TOTAL  9.50", "VISA  9.50"), Sign.PAID),
        (("SUBTOTAL  9.00", "TAX  0.50", "TOTAL  9.50"), Sign.ADDS_UP),
        ((*PLAIN, "TOTAL  9.50"), Sign.ADDS_UP),
        (("TOTAL  9.50", "ROUNDED TOTAL  9.50"), Sign.REPEATED),
        (("TOTAL  9.50",), Sign.LABELLED),
    ],
)
def test_what_speaks_for_a_total(rows: tuple[str, ...], sign: Sign) -> None:
    assert sign in of({"total": 9.5}, *rows).found


@pytest.mark.parametrize(
    "rows",
    [
        ("TOTAL  9.50", "CASH  10.00", "CHANGE  0.50"),
        ("SUBTOTAL  9.00", "TAX  0.50", "TOTAL  9.50"),
        (*PLAIN, "TOTAL  9.50"),
    ],
)
@pytest.mark.parametrize("wrong", [9.0, 9.6, 95.0, 10.0, 0.5])
def test_nothing_speaks_for_another_amount(rows: tuple[str, ...], wrong: float) -> None:
    assert not of({"total": wrong}, *rows).found & {Sign.PAID, Sign.REPEATED, Sign.ADDS_UP}


def test_a_total_that_is_not_the_one_printed_has_that_one_as_rival() -> None:
    assert of({"total": 8.5}, "TOTAL  9.50").rival == "9.50"
    assert of({"total": 9.5}, "TOTAL  9.50").rival == ""


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (("Shop", "Date: 03/11/2026"), {Sign.LABELLED, Sign.ALONE}),
        (("Shop", "03/11/2026 14:05"), {Sign.TIMED, Sign.ALONE}),
        (("03/11/2026", "Shop", "2026-11-03"), {Sign.REPEATED, Sign.ALONE}),
        (("03/11/2026", "Shop", "Printed 04/12/2026"), set()),
    ],
)
def test_what_speaks_for_a_date(rows: tuple[str, ...], found: set[Sign]) -> None:
    assert of({"date": "2026-11-03"}, *rows).found == found


def test_another_date_in_the_same_role_is_a_rival() -> None:
    assert of({"date": "2026-11-03"}, "Date: 04/11/2026", "03/11/2026").rival == "2026-11-04"


def test_only_dates_and_totals_of_the_paper_itself_have_signs() -> None:
    data = {"vendor": "Shop", "tip": 9.5, "items": [{"total": 9.5}], "total": "9.5", "date": "soon"}
    assert signs(SET, data, [paper("TOTAL  9.50", "Date: 03/11/2026")]) == {}
