"""The columns of one round: each lane's answer, all followed at once.

Like ``following``: the workers belong to the server, leaving the page ends only the following.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.answers import draw_finished, draw_text
from pages.parts.following import ELSEWHERE_SECONDS, LOOKING, PAUSE_SECONDS
from pages.parts.saying import done, say
from pages.parts.sees import draw_prepared
from pages.parts.session import mine, owner, runtime, today, typed
from pages.parts.talk import open_talk
from vision.answering.live import Live
from vision.answering.looking import what_is_sent
from vision.contests.rounds import Column, Round
from vision.errors import LoupeError
from vision.markdown import safe_markdown
from vision.markdown_text import escaped
from vision.models.catalog import resolve
from vision.routing.paid import paid
from vision.store.records import CAN_GO_ON, Contest, Lane, State, StoredAnswer

COLUMN_WIDTH = 260
TRY_AGAIN = (State.FAILED, State.INTERRUPTED, State.EMPTY)
# What is said of an ending while the names are hidden: nothing that a provider has worded.
NEUTRAL: Mapping[State, str] = {
    State.FAILED: "No answer came. Why is said with the names.",
    State.INTERRUPTED: "The app stopped while this was being answered. What came is kept.",
    State.REFUSED: "It declined to answer.",
    State.BLOCKED: "The answer was blocked.",
    State.EMPTY: "The answer was empty.",
    State.CUT_OFF: "The answer reached its length limit.",
    State.STOPPED: "Stopped by you. What came is kept.",
}


@dataclass(slots=True)
class Followed:
    """An answer that is being written, and where it is drawn. ``live`` None: another process writes it."""

    answer: StoredAnswer
    live: Live | None
    box: DeltaGenerator
    trouble: DeltaGenerator
    drawn: tuple[str, str] = ("", "")
    looked: float = 0.0


def label_of_word(word: str) -> str:
    """The model's name for people, also of one that has ended."""
    found = runtime().catalogue.models.get(word)
    if found is not None:
        return found.label
    try:
        return resolve(runtime().catalogue, word, today()).label
    except LoupeError:
        return word


def name_of(lane: Lane) -> str:
    return label_of_word(lane.model)


def called(contest: Contest, number: int, lane: Lane) -> str:
    """Its number; with the model's name once that may be known."""
    return str(number) if contest.hidden else f"{number} · {name_of(lane)}"


def draw_columns(contest: Contest, one: Round, *, last: bool) -> list[Followed]:
    """Draws a round; what is still being written is for ``follow_all``, to be called when the page is drawn."""
    followed: list[Followed] = []
    with st.grid(
        len(one.columns), min_column_width=COLUMN_WIDTH, gap="small", key=f"columns_{contest.id}_{one.position}"
    ):
        for number, column in enumerate(one.columns, 1):
            with st.container(border=True, key=f"column_{number}_{one.position}"):
                st.subheader(safe_markdown(called(contest, number, column.lane)), anchor=False)
                begun = _draw(contest, column, key=f"{number}_{one.position}", last=last)
                if begun is not None:
                    followed.append(begun)
    return followed


def _draw(contest: Contest, column: Column, *, key: str, last: bool) -> Followed | None:
    # What may be there or not is in slots at fixed places: elements of the run before stay while this one follows.
    box, trouble, below = st.empty(), st.empty(), st.empty()
    answer = column.answer
    if answer is None:
        trouble.empty()
        below.empty()
        box.caption("This question did not reach it.")
        return None
    if answer.state is State.RUNNING:
        below.empty()
        _show(box, answer, answer.text, "", hidden=contest.hidden)
        return Followed(answer, runtime().engine.live(answer.id), box, trouble)
    trouble.empty()
    _finished(box, answer, hidden=contest.hidden)
    with below.container():
        if last:
            _actions(contest, column.lane, answer, key=key)
        if not contest.hidden:
            _sees(column.lane, answer, key=key)
    return None


def _finished(box: DeltaGenerator, answer: StoredAnswer, *, hidden: bool) -> None:
    with box.container():
        if hidden:
            if answer.text:
                _neutral_text(answer, answer.text)
            if answer.state in NEUTRAL:
                st.caption(NEUTRAL[answer.state])
            return
        draw_finished(answer, _light, _figures(answer))


def _figures(answer: StoredAnswer) -> str:
    """ "First word after 0.4 s · 2.1 s in all · 1,204 tokens · $0.0012"."""
    parts = [] if answer.first_word_seconds is None else [f"First word after {answer.first_word_seconds:.1f} s"]
    parts.append(f"{answer.seconds:.1f} s in all")
    tokens = answer.usage.input_tokens + answer.usage.output_tokens
    if tokens:
        parts.append(f"{tokens:,} tokens")
    return " · ".join([*parts, paid(answer.attempts, answer.cost_usd).words])


