"""What a set says besides its fields: how dates and numbers are read, its rules, its name; and how it is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from pages.parts.extract_state import Desk, put
from pages.parts.saying import done
from pages.parts.session import mine
from vision.extracting.setup import Chosen
from vision.extraction.rule_words import rule_in_words
from vision.fields.model import DateOrder, Decimals, FieldSet
from vision.markdown import safe_markdown
from vision.store.field_records import StoredSet

DATE_ORDERS: dict[DateOrder, str] = {"day": "Day first (31/12)", "month": "Month first (12/31)"}
DECIMALS: dict[Decimals, str] = {
    "auto": "By each number itself",
    "point": "Point (1,234.50)",
    "comma": "Comma (1.234,50)",
}
INSTRUCTION_HELP = "Said to the model besides the fields. The on-device reader does not use it."

Keep = Callable[[FieldSet], None]


def draw_options(fields: FieldSet, generation: int, keep: Keep) -> None:
    if not fields.fields:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="field_options"):
        order: DateOrder = st.selectbox(
            "Dates with two readings",
            list(DATE_ORDERS),
            index=list(DATE_ORDERS).index(fields.date_order),
            format_func=DATE_ORDERS.__getitem__,
            key=f"date_order_{generation}",
            width=230,
        )
        decimals: Decimals = st.selectbox(
            "Before the cents stands",
            list(DECIMALS),
            index=list(DECIMALS).index(fields.decimals),
            format_func=DECIMALS.__getitem__,
            key=f"decimals_{generation}",
            width=230,
        )
    instruction = st.text_area(
        "What the model should know",
        value=fields.instruction,
        key=f"instruction_{generation}",
        height=80,
        help=INSTRUCTION_HELP,
        placeholder="These are receipts of one trip to Norway.",
    )
    rules = fields.rules
    if rules:
        st.markdown("**Rules** · checked on every record; what breaks one is marked")
        on = [
            st.checkbox(
                safe_markdown(rule_in_words(rule)), value=rule.on, key=f"rule_{generation}_{rule_in_words(rule)}"
            )
            for rule in rules
        ]
        rules = tuple(replace(rule, on=each) for rule, each in zip(rules, on, strict=True))
    now = replace(fields, date_order=order, decimals=decimals, instruction=instruction.strip(), rules=rules)
    if now != fields and done(partial(keep, now)):
        st.rerun()


# -- saving -----------------------------------------------------------------------------------------------------------


def draw_save(state: Desk, chosen: Chosen, generation: int) -> None:
    """The set under a name, for everybody of this installation; of a saved one a new version."""
    if not chosen.fields.fields:
        return
    saved = next((one for one in mine().sets() if one.id == state.of), None)
    key = f"set_name_{generation}"
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="save_set"):
        name = st.text_input("Name of the set", value=chosen.fields.name, key=key, max_chars=200, width=260)
        if saved is not None and (chosen.saved is None or name.strip() != saved.name):
            label = f"Save as version {saved.number + 1}"
            st.button(label, icon=":material/save:", key="save_version", on_click=_save, args=(chosen, key, saved.id))
        label = "Save as a new set" if saved is not None else "Save this set"
        st.button(label, icon=":material/bookmark_add:", key="save_new", on_click=_save, args=(chosen, key, None))
        if saved is not None and st.button("Delete the set", icon=":material/delete:", key="delete_set"):
            confirm_deletion(saved)
    said = st.session_state.pop("saved_set", "")
    st.caption(safe_markdown(said or "A saved set is seen by everybody who uses this installation."))


def _save(chosen: Chosen, key: str, set_id: str | None) -> None:
    name = str(st.session_state[key]).strip()

    def save() -> None:
        found = mine().save_set(replace(chosen.fields, name=name), set_id)
        st.session_state["saved_set"] = (
            f"Saved as {found.name}, version {found.number}, for everybody who uses this installation."
        )
        put(set=found.version_id, of=found.id)

    done(save)


@st.dialog("Delete this set?")
def confirm_deletion(saved: StoredSet) -> None:
    st.text(saved.name)
    st.write(
        "It goes from everybody's list. What was read with it stays, and still names the version it was read with."
    )
    with st.container(horizontal=True, gap="small", key="delete_set_choices"):
        delete = st.button("Delete", type="primary", key="delete_set_for_good", on_click=_delete, args=(saved.id,))
        keep = st.button("Keep it", key="keep_set")
    if delete or keep:
        st.rerun()


def _delete(set_id: str) -> None:
    if done(partial(mine().delete_set, set_id)):
        put(set="", of="", t="")
