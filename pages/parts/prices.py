"""What one question to all lanes of a comparison of models will cost, before it is asked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from vision.contests.asking import together
from vision.markdown import safe_markdown
from vision.routing.estimating import Estimate, in_words
from vision.routing.plan import Plan


def draw_price(plans: Sequence[tuple[str, Plan | None]], *, question: str, names: bool = True) -> None:
    """What ``question`` costs at all of them together, and at each of them unless ``names`` are to be kept."""
    found = [(word, plan.candidates[0] if plan and plan.candidates else None) for word, plan in plans]
    estimates = [standing.estimate if standing else None for _, standing in found]
    them = "Both" if len(plans) == 2 else f"All {len(plans)}"
    st.markdown(safe_markdown(f"{them} together: {_in_words(estimates)} for {question}."))
    if names:
        each = (
            f"{standing.model.label}: {in_words(standing.estimate) if standing.estimate else 'price unknown'}"
            if standing
            else f"{word}: cannot be asked just now"
            for word, standing in found
        )
        st.caption(safe_markdown(" · ".join(each)))


def _in_words(estimates: Sequence[Estimate | None]) -> str:
    """ "about $0.0012 to $0.0150", and how many there are whose price nobody knows."""
    known = [one for one in estimates if one is not None and one.high is not None]
    unknown = len(estimates) - len(known)
    if not known or not unknown:
        return in_words(together(estimates))
    return f"{in_words(together(known))}, and {unknown} of unknown price"
