"""Who would be asked for the next question, at what price, and why: one line, and the whole list behind a button."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import streamlit as st

from pages.parts.saying import say
from pages.parts.tables import draw_table
from vision.errors import LoupeError
from vision.markdown import safe_markdown
from vision.routing.estimating import Estimate, in_words, usd
from vision.routing.plan import Plan
from vision.routing.wording import listed

LEAST = Decimal("0.0001")
NOBODY = "Nobody can be asked at this level just now."
DOLLARS = "Prices are estimates in US dollars for the next question alone; what was billed stands under each answer."


def plan_of(make: Callable[[], Plan]) -> Plan | None:
    """The plan; None where there is none (a model that is gone), which asking says in words."""
    try:
        return make()
    except LoupeError:
        return None


def in_short(plan: Plan | None) -> str:
    """ "$0.0004–$0.0021", "up to $0.0004", "price unknown": of who would be asked first; "" when nobody would."""
    if plan is None or not plan.candidates:
        return ""
    found = plan.candidates[0].estimate
    if found is None or found.low is None or found.high is None:
        return "price unknown"
    if found.high == 0:
        return "free"
    return f"{usd(found.low)}–{usd(found.high)}" if found.low >= LEAST else f"up to {usd(found.high)}"


def draw_plan(plan: Plan | None) -> None:
    """Who is asked first and what it may cost, and who follows."""
    if plan is None:
        return
    if plan.candidates:
        st.caption(safe_markdown(_line(plan)))
        return
    reasons = "; ".join(f"{one.model.label}: {one.reason}" for one in plan.standings[:3])
    say(f"{NOBODY} {reasons}.", "warning")


def draw_reasons(plan: Plan | None, *, key: str) -> None:
    """Everybody who could be asked, in order, and why not the others, behind a button."""
    if plan is not None and plan.level is not None:
        with st.popover("Who and why", type="tertiary", key=f"why_{key}"):
            _list(plan)


def _line(plan: Plan) -> str:
    first, *rest = plan.candidates
    if plan.wanted.kind == "auto":
        line = "Decides by your question: printed text is read on this machine for nothing"
        return f"{line}; otherwise the cheapest level that fits is asked."
    price = _price(first.estimate)
    note = f" {first.note}." if first.note else ""
    then = f" If that fails: {listed(one.model.label for one in rest)}." if rest else ""
    return f"{first.model.label}, {price} for the next question.{then}{note}"


def _price(found: Estimate | None) -> str:
    return in_words(found) if found else "price unknown"


def _list(plan: Plan) -> None:
    rows = [
        (
            one.model.label,
            f"{number}." if one.candidate else "no",
            _price(one.estimate) if one.estimate else "",
            one.reason,
        )
        for number, one in enumerate(plan.standings, start=1)
    ]
    heads = ("Model", "Asked", "Price", "Why")
    draw_table(heads, rows, numbers=(), label="Who is asked, in which order, and why")
    st.caption(DOLLARS)
