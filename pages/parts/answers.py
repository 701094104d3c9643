"""One question and its answer, as they stand in the conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

import streamlit as st

from pages.parts.copy_button import copy_button
from pages.parts.saying import say
from pages.parts.session import picture_url, runtime
from vision.export import ending, who
from vision.markdown import safe_markdown
from vision.messages import Attempt, Evidence
from vision.routing.wording import attempt_words, labels_of
from vision.store.records import State, StoredAnswer, StoredTurn

THUMBNAIL_WIDTH = 64


def draw_question(turn: StoredTurn, letters: Sequence[str] = ()) -> None:
    """The question with the pictures that came with it, and their ``letters`` where they have any."""
    with st.chat_message("user", avatar=":material/person:"):
        if turn.pictures:
            with st.container(horizontal=True, gap="small", key=f"shown_{turn.id}"):
                for stored, letter in zip_longest(turn.pictures, letters[: len(turn.pictures)]):
                    url = picture_url(stored.id, "thumbnail")
                    name = f"Picture {letter}: {stored.picture.name}" if letter else stored.picture.name
                    st.image(url, width=THUMBNAIL_WIDTH, alt=name, caption=letter)
        st.text(turn.question)


def draw_text(answer: StoredAnswer, text: str) -> None:
    """The answer's words: what a model writes is Markdown, what the reader read is shown as it stands."""
    if answer.provider == "reader":
        st.text(text)
    else:
        st.markdown(safe_markdown(text))


def draw_ending(answer: StoredAnswer) -> None:
    """What a person must know about how the answer ended; nothing for one that is simply complete."""
    if answer.state is State.FAILED:
        say(answer.sentence)
    elif answer.state is State.INTERRUPTED:
        say("The app stopped while this was being answered. What came is kept.", "warning")
    elif answer.state in (State.REFUSED, State.BLOCKED, State.EMPTY):
        say(ending(answer), "warning")
    elif answer.state is State.CUT_OFF:
        say("The answer reached its length limit. Continue asks for the rest.", "info")
    elif answer.state is State.STOPPED:
        st.caption("Stopped by you. What came is kept.")


def draw_finished(answer: StoredAnswer, light: Callable[[str], None], foot: str = "") -> None:
    """A finished answer: text, where it was read, how it ended, who gave it or, in place of that, ``foot``."""
    if answer.text:
        draw_text(answer, answer.text)
    draw_ending(answer)
    if answer.evidence:
        _draw_evidence(answer, light)
    for note in answer.notes:
        st.caption(safe_markdown(note))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"foot_{answer.id}"):
        st.caption(safe_markdown(foot or who(answer, label_of(answer))))
        if answer.text:
            st.space("stretch")
            copy_button(answer.text, key=f"copy_{answer.id}")
    if len(answer.attempts) > 1 or any(_put_aside(attempt, answer) for attempt in answer.attempts):
        _draw_attempts(answer)


def label_of(answer: StoredAnswer) -> str:
    """The model's name for people; a local server's model goes by its id."""
    found = runtime().catalogue.models.get(answer.model)
    return found.label if found else answer.model


def _draw_attempts(answer: StoredAnswer) -> None:
    """Everything that was tried, in order, with what came of attempts that broke off."""
    labels = labels_of(runtime().catalogue)
    with st.expander(f"What was tried ({len(answer.attempts)})", icon=":material/route:", key=f"tried_{answer.id}"):
        for number, attempt in enumerate(answer.attempts, start=1):
            st.caption(safe_markdown(f"{number}. {attempt_words(attempt, labels)}"))
            if _put_aside(attempt, answer):
                st.caption("Unfinished, and put aside for the next attempt:")
                st.text(attempt.text)


def _put_aside(attempt: Attempt, answer: StoredAnswer) -> bool:
    """Whether the attempt said something that does not stand in the answer itself."""
    return bool(attempt.text) and attempt.text not in answer.text


def evidence_id(answer: StoredAnswer, number: int) -> str:
    return f"{answer.id}:{number}"


def _draw_evidence(answer: StoredAnswer, light: Callable[[str], None]) -> None:
    """A button per place: pressing it lights the place up on the picture."""
    shown = answer.evidence[:6]
    with st.container(horizontal=True, gap="small", key=f"evidence_{answer.id}"):
        for number, evidence in enumerate(shown):
            st.button(
                safe_markdown(_short(evidence)),
                key=f"light_{answer.id}_{number}",
                icon=":material/my_location:",
                help="Show on the picture where this was read",
                on_click=light,
                args=(evidence_id(answer, number),),
            )
        if len(answer.evidence) > len(shown):
            st.caption(f"and {len(answer.evidence) - len(shown)} more, marked on the picture")


def _short(evidence: Evidence) -> str:
    text = " ".join(evidence.text.split())
    return text if len(text) <= 40 else text[:39] + "…"
