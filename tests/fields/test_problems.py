"""What keeps a set from being used."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.fields.sets import HARD
from vision.fields.model import Field, FieldSet, Kind, Rule
from vision.fields.problems import FieldsInvalid, Problem, check
from vision.fields.rule_problems import SCHEMES
from vision.fields.rule_text import rule_json, rule_of

MONEY = Field("total", Kind.MONEY)
ROWS = Field("items", Kind.ROWS, fields=(Field("amount", Kind.MONEY), Field("count", Kind.WHOLE)))
BASE = FieldSet("Mine", (MONEY, ROWS, Field("day", Kind.DATE), Field("no", Kind.CODE), Field("who")))


def test_a_good_set_has_none() -> None:
    assert check(HARD) == check(BASE) == ()


@pytest.mark.parametrize(
    ("fields", "at", "words"),
    [
        (replace(BASE, name=" "), "", "Give the set a name"),
        (replace(BASE, name="a\nb"), "", "one line"),
        (replace(BASE, fields=()), "", "no field"),
        (replace(BASE, instruction="x" * 10_001), "", "too long"),
        (replace(BASE, instruction="\ud800"), "", "control characters"),
        (replace(BASE, fields=(MONEY, MONEY)), "total", "twice"),
        (replace(BASE, fields=(Field("a" * 65),)), "a" * 65, "64 characters"),
        (replace(BASE, fields=(Field(" a"),)), " a", "begins or ends"),
        (replace(BASE, fields=(Field("a/b"),)), "a/b", "letters, digits"),
        (replace(BASE, fields=(Field("a", fields=(MONEY,)),)), "a", "holds no other fields"),
        (replace(BASE, fields=(Field("a", Kind.ROWS, many=True, fields=(MONEY,)),)), "a", "list of rows"),
        (replace(BASE, fields=(Field("a", Kind.CHOICE, choices=(" x",)),)), "a", "begins or ends"),
        (replace(BASE, fields=(Field("a", Kind.CHOICE, choices=("x", "")),)), "a", "is empty"),
        (replace(BASE, fields=(Field("a", Kind.CHOICE, choices=tuple(map(str, range(501)))),)), "a", "500 choices"),
    ],
)
def test_a_set_that_cannot_be_used(fields: FieldSet, at: str, words: str) -> None:
    (problem,) = check(fields)
    assert problem.field == at
    assert words in problem.sentence


@pytest.mark.parametrize(
    ("rule", "at", "words"),
    [
        (Rule("sum", (), "total"), "", "which fields"),
        (Rule("sum", ("items.amount",)), "", "which fields"),
        (Rule("sum", ("items.price",), "total"), "items.price", "there is none"),
        (Rule("sum", ("items",), "total"), "items", "there is none"),
        (Rule("sum", ("who",), "total"), "who", "calculates"),
        (Rule("product", ("items.count", "total"), "items.amount"), "items.amount", "not of one row"),
        (Rule("range", ("total",)), "total", "without a lower"),
        (Rule("range", ("total",), least=Decimal(2), most=Decimal(1)), "total", "holds nothing"),
        (Rule("not_future", ("total",)), "total", "choose date"),
        (Rule("check_digits", ("day",), scheme="iban"), "day", "choose code"),
        (Rule("check_digits", ("no",), scheme="os.path"), "no", "not known"),
    ],
)
def test_a_rule_that_does_not_fit(rule: Rule, at: str, words: str) -> None:
    (problem,) = check(replace(BASE, rules=(rule,)))
    assert problem.field == at
    assert words in problem.sentence


def test_rules_that_fit() -> None:
    rules = (
        Rule("sum", ("items.amount", "total"), "total"),
        Rule("product", ("items.count", "items.amount"), "items.amount"),
        Rule("range", ("items.count",), least=Decimal(0)),
        Rule("not_future", ("day",)),
        Rule("check_digits", ("no", "who"), scheme="iban"),
    )
    assert check(replace(BASE, rules=rules)) == ()
    assert tuple(rule_of(rule_json(rule)) for rule in rules) == rules
    assert [problem.sentence for problem in check(replace(BASE, rules=rules * 21))] == [
        "There are 105 rules; 100 at most."
    ]


@pytest.mark.parametrize(
    "data",
    [
        *(None, [], "sum", {}, {"kind": "sum"}, {"kind": ["sum"], "fields": ["a"]}, {"kind": "sum", "fields": "a"}),
        *({"kind": "sum", "fields": [1]}, {"kind": "sum", "fields": ["a"], "target": 1}),
        *({"kind": "range", "fields": ["a"], "least": one} for one in ("x", "NaN", "Infinity", "1e999", True, [1])),
        *({"kind": "sum", "fields": ["a"], "more": 1}, {"kind": "sum", "fields": ["a"], "on": "yes"}),
    ],
)
def test_what_is_no_rule(data: object) -> None:
    assert rule_of(data) is None


def test_every_way_to_check_digits_is_there() -> None:
    for scheme in SCHEMES:
        module = __import__(f"stdnum.{scheme}", fromlist=["is_valid"])
        assert callable(module.is_valid)
        assert not module.is_valid("Alder & Finch")


def test_problems_are_said_in_one_sentence_each() -> None:
    error = FieldsInvalid(tuple(Problem(f"f{number}", "Wrong.") for number in range(7)))
    assert str(error) == "f0: Wrong. f1: Wrong. f2: Wrong. f3: Wrong. f4: Wrong. And 2 more."
    assert error.outcome == "bad_fields"
