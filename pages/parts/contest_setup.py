"""A new comparison of models: the pictures, who answers, the price of the whole round, the question."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from pages.parts.choice import DETAIL_HELP, DETAIL_WORDS
from pages.parts.contests import open_contest
from pages.parts.picture_input import picture_input
from pages.parts.plan import plan_of
from pages.parts.prices import draw_price
from pages.parts.recent import recent_pictures
from pages.parts.saying import done, say, say_failure
from pages.parts.session import mine, owner, runtime, today, typed
from pages.parts.viewer import shown, viewer
from vision.answering.requesting import shape_of_next
from vision.choices import Choosable, choosable
from vision.contests.asking import LEAST, MOST, ask_all, begin, one_per_provider
from vision.errors import LoupeError, NotThere
from vision.ingest import other_page
from vision.markdown import safe_markdown
from vision.messages import Detail
from vision.models.catalog import DEFAULT_LEVEL
from vision.routing.estimating import Shape
from vision.routing.levels import LEVEL_WORDS, LEVELS
from vision.routing.plan import Plan
from vision.samples import starters
from vision.store.records import StoredPicture

VIEWER_HEIGHT = 420
BY_LEVEL, BY_HAND = "One of each provider", "By hand"
HIDE_HELP = (
    "The answers are called 1, 2, 3 and 4 in an order that is drawn by lot, and nothing tells who gave which until you "
    "have voted. What a model says of itself is not hidden."
)
TOO_FEW = "Comparing needs two models or more, and only {count} can be asked here just now."


@dataclass(frozen=True, slots=True)
class _Round:
    """What is chosen on this page, before anything is asked. ``words`` are choice words; ``shape`` is what is sent."""

    pictures: tuple[StoredPicture, ...]
    words: tuple[str, ...]
    detail: Detail
    hidden: bool
    shape: Shape


def draw_setup() -> None:
    pictures = _pictures()
    left, right = st.columns([6, 7], gap="medium")
    with left:
        _draw_pictures(pictures)
    with right:
        chosen = _who_answers(pictures)
        _question(chosen)
        say_failure()


# -- pictures: in the address until the question is asked, so that a reload keeps them ------------------------------


def _pictures() -> tuple[StoredPicture, ...]:
    found = []
    for picture_id in st.query_params.get_all("p"):
        try:
            found.append(mine().picture(picture_id))
        except NotThere:
            continue
    return tuple(found)


def _take(ids: Sequence[str]) -> None:
    st.query_params["p"] = list(dict.fromkeys(ids))
    st.rerun()


def _draw_pictures(pictures: Sequence[StoredPicture]) -> None:
    ids = [stored.id for stored in pictures]
    if pictures:
        views = [shown(one.id, one.picture.width, one.picture.height, one.picture.name) for one in pictures]
        viewer(views, key="contest_viewer", front=ids[-1], height=VIEWER_HEIGHT)
        with st.container(horizontal=True, gap="small", key="contest_pictures"):
            for stored in pictures:
                name = safe_markdown(stored.picture.name)
                if st.button(
                    name, key=f"take_out_{stored.id}", icon=":material/close:", type="tertiary", help="Take out"
                ):
                    _take([other for other in ids if other != stored.id])
        for stored in pictures:
            _pages(stored, ids)
    with st.expander(
        "Add another picture" if pictures else "Add a picture",
        icon=":material/add_photo_alternate:",
        expanded=not pictures,
        key="contest_add",
    ):
        new = picture_input(key=f"contest_{len(pictures)}")
        again = recent_pictures(key="contest")
        if new or again:
            _take([*ids, *new, *([again] if again else ())])


def _pages(stored: StoredPicture, ids: Sequence[str]) -> None:
    """For a file of several pages: a box to pick another, which takes its place."""
    picture = stored.picture
    if picture.pages < 2:
        return
    label = f"Page of {picture.pages}"
    page = st.number_input(label, min_value=1, max_value=picture.pages, value=picture.page, key=f"page_{stored.id}")
    if page == picture.page:
        return
    try:
        with st.spinner(f"Reading page {page}"):
            chosen = other_page(mine(), stored, int(page), runtime().open_limits)
    except LoupeError as error:
        say(error.sentence, "warning")
        return
    _take([chosen.id if other == stored.id else other for other in ids])


# -- who answers ----------------------------------------------------------------------------------------------------


def _who_answers(pictures: tuple[StoredPicture, ...]) -> _Round:
    detail: Detail = st.session_state.get("contest_detail", Detail.NORMAL)
    shape = shape_of_next((), pictures, detail, question=st.session_state.get("contest_question", ""))
    options = {
        one.word: one
        for one in choosable(runtime().catalogue, typed(), today(), local_only=mine().preferences().local_only)
    }
    how = st.radio(
        "Who answers", [BY_LEVEL, BY_HAND], horizontal=True, key="contest_how", index=0 if len(options) > 2 else 1
    )
    words = _by_hand(options) if how == BY_HAND else ()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="contest_choices"):
        if how == BY_LEVEL:
            words = _one_of_each(shape)
        details = list(Detail)
        detail = st.selectbox(
            "How closely to look",
            details,
            index=details.index(Detail.NORMAL),
            format_func=DETAIL_WORDS.__getitem__,
            key="contest_detail",
            help=DETAIL_HELP,
            width=190,
        )
    hidden = st.toggle("Hide the names until I have voted", value=True, key="contest_hide", help=HIDE_HELP)
    if len(words) < LEAST and (how == BY_LEVEL or len(options) < LEAST):
        count = "one" if len(words) == 1 or len(options) == 1 else "none"
        st.warning(TOO_FEW.format(count=count), icon=":material/key:")
        st.page_link("settings.py", label="Add a key for Claude, Gemini or OpenAI", icon=":material/key:")
    elif len(words) < LEAST:
        st.caption("Choose two to four models.")
    return _Round(pictures, words, detail, hidden, shape)


def _plan(word: str, shape: Shape) -> Plan | None:
    return plan_of(partial(runtime().engine.plan, owner(), word, shape, typed=typed()))


def _one_of_each(shape: Shape) -> tuple[str, ...]:
    """The candidates of the level, the first of each provider."""
    level = st.radio(
        "Level",
        list(LEVELS),
        index=LEVELS.index(DEFAULT_LEVEL),
        format_func=LEVEL_WORDS.__getitem__,
        horizontal=True,
        key="contest_level",
    )
    plan = _plan(level, shape)
    return one_per_provider(plan) if plan else ()


def _by_hand(options: Mapping[str, Choosable]) -> tuple[str, ...]:
    """Two to four boxes, the last two of which may stay empty. (Streamlit's box for several has too small a target.)"""
    words = list(options)
    chosen: list[str | None] = []
    with st.grid(2, min_column_width=220, gap="small", key="contest_models"):
        for number in range(1, min(MOST, len(words)) + 1):
            chosen.append(
                st.selectbox(
                    f"Model {number}" if number <= LEAST else f"Model {number}, if you like",
                    words,
                    index=number - 1 if number <= LEAST else None,
                    format_func=lambda word: options[word].label,
                    placeholder="None",
                    key=f"contest_model_{number}",
                )
            )
    named = [word for word in chosen if word is not None]
    if len(set(named)) < len(named):
        st.caption("The same model twice counts once.")
    return tuple(dict.fromkeys(named))


# -- the question ---------------------------------------------------------------------------------------------------


def _question(chosen: _Round) -> None:
    # Also before there is a picture, or all that follows would move down when it comes, under her hand.
    first = chosen.pictures[0].picture.sha256 if chosen.pictures else ""
    with st.container(horizontal=True, gap="small", key="contest_starters"):
        for number, words in enumerate(starters(first, reader=False)):
            st.button(words, key=f"starter_{number}", on_click=_write, args=(words,))
    question = st.text_area(
        "Your question to all of them", key="contest_question", height=90, placeholder="What is the total?"
    ).strip()
    ready = bool(question) and bool(chosen.pictures) and len(chosen.words) >= LEAST
    if st.button("Run", type="primary", icon=":material/play_arrow:", key="contest_run"):
        if ready:
            _run(chosen, question)
        else:
            st.caption(_missing(chosen))
    # Below the button: a press on it ends the writing, so the price changes while she presses, and above the button
    # another line of it would take the button away from under the pointer.
    if len(chosen.words) >= LEAST:
        draw_price([(word, _plan(word, chosen.shape)) for word in chosen.words], question="this question")


def _missing(chosen: _Round) -> str:
    if not chosen.pictures:
        return "Add a picture first."
    return "Choose two to four models first." if len(chosen.words) < LEAST else "Write a question first."


def _write(question: str) -> None:
    st.session_state["contest_question"] = question


def _run(chosen: _Round, question: str) -> None:
    """The comparison and its first round."""
    made: list[str] = []
    if done(partial(_begin, chosen, question, made.append)):
        st.query_params.pop("p", None)
        open_contest(made[0])


def _begin(chosen: _Round, question: str, made: Callable[[str], object]) -> None:
    ids = [stored.id for stored in chosen.pictures]
    contest = begin(mine(), chosen.words, ids, blind=chosen.hidden, chance=secrets.SystemRandom())
    made(contest.id)
    ask_all(runtime().engine, mine(), contest, question, detail=chosen.detail, typed=typed())
