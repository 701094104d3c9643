"""The one JSON document in what a model wrote: code fences, chatter and commas too many are looked past, nothing else.

Hostile text: whatever comes, it is a value or a ``NotJson``, in time linear in its length.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

_BEGINS = re.compile(r'[{\[]\s*(?=["\]}{\[])')  # what a JSON document begins like; "{the total}" does not
_MANY = 20
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotJson(ValueError):
    """``str(error)`` says in words what is the matter, for the repair turn and the person."""


def one_document(text: str) -> Any:
    """The object or list in ``text``. Fractions are Decimals, so that 1.10 stays 1.10.

    Raises NotJson where there is none, where it does not end, and where several that differ leave a choice.
    """
    found: list[Any] = []
    for document in _documents(text):
        if document not in found:
            found.append(document)
        if len(found) > _MANY:
            raise NotJson("it holds many different JSON documents instead of one")
    # a model that thinks aloud writes lists such as ["vendor"] before its answer: objects go first
    objects = [one for one in found if isinstance(one, dict)]
    several = objects or found
    if not several:
        raise NotJson("there is no JSON in it")
    if len(several) > 1:
        raise NotJson(f"it holds {len(several)} different JSON documents instead of one")
    return several[0]


def begin(text: str) -> int | None:
    """Where the first document begins, whole or not."""
    match = _BEGINS.search(text)
    return match.start() if match else None


def decoded(text: str, start: int, *, exact: bool = True) -> tuple[Any, int]:
    """The value that begins at ``start`` and where it ends; fractions as Decimal when ``exact``, else as float. Raises
    NotJson."""
    try:
        return (_EXACT if exact else _PLAIN).raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise NotJson(f"its JSON breaks off or is wrong at character {error.pos + 1}: {error.msg}") from None
    except RecursionError:
        raise NotJson("its JSON is nested too deep") from None
    except NotJson:
        raise
    except ValueError:  # a number of thousands of digits
        raise NotJson("it holds a number that is too long") from None


def _documents(text: str) -> Iterator[Any]:
    """Each complete document. One that begins and does not end is an error: what stands inside it is no answer."""
    mended: str | None = None
    position = 0
    while match := _BEGINS.search(text, position):
        start = match.start()
        try:
            value, position = decoded(text if mended is None else mended, start)
        except NotJson:
            if mended is not None:
                raise
            mended = text[:start] + without_loose_commas(text[start:])
            value, position = decoded(mended, start)
        yield value


def without_loose_commas(text: str) -> str:
    """``text`` with a blank for each comma right before a closing bracket: [1, 2,] is written by many a model. Same
    length; strings stay as they are. ``text`` begins outside a string."""
    return _TOKEN.sub(lambda match: " " if match[0] == "," else match[0], text)


# A whole string, which is passed over, or a comma before a bracket.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s*[}\]])', re.DOTALL)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found and found[key] != value:
            raise NotJson(f'it gives "{key[:60]}" twice, with different values')
        found[key] = value
    return found


def _constant(word: str) -> Any:
    raise NotJson(f"{word} is no JSON value")


# strict=False: line breaks inside a string are meant as such, and cannot be read in another way.
_EXACT = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=Decimal, parse_constant=_constant, strict=False)
_PLAIN = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, strict=False)


def tidy(text: str) -> str:
    """Text that can be stored and shown: no half characters, no control characters but line breaks and tabs."""
    whole = _SURROGATE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(character for character in whole if character >= " " or character in "\n\t").replace("\x7f", "")
