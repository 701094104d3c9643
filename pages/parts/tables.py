"""A small table of words and numbers. Streamlit's own cannot be scrolled by keyboard where it is wider than a phone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

import streamlit as st

# Drawn with the text's own colour, so that it holds in light and dark.
_STYLE = """<style>
.figures { overflow-x: auto; max-width: 100% }
.figures table { width: 100%; border-collapse: collapse; font-size: .9rem }
.figures th, .figures td { padding: .4rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid #8885 }
.figures th { font-weight: 600 }
.figures .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.figures .bar { position: relative; height: .6rem; min-width: 7rem; margin-top: .35rem; border: 1px solid currentColor;
  border-radius: .3rem; overflow: hidden; opacity: .8 }
.figures .bar i { position: absolute; top: 0; bottom: 0; background: currentColor }
</style>"""

Cell = str | tuple[str, float, float]  # words; or words with a bar below them from one share to another, 0 to 1


def draw_table(heads: Sequence[str], rows: Sequence[Sequence[Cell]], *, numbers: Collection[int], label: str) -> None:
    """The first cell of each row names it. ``numbers`` are the columns set to the right, ``label`` names the table."""
    kinds = ["n" if at in numbers else "" for at in range(len(heads))]
    named = zip(heads, kinds, strict=True)
    top = "".join(f"<th scope='col' class='{kind}'>{escape(head)}</th>" for head, kind in named)
    body = "".join(f"<tr>{_row(row, kinds)}</tr>" for row in rows)
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    st.html(f"{_STYLE}<div class='figures' role='group' aria-label='{escape(label)}' tabindex='0'>{table}</div>")


def _row(row: Sequence[Cell], kinds: Sequence[str]) -> str:
    first, *others = row
    cells = (f"<td class='{kind}'>{_cell(cell)}</td>" for cell, kind in zip(others, kinds[1:], strict=True))
    return f"<th scope='row'>{_cell(first)}</th>{''.join(cells)}"


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return escape(cell)
    words, low, high = cell
    ends = f"left:{100 * low:.0f}%;right:{100 - 100 * high:.0f}%"
    return f"{escape(words)}<div class='bar' aria-hidden='true'><i style='{ends}'></i></div>"
