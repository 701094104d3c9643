"""Compare models: one question before two to four models at once, names hidden until the vote."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.parts.answers import draw_question, evidence_id
from pages.parts.contest_setup import draw_setup
from pages.parts.contests import confirm_deletion, current_contest, leave_contest, past_contests
from pages.parts.downloads import Download, downloads
from pages.parts.gone import draw_gone
from pages.parts.lanes import Followed, draw_columns, follow_all
from pages.parts.plan import plan_of
from pages.parts.prices import draw_price
from pages.parts.saying import done, say_failure
from pages.parts.score_table import draw_scores
from pages.parts.session import mine, owner, runtime, typed
from pages.parts.viewer import NamedBox, shown, viewer
from pages.parts.voting import draw_figures, draw_vote
from vision.answering.requesting import shape_of_next
from vision.contests.asking import ask_all, stop_all
from vision.contests.rounds import Round, rounds
from vision.errors import NotThere
from vision.markdown import safe_markdown
from vision.messages import Detail
from vision.routing.plan import Plan
from vision.store.records import Contest
from vision.web.contests import export_url

VIEWER_HEIGHT = 300
DRAWN_ROUNDS = 5


def main() -> None:
    try:
        contest = current_contest()
    except NotThere as error:
        draw_gone("comparison", error, "Start a new comparison", leave_contest)
        return
    if contest is None:
        _header()
        draw_setup()
        draw_scores()
        return
    runtime().engine.recover(owner())
    found = rounds(mine(), contest)
    _contest_header(contest)
    _viewer(contest, found)
    followed = _draw_rounds(contest, found)
    say_failure()
    _ask_row(contest, busy=bool(followed))
    if not contest.hidden:
        draw_scores()
    if followed:
        follow_all(contest, followed)
        st.rerun()


def _header() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="contest_header"):
        st.header("Compare models", anchor=False)
        st.space("stretch")
        past_contests()


def _contest_header(contest: Contest) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="contest_header"):
        st.header(safe_markdown(contest.title or "New comparison"), anchor=False)
        st.space("stretch")
        if st.button("New", icon=":material/add:", key="new_contest", help="Start a new comparison"):
            leave_contest()
            st.rerun()
        past_contests()
        with st.popover("More", icon=":material/more_horiz:", key=f"more_{contest.id}"):
            files = (
                Download("CSV", export_url("csv", contest.id), "One row per answer, for a spreadsheet"),
                Download("JSON", export_url("json", contest.id), "Everything that is known, for programs"),
            )
            st.caption("Export of votes and answers" + (", without the names until you have voted" * contest.hidden))
            downloads(files, key=f"exports_{contest.id}")
            if st.button("Delete this comparison", icon=":material/delete:", key=f"delete_{contest.id}"):
                confirm_deletion(contest)


def _viewer(contest: Contest, found: Sequence[Round]) -> None:
    """The pictures; the place that was pressed in an answer is lit up."""
    pictures = {stored.id: stored for one in found for stored in one.pictures}
    if not found:
        pictures = {stored.id: stored for stored in mine().waiting(contest.lanes[0].conversation_id)}
    lit = None if contest.hidden else st.session_state.get("contest_lit")
    viewer(
        [shown(one.id, one.picture.width, one.picture.height, one.picture.name) for one in pictures.values()],
        key=f"viewer_{contest.id}",
        boxes=_boxes(found, str(lit or "").partition(":")[0]),
        highlight=lit,
        reveal=st.session_state.get("reveal", 0),
        height=VIEWER_HEIGHT,
    )


def _boxes(found: Sequence[Round], answer_id: str) -> list[NamedBox]:
    answers = [column.answer for one in found for column in one.columns if column.answer]
    return [
        NamedBox(evidence_id(answer, number), answer.picture_ids[place.picture], place.box, place.text)
        for answer in answers
        if answer.id == answer_id
        for number, place in enumerate(answer.evidence)
        if place.picture < len(answer.picture_ids)
    ]


def _draw_rounds(contest: Contest, found: Sequence[Round]) -> list[Followed]:
    followed: list[Followed] = []
    earlier = 0 if st.session_state.get("all_rounds") == contest.id else max(0, len(found) - DRAWN_ROUNDS)
    if earlier and st.button(f"Show {earlier} earlier", key="earlier", type="tertiary"):
        st.session_state["all_rounds"] = contest.id
        st.rerun()
    for one in found[earlier:]:
        last = one is found[-1]
        draw_question(next(column.turn for column in one.columns if column.turn))
        followed += draw_columns(contest, one, last=last)
        draw_vote(contest, one, last=last)
        if not contest.hidden and not one.running:
            draw_figures(one)
    return followed


def _stop(contest: Contest) -> None:
    done(partial(stop_all, runtime().engine, mine(), contest))


def _ask_row(contest: Contest, *, busy: bool) -> None:
    """The price of a follow-up to all, and the box to write it in."""
    slot = st.empty()
    if busy:
        slot.empty()
    else:
        with slot.container():
            draw_price(_plans(contest), question="a follow-up", names=not contest.hidden)
    if "contest_draft" in st.session_state:
        st.session_state["contest_ask"] = st.session_state.pop("contest_draft")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ask_row"):
        st.chat_input(
            "Answering: stop them to ask something else" if busy else "Ask all of them something more",
            key="contest_ask",
            disabled=busy,
            on_submit=_ask,
            args=(contest,),
        )
        if busy:
            words = "Stop every answer and keep what came"
            st.button(
                "Stop all", key="stop_all", icon=":material/stop_circle:", help=words, on_click=_stop, args=(contest,)
            )


def _plans(contest: Contest) -> list[tuple[str, Plan | None]]:
    found: list[tuple[str, Plan | None]] = []
    for lane in contest.lanes:
        talk = mine().conversation(lane.conversation_id)
        turns, waiting = mine().turns(talk.id), mine().waiting(talk.id)
        shape = shape_of_next(turns, waiting, talk.detail or Detail.NORMAL)
        found.append((lane.model, plan_of(partial(runtime().engine.plan, owner(), lane.model, shape, typed=typed()))))
    return found


def _ask(contest: Contest) -> None:
    """A follow-up to all; what she typed stands in the box again when it could not be asked."""
    question = str(st.session_state["contest_ask"] or "").strip()
    if not question:
        return
    detail = mine().conversation(contest.lanes[0].conversation_id).detail or Detail.NORMAL
    asking = partial(ask_all, runtime().engine, mine(), contest, question, detail=detail, typed=typed())
    if not done(asking):
        st.session_state["contest_draft"] = question


main()
