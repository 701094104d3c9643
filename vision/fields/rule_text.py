"""Rules as JSON and back, so that a schema carries them ("x-rules") and nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, get_args, get_type_hints

from vision.fields.model import Rule

_KINDS: tuple[str, ...] = get_args(get_type_hints(Rule)["kind"])
_KEYS = frozenset({"kind", "fields", "target", "least", "most", "scheme", "on"})
SENTENCE = (
    'A rule in "x-rules" cannot be read: each needs "kind" (' + ", ".join(_KINDS) + ') and "fields", a list of names.'
)


def rule_json(rule: Rule) -> dict[str, Any]:
    """What differs from a rule's defaults; numbers as text, so that none is rounded."""
    found: dict[str, Any] = {"kind": rule.kind, "fields": list(rule.fields)}
    if rule.target:
        found["target"] = rule.target
    if rule.least is not None:
        found["least"] = str(rule.least)
    if rule.most is not None:
        found["most"] = str(rule.most)
    if rule.scheme:
        found["scheme"] = rule.scheme
    if not rule.on:
        found["on"] = False
    return found


def rule_of(data: Any) -> Rule | None:
    """The reverse; None if it is no rule."""
    if not isinstance(data, Mapping) or not _KEYS.issuperset(data) or data.get("kind") not in _KINDS:
        return None
    names, target, scheme, on = data.get("fields"), data.get("target", ""), data.get("scheme", ""), data.get("on", True)
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        return None
    if not isinstance(target, str) or not isinstance(scheme, str) or not isinstance(on, bool):
        return None
    try:
        least, most = number_of(data.get("least")), number_of(data.get("most"))
    except ValueError:
        return None
    return Rule(data["kind"], tuple(names), target, least, most, scheme, on)


def number_of(value: Any) -> Decimal | None:
    """A finite number from a JSON number or text, None for None. Raises ValueError."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal) or len(str(value)) > 60:
        raise ValueError("no number")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("no number") from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise ValueError("no number")
    return number
