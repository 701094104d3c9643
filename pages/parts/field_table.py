"""The fields as a table and as JSON: two views of one thing. Every good change is kept under an address of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import streamlit as st

from pages.parts.extract_state import Desk, put
from pages.parts.field_options import draw_options, draw_save
from pages.parts.saying import say
from pages.parts.session import mine
from vision.errors import LoupeError
from vision.extracting.setup import Chosen, keep_edited, rules_that_fit
from vision.fields.model import FieldSet, Kind
from vision.fields.problems import FieldsInvalid, Problem
from vision.fields.reading import read_fields
from vision.fields.schema import to_schema
from vision.fields.table import Row, from_rows, to_rows

OWN = "own"
OWN_NAME = "My fields"
_STATE = "field_table"  # what the table in the browser began with, and which set it has made since
SHOWN_PROBLEMS = 6
LEFT_OUT = "Rules that named a field that is gone are left out: {}."
KINDS = [kind.value for kind in Kind]
HELP = (
    "One row for each value. A list of rows (the lines of an invoice) is a row of its own; its columns stand below it "
    "with a dot: items, items.description, items.amount."
)
JSON_HELP = 'A JSON Schema, an example ({"total": 12.5}) or the short form ({"total": "number"}).'


def own_set() -> Chosen:
    """A set that has no field yet."""
    return Chosen(OWN, FieldSet(OWN_NAME, ()))


def draw_editor(state: Desk, chosen: Chosen) -> bool:
    """The fields to look at and to change; False while what stands in the table cannot be used."""
    opened = state.set == OWN or bool(st.session_state.get("editing"))
    with st.expander("Fields and rules", icon=":material/edit:", expanded=opened, key="field_editor"):
        table, as_json = st.tabs(["Table", "JSON"], key="field_views")
        generation = _generation(state.set, chosen.fields)
        keep = partial(_keep, state)
        with table:
            fine = _table(chosen, generation, keep)
        with as_json:
            _json(chosen, generation, state)
        draw_options(chosen.fields, generation, keep)
        draw_save(state, chosen, generation)
    return fine


def _generation(word: str, fields: FieldSet) -> int:
    """A new one, and so new widgets, whenever a set comes that was not made in them."""
    known = st.session_state.get(_STATE)
    if known is None or word not in known["words"]:
        number = 0 if known is None else known["number"] + 1
        rows = [asdict(row) for row in to_rows(fields)] or [asdict(Row(""))]
        known = st.session_state[_STATE] = {"number": number, "words": {word}, "rows": rows}
    return int(known["number"])


def begin_anew() -> None:
    """The next set that is chosen is shown as it is, even if the table made the same one before."""
    st.session_state.pop("editing", None)
    if _STATE in st.session_state:
        st.session_state[_STATE]["words"] = set()


def _keep(state: Desk, fields: FieldSet) -> None:
    """These fields from now on. Raises FieldsInvalid and StoreError."""
    word = keep_edited(mine(), fields)
    st.session_state[_STATE]["words"].add(word)
    st.session_state["editing"] = True
    put(set=word, of=state.of, t="")


# -- the table --------------------------------------------------------------------------------------------------------


def _table(chosen: Chosen, generation: int, keep: Callable[[FieldSet], None]) -> bool:
    st.caption(HELP)
    edited = st.data_editor(
        st.session_state[_STATE]["rows"],
        key=f"fields_{generation}",
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        alt="The fields of the set",
        column_order=["name", "kind", "meaning", "needed", "many", "choices"],
        column_config={
            "name": st.column_config.TextColumn("Name", width=170, help="As it will stand in the file"),
            "kind": st.column_config.SelectboxColumn("Kind", options=KINDS, default="text", width=120),
            "meaning": st.column_config.TextColumn("What it means", width=340, help="Said to the model"),
            "needed": st.column_config.CheckboxColumn(
                "Needed", default=False, width=80, help="Without it a record is incomplete"
            ),
            "many": st.column_config.CheckboxColumn("List", default=False, width=60, help="Several such values"),
            "choices": st.column_config.TextColumn("Choices", width=160, help="For a choice: red, green"),
        },
    )
    rows = [_row(each) for each in edited]
    if all(row.empty for row in rows):
        st.caption("Write the name of a first field into the table.")
        return False
    rules = chosen.fields.rules
    before = [row.name for row in to_rows(chosen.fields)]
    fitting = rules_that_fit(rules, before, [row.name.strip() for row in rows if not row.empty])
    try:
        made = from_rows(rows, replace(chosen.fields, rules=fitting))
        if made != chosen.fields:
            keep(made)
            gone = len(rules) - len(fitting)
            st.session_state["rules_gone"] = LEFT_OUT.format(gone) if gone else ""
            st.rerun()
    except FieldsInvalid as error:
        _say_problems(error.problems)
        return False
    except LoupeError as error:
        say(error.sentence)
        return False
    if st.session_state.get("rules_gone"):
        st.caption(st.session_state["rules_gone"])
    return True


def _row(cells: Mapping[str, Any]) -> Row:
    """What the browser sends of a new row has holes, and nothing in it is what it should be by promise."""

    def text(name: str) -> str:
        found = cells.get(name)
        return found if isinstance(found, str) else ""

    return Row(
        text("name"),
        text("kind") or Kind.TEXT.value,
        text("meaning"),
        cells.get("needed") is True,
        cells.get("many") is True,
        text("choices"),
    )


def _say_problems(problems: Sequence[Problem]) -> None:
    for one in problems[:SHOWN_PROBLEMS]:
        row = f"Row {one.row + 1}" if one.row is not None else ""
        where = ", ".join(filter(None, (row, one.field)))
        say(f"{where}: {one.sentence}" if where else one.sentence)
    if len(problems) > SHOWN_PROBLEMS:
        st.caption(f"And {len(problems) - SHOWN_PROBLEMS} more.")


# -- JSON -------------------------------------------------------------------------------------------------------------


def _json(chosen: Chosen, generation: int, state: Desk) -> None:
    key = f"fields_json_{generation}"
    shown = "" if not chosen.fields.fields else json.dumps(to_schema(chosen.fields), indent=2, ensure_ascii=False)
    if st.session_state.get("fields_json_of") != (generation, shown):  # the table made other fields meanwhile
        st.session_state["fields_json_of"] = (generation, shown)
        st.session_state[key] = shown
        st.session_state.pop("fields_json_problems", None)
    st.text_area("Fields as JSON", key=key, height=360, help=JSON_HELP, placeholder=JSON_HELP)
    st.button("Use this", key="use_json", icon=":material/check:", on_click=_use_json, args=(key, chosen, state))
    _say_problems(st.session_state.get("fields_json_problems", ()))


def _use_json(key: str, chosen: Chosen, state: Desk) -> None:
    st.session_state.pop("fields_json_problems", None)
    try:
        fields = read_fields(str(st.session_state[key]), chosen.fields.name or OWN_NAME)
        word = keep_edited(mine(), fields)
    except FieldsInvalid as error:
        st.session_state["fields_json_problems"] = error.problems
        return
    except LoupeError as error:
        st.session_state["fields_json_problems"] = (Problem("", error.sentence),)
        return
    st.session_state["editing"] = True
    st.session_state[_STATE]["words"] = set()  # the table begins anew with these
    put(set=word, of=state.of, t="")
