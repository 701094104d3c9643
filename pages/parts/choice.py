"""Which model answers and how closely it looks. The choice belongs to the talk and is kept with it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.parts.session import mine, runtime, today, typed
from vision.answering.choosing import default_model
from vision.choices import READER, Choosable, choosable
from vision.messages import Detail
from vision.settings import credentials
from vision.store.records import Conversation

DETAIL_WORDS = {Detail.GLANCE: "Glance", Detail.NORMAL: "Normal", Detail.FINE: "Fine print"}
DETAIL_HELP = "How many pixels the model gets. Fine print reads small type and costs more; a glance is quick and cheap."
READER_WORDS = (
    "The on-device reader reads printed text, dates, amounts and codes on this machine, for nothing. "
    "It does not see objects, people or scenes."
)


@dataclass(frozen=True, slots=True)
class Choice:
    model: str
    detail: Detail


def choose(talk: Conversation | None) -> Choice:
    """The pickers. A talk remembers what was chosen; a new one starts with the best that is set up."""
    options = {option.word: option for option in choosable(runtime().catalogue, typed(), today())}
    fallback = default_model(runtime().catalogue, credentials(typed()), today())
    wanted = talk.model if talk and talk.model in options else fallback
    scope = talk.id if talk else "new"
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="choices"):
        model = st.selectbox(
            "Who answers",
            list(options),
            index=list(options).index(wanted),
            format_func=lambda word: options[word].label,
            key=f"model_{scope}",
            width=270,
        )
        kept = (talk.detail if talk else None) or Detail.NORMAL
        detail = kept if model == READER else _detail(kept, scope)
    choice = Choice(model, detail)
    if talk and (talk.model, talk.detail) != (choice.model, choice.detail):
        mine().set_choice(talk.id, model=choice.model, detail=choice.detail)
    _say_what_is_missing(options[model], only=len(options) == 1)
    return choice


def _detail(kept: Detail, scope: str) -> Detail:
    options = list(Detail)
    return st.selectbox(
        "How closely to look",
        options,
        index=options.index(kept),
        format_func=DETAIL_WORDS.__getitem__,
        key=f"detail_{scope}",
        help=DETAIL_HELP,
        width=190,
    )


def _say_what_is_missing(chosen: Choosable, *, only: bool) -> None:
    if chosen.word != READER:
        return
    st.caption(READER_WORDS)
    if only:
        st.page_link("settings.py", label="Add a key for Claude, Gemini or OpenAI", icon=":material/key:")
