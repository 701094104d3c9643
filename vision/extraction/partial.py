"""What is whole in an answer that was cut off, and how a list given in parts is put together again.

Only the top is looked into: a field is there whole or not at all, but of a list of rows that was cut off all whole rows
are kept. A number or a word that the text ends with is not whole: 12 may have been going to be 120.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from vision.extraction.parsing import NotJson, begin, decoded, tidy
from vision.extraction.prompting import CONTEXT_ROWS
from vision.fields.model import Field, Kind
from vision.messages import Json
from vision.reader.text import squashed

_SPACE = re.compile(r"\s*")


def whole_rows(text: str, fields: tuple[Field, ...]) -> Json | None:
    """The complete values among ``fields`` in a text that may be cut off anywhere; None when there are none. Raw, for
    ``judging.judge_data``. A list of rows may be shorter than it was going to be: see ``unfinished``."""
    found, _ = _read(text, fields)
    return found or None


def unfinished(text: str, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields that are still to be asked for: a list of rows that was cut off, and what did not come at all. None
    when the text is whole: what is not in that is absent."""
    found, cut = _read(text, fields)
    if cut is None:
        return ()
    return tuple(field for field in fields if field.name not in found or field.name == cut)


def _read(text: str, fields: tuple[Field, ...]) -> tuple[dict[str, Any], str | None]:
    """The complete values, and the name at which the text ends ("" between two); None when it is whole."""
    start = begin(text)
    if start is None or text[start] != "{":
        return {}, ""
    rows = {field.name for field in fields if field.kind is Kind.ROWS}
    wanted = {squashed(field.name) or field.name: field.name for field in fields}
    wanted |= {field.name: field.name for field in fields}
    found: dict[str, Any] = {}
    key = ""  # of the value that is being read
    try:
        at = _after(text, start + 1)
        while text[at : at + 1] != "}":
            name, at = decoded(text, at)
            if not isinstance(name, str):
                break
            key = wanted.get(name) or wanted.get(squashed(name), "")
            if key in found:
                raise NotJson("it gives a value twice")
            at = _after(text, _expect(text, _after(text, at), ":"))
            if key in rows and text[at : at + 1] == "[":
                at = _rows(text, at, found.setdefault(key, []))
            else:
                value, at = _whole(text, at)
                if key:
                    found[key] = value
            key, at = "", _after(text, at)
            if text[at : at + 1] == "}":
                return found, None
            at = _after(text, _expect(text, at, ","))
        else:
            return found, None
    except NotJson:
        if found.get(key) == []:
            del found[key]  # a list that was cut off before its first row says nothing
    return found, key


def _rows(text: str, at: int, kept: list[Any]) -> int:
    """Puts each whole row of the list that begins at ``at`` into ``kept``. Raises NotJson where the text ends in it."""
    at = _after(text, at + 1)
    while text[at : at + 1] != "]":
        row, at = _whole(text, at)
        kept.append(row)
        at = _after(text, at)
        if text[at : at + 1] != "]":
            at = _after(text, _expect(text, at, ","))
    return at + 1


def _whole(text: str, at: int) -> tuple[Any, int]:
    """A value that is certainly complete: closed by its own bracket or quote, or by what stands behind it."""
    value, end = decoded(text, at, exact=False)
    if not isinstance(value, str | dict | list) and text[_after(text, end) :][:1] not in (",", "}", "]"):
        raise NotJson("it breaks off in a value")
    return value, end


def _after(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _expect(text: str, at: int, sign: str) -> int:
    if text[at : at + 1] != sign:
        raise NotJson("it breaks off")
    return at + 1


def merge_rows(before: Sequence[Json], after: Sequence[Json]) -> list[Json]:
    """``before`` and what came to ``prompting.rows_after`` as one list. The rows that were to come again are taken out
    once, also where the document really has equal rows one after the other; so is a whole list given from its start."""
    return [*before, *after[_repeated(before, after) :]]


def _repeated(before: Sequence[Json], after: Sequence[Json]) -> int:
    """How many of ``after``'s first rows are there already."""
    old, new = [_key(row) for row in before], [_key(row) for row in after]
    asked = min(CONTEXT_ROWS, len(old))
    likely = [asked, len(old), *range(min(len(old), len(new)), 0, -1)]
    return next((count for count in likely if count and new[:count] == old[-count:]), 0)


def _key(value: Any) -> Any:
    """Equal for rows that say the same: null is not there, 12.0 is 12, and case and spaces do not matter."""
    if isinstance(value, dict):
        return tuple(sorted((str(name), _key(one)) for name, one in value.items() if one not in (None, "", [])))
    if isinstance(value, list):
        return tuple(_key(one) for one in value)
    if isinstance(value, str):
        return "text", "".join(tidy(value).split()).casefold()
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return "number", str(Decimal(str(value)).normalize())
    return type(value).__name__, str(value)
