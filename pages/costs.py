"""Costs: what was spent, on whom and for what, what is left, and whether the estimates hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import streamlit as st

from pages.parts.session import mine, runtime, today
from vision.markdown import safe_markdown
from vision.spending import PERIODS, Overview, days_of, overview
from vision.spending_words import Card, caps_left, cards, part_rows, span_rows, spans_alt
from vision.store.money_records import Caps

CHART_HEIGHT = 260
# 3:1 and more on both backgrounds; a provider keeps its colour whatever the period
COLOURS = {"Claude": "#b8622f", "OpenAI": "#23897a", "Gemini": "#3f76d6", "Local server": "#7d7f8a"}
OTHER_COLOUR = "#8a63c2"
NO_CAPS = (
    "No cap is set, so nothing stops a dear day. A cap holds whatever happens: it is looked at before every question."
)


def main() -> None:
    st.title("Costs", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="over"):
        words = list(PERIODS)
        period = st.selectbox(
            "Period", words, words.index("days"), format_func=PERIODS.__getitem__, key="period", width=180
        )
        st.caption("All amounts are US dollars. A day begins at midnight UTC.")
    since, until = days_of(period, today())
    rows = mine().spend(since, until)
    if rows:
        found = overview(rows, runtime().catalogue, since, until)
        _cards(cards(found))
        _caps()
        _by_day(found)
        _parts(found)
    else:
        _nothing()
        _caps()


def _nothing() -> None:
    ever = bool(mine().spend(date.min, today()))
    with st.container(border=True, key="nothing_spent"):
        if ever:
            st.markdown("**Nothing was spent in this time.** Choose a longer one above.")
        else:
            st.markdown("**Nothing was spent yet.** What a question costs stands here as soon as one was asked.")
            st.page_link("start.py", label="Ask about a picture", icon=":material/image_search:")


def _cards(drawn: tuple[Card, ...]) -> None:
    with st.grid(3, min_column_width=280, gap="small", key="figures"):
        for number, card in enumerate(drawn):
            with st.container(border=True, height="stretch", key=f"figure_{number}"):
                st.metric(card.name, card.value)
                st.caption(safe_markdown(card.sentence))


def _caps() -> None:
    st.header("Caps", anchor=False)
    preferences, cap = mine().preferences(), runtime().settings.installation_day_cap
    drawn = caps_left(preferences, _left(Caps(day=preferences.day_cap)), cap, _left(Caps(installation=cap)))
    with st.container(border=True, key="caps"):
        if not drawn:
            st.markdown(NO_CAPS)
        for one in drawn:
            if one.share is None:
                st.markdown(f"**{one.name}**: {safe_markdown(one.sentence)}")
            else:
                words = f"**{one.name}**: {safe_markdown(one.sentence)}"
                st.progress(min(max(one.share, 0.0), 1.0), words)
        st.page_link("settings.py", label="Change the caps in Settings", icon=":material/tune:")


def _left(caps: Caps) -> Decimal | None:
    return mine().left(caps, today()) if caps.any else None


def _by_day(found: Overview) -> None:
    st.header(f"By {found.by}", anchor=False)
    if len(found.spans) == 1 or not found.total.cost:
        _figures(found)
        return
    _chart(found)
    with st.expander("The figures", key="figures_by_day"):
        _figures(found)


def _figures(found: Overview) -> None:
    with st.container(key="by_day_table"):
        st.table(span_rows(found), hide_index=True, border="horizontal", alt=f"What was spent by {found.by}")


def _chart(found: Overview) -> None:
    names = [part.name for part in found.providers if part.cost]
    data = [
        {"When": span.label, "Provider": name, "US dollars": float(span.costs.get(name, Decimal(0)))}
        for span in found.spans
        for name in names
    ]
    spec = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": {
                "field": "When",
                "type": "ordinal",
                "sort": None,
                "title": None,
                "axis": {"labelOverlap": True, "labelAngle": 0},
            },
            "y": {
                "field": "US dollars",
                "type": "quantitative",
                "title": None,
                "axis": {"format": "$.3~r", "tickCount": 4},
            },
            "color": {
                "field": "Provider",
                "type": "nominal",
                "scale": {"domain": names, "range": [COLOURS.get(name, OTHER_COLOUR) for name in names]},
                "legend": {"orient": "top", "title": None} if len(names) > 1 else None,
            },
            "tooltip": [
                {"field": "When", "type": "nominal"},
                {"field": "Provider", "type": "nominal"},
                {"field": "US dollars", "type": "quantitative", "format": "$.3~r"},
            ],
        },
    }
    st.vega_lite_chart(data, spec, height=CHART_HEIGHT, width="stretch", key="by_day", alt=spans_alt(found))


def _parts(found: Overview) -> None:
    with st.grid(3, min_column_width=330, gap="medium", key="parts"):
        for title, parts in (("Provider", found.providers), ("Model", found.models), ("Job", found.jobs)):
            with st.container(key=f"by_{title.lower()}"):
                st.header(f"By {title.lower()}", anchor=False)
                st.table(
                    part_rows(parts, title),
                    hide_index=True,
                    border="horizontal",
                    alt=f"What was spent by {title.lower()}",
                )


main()
