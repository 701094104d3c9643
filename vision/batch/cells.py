"""The items of a run as lines of a table, and one of them in full: cells in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from vision.batch.showing import asked_of, model_words
from vision.extracting.showing import name_in_words, value_text
from vision.fields.model import Field, FieldSet, Kind
from vision.messages import Attempt
from vision.models.catalog import READER, Catalogue
from vision.routing.estimating import usd
from vision.store.batch_records import Line
from vision.store.extract_records import RecordState, Run

_LINES: Mapping[RecordState, str] = MappingProxyType(
    {
        RecordState.WAITING: "· Waiting",
        RecordState.RUNNING: "▸ Asking",
        RecordState.DONE: "✓ Done",
        RecordState.FAILED: "✕ Failed",
        RecordState.STOPPED: "■ Stopped",
        RecordState.INTERRUPTED: "✕ Broke off",
        RecordState.SKIPPED: "– No picture",
    }
)
LINE_TEXT = 400  # characters of an answer or a reason in the table; the whole of it stands beside it
_FIRST, _LAST = ("Picture", "Name", "State"), ("Reason", "Model", "Price", "Seconds")
_WITH_REASON = frozenset(RecordState) - {RecordState.WAITING, RecordState.RUNNING, RecordState.DONE}
COLUMNS_OF_FIELDS = 12  # of the table; all of them stand beside it


def line_state(line: Line) -> str:
    """With a sign in front, so that no colour is needed."""
    if line.state is RecordState.DONE and line.outcome in ("cut_off", "max_tokens", "incomplete"):
        return "✓ Done, not whole"
    return _LINES[line.state]


def shown_fields(fields: FieldSet) -> tuple[Field, ...]:
    """The fields that have a column of their own; those with rows come to how many there are."""
    return fields.fields[:COLUMNS_OF_FIELDS]


def column(of: Field) -> str:
    """What the column of a field is called; no name of ours."""
    words = name_in_words(of.name)
    return f"{words} (read)" if words in (*_FIRST, *_LAST, "Answer") else words


def cell(of: Field, value: Any) -> str:
    """A value as the cell of a table."""
    if of.kind is Kind.ROWS:
        rows = len(value) if isinstance(value, Sequence) and not isinstance(value, str) else 0
        return f"{rows} row{'s' * (rows != 1)}" if rows else ""
    if of.kind is Kind.GROUP:
        data = value if isinstance(value, Mapping) else {}
        return ", ".join(filter(None, (cell(one, data.get(one.name)) for one in of.fields)))
    if of.many:
        return ", ".join(value_text(of, each) for each in value) if isinstance(value, list | tuple) else ""
    return value_text(of, value)


def row(line: Line, fields: FieldSet, catalogue: Catalogue, picture: str) -> dict[str, str]:
    """A line as cells by column. ``picture`` is the address of its thumbnail."""
    done = line.state is RecordState.DONE
    shown: dict[str, str] = {"Picture": picture, "Name": line.name, "State": line_state(line)}
    if fields.fields:
        shown |= {column(one): cell(one, line.data.get(one.name)) for one in shown_fields(fields)}
    else:
        shown["Answer"] = _short(line.text) if done else ""
    shown["Reason"] = _short(line.sentence)
    shown["Model"] = model_words(line.model, catalogue)
    shown["Price"] = _price(line)
    shown["Seconds"] = f"{line.seconds:.1f}" if line.model else ""
    return shown


def columns(run: Run) -> tuple[str, ...]:
    """The columns of ``row``, in order; reasons only where something has one."""
    middle = [column(one) for one in shown_fields(run.fields)] if run.fields.fields else ["Answer"]
    incomplete = bool(run.fields.fields)  # a value that is needed and was not found is a reason, too
    reasons = incomplete or any(run.counts.get(state) for state in _WITH_REASON)
    last = _LAST if reasons else tuple(name for name in _LAST if name != "Reason")
    return tuple(dict.fromkeys((*_FIRST, *middle, *last)))


def both_names(run: Run, other: Run, catalogue: Catalogue) -> tuple[str, str]:
    """What the columns of two runs are called: by whom they were asked, or else by their order."""
    names = asked_of(run.choice, catalogue), asked_of(other.choice, catalogue)
    return names if names[0] != names[1] else ("This run", "The run before")


def difference_row(line: Line, picture: str, both: Mapping[str, str]) -> dict[str, str]:
    """A line with what both runs came to, by the names of their columns."""
    return {"Picture": picture, "Name": line.name, **{name: _short(words) for name, words in both.items()}}


def _price(line: Line) -> str:
    if not line.model:
        return ""
    if line.same_as:
        return "as above"
    return "free" if line.provider == READER else usd(line.cost_usd)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LINE_TEXT else line[: LINE_TEXT - 1] + "…"


def attempt_words(attempts: Iterable[Attempt], catalogue: Catalogue) -> tuple[str, ...]:
    """What was tried for one item, one line each: "Claude Haiku 5.5: complete, 2.1 s, $0.0012"."""
    return tuple(
        f"{model_words(one.model, catalogue)}: {one.sentence or one.outcome.replace('_', ' ')}"
        f" ({one.seconds:.1f} s, {'free' if one.provider == READER else usd(one.cost_usd)})"
        for one in attempts
    )
