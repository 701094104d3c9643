"""The vote on a round, by mouse or by keyboard, and the figures that are shown with the names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from pages.parts.lanes import called, name_of
from pages.parts.saying import done
from pages.parts.session import mine
from pages.parts.tables import draw_table
from vision.contests.rounds import Column, Round
from vision.markdown import safe_markdown
from vision.models.catalog import READER
from vision.routing.paid import paid
from vision.store.records import BOTH_BAD, TIE, Contest, State, Vote

ANSWERED = (State.COMPLETE, State.CUT_OFF, State.STOPPED, State.INTERRUPTED)
FIGURES = ("Model", "First word", "Whole answer", "Tokens in", "Tokens out", "Price")
UNDO_KEY = "voting_again"


def draw_vote(contest: Contest, one: Round, *, last: bool) -> None:
    """What was voted, or the buttons to vote with; nothing while an answer is being written."""
    if one.running:
        return
    again = st.session_state.get(UNDO_KEY) == (contest.id, one.position)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"votes_{one.position}"):
        if one.vote is not None and not again:
            st.markdown(safe_markdown(_said(contest, one, one.vote)))
            if last:
                key = (contest.id, one.position)
                st.button("Change the vote", type="tertiary", key="change_vote", on_click=_again, args=key)
            return
        if not last:
            return
        good = [number for number, column in enumerate(one.columns, 1) if _answered(column)]
        if len(good) >= 2:
            _buttons(contest, one, good)
        elif contest.hidden:
            st.caption("A vote needs two answers.")
        if contest.hidden:
            words = "Show the names without a vote"
            st.button(words, type="tertiary", key="reveal", on_click=_reveal, args=(contest.id,))


def _answered(column: Column) -> bool:
    return column.answer is not None and column.answer.state in ANSWERED and bool(column.answer.text)


def _buttons(contest: Contest, one: Round, good: Sequence[int]) -> None:
    two = len(one.columns) == 2
    best = "better" if two else "the best"
    choices = [(f"{number} is {best}", str(number), contest.lanes[number - 1].id) for number in good]
    choices += [("Tie", "T", TIE), ("Both bad" if two else "All bad", "B", BOTH_BAD)]
    since = _since(one)
    for label, key, choice in choices:
        args = (contest.id, one.position, choice, since)
        st.button(label, shortcut=key, key=f"vote_{key}", on_click=_vote, args=args)


def _since(one: Round) -> datetime | None:
    """When the last answer was there."""
    return max((c.answer.finished for c in one.columns if c.answer and c.answer.finished), default=None)


def _vote(contest_id: str, position: int, choice: str, since: datetime | None) -> None:
    st.session_state.pop(UNDO_KEY, None)
    seconds = (datetime.now(UTC) - since).total_seconds() if since else None
    done(partial(mine().vote, contest_id, position, choice, seconds))


def _again(contest_id: str, position: int) -> None:
    st.session_state[UNDO_KEY] = contest_id, position


def _reveal(contest_id: str) -> None:
    done(partial(mine().set_revealed, contest_id))


def _said(contest: Contest, one: Round, vote: Vote) -> str:
    known = "names hidden" if vote.blind else "names known"
    if vote.choice == TIE:
        return f"Your vote: a tie ({known})."
    if vote.choice == BOTH_BAD:
        return f"Your vote: {'both' if len(one.columns) == 2 else 'all'} bad ({known})."
    names = {lane.id: called(contest, number, lane) for number, lane in enumerate(contest.lanes, 1)}
    return f"Your vote: {names.get(vote.choice, 'an answer that is gone')} ({known})."


def draw_figures(one: Round) -> None:
    """Time, tokens and price of each answer of a round."""
    rows = []
    for number, column in enumerate(one.columns, 1):
        answer = column.answer
        if answer is None or column.running:
            continue
        usage = answer.usage
        first = "not known" if answer.first_word_seconds is None else f"{answer.first_word_seconds:.1f} s"
        counts = (usage.input_tokens, usage.output_tokens)
        known = any(counts) or answer.provider == READER  # a stopped answer leaves none
        tokens = (f"{count:,}" if known else "not known" for count in counts)
        price = paid(answer.attempts, answer.cost_usd).words
        name = f"{number} · {name_of(column.lane)}"
        rows.append((name, first, f"{answer.seconds:.1f} s", *tokens, price))
    if rows:
        draw_table(FIGURES, rows, numbers=range(1, 6), label="Time, tokens and price of each answer")
