"""Rules and what they find, in words. Names and values that people and models gave are shown short, in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from vision.fields.model import Path, Rule
from vision.fields.rule_problems import SCHEMES

LONGEST = 60


def rule_in_words(rule: Rule) -> str:
    """ "The amounts of all items add up to subtotal", for the list of rules on the page."""
    names = [_field(name) for name in rule.fields]
    target = _field(rule.target)
    if rule.kind == "sum":
        one = len(names) == 1
        return f"{_upper(_joined(names, ' and '))} {'adds' if one else 'add'} up to {target}"
    if rule.kind == "product":
        return f"{_upper(_joined(names, ' × '))} = {target}"
    if rule.kind == "range":
        return f"{_upper(_joined(names, ' and '))}: {range_words(rule)}"
    if rule.kind == "not_future":
        return f"{_upper(_joined(names, ' and '))}: not in the future"
    return f"{_upper(_joined(names, ' and '))}: valid as {scheme_words(rule.scheme)}"


def range_words(rule: Rule) -> str:
    """ "0 to 100", "at least 0", "at most 100"."""
    if rule.least is None:
        return f"at most {shown(rule.most)}" if rule.most is not None else "any number"
    return f"at least {shown(rule.least)}" if rule.most is None else f"{shown(rule.least)} to {shown(rule.most)}"


def scheme_words(scheme: str) -> str:
    """ "IBAN" for "iban"."""
    return SCHEMES.get(scheme, shown(scheme))


def named(path: Path) -> str:
    """ "the subtotal" for ("subtotal",), "the amount" for ("items", 0, "amount")."""
    names = [part for part in path if isinstance(part, str)]
    return f"the {shown(names[-1].replace('_', ' '))}"


def addends(values: Sequence[tuple[Path, Decimal]]) -> str:
    """ "the items add up to" for a whole column, "the net 40.00 and the tax 2.50 add up to" for single values."""
    columns = [tuple(part for part in path if isinstance(part, str)) for path, _ in values]
    count = Counter(columns)
    parts = {
        column: f"the {shown(column[0].replace('_', ' '))}" if count[column] > 1 else f"{named(path)} {amount(number)}"
        for column, (path, number) in zip(columns, values, strict=True)
    }
    alone = len(values) == 1
    return f"{_joined(list(dict.fromkeys(parts.values())), ' and ')} {'comes to' if alone else 'add up to'}"


def calculation(values: Sequence[tuple[Path, Decimal]]) -> str:
    """ "the quantity 3 × the price 1.50"."""
    return " × ".join(f"{named(path)} {shown(number)}" for path, number in values)


def amount(number: Decimal) -> str:
    """With two decimals at least, as money is written: 41.50."""
    plain = number.normalize()
    exponent = plain.as_tuple().exponent
    decimals = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{plain:.{decimals}f}"


def shown(value: object) -> str:
    """One line, not too long; 3 for 3.0."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _field(name: str) -> str:
    """ "amount of each of items" reads badly in a sum: "items (amount)"."""
    *above, last = name.split(".")
    words = shown(last.replace("_", " "))
    return f"{shown(' '.join(above).replace('_', ' '))} ({words})" if above else words


def _joined(parts: Sequence[str], last: str) -> str:
    return (
        last.join(parts) if last == " × " else last.join([", ".join(parts[:-1]), parts[-1]]) if parts[1:] else parts[0]
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
