"""A place in a record's data: what stands there, the field it belongs to, the data with another value there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vision.errors import NotThere
from vision.fields.model import HOLDERS, Field, FieldSet, Kind, Path
from vision.messages import Json

NO_SUCH_PLACE = "This field is not in the set of fields: reload the page."


def field_at(set_: FieldSet, path: Path) -> Field:
    """The field that a value at ``path`` is of; for a list of rows, the list itself. Raises NotThere."""
    fields, found = set_.fields, None
    for part in path:
        if isinstance(part, int):
            continue
        found = next((one for one in fields if one.name == part), None)
        if found is None:
            raise NotThere(NO_SUCH_PLACE)
        fields = found.fields
    if found is None:
        raise NotThere(NO_SUCH_PLACE)
    return found


def value_of(data: Json, path: Path) -> Any:
    """What stands at ``path``, None where nothing does."""
    value: Any = data
    for part in path:
        if isinstance(part, int):
            value = value[part] if isinstance(value, list | tuple) and 0 <= part < len(value) else None
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    return value


def put(fields: tuple[Field, ...], data: Json, path: Path, value: Any) -> dict[str, Any]:
    """``data`` with ``value`` at ``path``; None takes it away (a needed one stays as null). A number one beyond the end
    of a list adds to it. Raises NotThere for a place that cannot be."""
    name, rest = path[0], path[1:]
    field = next((one for one in fields if one.name == name), None)
    if field is None:
        raise NotThere(NO_SUCH_PLACE)
    old = data.get(field.name)
    new = value if not rest else _inside(field, old, rest, value)
    changed = {key: each for key, each in data.items() if key != field.name}
    if new is None and not field.needed:
        return changed
    changed[field.name] = new
    order = [one.name for one in fields]
    return {key: changed[key] for key in sorted(changed, key=lambda key: order.index(key) if key in order else 999)}


def _inside(field: Field, old: Any, rest: Path, value: Any) -> Any:
    if isinstance(rest[0], int):
        return _in_list(field, list(old) if isinstance(old, list | tuple) else [], rest, value)
    if field.kind not in HOLDERS:
        raise NotThere(NO_SUCH_PLACE)
    return put(field.fields, old if isinstance(old, Mapping) else {}, rest, value) or None


def _in_list(field: Field, values: list[Any], rest: Path, value: Any) -> list[Any] | None:
    place, inner = int(rest[0]), rest[1:]
    if not 0 <= place <= len(values) or not (field.many or field.kind is Kind.ROWS):
        raise NotThere(NO_SUCH_PLACE)
    old = values[place] if place < len(values) else {}
    new = put(field.fields, old if isinstance(old, Mapping) else {}, inner, value) if inner else value
    if new is None:
        del values[place : place + 1]
    else:
        values[place : place + 1] = [new]
    return values or None


def is_list(field: Field) -> bool:
    return field.many or field.kind is Kind.ROWS


def empty_row(field: Field) -> dict[str, Any]:
    """A row to be filled in: what is needed in it is null."""
    return {one.name: None for one in field.fields if one.needed}
