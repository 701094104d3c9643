"""Compare pictures: two of them under one view, what differs, and a conversation about them by their letters."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts.choice import Choice, choose
from pages.parts.compared import MOST, Lettered, compared, draw_pictures, pick_pair
from pages.parts.conversation import Manner, draw_conversation
from pages.parts.picture_input import picture_input
from pages.parts.recent import recent_pictures
from pages.parts.session import mine, owner, runtime
from pages.parts.talk import COMPARE, current_talk, leave_talk, past_talks, start_with, talk_menu
from pages.parts.viewer import shown, viewer
from vision.errors import NotThere
from vision.ingest import add_picture
from vision.markdown import safe_markdown
from vision.samples import samples
from vision.store.records import Conversation, StoredPicture, StoredTurn

VIEWER_HEIGHT = 460
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
        _gone(error)
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
        _viewer(talk, pictures)
        draw_pictures(talk, pictures, asked=bool(turns))
        _add(talk, pictures, waiting)
    with right:
        choice = _header(talk, turns, waiting)
        draw_conversation(talk, turns, waiting, choice, _manner(pictures))


def _gone(error: NotThere) -> None:
    st.header("This comparison is not here")
    st.write(f"{error.sentence} It may have been deleted.")
    if st.button("Start a new comparison", type="primary", key="after_gone"):
        leave_talk(COMPARE)
        st.rerun()


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


def _sample_pair() -> list[str]:
    by_id = {sample.id: sample for sample in samples()}
    pair = [by_id[name] for name in PAIR]
    return [add_picture(mine(), sample.read(), sample.file, runtime().open_limits).id for sample in pair]


def _one_more(talk: Conversation, pictures: Sequence[Lettered]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="talk_header"):
        st.header("Add the picture to compare it with" if pictures else "Add two pictures", anchor=False)
        st.space("stretch")
        _new()
    draw_pictures(talk, pictures, asked=False)
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


def _viewer(talk: Conversation, pictures: Sequence[Lettered]) -> None:
    pair = pick_pair(talk, pictures)
    event = viewer(
        [shown(each.id, each.picture.width, each.picture.height, each.picture.name) for each in _stored(pair)],
        key=f"viewer_{talk.id}",
        mode=st.session_state.get(f"mode_{talk.id}", "side-by-side"),
        letters=(pair[0].letter, pair[1].letter),
        height=VIEWER_HEIGHT,
    )
    if event.mode:
        st.session_state[f"mode_{talk.id}"] = event.mode


def _stored(pair: Sequence[Lettered]) -> list[StoredPicture]:
    return [one.stored for one in pair]


def _add(talk: Conversation, pictures: Sequence[Lettered], waiting: Sequence[StoredPicture]) -> None:
    if len(pictures) >= MOST:
        st.caption(f"A comparison holds up to {MOST} pictures.")
        return
    with st.expander("Add another picture", icon=":material/add_photo_alternate:", key="add"):
        _input(talk, pictures, [stored.id for stored in waiting])


def _input(talk: Conversation, pictures: Sequence[Lettered], waiting: Sequence[str]) -> None:
    new = picture_input(key=f"add_{talk.id}_{len(pictures)}")
    again = recent_pictures(key="more")
    came = [*new, *([again] if again else ())]
    if came:
        mine().set_waiting(talk.id, [*waiting, *came[: MOST - len(pictures)]])
        st.rerun()


def _manner(pictures: Sequence[Lettered]) -> Manner:
    letters = [one.letter for one in pictures]
    return Manner(
        invitation=f"Ask about {', '.join(letters[:-1])} and {letters[-1]}, or begin with one of these:",
        hint="Ask about the pictures by their letters",
        missing="Add a second picture to begin.",
        needs=2,
        starters=lambda _waiting, _choice: STARTERS,
    )


main()
