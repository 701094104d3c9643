"""What makes a value doubtful, in which order, and in which words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.extraction.doubt import doubts, record_doubt
from vision.extraction.rules import Finding
from vision.extraction.signs import Sign, Signs
from vision.fields.model import Field, FieldSet, Kind, Path, Rule
from vision.fields.values import Doubt, Mark, Place, Reason, Support

SET = FieldSet(
    "Receipt",
    (
        Field("vendor", needed=True),
        Field("date", Kind.DATE),
        Field("total", Kind.MONEY, needed=True),
        Field("paid", Kind.YES_NO),
        Field("items", Kind.ROWS, fields=(Field("description"), Field("amount", Kind.MONEY))),
    ),
)
TOTAL: Path = ("total",)
SUM = Rule("sum", ("items.amount",), "total")


def marked(mark: Mark, confidence: float = 0.99) -> Support:
    places = () if mark is Mark.NOT_FOUND else (Place(0, (0, 0, 9, 9), "TOTAL  42.50", confidence),)
    return Support(mark, places)


READ, SIMILAR, NOT_FOUND = marked(Mark.READ), marked(Mark.SIMILAR), marked(Mark.NOT_FOUND)


def of_total(support: Support | None = READ, **known: Any) -> Doubt:
    found = doubts(SET, {"total": 42.5}, supports={} if support is None else {TOTAL: support}, **known)
    return next(one for one in found if one.path == TOTAL)


def test_one_for_each_value_in_the_order_of_the_fields() -> None:
    data = {"items": [{"amount": 2, "description": ""}, {"description": "Tea"}], "total": 42.5, "date": None}
    paths = [one.path for one in doubts(SET, data, supports={})]
    assert paths == [("total",), ("items", 0, "amount"), ("items", 1, "description")]


@pytest.mark.parametrize(
    ("known", "reason", "sentence"),
    [
        ({"support": NOT_FOUND}, Reason.NOT_FOUND, "Not found in the text read on this picture: check this."),
        ({"support": SIMILAR}, Reason.SIMILAR, "It is printed, but elsewhere: TOTAL 42.50."),
        ({"findings": [Finding(SUM, (TOTAL,), "It does not add up.")]}, Reason.RULE, "It does not add up."),
        ({"others": [{"total": 43}]}, Reason.DISAGREE, "Models disagree: the other one read 43."),
        ({"others": [{}]}, Reason.DISAGREE, "Models disagree: the other one read nothing."),
        ({"reader": {"total": 24.5}}, Reason.DISAGREE, "The on-device reader read 24.5."),
        ({"problems": {TOTAL: "This is no amount."}}, Reason.FORMAT, "This is no amount."),
        (
            {"support": marked(Mark.READ, 0.94)},
            Reason.FAINT,
            "Hard to read there: the reader itself is not sure of it.",
        ),
        ({"support": Support(None, (), "No text.")}, Reason.UNCHECKED, "No text."),
        ({"support": None}, Reason.UNCHECKED, "It was not compared with the picture."),
        (
            {"signs": {TOTAL: Signs(frozenset(), "43.00")}},
            Reason.SIMILAR,
            "Another value is printed that fits as well: 43.00.",
        ),
    ],
)
def test_each_reason_has_its_sentence_and_raises_the_doubt(
    known: dict[str, Any], reason: Reason, sentence: str
) -> None:
    found = of_total(**known)
    assert found.reasons == ((reason, sentence),)
    assert found.score > of_total().score


def test_what_was_read_on_the_picture_needs_no_reason() -> None:
    assert of_total().reasons == ()
    assert of_total().score <= 0.01


def test_nothing_is_said_of_what_cannot_be_on_the_picture() -> None:
    (found,) = doubts(SET, {"paid": True}, supports={("paid",): Support(None)})
    assert found.reasons == ()


def test_what_is_missing_comes_with_the_values() -> None:
    found = doubts(SET, {"vendor": "A", "total": None}, supports={}, missing=[TOTAL])
    assert [(one.path, one.reasons[0]) for one in found if one.path == TOTAL] == [
        (TOTAL, (Reason.MISSING, "Needed, and not found."))
    ]


def test_what_only_the_other_model_found_is_told() -> None:
    found = doubts(SET, {"total": 1}, supports={}, others=[{"total": 1, "date": "2026-01-02"}])
    assert (("date",), ((Reason.DISAGREE, "Models disagree: the other one read 2026-01-02."),)) in [
        (one.path, one.reasons) for one in found
    ]


def test_the_strongest_reason_comes_first() -> None:
    known = {"findings": [Finding(SUM, (TOTAL,), "It does not add up.")], "others": [{"total": 43}]}
    reasons = [reason for reason, _ in of_total(NOT_FOUND, **known).reasons]
    assert reasons == [Reason.NOT_FOUND, Reason.RULE, Reason.DISAGREE]


def test_the_marks_are_in_order() -> None:
    scores = [of_total(support).score for support in (READ, SIMILAR, NOT_FOUND)]
    assert scores == sorted(scores)


@pytest.mark.parametrize(
    "speaking",
    [
        {"others": [{"total": 42.50}]},
        {"reader": {"total": 42.5}},
        {"holding": [Finding(SUM, (TOTAL,), "")]},
        {"signs": {TOTAL: Signs(frozenset({Sign.PAID}))}},
    ],
)
def test_what_speaks_for_a_value_lowers_its_doubt_but_not_that_it_is_malformed(speaking: dict[str, Any]) -> None:
    assert of_total(SIMILAR, **speaking).score < of_total(SIMILAR).score
    malformed: dict[str, Any] = {"problems": {TOTAL: "This is no amount."}}
    assert of_total(READ, **malformed, **speaking).score >= 0.9


def test_that_the_reader_found_nothing_says_nothing() -> None:
    assert of_total(reader={}).score == of_total().score


@pytest.mark.parametrize(("support", "told"), [(READ, False), (SIMILAR, True), (NOT_FOUND, True)])
def test_the_readers_choice_of_text_says_something_only_where_the_given_one_is_not_printed(
    support: Support, told: bool
) -> None:
    supports: dict[Path, Support] = {("vendor",): support}
    (found,) = doubts(SET, {"vendor": "Bakery"}, supports=supports, reader={"vendor": "Bakery Ltd, High Street"})
    assert (Reason.DISAGREE in {reason for reason, _ in found.reasons}) is told


def test_the_readers_own_text_is_no_second_witness_for_it() -> None:
    assert of_total(own=True).score > of_total().score
    assert of_total(own=True, reader={"total": 42.5}).score == of_total(own=True).score


def test_every_kind_of_rule_and_every_mark_has_its_number() -> None:
    for kind in ("sum", "product", "range", "not_future", "check_digits"):
        assert of_total(findings=[Finding(Rule(kind, ("total",)), (TOTAL,), "No.")]).score > 0.3
    for field_kind in (kind for kind in Kind if kind not in (Kind.ROWS, Kind.GROUP)):
        one = FieldSet("One", (Field("x", field_kind),))
        for support in (READ, SIMILAR, NOT_FOUND, marked(Mark.READ, 0.5)):
            for own in (False, True):
                (found,) = doubts(one, {"x": "1"}, supports={("x",): support}, own=own)
                assert 0 < found.score < 1


def test_a_long_sum_accuses_each_of_its_parts_less() -> None:
    paths = tuple(("items", number, "amount") for number in range(30))
    long = of_total(findings=[Finding(SUM, (*paths, TOTAL), "No.")])
    short = of_total(findings=[Finding(SUM, (*paths[:2], TOTAL), "No.")])
    assert of_total().score < long.score < short.score


def test_extra_sources_never_break_on_what_they_hold() -> None:
    for other in ({"items": "x"}, {"items": [None, 3]}, {"total": {"a": 1}}, {"total": float("nan")}):
        assert of_total(others=[other], reader=other).path == TOTAL


scores = st.lists(st.floats(0, 1), max_size=30)


@given(scores, st.floats(0, 1))
def test_a_record_is_between_0_and_1_and_more_doubtful_with_one_more_doubt(some: list[float], more: float) -> None:
    before = record_doubt(Doubt((str(number),), score) for number, score in enumerate(some))
    after = record_doubt(Doubt((str(number),), score) for number, score in enumerate([*some, more]))
    assert 0 <= before <= after + 1e-12 <= 1 + 1e-9


@given(st.lists(st.floats(0, 0.5), max_size=30))
def test_one_bad_value_outweighs_many_middling_ones(some: list[float]) -> None:
    many = record_doubt(Doubt((str(number),), score) for number, score in enumerate(some))
    assert record_doubt([Doubt(("x",), 0.7)]) > many
