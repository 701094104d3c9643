"""Two runs over the same pictures, item by item: where their answers differ. Text counts as the same but for case and
spaces, values as ``vision.extraction.comparing`` has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vision.batch.cells import cell
from vision.extracting.showing import name_in_words
from vision.extraction.comparing import differing as differing_values
from vision.fields.model import FieldSet
from vision.store import OwnedStore
from vision.store.batch_records import Line
from vision.store.extract_records import RecordState

_ENDED = frozenset({RecordState.DONE, RecordState.FAILED, RecordState.INTERRUPTED, RecordState.STOPPED})


def differ(one: Line, other: Line, fields: FieldSet) -> bool:
    """Whether two items of the same picture came to something else: both ended, and one only was answered, or both
    otherwise. What is still to come differs from nothing."""
    if not {one.state, other.state} <= _ENDED:
        return False
    answered = [each.state is RecordState.DONE for each in (one, other)]
    if not all(answered):
        return any(answered)
    if fields.fields:
        return bool(differing_values(fields, one.data, other.data))
    return _plain(one.text) != _plain(other.text)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def pairs(ones: Iterable[Line], others: Iterable[Line]) -> Iterator[tuple[Line, Line]]:
    """Lines of one position, both in order; what only one run has is left out."""
    rest = iter(others)
    other = next(rest, None)
    for one in ones:
        while other is not None and other.position < one.position:
            other = next(rest, None)
        if other is None:
            return
        if other.position == one.position:
            yield one, other


def differing_positions(owned: OwnedStore, run_id: str, other_id: str, fields: FieldSet) -> tuple[int, ...]:
    """The positions at which two runs differ, in order. Raises NotThere."""
    found = pairs(owned.all_lines(run_id), owned.all_lines(other_id))
    return tuple(one.position for one, other in found if differ(one, other, fields))


def both_words(one: Line, other: Line, fields: FieldSet) -> tuple[str, str]:
    """What each came to, as cells beside each other; of values only those that differ."""
    names: tuple[str, ...] = ()
    if fields.fields and one.state is other.state is RecordState.DONE:
        names = tuple(dict.fromkeys(str(path[0]) for path in differing_values(fields, one.data, other.data)))
    return _words(one, fields, names), _words(other, fields, names)


def _words(line: Line, fields: FieldSet, names: tuple[str, ...]) -> str:
    if line.state is not RecordState.DONE:
        return f"({line.sentence or line.state.value})"
    if not fields.fields:
        return " ".join(line.text.split())
    shown = [one for one in fields.fields if not names or one.name in names]
    return "; ".join(f"{name_in_words(one.name)}: {cell(one, line.data.get(one.name)) or 'nothing'}" for one in shown)
