"""Compare pictures: two of them under one view, what differs, and a conversation about them by their letters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.parts.choice import Choice, choose
from pages.parts.compared import MOST, Lettered, compared, draw_pictures, pick_pair
from pages.parts.conversation import Manner, draw_conversation
from pages.parts.differing import draw_difference, draw_spots, wait_for_difference
from pages.parts.gone import draw_gone
from pages.parts.pair import Pair, draw_pair, pair_of
from pages.parts.picture_input import picture_input
from pages.parts.recent import recent_pictures
from pages.parts.recent_talks import recent_talks
from pages.parts.sees import draw_sees
from pages.parts.session import mine, owner, runtime
from pages.parts.talk import COMPARE, current_talk, leave_talk, past_talks, start_with, talk_menu
from vision.errors import NotThere
from vision.ingest import add_picture
from vision.markdown import safe_markdown
from vision.samples import samples
from vision.store.records import Conversation, StoredPicture, StoredTurn

PAIR = ("before", "after")
STARTERS = (
    "What changed?",
    "Are these the same item?",
    "List the differences as a table",
    "Which is better for ",
)


def main() -> None:
    try:
        talk = current_talk(COMPARE)
    except NotThere as error:
        draw_gone("comparison", error, "Start a new comparison", partial(leave_talk, COMPARE))
        return
    if talk is None:
        _empty()
        return
    runtime().engine.recover(owner())
    turns = mine().turns(talk.id)
    waiting = mine().waiting(talk.id)
    pictures = compared(turns, waiting)
    if len(pictures) < 2:
        _one_more(talk, pictures)
        return
    left, right = st.columns([7, 5], gap="medium")
    with left:
        pair = pair_of(talk, *pick_pair(talk, pictures))
        draw_pair(pair, turns, _looked_at(turns, pictures))
        draw_difference(pair)
        below = st.container(key="below_viewer")
    with right:
        choice = _header(talk, turns, waiting)
        with below:
            _below_viewer(pair, pictures, turns, waiting, choice)
        draw_conversation(talk, turns, waiting, choice, _manner(pictures, pair))
    wait_for_difference(pair)


def _empty() -> None:
    st.header("Compare pictures", anchor=False)
    st.markdown("Two versions of a screenshot, two offers, two photos: see what differs, then ask about them.")
    new = picture_input(key="compare_first", label="Drop two to six pictures here")
    if new:
        start_with(new[:MOST], COMPARE)
    with st.container(horizontal=True, gap="small", key="begin_with"):
        if st.button("Try a sample: a screenshot, before and after", icon=":material/compare:", key="sample_pair"):
            start_with(_sample_pair(), COMPARE)
        again = recent_pictures(key="compare_first")
        past_talks(COMPARE)
    if again:
        start_with([again], COMPARE)
    recent_talks(COMPARE)


def _sample_pair() -> list[str]:
    by_id = {sample.id: sample for sample in samples()}
    pair = [by_id[name] for name in PAIR]
    return [add_picture(mine(), sample.read(), sample.file, runtime().open_limits).id for sample in pair]


def _one_more(talk: Conversation, pictures: Sequence[Lettered]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="talk_header"):
        st.header("Add the picture to compare it with" if pictures else "Add two pictures", anchor=False)
        st.space("stretch")
        _new()
    draw_pictures(talk, pictures, fixed=False)
    _input(talk, pictures, [one.stored.id for one in pictures])


def _new() -> None:
    if st.button("New", icon=":material/add:", key="new_talk", help="Start a new comparison"):
        leave_talk(COMPARE)
        st.rerun()


def _header(talk: Conversation, turns: Sequence[StoredTurn], waiting: Sequence[StoredPicture]) -> Choice:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="talk_header"):
        st.subheader(safe_markdown(talk.title or "New comparison"), anchor=False)
        st.space("stretch")
        _new()
        past_talks(COMPARE)
        talk_menu(talk, COMPARE)
    return choose(talk, turns, waiting)


def _below_viewer(
    pair: Pair,
    pictures: Sequence[Lettered],
    turns: Sequence[StoredTurn],
    waiting: Sequence[StoredPicture],
    choice: Choice,
) -> None:
    draw_spots(pair, turns, waiting)
    copies = any(stored.copy_of for stored in waiting)
    draw_pictures(pair.talk, pictures, fixed=bool(turns) or copies)
    sent = {stored.id for stored in (*waiting, *(each for turn in turns for each in turn.pictures))}
    among = {one.letter: one.stored for one in pictures if one.stored.id in sent}  # else its marked copy goes for it
    letters = {one.stored.id: one.letter for one in pictures}
    among.update({f"{letters[one.copy_of]}, places": one for one in waiting if one.copy_of})
    draw_sees(turns, waiting, pair.one.stored, choice, kind="compare", among=among)
    if len(pictures) >= MOST:
        st.caption(f"A comparison holds up to {MOST} pictures.")
        return
    with st.expander("Add another picture", icon=":material/add_photo_alternate:", key="add"):
        _input(pair.talk, pictures, [stored.id for stored in waiting])


def _looked_at(turns: Sequence[StoredTurn], pictures: Sequence[Lettered]) -> dict[str, StoredPicture]:
    """By the id of a picture that was sent, the one in the viewer on which its places lie: a marked copy has the size
    of its picture, cut-outs have not."""
    by_id = {one.stored.id: one.stored for one in pictures}
    found = {}
    for stored in (stored for turn in turns for stored in turn.pictures):
        original = by_id.get(stored.original_id)
        if original is not None and _size(original) == _size(stored):
            found[stored.id] = original
    return found


def _size(stored: StoredPicture) -> tuple[int, int]:
    return stored.picture.width, stored.picture.height


def _input(talk: Conversation, pictures: Sequence[Lettered], waiting: Sequence[str]) -> None:
    new = picture_input(key=f"add_{talk.id}_{len(pictures)}")
    again = recent_pictures(key="more")
    came = [*new, *([again] if again else ())]
    if came:
        mine().set_waiting(talk.id, [*waiting, *came[: MOST - len(pictures)]])
        st.rerun()


def _manner(pictures: Sequence[Lettered], pair: Pair) -> Manner:
    letters = [one.letter for one in pictures]
    return Manner(
        invitation=f"Ask about {', '.join(letters[:-1])} and {letters[-1]}, or begin with one of these:",
        hint="Ask about the pictures by their letters",
        missing="Add a second picture to begin.",
        needs=2,
        starters=lambda _waiting, _choice: STARTERS,
        news=pair.ready,
    )


main()
