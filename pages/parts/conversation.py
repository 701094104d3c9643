"""The conversation column: questions and answers, starter questions, and the box to ask in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.typing import ChatInputValue

from pages.parts.answers import draw_finished, draw_question
from pages.parts.choice import Choice, others, set_choice
from pages.parts.following import follow, never, stop_button
from pages.parts.saying import done, failed, say_failure
from pages.parts.session import mine, owner, runtime, typed
from pages.parts.swapping import draw_swap
from pages.parts.uploaded import take
from vision.answering.swapping import Swap, swap_of
from vision.answering.talk import lettered
from vision.markdown import safe_markdown
from vision.models.catalog import READER
from vision.samples import starters
from vision.store.records import CAN_GO_ON, Conversation, State, StoredAnswer, StoredPicture, StoredTurn

PANE_HEIGHT = 500
DRAWN_TURNS = 20
FILE_TYPES = ["jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif", "bmp", "tif", "tiff", "pdf"]
ASSISTANT = ":material/search:"
STILL_WRITING = "Another tab is waiting for an answer in this talk: send your question once that is there."
ASK_ANOTHER = (State.FAILED, State.REFUSED, State.BLOCKED, State.EMPTY)
TRY_AGAIN = (State.FAILED, State.INTERRUPTED, State.EMPTY)


def _sample_starters(waiting: Sequence[StoredPicture], choice: Choice) -> Sequence[str]:
    return starters(waiting[0].picture.sha256, reader=choice.model == "reader")


@dataclass(frozen=True, slots=True)
class Manner:
    """What a kind of conversation does in its own way. ``needs`` pictures must wait before anything can be asked;
    ``starters`` are questions to press, one that ends with a blank is only begun. ``news`` says that the page has
    something to draw before the answer is finished."""

    invitation: str = "Ask anything about this picture, or begin with one of these:"
    hint: str = "Ask about the picture, or paste another one here"
    missing: str = "Add a picture to begin."
    needs: int = 1
    starters: Callable[[Sequence[StoredPicture], Choice], Sequence[str]] = _sample_starters
    news: Callable[[], bool] = never


CHATTING = Manner()


def draw_conversation(
    talk: Conversation,
    turns: Sequence[StoredTurn],
    waiting: Sequence[StoredPicture],
    choice: Choice,
    manner: Manner = CHATTING,
) -> None:
    """Draws everything, then follows the answer that is being written, if there is one: this holds the script."""
    last = turns[-1] if turns else None
    running = last.shown if last and last.shown and last.shown.state is State.RUNNING else None
    with st.container(height=PANE_HEIGHT, autoscroll=True, border=False, key="pane"):
        told = st.container(key="turns")
        # Elements of the run before stay, greyed, while this one follows an answer. What may be there or not is in a
        # slot at a fixed place, which is emptied.
        slot = st.empty()
        if turns:
            slot.empty()
        else:
            with slot.container():
                _starter_questions(talk, waiting, choice, manner)
        # Emptied before the finished answer is drawn: its last words would stand below that, too.
        live = st.container(key="live") if running else st.empty()
        with told:
            beside = _turns(talk, turns, choice)
    say_failure()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ask_row"):
        _ask_box(talk, waiting, choice, manner, busy=running is not None)
        if running is not None:
            stop_button(running)
    if running is not None:
        with beside or live, nullcontext() if beside else st.chat_message("assistant", avatar=ASSISTANT):
            ended = follow(running, manner.news)
        if ended:
            st.rerun()


def _turns(talk: Conversation, turns: Sequence[StoredTurn], choice: Choice) -> DeltaGenerator | None:
    """Returns where the answer that is being written is to stand, if that is beside another one."""
    hidden = 0 if st.session_state.get("all_of") == talk.id else max(0, len(turns) - DRAWN_TURNS)
    if hidden and st.button(f"Show {hidden} earlier", key="earlier", type="tertiary"):
        st.session_state["all_of"] = talk.id
        st.rerun()
    letters = lettered(turns) if talk.kind == "compare" else [()] * len(turns)
    beside: DeltaGenerator | None = None
    for turn, own in zip(turns[hidden:], letters[hidden:], strict=True):
        if st.session_state.get("editing") == turn.id:
            _edit_form(turn, choice)
            return None
        draw_question(turn, own)
        swap = swap_of(turn)
        if turn.shown is not None and (swap or turn.shown.state is not State.RUNNING):
            beside = _answer(turn, turn.shown, choice, letters[0], swap, last=turn is turns[-1])
    return beside


def _answer(
    turn: StoredTurn, answer: StoredAnswer, choice: Choice, order: Sequence[str], swap: Swap | None, *, last: bool
) -> DeltaGenerator | None:
    """``order``: the letters that can be swapped. Returns where the answer to the swapped order stands."""
    with st.chat_message("assistant", avatar=ASSISTANT):
        beside = draw_swap(swap, order, _light) if swap else None
        if not swap:
            draw_finished(answer, _light)
        slot = st.empty()
        if not last or answer.state is State.RUNNING:
            slot.empty()
            return beside
        with slot.container(horizontal=True, gap="small", key="actions"):
            if answer.state in CAN_GO_ON and answer.text:
                st.button("Continue", type="primary", key="go_on", on_click=_go_on, args=(answer.id,))
            words = "Try again" if answer.state in TRY_AGAIN else "Ask again"
            st.button(words, key="again", icon=":material/refresh:", on_click=_ask_again, args=(turn.id, choice))
            if answer.state in ASK_ANOTHER:
                _another_model(turn, answer, choice)
            if len(order) > 1 and not swap and answer.text and answer.provider != READER:
                _swap_button(turn, choice)
            st.button("Edit question", key="edit", icon=":material/edit:", on_click=_start_editing, args=(turn.id,))
    return beside


def _swap_button(turn: StoredTurn, choice: Choice) -> None:
    st.button(
        "Ask again with the order swapped",
        key="swap",
        icon=":material/swap_horiz:",
        help="A second request with the pictures in reversed order, each under its own letter. An answer that changes "
        "with the order is not to be relied on.",
        on_click=_ask_again,
        args=(turn.id, choice, True),
    )


def _another_model(turn: StoredTurn, answer: StoredAnswer, choice: Choice) -> None:
    """The same question for somebody else; what she chose for the talk changes with it."""
    with st.popover("Ask another model", icon=":material/swap_horiz:", key=f"another_{answer.id}"):
        for option in others(answer, choice):
            st.button(
                safe_markdown(option.label),
                key=f"ask_{option.word}_{answer.id}",
                type="tertiary",
                on_click=_ask_other,
                args=(turn, replace(choice, model=option.word)),
            )


def _light(place: str) -> None:
    st.session_state["lit"] = place
    st.session_state["reveal"] = st.session_state.get("reveal", 0) + 1  # the same place, pressed again, is shown again


def _start_editing(turn_id: str) -> None:
    st.session_state["editing"] = turn_id


def _edit_form(turn: StoredTurn, choice: Choice) -> None:
    """Shown in place of the question and everything after it, which asking again replaces."""
    with st.form(f"edit_{turn.id}"):
        question = st.text_area("Your question", value=turn.question, key=f"edited_{turn.id}").strip()
        st.caption("The new answer replaces this question's answer and everything after it.")
        with st.container(horizontal=True, gap="small", key=f"edit_buttons_{turn.id}"):
            ask = st.form_submit_button("Ask", type="primary", key=f"ask_edited_{turn.id}")
            cancel = st.form_submit_button("Cancel", key=f"cancel_edit_{turn.id}")
    if cancel or (ask and question and done(partial(_edit, turn.id, question, choice))):
        st.session_state.pop("editing", None)
        st.rerun()


def _starter_questions(talk: Conversation, waiting: Sequence[StoredPicture], choice: Choice, manner: Manner) -> None:
    if len(waiting) < manner.needs:
        st.caption(manner.missing)
        return
    st.markdown(manner.invitation)
    ids = [stored.id for stored in waiting]
    for number, question in enumerate(manner.starters(waiting, choice)):
        if not st.button(f"{question.strip()} …" if question.endswith(" ") else question, key=f"starter_{number}"):
            continue
        if question.endswith(" "):
            st.session_state["draft"] = question
            st.rerun()
        elif done(partial(_ask, talk.id, question, ids, choice)):
            st.rerun()


def _ask_box(
    talk: Conversation, waiting: Sequence[StoredPicture], choice: Choice, manner: Manner, *, busy: bool
) -> None:
    if "draft" in st.session_state:
        st.session_state["ask"] = st.session_state.pop("draft")
    st.chat_input(
        "Answering: stop it to ask something else" if busy else manner.hint,
        key="ask",
        accept_file="multiple",
        file_type=FILE_TYPES,
        disabled=busy,
        on_submit=_hold,
        args=(talk.id,),
    )
    held_for, asked = st.session_state.get("held", ("", None))
    if asked is None or held_for != talk.id:
        return
    del st.session_state["held"]
    _take_in(talk, asked, waiting, choice, busy=busy)
    st.rerun()


def _hold(talk_id: str) -> None:
    """What she sent must outlive a run that starts over before it comes to the box (a page was being picked, a picture
    arrived), and one that finds the box closed by another tab: the box itself tells only one run."""
    st.session_state["held"] = talk_id, st.session_state["ask"]


def _take_in(
    talk: Conversation, asked: ChatInputValue, waiting: Sequence[StoredPicture], choice: Choice, *, busy: bool
) -> None:
    """Asks; when that cannot be done, what she typed stands in the box again and the pictures she added wait.

    A file that is no picture also keeps the question back: it may be about that very file.
    """
    question = asked.text.strip()
    added, refused = take(asked.files)
    ids = [stored.id for stored in (*waiting, *added)]
    mine().set_waiting(talk.id, ids)
    if refused:
        failed(" ".join(refused))
    elif busy:
        failed(STILL_WRITING)
    if refused or busy or not question or not done(partial(_ask, talk.id, question, ids, choice)):
        st.session_state["draft"] = question


def _ask(talk_id: str, question: str, picture_ids: Sequence[str], choice: Choice) -> None:
    engine = runtime().engine
    st.session_state.pop("lit", None)  # from now on the places of the new answer are the ones to look at
    engine.ask(owner(), talk_id, question, picture_ids, model=choice.model, detail=choice.detail, typed=typed())


def _edit(turn_id: str, question: str, choice: Choice) -> None:
    runtime().engine.edit(owner(), turn_id, question, model=choice.model, detail=choice.detail, typed=typed())


def _ask_again(turn_id: str, choice: Choice, swapped: bool = False) -> None:
    engine = runtime().engine
    ask = partial(engine.ask_again, owner(), turn_id, model=choice.model, detail=choice.detail, typed=typed())
    done(partial(ask, swapped=swapped))


def _ask_other(turn: StoredTurn, choice: Choice) -> None:
    set_choice(turn.conversation_id, choice.model)
    _ask_again(turn.id, choice)


def _go_on(answer_id: str) -> None:
    done(partial(runtime().engine.go_on, owner(), answer_id, typed=typed()))
