"""Which model answers and how closely it looks. The choice belongs to the talk and is kept with it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.parts.saying import done
from pages.parts.session import mine, runtime, today, typed
from vision.answering.choosing import default_choice
from vision.choices import Choosable, choosable
from vision.messages import Detail
from vision.models.catalog import READER
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


def choose(talk: Conversation) -> Choice:
    """The pickers. A talk keeps what was chosen; a new one starts with the best that is set up.

    Only her own choice is written: looking at a talk whose model cannot be asked just now changes nothing.
    """
    kept = talk.model or default_choice(credentials(typed()), mine().preferences())
    options = {option.word: option for option in choosable(runtime().catalogue, typed(), today(), kept)}
    words = list(options)
    detail = talk.detail or Detail.NORMAL
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="choices"):
        model = st.selectbox(
            "Who answers",
            words,
            index=words.index(kept),
            format_func=lambda word: options[word].label,
            key=f"model_{talk.id}",
            on_change=_keep,
            args=(talk.id, kept, detail),
            width=270,
        )
        if model != READER:
            detail = _detail(detail, talk.id, kept)
        _link_to_settings(options[model], only=len(options) == 1)
    if model == READER:
        st.caption(READER_WORDS)
    return Choice(model, detail)


def _keep(talk_id: str, model: str, detail: Detail) -> None:
    """What she chose just now, for the next visit."""
    model = st.session_state.get(f"model_{talk_id}", model)
    detail = st.session_state.get(f"detail_{talk_id}", detail)
    done(lambda: mine().set_choice(talk_id, model=model, detail=detail))


def _detail(kept: Detail, talk_id: str, model: str) -> Detail:
    options = list(Detail)
    return st.selectbox(
        "How closely to look",
        options,
        index=options.index(kept),
        format_func=DETAIL_WORDS.__getitem__,
        key=f"detail_{talk_id}",
        on_change=_keep,
        args=(talk_id, model, kept),
        help=DETAIL_HELP,
        width=190,
    )


def _link_to_settings(chosen: Choosable, *, only: bool) -> None:
    if not chosen.ready:
        st.page_link("settings.py", label="Set it up in Settings", icon=":material/key:")
    elif only:
        st.page_link("settings.py", label="Add a key for Claude, Gemini or OpenAI", icon=":material/key:")
