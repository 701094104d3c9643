"""Which comparison of models this page shows, and what can be done with it: found by ``?c=``, so that a reload finds it
again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.parts.saying import done
from pages.parts.session import mine
from vision.errors import NotThere
from vision.markdown import safe_markdown
from vision.store.records import Contest

CONTEST_PAGE = "contest.py"
SHOWN = 30


def open_contest(contest_id: str) -> None:
    """Go to this comparison."""
    st.session_state.pop("failure", None)
    st.session_state["contest"] = contest_id
    st.switch_page(CONTEST_PAGE, query_params={"c": contest_id})


def current_contest() -> Contest | None:
    """The comparison named in the address, else the one last open in this session.

    Raises NotThere when the address names one that is gone.
    """
    asked = st.query_params.get("c")
    if asked:
        st.session_state["contest"] = asked
        return mine().contest(asked)
    last = st.session_state.get("contest")
    if not last or "p" in st.query_params:  # pictures for a new one
        return None
    try:
        found = mine().contest(last)
    except NotThere:
        leave_contest()
        return None
    st.query_params["c"] = last
    return found


def leave_contest() -> None:
    """The next visit of the page begins a new comparison."""
    for name in ("failure", "contest", "contest_lit", "voting_again"):
        st.session_state.pop(name, None)
    st.query_params.pop("c", None)


def past_contests() -> None:
    """A popover to go on with an earlier comparison."""
    # Drawn in every run: with on_change="rerun" its closing would undo the click that closed it (see recent.py).
    with st.popover("Past comparisons", icon=":material/history:", key="past_contests"):
        found: Sequence[Contest] = mine().contests(SHOWN)
        if not found:
            st.caption("No comparison yet.")
        for contest in found:
            day = f"{contest.updated.day} {contest.updated:%b}"
            words = f"{contest.title or 'New comparison'} ({len(contest.lanes)} models, {day})"
            if st.button(safe_markdown(words), key=f"go_{contest.id}", type="tertiary", width="stretch"):
                open_contest(contest.id)


@st.dialog("Delete this comparison?")
def confirm_deletion(contest: Contest) -> None:
    st.text(contest.title or "New comparison")
    st.write(
        "Its questions, answers and votes are removed for good, and the votes no longer count in your score. "
        "The pictures stay under recent pictures, and what you went on with in Chat stays there."
    )
    with st.container(horizontal=True, gap="small", key="delete_choices"):
        delete = st.button("Delete", type="primary", key="delete_for_good", on_click=_delete, args=(contest.id,))
        keep = st.button("Keep it", key="keep_contest")
    if delete or keep:
        st.rerun()


def _delete(contest_id: str) -> None:
    if done(partial(mine().delete_contest, contest_id)):
        leave_contest()
