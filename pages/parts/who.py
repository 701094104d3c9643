"""Who is asked about many pictures at once and how closely, with the price of all of them beside each level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from pages.parts.choice import DETAIL_HELP, DETAIL_WORDS, ONE_MODEL
from pages.parts.plan import draw_reasons, plan_of
from pages.parts.saying import say
from pages.parts.session import mine, owner, runtime, today, typed
from vision.answering.choosing import default_choice
from vision.choices import choosable
from vision.extracting.setup import price
from vision.markdown import safe_markdown
from vision.messages import Detail
from vision.models.catalog import DEFAULT_LEVEL, READER
from vision.routing.estimating import Estimate, Shape, in_words
from vision.routing.levels import LEVEL_WORDS, LEVELS
from vision.routing.plan import Plan
from vision.routing.wording import listed
from vision.settings import credentials

Counted = tuple[tuple[Shape, int], ...]
NAMES: Mapping[str, str] = {**{level: LEVEL_WORDS[level] for level in LEVELS}, ONE_MODEL: "One model"}
HELP = (
    "Quick is cheapest, Best looks and thinks hardest. The cheapest provider is asked first, and another one when it "
    "cannot answer. One model is asked as it is, and nobody else."
)
NOBODY = "Nobody can be asked at this level just now."


def _no_time(_: str) -> tuple[str, str]:
    return "", ""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be asked, as the pickers need it. ``key`` begins the keys of their widgets. ``counted``: what the
    price depends on, and how often. ``one`` and ``all`` name it ("this document", "all {} documents"). ``keep`` writes
    a choice down (``who=``, ``look=``). ``minutes`` says how long all of it takes at a choice word, in words and in
    short."""

    key: str
    label: str
    counted: Counted
    one: str
    all: str
    reader: str
    keep: Callable[..., None]
    minutes: Callable[[str], tuple[str, str]] = _no_time

    def cost(self, word: str) -> Estimate | None:
        return price(self.counted, partial(_estimate, word))


def usable_word(asked_for: str) -> str:
    """The choice word to show for what was chosen before: hers where it can be asked, else her default or the
    reader. Auto is no choice for many pictures."""
    word = asked_for or default_choice(credentials(typed()), mine().preferences())
    if word not in NAMES and word not in _models(word):
        word = READER
    if word == "auto" or (word in LEVELS and not credentials(typed())):
        word = DEFAULT_LEVEL if credentials(typed()) else READER
    return word


def choose_who(work: Work, word: str, detail: Detail) -> tuple[str, Detail]:
    """The choice word and the detail, drawn with what they cost for all of it. ``word`` is a ``usable_word``."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key=f"{work.key}_who"):
        if credentials(typed()):
            word = _level(work, word)
        if word not in LEVELS:
            word = _model(work, word)
        if word != READER:
            detail = _detail(work, detail)
    _say_price(work, word)
    return word, detail


def _plan(word: str, shape: Shape) -> Plan | None:
    return plan_of(partial(runtime().engine.plan, owner(), word, shape, typed=typed()))


def _estimate(word: str, shape: Shape) -> Estimate | None:
    plan = _plan(word, shape)
    return plan.candidates[0].estimate if plan and plan.candidates else None


def _level(work: Work, word: str) -> str:
    options = list(NAMES)
    key = f"{work.key}_level"
    st.session_state.setdefault(key, word if word in LEVELS else ONE_MODEL)
    chosen = st.radio(
        work.label,
        options,
        format_func=NAMES.__getitem__,
        captions=[safe_markdown(_short(work, name)) if name in LEVELS else "your choice" for name in options],
        horizontal=True,
        key=key,
        on_change=_keep_level,
        args=(work, word),
        help=HELP,
    )
    return word if chosen == ONE_MODEL and word not in LEVELS else str(chosen) if chosen in LEVELS else READER


def _short(work: Work, level: str) -> str:
    """ "$0.04–$0.21, 3 min"."""
    found = work.cost(level)
    if found is None:
        return ""
    words = in_words(found).removeprefix("about ").replace(" to ", "–")
    return ", ".join(filter(None, (words, work.minutes(level)[1])))


def _keep_level(work: Work, word: str) -> None:
    level = st.session_state[f"{work.key}_level"]
    if level in LEVELS:
        work.keep(who=level)
        return
    plan = _plan(word, work.counted[-1][0]) if work.counted else None  # the one that the level would have asked first
    first = plan.candidates[0].model.word if plan and plan.candidates else word
    options = list(_models())
    work.keep(who=first if first in options else options[0])
    st.session_state.pop(f"{work.key}_model", None)


def _models(kept: str = "") -> dict[str, str]:
    found = choosable(runtime().catalogue, typed(), today(), kept, local_only=mine().preferences().local_only)
    return {one.word: one.label for one in found}


def _model(work: Work, word: str) -> str:
    options = _models(word)
    words, key = list(options), f"{work.key}_model"
    if st.session_state.get(key) not in words:
        st.session_state[key] = word if word in words else words[-1]
    return st.selectbox(
        "Model",
        words,
        format_func=options.__getitem__,
        key=key,
        on_change=lambda: work.keep(who=st.session_state[key]),
        width=270,
    )


def _detail(work: Work, detail: Detail) -> Detail:
    options, key = list(Detail), f"{work.key}_detail"
    return st.selectbox(
        "How closely to look",
        options,
        index=options.index(detail),
        format_func=DETAIL_WORDS.__getitem__,
        key=key,
        on_change=lambda: work.keep(look=st.session_state[key].value),
        help=DETAIL_HELP,
        width=190,
    )


def _say_price(work: Work, word: str) -> None:
    """Who is asked first, what all of it together may cost, and who follows."""
    if word == READER:
        minutes = work.minutes(word)[0] if work.counted else ""
        words = work.reader if credentials(typed()) else f"Without a key {work.reader[0].lower()}{work.reader[1:]}"
        st.caption(f"{words} {minutes[:1].upper()}{minutes[1:]}{_for_all(work)}." if minutes else words)
        if not credentials(typed()):
            st.page_link("settings.py", label="Add a key for Claude, Gemini or OpenAI", icon=":material/key:")
        return
    if not work.counted:
        st.caption("The price is said here once there is a picture.")
        return
    plan = _plan(word, work.counted[-1][0])
    if plan is None or not plan.candidates:
        reasons = "; ".join(f"{one.model.label}: {one.reason}" for one in plan.standings[:3]) if plan else ""
        say(f"{NOBODY} {reasons}.", "warning")
        return
    first, *rest = plan.candidates
    found, (minutes, _) = work.cost(word), work.minutes(word)
    price_words = in_words(found) if found else "price unknown"
    time = f", {minutes}," if minutes else ""
    then = f" If that fails: {listed(one.model.label for one in rest)}." if rest else ""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"{work.key}_price"):
        st.caption(safe_markdown(f"{first.model.label}, {price_words}{time}{_for_all(work)}.{then}"))
        draw_reasons(plan, key=work.key)


def _for_all(work: Work) -> str:
    number = sum(count for _, count in work.counted)
    return f" for {work.one if number == 1 else work.all.format(f'{number:,}')}"
