"""Any sane JSON Schema as a set of fields. What it says besides type and name goes into the meaning, in words, so that
the model still hears it; what cannot be said with fields is refused at the field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from vision.fields.model import DateOrder, Decimals, Field, FieldSet, Kind, Rule
from vision.fields.problems import MOST_DEPTH, MOST_FIELDS, FieldsInvalid, Problem, check
from vision.fields.rule_text import SENTENCE, number_of, rule_of
from vision.fields.schema_nodes import Node, Refused, items_of, plain, type_of
from vision.fields.schema_words import kind_of, meaning_of, number_choices

UNNAMED = "My fields"
_WRAPPERS = ("schema", "json_schema", "input_schema", "parameters")


def from_schema(schema: Mapping[str, Any], name: str = "") -> FieldSet:
    """The set that ``schema`` describes; its ``title`` is the name, else ``name``. Needed is what ``required`` lists
    and may not be null (OpenAI's strict form lists all, and writes optional as null). Raises FieldsInvalid."""
    root = unwrapped(schema)
    reading = _Reading(root)
    fields = reading.top()
    title = reading.said("title") or str(root.get("$ref", "")).rpartition("/")[2]
    named = title if title.strip() else name.strip() or UNNAMED
    made = FieldSet(
        named,
        fields,
        cast(DateOrder, reading.one_of("x-date-order", ("day", "month"))),
        cast(Decimals, reading.one_of("x-decimals", ("auto", "point", "comma"))),
        reading.said("x-instruction") or reading.said("description"),
        (*reading.rules, *reading.stated_rules()),
    )
    problems = tuple(reading.problems) or check(made)
    if problems:
        raise FieldsInvalid(problems)
    return made


def unwrapped(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself where it comes as one of the services takes it: under "schema", with "name" and "strict"."""
    for _ in range(3):
        inner = next((schema[key] for key in _WRAPPERS if isinstance(schema.get(key), Mapping)), None)
        if inner is None or "properties" in schema or "$ref" in schema:
            break
        schema = inner
    return schema


class _Reading:
    """One schema being read: what was found wrong, and the ranges it states."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = self.words = root
        self.problems: list[Problem] = []
        self.rules: list[Rule] = []
        self.count = 0

    def top(self) -> tuple[Field, ...]:
        try:
            node = plain(self.root, self.root)
        except Refused as refused:
            self.problems.append(Problem("", f"The schema cannot be read. {refused}"))
            return ()
        self.words = node.keywords
        if node.kind != "object":
            what = "a list" if node.kind == "array" else f"one {node.kind}"
            sentence = f"The schema describes {what}: put it into an object, as a property with a name."
            self.problems.append(Problem("", sentence))
            return ()
        return self._fields(node, "", 1)

    def _fields(self, node: Node, above: str, depth: int) -> tuple[Field, ...]:
        properties = node.keywords.get("properties")
        if not isinstance(properties, Mapping) or not properties:
            sentence = "It has no properties: say which fields it holds."
            self.problems.append(Problem(above.rstrip("."), sentence))
            return ()
        required = node.keywords.get("required", [])
        needed = required if isinstance(required, list) else []
        missing = [name for name in needed if not isinstance(name, str) or name not in properties]
        if needed is not required or missing:
            sentence = 'What "required" lists is not among the properties: add it there, or take it off the list.'
            self.problems.append(Problem(above.rstrip("."), sentence))
        found: list[Field] = []
        for name, value in properties.items():
            self.count += 1
            if self.count > MOST_FIELDS:
                break
            field = self._field(name, value, (above, depth), needed=name in needed, followed=node.followed)
            found.extend(field)
        if self.count == MOST_FIELDS + 1:
            self.count += 1
            sentence = f"There are more than {MOST_FIELDS} fields: make two sets of them."
            self.problems.append(Problem("", sentence))
        return tuple(found)

    def _field(
        self, name: str, schema: Any, place: tuple[str, int], *, needed: bool, followed: frozenset[str]
    ) -> Iterator[Field]:
        above, depth = place
        full = f"{above}{name}"
        try:
            node = plain(schema, self.root, followed)
            inner = items_of(node, self.root) if node.kind == "array" else node
            kind, choices = kind_of(inner)
        except Refused as refused:
            self.problems.append(Problem(full, str(refused)))
            return
        many = node.kind == "array"
        if many and kind is Kind.GROUP:
            kind, many = Kind.ROWS, False
        fields: tuple[Field, ...] = ()
        if inner.kind == "object":
            if depth >= MOST_DEPTH:
                self.problems.append(Problem(full, f"This is nested too deep: {MOST_DEPTH} levels at most."))
                return
            fields = self._fields(inner, f"{full}.", depth + 1)
        self.rules.extend(self._range(full, inner))
        meaning = meaning_of(node, inner, name)
        yield Field(name, kind, meaning, needed and not node.null, many, choices, fields)

    def _range(self, name: str, node: Node) -> Iterator[Rule]:
        """minimum and maximum are a rule, so that a person sees it and can put it out of force."""
        if node.kind not in ("integer", "number") or number_choices(node):
            return
        try:
            least, most = (_stated(node.keywords.get(key)) for key in ("minimum", "maximum"))
        except ValueError:
            self.problems.append(Problem(name, "Its minimum or maximum is no number: correct it."))
            return
        if least is not None or most is not None:
            yield Rule("range", (name,), least=least, most=most)

    def one_of(self, key: str, words: tuple[str, ...]) -> str:
        said = self.words.get(key, words[0])
        if said in words:
            return str(said)
        self.problems.append(Problem("", f'"{key}" is one of {", ".join(words)}.'))
        return words[0]

    def said(self, key: str) -> str:
        said = self.words.get(key)
        return said if isinstance(said, str) else ""

    def stated_rules(self) -> Iterator[Rule]:
        stated = self.words.get("x-rules", [])
        found = [rule_of(one) for one in stated] if isinstance(stated, list) else [None]
        if None in found:
            self.problems.append(Problem("", SENTENCE))
        return (rule for rule in found if rule is not None)


def _stated(value: Any) -> Decimal | None:
    if value is not None and type_of(value) not in ("integer", "number"):
        raise ValueError("no number")
    return number_of(value)
