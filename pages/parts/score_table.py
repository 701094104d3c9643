"""Her own votes, added up: which model serves her best, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts.downloads import Download, downloads
from pages.parts.lanes import label_of_word
from pages.parts.session import mine
from pages.parts.tables import Cell, draw_table
from vision.contests.scoring import ENOUGH, Score, scores
from vision.extracting.opinions import votes_of
from vision.web.contests import export_url

WHAT = (
    "Counted are your own votes, of all comparisons that still exist, and what you chose between two models in Review. "
    "The bar is where the share of rounds won lies with 95 % certainty (Wilson interval); ties, and rounds where all "
    "were bad, are left out. Among four models one wins every fourth round by chance alone, so compare only models "
    "that met."
)
HEADS = ("Model", "Won", "Tied", "Lost", "All bad", "Share of rounds won")


def draw_scores() -> None:
    """The table behind an expander, with its export; nothing before the first vote."""
    found = scores([*mine().votes(), *votes_of(mine())])
    if not found:
        return
    with st.expander("Your votes so far", icon=":material/leaderboard:", key="scores"):
        draw_table(HEADS, [_row(score) for score in found], numbers=range(1, 5), label="Your votes by model")
        st.caption(WHAT)
        files = (
            Download("Votes and answers as CSV", export_url("csv"), "One row per answer, for a spreadsheet"),
            Download("As JSON", export_url("json"), "Everything that is known, for programs"),
        )
        downloads(files, key="exports_all")


def _row(score: Score) -> Sequence[Cell]:
    counts = (score.wins, score.ties, score.losses, score.bad)
    return (label_of_word(score.model), *map(str, counts), _share(score))


def _share(score: Score) -> Cell:
    """The interval in words and as a bar; before there are enough votes only how many there are."""
    if not score.enough:
        return f"Not enough votes yet: {score.decided} of {ENOUGH} decided"
    return f"Between {100 * score.low:.0f} and {100 * score.high:.0f} of 100", score.low, score.high