def _neutral_text(answer: StoredAnswer, text: str) -> None:
    """The reader's text is no Markdown, but is drawn like everybody's while nobody may tell it apart."""
    if answer.provider == "reader":
        st.markdown("  \n".join(escaped(line) for line in text.splitlines()))
    else:
        st.markdown(safe_markdown(text))


def _light(place: str) -> None:
    st.session_state["contest_lit"] = place
    st.session_state["reveal"] = st.session_state.get("reveal", 0) + 1


def _actions(contest: Contest, lane: Lane, answer: StoredAnswer, *, key: str) -> None:
    with st.container(horizontal=True, gap="small", key=f"actions_{key}"):
        if answer.state in CAN_GO_ON and answer.text:
            st.button("Continue", key=f"continue_{key}", on_click=_go_on, args=(answer.id,))
        elif answer.state in TRY_AGAIN:
            st.button("Try again", key=f"again_{key}", icon=":material/refresh:", on_click=_again, args=(lane, answer))
        if not contest.hidden and answer.text:
            words = "Copies questions and answers of this model into a talk of its own"
            if st.button("Go on in Chat", key=f"chat_{key}", icon=":material/forum:", help=words):
                _open_in_chat(contest, lane)


def _open_in_chat(contest: Contest, lane: Lane) -> None:
    """A copy: the comparison, its votes and its figures stay what they are."""
    copied: list[str] = []

    def copy() -> None:
        copied.append(mine().copy_conversation(lane.conversation_id, title=contest.title).id)

    if done(copy):
        open_talk(copied[0])
    st.rerun()


def _go_on(answer_id: str) -> None:
    done(partial(runtime().engine.go_on, owner(), answer_id, typed=typed()))


def _again(lane: Lane, answer: StoredAnswer) -> None:
    engine = runtime().engine
    done(partial(engine.ask_again, owner(), answer.turn_id, model=lane.model, detail=answer.detail, typed=typed()))


def _sees(lane: Lane, answer: StoredAnswer, *, key: str) -> None:
    """The very bytes that this lane's model is sent, each picture at its own best."""
    panel = st.expander("What the model sees", icon=":material/visibility:", key=f"sees_{key}", on_change="rerun")
    if not panel.open:
        return
    with panel:
        try:
            model = resolve(runtime().catalogue, lane.model, today())
            turns = mine().turns(lane.conversation_id)
            sent = what_is_sent(mine(), model, answer.detail, turns, ())
        except LoupeError as error:
            say(error.sentence, "warning")
            return
        pictures = {stored.id: stored for turn in turns for stored in turn.pictures}
        for picture_id, prepared in sent.items():
            draw_prepared(pictures[picture_id], prepared, key=f"{key}_{picture_id}")


# -- following ------------------------------------------------------------------------------------------------------


def follow_all(contest: Contest, followed: Sequence[Followed]) -> None:
    """Shows every text as it comes, until the last is finished. No lane waits for another: each look is short.

    Call it last: it holds the script."""
    under_way = list(followed)
    while under_way:
        under_way = [one for one in under_way if not _look(contest, one)]
        time.sleep(PAUSE_SECONDS)


def _look(contest: Contest, one: Followed) -> bool:
    """Draws what is new; whether the answer is finished."""
    if one.live is None:
        return _look_elsewhere(contest, one)
    done_now = one.live.done  # read before the text: what is done has all its text
    drawn = one.live.text, "" if contest.hidden else one.live.status
    if drawn != one.drawn:
        one.drawn = drawn
        _show(one.box, one.answer, *drawn, hidden=contest.hidden)
    with one.trouble.container():  # a call in each turn also lets a click or a closed page through
        if one.live.error and not contest.hidden:
            say(one.live.error, "warning")
    return done_now and _end(contest, one)


def _look_elsewhere(contest: Contest, one: Followed) -> bool:
    """Another process (the terminal, say) writes this answer: read it from the store, a few times a second."""
    one.trouble.empty()
    if time.monotonic() - one.looked < ELSEWHERE_SECONDS:
        return False
    one.looked = time.monotonic()
    runtime().engine.recover(owner())
    found = mine().answer(one.answer.id)
    _show(one.box, one.answer, found.text, "", hidden=contest.hidden)
    return found.state is not State.RUNNING and _end(contest, one)


def _end(contest: Contest, one: Followed) -> bool:
    """The finished answer takes the place of its text, while the others go on."""
    found = mine().answer(one.answer.id)
    if found.state is not State.RUNNING:
        one.trouble.empty()
        _finished(one.box, found, hidden=contest.hidden)
    return True


def _show(box: DeltaGenerator, answer: StoredAnswer, text: str, status: str, *, hidden: bool) -> None:
    with box.container():
        if not text:
            st.markdown(f":shimmer[{safe_markdown(status or LOOKING)}]")
        elif hidden:
            _neutral_text(answer, text)
        else:
            draw_text(answer, text)
