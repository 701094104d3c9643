"""Her own votes, added up: which model serves her best, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from pages.parts.downloads import Download, downloads
from pages.parts.lanes import label_of_word
from pages.parts.session import mine
from vision.contests.scoring import ENOUGH, Score, scores
from vision.web.contests import export_url

WHAT = (
    "Counted are your own votes, of all comparisons that still exist. The bar is where the share of rounds won lies "
    "with 95 % certainty (Wilson interval); ties, and rounds where all were bad, are left out. Among four models one "
    "wins every fourth round by chance alone, so compare only models that met."
)
# Drawn with the text's own colour, so that it holds in light and dark.
_STYLE = """<style>
.scores { width: 100%; border-collapse: collapse; font-size: .9rem }
.scores th, .scores td { padding: .4rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid #8885 }
.scores td.n, .scores th.n { text-align: right; font-variant-numeric: tabular-nums }
.scores .bar { position: relative; height: .5rem; min-width: 7rem; margin-top: .35rem; border: 1px solid currentColor;
  border-radius: .25rem; overflow: hidden; opacity: .8 }
.scores .bar i { position: absolute; top: 0; bottom: 0; background: currentColor }
</style>"""
HEADS = ("Model", "Won", "Tied", "Lost", "All bad", "Share of rounds won")


def draw_scores() -> None:
    """The table behind an expander, with its export; nothing before the first vote."""
    found = scores(mine().votes())
    if not found:
        return
    with st.expander("Your votes so far", icon=":material/leaderboard:", key="scores"):
        st.html(f"{_STYLE}<div style='overflow-x:auto' tabindex='0'>{_table(found)}</div>")
        st.caption(WHAT)
        files = (
            Download("Votes and answers as CSV", export_url("csv"), "One row per answer, for a spreadsheet"),
            Download("As JSON", export_url("json"), "Everything that is known, for programs"),
        )
        downloads(files, key="exports_all")


def _table(found: Sequence[Score]) -> str:
    heads = "".join(f"<th scope='col'{_number(head)}>{head}</th>" for head in HEADS)
    rows = "".join(_row(score) for score in found)
    return f"<table class='scores'><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _number(head: str) -> str:
    return "" if head in (HEADS[0], HEADS[-1]) else " class='n'"


def _row(score: Score) -> str:
    counts = "".join(f"<td class='n'>{count}</td>" for count in (score.wins, score.ties, score.losses, score.bad))
    return f"<tr><th scope='row'>{escape(label_of_word(score.model))}</th>{counts}<td>{_share(score)}</td></tr>"


def _share(score: Score) -> str:
    """The interval in words and as a bar; before there are enough votes only how many are missing."""
    if not score.enough:
        return f"Not enough votes yet: {score.decided} of {ENOUGH} decided"
    low, high = round(100 * score.low), round(100 * score.high)
    words = f"between {low} and {high} of 100"
    bar = f"<div class='bar' aria-hidden='true'><i style='left:{low}%;right:{100 - high}%'></i></div>"
    return f"{words}{bar}"
