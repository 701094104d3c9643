"""One item of a run beside the table: its picture, the whole answer, what was tried, and how to go on with it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.parts.saying import done, say, say_failure
from pages.parts.session import mine, owner, runtime, typed
from pages.parts.talk import CHAT
from pages.parts.viewer import shown, viewer
from vision.batch.cells import attempt_words, cell
from vision.batch.onward import talk_about
from vision.errors import NotThere
from vision.extracting.showing import name_in_words
from vision.markdown import safe_markdown
from vision.store.batch_records import RunState
from vision.store.extract_records import Record, RecordState, Run
from vision.store.runs import TO_READ_AGAIN

HEIGHT = 300
HINT = "Choose a row to see its picture and the whole answer here."


def draw_item(run: Run, record_id: str) -> None:
    with st.container(border=True, key="batch_item"):
        if not record_id:
            st.caption(HINT)
            return
        try:
            record = mine().record(record_id)
        except NotThere as error:
            say(error.sentence, "warning")
            return
        _draw(run, record)


def _draw(run: Run, record: Record) -> None:
    st.markdown(f"**{safe_markdown(record.name)}**")
    if record.pictures:
        views = [shown(one.id, one.picture.width, one.picture.height, one.picture.name) for one in record.pictures]
        viewer(views, key=f"batch_viewer_{run.id}", front=views[0].id, reveal=_reveal(record.id), height=HEIGHT)
    if record.state is RecordState.DONE:
        _answer(run, record)
    if record.sentence:
        say(record.sentence, "warning" if record.state is RecordState.FAILED else "info")
    for words in attempt_words(record.attempts, runtime().catalogue):
        st.caption(safe_markdown(words))
    for note in record.notes:
        st.caption(safe_markdown(note))
    _buttons(run, record)


def _reveal(record_id: str) -> int:
    """Counts what she chose one after the other: on a phone the picture is below the table, and comes into sight."""
    before, count = st.session_state.get("batch_revealed", ("", 0))
    if before != record_id:
        count += 1
        st.session_state["batch_revealed"] = (record_id, count)
    return int(count)


def _answer(run: Run, record: Record) -> None:
    if not run.fields.fields:
        st.markdown(safe_markdown(record.text))
        return
    for one in run.fields.fields:
        value = cell(one, record.data.get(one.name))
        if value:
            st.text(f"{name_in_words(one.name)}: {value}")


def _buttons(run: Run, record: Record) -> None:
    with st.container(horizontal=True, gap="small", key="batch_item_buttons"):
        if record.pictures and st.button("Ask on in Chat", icon=":material/forum:", key=f"batch_chat_{record.id}"):
            made: list[str] = []
            if done(lambda: made.append(talk_about(mine(), run, record).id)):
                st.session_state[CHAT.key] = made[0]
                st.switch_page(CHAT.page, query_params={"c": made[0]})
        running = run.batch is not None and run.batch.state is RunState.RUNNING
        if record.state in TO_READ_AGAIN and not running:
            retry = partial(runtime().batches.retry, owner(), run.id, ids=[record.id], typed=typed())
            words, icon = "Try this one again", ":material/refresh:"
            if st.button(words, icon=icon, key=f"batch_again_{record.id}") and done(retry):
                st.rerun()  # the whole page: the run goes on
    say_failure()
