"""Start: a place to drop a picture, samples to try at once, recent talks to go on with, and what is ready."""

from __future__ import annotations

import streamlit as st

from pages.parts.batch_runs import tell_ended
from pages.parts.keys import last_test
from pages.parts.picture_input import picture_input
from pages.parts.recent import recent_pictures
from pages.parts.recent_talks import recent_talks
from pages.parts.saying import say
from pages.parts.session import mine, runtime, typed
from pages.parts.talk import start_with
from vision.ingest import add_picture
from vision.samples import Sample, samples, thumbnail
from vision.settings import credentials

PROVIDER_WORDS = {"anthropic": "Claude", "openai": "OpenAI", "gemini": "Gemini", "compatible": "Local server"}


def main() -> None:
    st.title("Ask about a picture", anchor=False)
    tell_ended()
    st.markdown("Drop a photo, a scan or a screenshot, ask in your own words, and see where the answer was read.")
    new = picture_input(key="start")
    if new:
        start_with(new)
    again = recent_pictures(key="start")
    if again:
        start_with([again])
    _jobs()
    recent_talks()
    _samples()
    _ready()


def _jobs() -> None:
    with st.container(horizontal=True, gap="small", key="jobs"):
        st.page_link("compare.py", label="Compare pictures", icon=":material/compare:")
        st.page_link("contest.py", label="Compare models", icon=":material/leaderboard:")
        st.page_link("batch.py", label="Ask many at once", icon=":material/library_add:")
        st.page_link("extract.py", label="Extract values", icon=":material/table_view:")


def _samples() -> None:
    st.header("Try a sample", anchor=False)
    with st.grid(min_column_width=150, gap="small", key="samples"):
        for sample in samples():
            with st.container(border=True, key=f"sample_{sample.id}"):
                st.image(thumbnail(sample), alt=sample.title, width="stretch")
                if st.button(sample.title, key=f"try_{sample.id}", type="tertiary", width="stretch"):
                    _try(sample)


def _try(sample: Sample) -> None:
    start_with([add_picture(mine(), sample.read(), sample.file, runtime().open_limits).id])


def _ready() -> None:
    found = credentials(typed())
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ready"):
        trouble = runtime().reader_trouble
        if trouble:
            say(trouble, "warning")
        else:
            st.badge("On-device reader ready", icon=":material/check:", color="green")
        for name, words in PROVIDER_WORDS.items():
            tested = last_test(name, found[name]) if name in found else None
            if tested is not None and not tested.worked:
                st.badge(f"{words} failed its test", icon=":material/warning:", color="orange")
            elif name in found:
                st.badge(f"{words} set up", icon=":material/check:", color="green")
            else:
                st.badge(f"{words} not set up", color="gray")
        st.page_link("settings.py", label="Settings", icon=":material/key:")


main()
