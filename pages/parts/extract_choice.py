"""Who reads the documents and how closely, with the price of all of them beside each level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from pages.parts.choice import DETAIL_HELP, DETAIL_WORDS, ONE_MODEL
from pages.parts.extract_state import Desk, put
from pages.parts.plan import draw_reasons, plan_of
from pages.parts.saying import say
from pages.parts.session import mine, owner, runtime, today, typed
from vision.answering.choosing import default_choice
from vision.choices import choosable
from vision.extracting.setup import papers, price, shapes
from vision.fields.model import FieldSet
from vision.markdown import safe_markdown
from vision.messages import Detail
from vision.models.catalog import DEFAULT_LEVEL, READER
from vision.routing.estimating import Estimate, Shape, in_words
from vision.routing.levels import LEVEL_WORDS, LEVELS
from vision.routing.plan import Plan
from vision.routing.wording import listed
from vision.settings import credentials

Counted = tuple[tuple[Shape, int], ...]
Cost = Callable[[Callable[[Shape], Estimate | None]], Estimate | None]
NAMES: Mapping[str, str] = {**{level: LEVEL_WORDS[level] for level in LEVELS}, ONE_MODEL: "One model"}
HELP = (
    "Quick is cheapest, Best looks and thinks hardest. The cheapest provider is asked first, and another one when it "
    "cannot answer. One model is asked as it is, and nobody else."
)
READER_FILLS = (
    "The on-device reader fills in what it can find by its label, on this machine and for nothing; what it cannot find "
    "stays empty."
)
NOBODY = "Nobody can be asked at this level just now."


def choose_reader(state: Desk, fields: FieldSet) -> tuple[str, Detail]:
    """The choice word and the detail, drawn with what they cost for these pictures."""
    word = state.who or default_choice(credentials(typed()), mine().preferences())
    if word not in NAMES and word not in _models(word):
        word = READER
    if word == "auto" or (word in LEVELS and not credentials(typed())):
        word = DEFAULT_LEVEL if credentials(typed()) else READER
    detail = Detail(state.look) if state.look in set(Detail) else Detail.NORMAL
    counted = shapes(fields, papers(state.pictures, state.together), detail)
    cost = partial(price, counted)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="extract_who"):
        if credentials(typed()):
            word = _level(word, cost, counted)
        if word not in LEVELS:
            word = _model(word)
        if word != READER:
            detail = _detail(detail)
    _say_price(word, counted, cost)
    return word, detail


def _plan(word: str, shape: Shape) -> Plan | None:
    return plan_of(partial(runtime().engine.plan, owner(), word, shape, typed=typed()))


def _estimate(word: str, shape: Shape) -> Estimate | None:
    plan = _plan(word, shape)
    return plan.candidates[0].estimate if plan and plan.candidates else None


def _level(word: str, cost: Cost, counted: Counted) -> str:
    found = {level: cost(partial(_estimate, level)) for level in LEVELS}
    options = list(NAMES)
    st.session_state.setdefault("extract_level", word if word in LEVELS else ONE_MODEL)
    chosen = st.radio(
        "Who reads",
        options,
        format_func=NAMES.__getitem__,
        captions=[safe_markdown(_short(found.get(name))) if name in found else "your choice" for name in options],
        horizontal=True,
        key="extract_level",
        on_change=_keep_level,
        args=(word, counted),
        help=HELP,
    )
    return word if chosen == ONE_MODEL and word not in LEVELS else str(chosen) if chosen in LEVELS else READER


def _short(found: Estimate | None) -> str:
    if found is None:
        return ""
    words = in_words(found)
    return words.removeprefix("about ").replace(" to ", "–")


def _keep_level(word: str, counted: Counted) -> None:
    level = st.session_state["extract_level"]
    if level in LEVELS:
        put(who=level)
        return
    plan = _plan(word, counted[-1][0]) if counted else None  # the one that the level would have asked first
    first = plan.candidates[0].model.word if plan and plan.candidates else word
    options = list(_models())
    put(who=first if first in options else options[0])
    st.session_state.pop("extract_model", None)


def _models(kept: str = "") -> dict[str, str]:
    found = choosable(runtime().catalogue, typed(), today(), kept, local_only=mine().preferences().local_only)
    return {one.word: one.label for one in found}


def _model(word: str) -> str:
    options = _models(word)
    words = list(options)
    if st.session_state.get("extract_model") not in words:
        st.session_state["extract_model"] = word if word in words else words[-1]
    return st.selectbox(
        "Model",
        words,
        format_func=options.__getitem__,
        key="extract_model",
        on_change=lambda: put(who=st.session_state["extract_model"]),
        width=270,
    )


def _detail(detail: Detail) -> Detail:
    options = list(Detail)
    return st.selectbox(
        "How closely to look",
        options,
        index=options.index(detail),
        format_func=DETAIL_WORDS.__getitem__,
        key="extract_detail",
        on_change=lambda: put(look=st.session_state["extract_detail"].value),
        help=DETAIL_HELP,
        width=190,
    )


def _say_price(
    word: str,
    counted: Counted,
    cost: Cost,
) -> None:
    """Who is asked first, what all documents together may cost, and who follows."""
    if word == READER:
        st.caption(
            READER_FILLS if credentials(typed()) else f"Without a key {READER_FILLS[0].lower()}{READER_FILLS[1:]}"
        )
        if not credentials(typed()):
            st.page_link("settings.py", label="Add a key for Claude, Gemini or OpenAI", icon=":material/key:")
        return
    if not counted:
        st.caption("The price is said here once there is a picture.")
        return
    plan = _plan(word, counted[-1][0])
    if plan is None or not plan.candidates:
        reasons = "; ".join(f"{one.model.label}: {one.reason}" for one in plan.standings[:3]) if plan else ""
        say(f"{NOBODY} {reasons}.", "warning")
        return
    first, *rest = plan.candidates
    count = sum(number for _, number in counted)
    found = cost(partial(_estimate, word))
    for_all = f"for {'this document' if count == 1 else f'all {count} documents'}"
    then = f" If that fails: {listed(one.model.label for one in rest)}." if rest else ""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="extract_price"):
        st.caption(
            safe_markdown(f"{first.model.label}, {in_words(found) if found else 'price unknown'} {for_all}.{then}")
        )
        draw_reasons(plan, key="extract")
