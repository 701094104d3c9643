"""Chat: the picture on the left, the conversation on the right (below it on a phone)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.parts.answers import evidence_id
from pages.parts.choice import Choice, choose
from pages.parts.conversation import draw_conversation
from pages.parts.file_pages import file_pages
from pages.parts.gone import draw_gone
from pages.parts.picture_input import picture_input
from pages.parts.recent import recent_pictures
from pages.parts.saying import done
from pages.parts.sees import draw_sees
from pages.parts.session import mine, owner, runtime
from pages.parts.talk import current_talk, leave_talk, past_talks, start_with, talk_menu
from pages.parts.viewer import NamedBox, shown, viewer
from vision.errors import NotThere
from vision.markdown import safe_markdown
from vision.store.records import Conversation, StoredPicture, StoredTurn

VIEWER_HEIGHT = 500


def main() -> None:
    try:
        talk = current_talk()
    except NotThere as error:
        draw_gone("talk", error, "Start a new talk", leave_talk)
        return
    if talk is None:
        _empty()
        return
    runtime().engine.recover(owner())
    turns = mine().turns(talk.id)
    waiting = mine().waiting(talk.id)
    pictures = _pictures(turns, waiting)
    left, right = st.columns([6, 7], gap="medium")
    with left:
        _viewer(talk, turns, waiting, pictures)
        below = st.container(key="below_viewer")
    with right:
        choice = _header(talk, turns, waiting)
        with below:
            _below_viewer(talk, turns, waiting, pictures, choice)
        draw_conversation(talk, turns, waiting, choice)


def _empty() -> None:
    st.header("Talk about a picture")
    new = picture_input(key="chat_first")
    if new:
        start_with(new)
    with st.container(horizontal=True, gap="small", key="begin_with"):
        again = recent_pictures(key="first")
        past_talks()
    if again:
        start_with([again])


def _pictures(turns: Sequence[StoredTurn], waiting: Sequence[StoredPicture]) -> list[StoredPicture]:
    """Every picture of the talk once, in the order in which it came."""
    found = {stored.id: stored for turn in turns for stored in turn.pictures}
    found.update({stored.id: stored for stored in waiting})
    return list(found.values())


def _header(talk: Conversation, turns: Sequence[StoredTurn], waiting: Sequence[StoredPicture]) -> Choice:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="talk_header"):
        st.subheader(safe_markdown(talk.title or "New talk"), anchor=False)
        st.space("stretch")
        if st.button("New", icon=":material/add:", key="new_talk", help="Start a new talk"):
            leave_talk()
            st.rerun()
        past_talks()
        talk_menu(talk)
    return choose(talk, turns, waiting)


def _viewer(
    talk: Conversation,
    turns: Sequence[StoredTurn],
    waiting: Sequence[StoredPicture],
    pictures: Sequence[StoredPicture],
) -> None:
    if not pictures:
        return
    lit = st.session_state.get("lit") or _first_place(turns)
    event = viewer(
        [shown(stored.id, stored.picture.width, stored.picture.height, stored.picture.name) for stored in pictures],
        key=f"viewer_{talk.id}",
        boxes=_boxes(turns),
        highlight=lit,
        reveal=st.session_state.get("reveal", 0),
        front=(waiting or pictures)[-1].id,
        height=VIEWER_HEIGHT,
    )
    if event.picked and event.picked != lit:
        st.session_state["lit"] = event.picked
        st.rerun()


def _first_place(turns: Sequence[StoredTurn]) -> str | None:
    """Where the newest answer was read first: it is lit up without being asked for."""
    newest = turns[-1].shown if turns else None
    return evidence_id(newest, 0) if newest and newest.evidence else None


def _boxes(turns: Sequence[StoredTurn]) -> list[NamedBox]:
    """The places of the newest answer that has any, or of the one whose place is lit."""
    lit = str(st.session_state.get("lit", "")).partition(":")[0]
    answers = [turn.shown for turn in turns if turn.shown and turn.shown.evidence]
    chosen = next((answer for answer in answers if answer.id == lit), answers[-1] if answers else None)
    if chosen is None:
        return []
    return [
        NamedBox(evidence_id(chosen, number), chosen.picture_ids[found.picture], found.box, found.text)
        for number, found in enumerate(chosen.evidence)
        if found.picture < len(chosen.picture_ids)
    ]


def _below_viewer(
    talk: Conversation,
    turns: Sequence[StoredTurn],
    waiting: Sequence[StoredPicture],
    pictures: Sequence[StoredPicture],
    choice: Choice,
) -> None:
    if pictures:
        _waiting(talk, waiting)
        file_pages(talk, waiting, pictures[-1])
        draw_sees(turns, waiting, pictures[-1], choice)
    with st.expander("Add another picture", icon=":material/add_photo_alternate:", expanded=not pictures, key="add"):
        new = picture_input(key=f"add_{talk.id}_{len(pictures)}")
        again = recent_pictures(key="more")
        if new or again:
            mine().set_waiting(talk.id, [*(stored.id for stored in waiting), *new, *([again] if again else ())])
            st.rerun()


def _waiting(talk: Conversation, waiting: Sequence[StoredPicture]) -> None:
    """The pictures that go with the next question, each to be taken out again."""
    if not waiting:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="waiting"):
        st.caption("With the next question:")
        for stored in waiting:
            st.button(
                safe_markdown(stored.picture.name),
                key=f"take_out_{stored.id}",
                icon=":material/close:",
                type="tertiary",
                help="Take this picture out again",
                on_click=_take_out,
                args=(talk.id, [other.id for other in waiting if other.id != stored.id]),
            )


def _take_out(talk_id: str, rest: Sequence[str]) -> None:
    done(partial(mine().set_waiting, talk_id, rest))


main()
