"""What differs between the two pictures, in words and as a list of places; which of them to ask about."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from pages.parts.pair import Pair, Spot, chosen, spots
from pages.parts.saying import done, say
from pages.parts.session import mine, runtime
from vision.answering.differences import Failed
from vision.answering.places import How, copy_with_places, question_on, waiting_with, waiting_without
from vision.comparing.saying import FREE, in_words, lies
from vision.markdown import safe_markdown
from vision.store.records import StoredPicture, StoredTurn

LOOK_SECONDS = 0.1
HOW_WORDS: Mapping[How, str] = {"marked": "Frame them on the pictures", "cut_out": "Add them cut out"}


def draw_difference(pair: Pair) -> None:
    """What was found, or that it is being looked for."""
    with st.container(gap="small", key="difference"):
        if pair.found is None:
            st.markdown(":shimmer[Looking for what differs]")
            st.caption(FREE)
        elif isinstance(pair.found, Failed):
            say(pair.found.sentence, "warning")
            st.button("Look again", icon=":material/refresh:", key="difference_again", on_click=pair.forget)
        else:
            st.markdown(f"**{safe_markdown(in_words(pair.found, pair.letters))}**")
            st.caption(safe_markdown(" ".join(filter(None, (lies(pair.found, pair.letters), FREE)))))


def draw_spots(pair: Pair, turns: Sequence[StoredTurn], waiting: Sequence[StoredPicture]) -> None:
    """The places to press, and the way into the question."""
    found = [spot.number for spot in spots(pair) if not spot.own]
    if found:
        st.pills(
            "Places that differ, largest first",
            found,
            selection_mode="multi",
            key=f"spots_{pair.key}",
            on_change=_light_newest,
            args=(pair,),
            help="Press a place to see it and to ask about it. Regions can also be drawn on the pictures.",
        )
    picked = chosen(pair)
    if picked:
        _ask_about(pair, picked, turns, waiting)
    copies = [stored for stored in waiting if stored.copy_of]
    if copies:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="copies"):
            st.caption("With the next question:", width="content")
            st.button(
                safe_markdown(", ".join(stored.picture.name for stored in copies)),
                key="no_copies",
                icon=":material/close:",
                type="tertiary",
                help="Ask without the marked places",
                on_click=_without,
                args=(pair.talk.id, waiting_without(turns, waiting)),
            )


def _without(talk_id: str, ids: Sequence[str]) -> None:
    done(partial(mine().set_waiting, talk_id, ids))


def _light_newest(pair: Pair) -> None:
    """What was pressed last lights up in the viewer."""
    now = set(st.session_state.get(f"spots_{pair.key}") or ())
    new = now - st.session_state.get(f"spots_before_{pair.key}", set())
    st.session_state[f"spots_before_{pair.key}"] = now
    if new:
        st.session_state["lit"] = f"r{min(new)}:a"
        st.session_state["reveal"] = st.session_state.get("reveal", 0) + 1


def _ask_about(
    pair: Pair, picked: Sequence[Spot], turns: Sequence[StoredTurn], waiting: Sequence[StoredPicture]
) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="ask_about"):
        how: How = (
            st.segmented_control(
                "How the model sees them",
                list(HOW_WORDS),
                default="marked",
                format_func=HOW_WORDS.__getitem__,
                required=True,
                key=f"how_{pair.talk.id}",
            )
            or "marked"
        )
        count = len(picked)
        words = "Ask about the marked place" if count == 1 else f"Ask about the {count} marked places"
        if st.button(words, icon=":material/edit_note:", key="ask_places"):
            with st.spinner("Marking the places"):
                made = done(partial(_make, pair, picked, turns, waiting, how))
            if made:
                st.session_state["draft"] = question_on([spot.number for spot in picked], how)
            st.rerun()


def _make(
    pair: Pair, picked: Sequence[Spot], turns: Sequence[StoredTurn], waiting: Sequence[StoredPicture], how: How
) -> None:
    """The copies, waiting for the next question."""
    store, limits = mine(), runtime().open_limits
    sides = (
        (pair.one.stored, {spot.number: spot.a for spot in picked if spot.a}),
        (pair.other.stored, {spot.number: spot.b for spot in picked if spot.b}),
    )
    copies = [copy_with_places(store, stored, places, how, limits) for stored, places in sides if places]
    plain = [store.picture(one) for one in waiting_without(turns, waiting)]
    store.set_waiting(pair.talk.id, waiting_with(plain, copies, how))


def wait_for_difference(pair: Pair) -> None:
    """Call it last: it holds the script until there is a difference to draw, then everything is drawn again."""
    if pair.found is not None:
        return
    slot = st.empty()
    while not pair.ready():
        with slot.container():  # a call in each turn lets a click or a closed page through
            pass
        time.sleep(LOOK_SECONDS)
    st.rerun()
