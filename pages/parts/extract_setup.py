"""Before documents are read: the set, the pictures, who reads at what price; one to try, then all of them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.extract_choice import choose_reader
from pages.parts.extract_runs import recent_runs
from pages.parts.extract_sets import draw_sets, in_it
from pages.parts.extract_state import Desk, go, put
from pages.parts.field_table import OWN, draw_editor, own_set
from pages.parts.picture_input import picture_input
from pages.parts.recent import recent_pictures
from pages.parts.record_view import HEIGHT, draw_record
from pages.parts.run_files import REVIEW_PAGE, draw_files
from pages.parts.run_progress import read_again, watch
from pages.parts.saying import done, failed, say_failure
from pages.parts.session import mine, owner, picture_url, runtime, typed
from pages.parts.viewer import shown, viewer
from vision.errors import NotThere
from vision.extracting.setup import Chosen, Together, chosen_set, documents, new_run, papers
from vision.ingest import add_picture
from vision.markdown import safe_markdown
from vision.messages import Detail
from vision.samples import samples
from vision.store import StoredPicture
from vision.store.extract_records import RecordState, Run

SHOWN_PICTURES = 12
MOST_PICTURES = 300  # they stand in the address, which servers take up to 16 KB of
TOO_MANY = "At most {} pictures can be read in one run here: read these, then start another run with the rest."
TOGETHER_WORDS = {
    Together.FILE: "Each file, with all its pages",
    Together.PAGE: "Each page by itself",
    Together.ALL: "All of them together",
}


def draw_setup(state: Desk) -> None:
    if not state.set:
        draw_sets()
        recent_runs()
        return
    try:
        chosen = own_set() if state.set == OWN else chosen_set(mine(), state.set)
    except NotThere as error:
        st.warning(error.sentence, icon=":material/warning:")
        draw_sets()
        return
    _chosen_line(state, chosen)
    fine = draw_editor(state, chosen)
    if not chosen.fields.fields:
        say_failure()
        return
    tried = _tried(state)
    left, right = st.columns([6, 7], gap="medium")
    with left:
        view = st.container(key="extract_view")
        _pictures(state, chosen, tried=tried is not None)
    with right:
        word, detail = choose_reader(state, chosen.fields)
        _buttons(state, chosen, word, detail, fine=fine)
        say_failure()
    if tried is not None:
        _result(tried, view, right)
    elif len(state.pictures) == 1:
        with view:
            (one,) = state.pictures
            views = [shown(one.id, one.picture.width, one.picture.height, one.picture.name)]
            viewer(views, key="extract_viewer", height=HEIGHT)


def _chosen_line(state: Desk, chosen: Chosen) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="chosen_set"):
        st.subheader(safe_markdown(chosen.fields.name), anchor=False, width="content")
        if chosen.saved is not None:
            st.badge(f"saved, version {chosen.saved.number}", icon=":material/bookmark:", color="gray")
        elif state.of:
            st.badge("changed, not saved", icon=":material/edit:", color="orange")
        st.space("stretch")
        if st.button("Choose another", icon=":material/swap_horiz:", key="other_set"):
            go(set="", of="", t="")
    if chosen.fields.fields:
        st.caption(safe_markdown(in_it(chosen.fields)))


# -- pictures ---------------------------------------------------------------------------------------------------------


def _pictures(state: Desk, chosen: Chosen, *, tried: bool) -> None:
    """What is to be read, and more of it; folded away once there is something to look at."""
    ids = [one.id for one in state.pictures]
    label = f"{len(ids)} pictures" if len(ids) > 1 else "1 picture" if ids else "Add pictures"
    folded = tried or len(ids) == 1
    with st.expander(
        label, icon=":material/add_photo_alternate:", expanded=not folded, key=f"extract_add_{bool(ids)}_{folded}"
    ):
        if ids:
            _thumbnails(state.pictures)
        new = picture_input(key="extract", label="Drop more pictures here" if ids else "Drop pictures here")
        with st.container(horizontal=True, gap="small", key="extract_more"):
            again = recent_pictures(key="extract")
            sample = next((one for one in samples() if one.id == chosen.sample), None)
            if sample is not None and st.button(f"Use the sample: {sample.title}", key="use_sample"):
                again = add_picture(mine(), sample.read(), sample.file, runtime().open_limits).id
    if new or again:
        _take(list(dict.fromkeys([*ids, *new, *([again] if again else ())])))


def _take(ids: list[str]) -> None:
    """These pictures from now on. What could not be taken stays said: nothing clears the failure here."""
    if len(ids) > MOST_PICTURES:
        failed(TOO_MANY.format(MOST_PICTURES))
    put(p=ids[:MOST_PICTURES], t="")
    st.rerun()


def _thumbnails(pictures: Sequence[StoredPicture]) -> None:
    with st.grid(min_column_width=120, gap="small", key="extract_pictures"):
        for stored in pictures[:SHOWN_PICTURES]:
            with st.container(border=True, gap="xsmall", key=f"picture_{stored.id}"):
                st.image(picture_url(stored.id, "thumbnail"), alt=stored.picture.name, width=90)
                pages = stored.picture.pages
                st.caption(safe_markdown(stored.picture.name + (f", {pages} pages" if pages > 1 else "")))
                st.button(
                    "Take out",
                    key=f"take_out_{stored.id}",
                    type="tertiary",
                    icon=":material/close:",
                    on_click=_take_out,
                    args=(stored.id,),
                )
    more = len(pictures) - SHOWN_PICTURES
    if more > 0:
        st.caption(f"And {more} more.")
    if len(pictures) > 1:
        st.button("Take all out", key="take_all_out", icon=":material/close:", type="tertiary", on_click=_take_all_out)


def _take_all_out() -> None:
    put(p=(), t="")


def _take_out(picture_id: str) -> None:
    put(p=[one for one in st.query_params.get_all("p") if one != picture_id])


# -- reading ----------------------------------------------------------------------------------------------------------


def _buttons(state: Desk, chosen: Chosen, word: str, detail: Detail, *, fine: bool) -> None:
    found = papers(state.pictures, state.together)
    if sum(one.picture.pages for one in state.pictures) > 1:
        _together(state)
    many = len(found) > 1
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="extract_buttons"):
        if many:
            names = {one.id: one.picture.name for one in state.pictures}
            at = st.selectbox("Try on", list(names), format_func=names.__getitem__, key="extract_try_on", width=220)
            if st.button("Try on one picture", icon=":material/science:", key="extract_try", disabled=not fine):
                one = tuple(each for each in state.pictures if each.id == at)
                _read(one, Together.FILE, chosen, word, detail, trial=True)
        label = f"Read all {len(found)}" if many else "Read"
        if st.button(
            label, type="primary", icon=":material/play_arrow:", key="extract_read", disabled=not (fine and found)
        ):
            _read(state.pictures, state.together, chosen, word, detail, trial=not many)
    if not state.pictures:
        st.caption("Add a picture first.")
    elif not fine:
        st.caption("Put the fields right first: what is wrong is said above.")


def _together(state: Desk) -> None:
    options = list(Together)
    st.session_state.setdefault("extract_together", state.together)
    st.radio(
        "What is one document",
        options,
        format_func=TOGETHER_WORDS.__getitem__,
        key="extract_together",
        on_change=lambda: put(how=st.session_state["extract_together"].value),
        horizontal=True,
    )


def _read(
    pictures: Sequence[StoredPicture], together: Together, chosen: Chosen, word: str, detail: Detail, *, trial: bool
) -> None:
    """A run begins. One document is shown at once below; many are shown as they come."""
    made: list[Run] = []

    def begin() -> None:
        found = documents(mine(), pictures, runtime().open_limits, together)
        run = new_run(mine(), chosen.fields, found, choice=word, detail=detail)
        runtime().extractor.begin(owner(), run, typed=typed())
        made.append(run)

    with st.spinner("Opening the pictures"):
        ok = done(begin)
    if ok and trial:
        go(t=made[0].id)
    elif ok:
        go(r=made[0].id, t="")


def _tried(state: Desk) -> Run | None:
    if not state.tried:
        return None
    try:
        return mine().run(state.tried)
    except NotThere:
        put(t="")
        return None


def _result(run: Run, left: DeltaGenerator, right: DeltaGenerator) -> None:
    """What came of the picture that was tried, on this very page."""
    record = mine().records(run.id)[0]
    with right, st.container(key="tried"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="tried_head"):
            st.subheader(safe_markdown(record.name), anchor=False, width="content")
            st.space("stretch")
            if record.state is RecordState.DONE:
                if st.button("Review", key="review_tried", icon=":material/fact_check:"):
                    st.switch_page(REVIEW_PAGE, query_params={"r": run.id})
                with st.popover("Save as a file", icon=":material/download:", key=f"save_{run.id}"):
                    draw_files(run)
        watch(run)
        read_again(run)
        slot = st.container(key="tried_values")
    draw_record(record, run.fields, left, slot)
