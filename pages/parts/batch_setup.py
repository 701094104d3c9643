"""Before a run: the pictures, what is asked of each, who is asked at what price, in how many minutes; and the start."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import streamlit as st

from pages.parts.batch_pictures import Pictures, draw_pictures
from pages.parts.batch_state import Desk, go, once, put
from pages.parts.batch_what import draw_how, draw_what
from pages.parts.choice import READER_WORDS
from pages.parts.extract_choice import READER_FILLS
from pages.parts.saying import failed, say_failure
from pages.parts.session import mine, owner, runtime, typed
from pages.parts.who import Work, choose_who, usable_word
from vision.batch.batches import MOST_ITEMS, needs_typed
from vision.batch.estimating import at_once, count, documents, earlier_seconds, grouped, pace_of, shapes
from vision.batch.showing import caps_words, minutes_short, minutes_words, run_label
from vision.extracting.setup import Chosen
from vision.messages import Detail
from vision.store.batch_records import Terms

TRIAL = 3
AT_ONCE = 8
TYPED_KEY = (
    "The key you typed lives as long as this Loupe runs: if it is closed, the run waits and asks for the key again."
)
TOO_MANY = "At most {:,} pictures go into one run: take some out, then run the rest."


def draw_setup(state: Desk) -> None:
    left, right = st.columns([5, 7], gap="medium")
    with left:
        pictures = draw_pictures(state)
    with right:
        question, chosen = draw_what(state)
        together = draw_how(state, pictures, fields=chosen is not None)
        word, detail, parallel = _who(state, pictures, question, chosen, together=together)
        cap = _limits(state)
        terms = Terms(question, cap, parallel)
        _buttons(pictures, terms, chosen, word, detail, together=together)
        say_failure()


def _who(
    state: Desk, pictures: Pictures, question: str, chosen: Chosen | None, *, together: bool
) -> tuple[str, Detail, int]:
    detail = Detail(state.look) if state.look in set(Detail) else Detail.NORMAL
    parallel = _at_once(state)
    sizes = mine().picture_sizes([one.picture_id for one in pictures.sources])
    groups = grouped(pictures.sources, sizes, together=together)
    earlier = earlier_seconds(mine(), fields=chosen is not None)

    def minutes(word: str) -> tuple[str, str]:
        pace = pace_of(word, runtime().catalogue, earlier)
        found = pace.minutes(groups, at_once(word, parallel, runtime().settings.batch_parallel))
        return minutes_words(found), minutes_short(found)

    work = Work(
        key="batch_w",
        label="Who is asked",
        counted=shapes(groups, detail, question=question, fields=chosen.fields if chosen else None),
        one="this picture",
        all="all {} pictures",
        reader=READER_FILLS if chosen else READER_WORDS,
        keep=put,
        minutes=minutes,
    )
    word, detail = choose_who(work, usable_word(state.who), detail)
    if pictures.sources:
        runtime().batches.get_ready(owner(), word, typed())
    if needs_typed(typed(), word):
        st.caption(TYPED_KEY)
    return word, detail, parallel


def _limits(state: Desk) -> Decimal | None:
    """The cap; how many at once for experts, folded away."""
    st.session_state.setdefault("batch_w_cap", _number(state.cap))
    preferences = mine().preferences()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="batch_limits"):
        cap = st.number_input(
            "Spend at most (US dollars)",
            min_value=0.01,
            step=1.0,
            format="%.2f",
            placeholder="no cap",
            key="batch_w_cap",
            on_change=lambda: put(cap=_text(st.session_state["batch_w_cap"])),
            help=caps_words(preferences.run_cap, preferences.day_cap, runtime().settings.installation_day_cap)
            + " One more picture that could pass a cap is not asked: the run stands still and says so.",
            width=230,
        )
        _experts(state)
    return None if cap is None else Decimal(str(cap))


def _experts(state: Desk) -> None:
    with st.popover("For experts", icon=":material/tune:", key="batch_experts"):
        most = runtime().settings.batch_parallel
        st.number_input(
            "How many at once",
            value=_at_once(state),  # not by the session: what opens later would begin at its least value
            min_value=1,
            max_value=most,
            key="batch_w_n",
            on_change=lambda: put(n=str(st.session_state["batch_w_n"] or "")),
            help=f"1 is one after the other, in order. A service that is short slows all of it down by itself. At most "
            f"{most} in all runs together.",
        )


def _at_once(state: Desk) -> int:
    wanted = int(state.at_once) if state.at_once.isdecimal() else AT_ONCE
    return max(1, min(wanted, runtime().settings.batch_parallel))


def _number(text: str) -> float | None:
    try:
        return float(Decimal(text)) if text and Decimal(text) > 0 else None
    except InvalidOperation:
        return None


def _text(cap: float | None) -> str:
    return "" if cap is None else f"{cap:g}"


# -- the start --------------------------------------------------------------------------------------------------------


def _buttons(
    pictures: Pictures, terms: Terms, chosen: Chosen | None, word: str, detail: Detail, *, together: bool
) -> None:
    number = count(pictures.sources, together=together)
    trial = None
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="batch_buttons"):
        if number > TRIAL and st.button("Try the first three", icon=":material/science:", key="batch_try"):
            trial = TRIAL
        whole = st.button(run_label(number), type="primary", icon=":material/play_arrow:", key="batch_run")
    if not whole and trial is None:
        return
    missing = _missing(pictures, terms, chosen, number)
    if missing:
        failed(missing)
        return
    found = documents(pictures.sources, pictures.refused, together=together)
    terms = Terms(terms.question, terms.cap_usd, terms.parallel, trial)
    fields = chosen.fields if chosen else None

    def begin() -> str:
        run = runtime().batches.begin(owner(), found, terms, choice=word, detail=detail, fields=fields, typed=typed())
        return run.id

    with st.spinner("Beginning"):
        run_id = once((found, terms, word, detail, chosen.word if chosen else ""), begin)
    if run_id:
        go(r=run_id)


def _missing(pictures: Pictures, terms: Terms, chosen: Chosen | None, number: int) -> str:
    if pictures.coming:
        return "Wait until everything is unpacked, or stop it."
    if not number:
        return "Add a picture first."
    if number > MOST_ITEMS:
        return TOO_MANY.format(MOST_ITEMS)
    if chosen is None and not terms.question:
        return "Write a question first, or choose a set of fields."
    return ""
