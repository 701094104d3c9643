"""Sets to test with, and a hypothesis strategy that makes every kind of good one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from vision.fields.model import HOLDERS, NUMBERS, Field, FieldSet, Kind, Rule, leaves
from vision.fields.problems import check
from vision.fields.rule_problems import SCHEMES

SHORTHAND = (
    '{"vendor": "string", "date": "YYYY-MM-DD", "total": "number", '
    '"items": [{"description": "string", "amount": "number"}]}'
)
HARD = FieldSet(
    "Delivery note",
    (
        Field("sender", Kind.GROUP, "Who sends it", True, fields=(Field("name", needed=True), Field("town"))),
        Field("state", Kind.CHOICE, "Ticked at the top", choices=("open", "1,5 l", 'so "called"')),
        Field("phones", Kind.PHONE, many=True),
        Field(
            "items",
            Kind.ROWS,
            "One row per article",
            True,
            fields=(
                Field("amount", Kind.MONEY, needed=True),
                Field("parts", Kind.ROWS, fields=(Field("code", Kind.CODE), Field("at", Kind.TIME))),
            ),
        ),
        Field("total", Kind.MONEY, "After tax", True),
    ),
    "month",
    "comma",
    "Stamps count.",
    (
        Rule("sum", ("items.amount",), "total"),
        Rule("range", ("total",), least=Decimal("0.10"), most=Decimal("1E+3"), on=False),
        Rule("check_digits", ("items.parts.code",), scheme="ean"),
    ),
)

_NAMES = st.text("abcXYZ019 -_äß金ा", min_size=1, max_size=12).filter(
    lambda name: name == name.strip() and not name.isdecimal()
)
_WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40)
_LINES = st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t"), max_size=40)
_CHOICES = st.lists(
    _WORDS.map(str.strip).filter(bool), min_size=1, max_size=4, unique=True
).map(tuple)  # fmt: skip


def _fields(depth: int) -> st.SearchStrategy[tuple[Field, ...]]:
    return st.lists(_field(depth), min_size=1, max_size=4, unique_by=lambda field: field.name).map(tuple)


@st.composite
def _field(draw: st.DrawFn, depth: int) -> Field:
    kind = draw(st.sampled_from([kind for kind in Kind if depth < 3 or kind not in HOLDERS]))
    field = Field(draw(_NAMES), kind, draw(_LINES), draw(st.booleans()))
    if kind in HOLDERS:
        return replace(field, fields=draw(_fields(depth + 1)))
    return replace(field, many=draw(st.booleans()), choices=draw(_CHOICES) if kind is Kind.CHOICE else ())


@st.composite
def _rules(draw: st.DrawFn, fields: tuple[Field, ...]) -> tuple[Rule, ...]:
    named = [(".".join(names), field.kind) for names, field in leaves(fields)]
    numbers = [name for name, kind in named if kind in NUMBERS]
    codes = [name for name, kind in named if kind is Kind.CODE]
    days = [name for name, kind in named if kind is Kind.DATE]
    ends = st.none() | st.decimals(-10_000, 10_000, places=2)
    found = []
    if numbers:
        some = st.lists(st.sampled_from(numbers), min_size=1, max_size=3).map(tuple)
        found.append(Rule("sum", draw(some), draw(st.sampled_from(numbers)), on=draw(st.booleans())))
        least, most = draw(ends), draw(ends)
        found.append(Rule("range", draw(some), least=least, most=most))
    found += [Rule("check_digits", tuple(codes), scheme=draw(st.sampled_from(sorted(SCHEMES))))] if codes else []
    found += [Rule("not_future", tuple(days))] if days else []
    return tuple(found)


@st.composite
def _sets(draw: st.DrawFn) -> FieldSet:
    fields = draw(_fields(1))
    return FieldSet(
        draw(_WORDS.filter(lambda name: bool(name.strip()))),
        fields,
        draw(st.sampled_from(["day", "month"])),
        draw(st.sampled_from(["auto", "point", "comma"])),
        draw(_LINES),
        draw(_rules(fields)),
    )


SETS = _sets().filter(lambda made: not check(made))
