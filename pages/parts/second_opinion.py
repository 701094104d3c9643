"""A second opinion on one document: its price before, only what differs after, names hidden if she wishes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from pages.parts.plan import in_short, plan_of
from pages.parts.review_state import desk_of, place_in_words
from pages.parts.saying import done, say
from pages.parts.session import mine, owner, runtime, today, typed
from vision.choices import choosable
from vision.extracting.opinions import second
from vision.extracting.placing import field_at
from vision.extracting.reading import shape_of
from vision.extracting.reviewing import Edit, review
from vision.extracting.showing import value_text
from vision.extraction.comparing import Difference
from vision.fields.model import path_text
from vision.markdown import safe_markdown
from vision.models.catalog import READER
from vision.store.extract_records import Opinion, Record, Run

READING = "Another model is reading this document."


def opinion_runs(run: Run, record: Record) -> bool:
    """Whether one is being asked for just now."""
    found = mine().opinion(record.id)
    return found is not None and second(run, record, found).running


def draw_opinion(run: Run, record: Record) -> None:
    """Behind an expander that stays open while there is something to choose."""
    found = mine().opinion(record.id)
    told = None if found is None else second(run, record, found)
    key = f"opinion_{record.id}"
    box = st.expander("Second opinion", icon=":material/group:", key=key, expanded=told is not None, on_change="rerun")
    if not box.open:  # its price is worked out only when she wants to know it
        return
    with box:
        if found is not None and told is not None:
            if told.running:
                st.markdown(f":shimmer[{READING}]")
                return
            if told.sentence:
                say(told.sentence, "warning")
            elif told.agreed:
                say(f"{_name(found)} read the same values.", "success")
            elif not told.open:
                st.write(f"You have chosen everywhere. The other one was {_name(found)}.")
            for one in told.open:
                _draw_difference(_Asked(run, record, found), one)
        _draw_asking(run, record)


def _name(opinion: Opinion) -> str:
    known = runtime().catalogue.models.get(opinion.model)
    return safe_markdown(known.label if known else opinion.model or "The other model")


def _first(record: Record) -> str:
    known = runtime().catalogue.models.get(record.model)
    return safe_markdown(known.label if known else record.model or "The first reading")


@dataclass(frozen=True, slots=True)
class _Asked:
    run: Run
    record: Record
    opinion: Opinion


def _draw_difference(asked: _Asked, one: Difference) -> None:
    run, record, opinion = asked.run, asked.record, asked.opinion
    of = field_at(run.fields, one.path)
    key = f"{opinion.id}_{path_text(one.path)}"
    st.markdown(f"**{safe_markdown(place_in_words(one.path))}**")
    sides: list[tuple[str, str, Any]] = [
        ("first", _first(record), one.one),
        ("other", _name(opinion), one.other),
    ]
    if opinion.hidden:  # which of the two stands first is chance, and the same for the whole document
        sides = sides[::-1] if int(opinion.id[-1], 16) % 2 else sides
        sides = [(side, f"Reading {letter}", value) for letter, (side, _, value) in zip("AB", sides, strict=True)]
    with st.container(horizontal=True, gap="small", key=f"differs_{key}"):
        for side, name, value in sides:
            words = f"{name}: {safe_markdown(value_text(of, value)) or 'nothing'}"
            act: Callable[[], None] = partial(_choose, asked, one, side)
            st.button(words, key=f"{side}_{key}", on_click=act)


def _choose(asked: _Asked, one: Difference, side: str) -> None:
    """Her choice is a correction, or an acceptance, and a vote."""
    run, record, opinion = asked.run, asked.record, asked.opinion
    text = value_text(field_at(run.fields, one.path), one.other)
    edit = Edit(looked=(one.path,)) if side == "first" else Edit({one.path: text})

    def save() -> None:
        review(desk_of(run), record.id, record.version, edit)
        mine().choose_opinion(opinion.id, {path_text(one.path): side})

    done(save)


def _draw_asking(run: Run, record: Record) -> None:
    options = {
        one.word: one.label
        for one in choosable(runtime().catalogue, typed(), today(), local_only=mine().preferences().local_only)
        if one.ready and one.word != record.model
    }
    if record.provider == READER:
        options.pop(READER, None)
    if not options:
        st.caption("There is no second model yet: set up a key in Settings.")
        return
    word = st.selectbox("Who reads it again", list(options), format_func=options.__getitem__, key="opinion_model")
    hidden = st.toggle("Hide the names until I have chosen", key="opinion_hidden")
    shape = shape_of(run.fields, record.pictures, run.detail)
    price = in_short(plan_of(partial(runtime().engine.plan, owner(), word, shape, typed=typed())))
    words = f"Ask ({price})" if price else "Ask"
    if st.button(safe_markdown(words), key="opinion_ask", icon=":material/group:"):
        ask = partial(runtime().extractor.ask_opinion, owner(), record, word, hidden=hidden, typed=typed())
        if done(ask):
            st.rerun()
