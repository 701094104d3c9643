"""Which pictures a comparison holds, by their letters, and which two of them are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from pages.parts.saying import done
from pages.parts.session import mine, picture_url
from vision.answering.requesting import next_turn
from vision.answering.talk import lettered
from vision.markdown import safe_markdown
from vision.store.records import Conversation, StoredPicture, StoredTurn

MOST = 6


@dataclass(frozen=True, slots=True)
class Lettered:
    """A picture of the comparison. ``waits``: it goes with the next question and can still be taken out."""

    letter: str
    stored: StoredPicture
    waits: bool


def compared(turns: Sequence[StoredTurn], waiting: Sequence[StoredPicture]) -> tuple[Lettered, ...]:
    """Every picture once, in the order of the letters; for a copy that shows places, the picture that it is of."""
    found: dict[str, Lettered] = {}
    all_turns = (*turns, next_turn(waiting))
    for turn, letters in zip(all_turns, lettered(all_turns), strict=True):
        for stored, letter in zip(turn.pictures, letters, strict=True):
            if letter not in found:
                original = mine().picture(stored.copy_of) if stored.copy_of else stored
                found[letter] = Lettered(letter, original, waits=turn.id == "" and not stored.copy_of)
    return tuple(found[letter] for letter in sorted(found))


def draw_pictures(talk: Conversation, pictures: Sequence[Lettered], *, fixed: bool) -> None:
    """The pictures in a row. Their order can be changed unless it is ``fixed``; one that waits can be taken out."""
    waiting = [one.stored.id for one in pictures if one.waits]
    with st.container(horizontal=True, gap="small", key="compared"):
        for one in pictures:
            with st.container(border=True, gap="small", width=150, key=f"compared_{one.letter}"):
                _picture(one)
                if one.waits:
                    _buttons(talk, one, waiting, movable=not fixed and one is not pictures[0])


def _picture(one: Lettered) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False, key=f"face_{one.letter}"):
        st.markdown(f"**{one.letter}**")
        url = picture_url(one.stored.id, "thumbnail")
        st.image(url, width=56, alt=f"Picture {one.letter}: {one.stored.picture.name}")
    name = one.stored.picture.name
    st.caption(safe_markdown(_short(name)), help=None if name == _short(name) else safe_markdown(name))


def _short(name: str) -> str:
    return name if len(name) <= 16 else f"{name[:8]}…{name[-7:]}"


def _buttons(talk: Conversation, one: Lettered, waiting: Sequence[str], *, movable: bool) -> None:
    rest = [other for other in waiting if other != one.stored.id]
    with st.container(horizontal=True, gap="small", wrap=False, key=f"move_{one.letter}"):
        if movable:
            place = list(waiting).index(one.stored.id)
            st.button(
                "",
                icon=":material/arrow_back:",
                key=f"earlier_{one.stored.id}",
                help=f"Move picture {one.letter} one place to the front",
                type="tertiary",
                on_click=_set,
                args=(talk.id, [*rest[: place - 1], one.stored.id, *rest[place - 1 :]]),
            )
        st.button(
            "",
            icon=":material/close:",
            key=f"take_out_{one.stored.id}",
            help=f"Take picture {one.letter} out",
            type="tertiary",
            on_click=_set,
            args=(talk.id, rest),
        )


def _set(talk_id: str, ids: Sequence[str]) -> None:
    done(partial(mine().set_waiting, talk_id, ids))


def pick_pair(talk: Conversation, pictures: Sequence[Lettered]) -> tuple[Lettered, Lettered]:
    """The two that are looked at: the first two, or of more those that she picks."""
    if len(pictures) == 2:
        return pictures[0], pictures[1]
    letters = [one.letter for one in pictures]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="pair"):
        first = _side(talk, "Look at", letters, 0)
        second = _side(talk, "beside", [letter for letter in letters if letter != first], 1)
    by_letter = {one.letter: one for one in pictures}
    return by_letter[first], by_letter[second]


def _side(talk: Conversation, words: str, letters: Sequence[str], side: int) -> str:
    key = f"side_{side}_{talk.id}"
    if st.session_state.get(key) not in letters:
        st.session_state[key] = letters[0]
    return st.segmented_control(words, letters, key=key, required=True) or letters[0]
