"""Which conversation this page shows (a talk, a comparison of pictures), and what can be done with it.

Found by ``?c=``, so that a reload finds it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.parts.downloads import Download, downloads
from pages.parts.session import mine
from vision.errors import NotThere
from vision.markdown import safe_markdown
from vision.store.records import Conversation, Kind
from vision.web.exports import export_url

TITLE_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Place:
    """A page that shows conversations of one kind. ``key`` is where the session keeps the one last open; ``thing`` is
    what such a conversation is called, ``things`` what the list of earlier ones is called."""

    kind: Kind
    page: str
    key: str
    thing: str
    things: str


CHAT = Place("chat", "chat.py", "talk", "talk", "Past talks")
COMPARE = Place("compare", "compare.py", "comparison", "comparison", "Past comparisons")


def open_talk(talk_id: str, place: Place = CHAT) -> None:
    """Go to the page of ``place`` with this conversation."""
    _forget_view()
    st.session_state[place.key] = talk_id
    st.switch_page(place.page, query_params={"c": talk_id})


def start_with(picture_ids: Sequence[str], place: Place = CHAT) -> None:
    """A new conversation with these pictures waiting for the first question, which will name it."""
    talk = mine().create_conversation(kind=place.kind)
    mine().set_waiting(talk.id, picture_ids)
    open_talk(talk.id, place)


def current_talk(place: Place = CHAT) -> Conversation | None:
    """The conversation named in the address, else the one last open in this session; one that belongs on another page
    is opened there. Raises NotThere when the address names one that is gone."""
    asked = st.query_params.get("c")
    if asked:
        found = mine().conversation(asked)
        for other in (CHAT, COMPARE):
            if other.kind == found.kind != place.kind:
                open_talk(asked, other)
        st.session_state[place.key] = asked
        return found
    last = st.session_state.get(place.key)
    if not last:
        return None
    try:
        found = mine().conversation(last)
    except NotThere:
        leave_talk(place)
        return None
    st.query_params["c"] = last
    return found


def leave_talk(place: Place = CHAT) -> None:
    """Forget which conversation was open: the next visit of its page starts a new one."""
    _forget_view()
    st.session_state.pop("failure", None)
    st.session_state.pop(place.key, None)
    st.query_params.pop("c", None)


def _forget_view() -> None:
    """What concerned the talk that was open: the place lit up, a question being edited."""
    for name in ("lit", "editing", "all_of", "draft"):
        st.session_state.pop(name, None)


def talk_menu(talk: Conversation, place: Place = CHAT) -> None:
    """Rename, export, delete."""
    with st.popover("More", icon=":material/more_horiz:", key=f"more_{talk.id}"):
        title = st.text_input(
            f"Name of this {place.thing}", value=talk.title, max_chars=TITLE_LIMIT, key=f"title_{talk.id}"
        )
        if title.strip() and title.strip() != talk.title:
            mine().rename_conversation(talk.id, title.strip())
            st.rerun()
        _exports(talk)
        if st.button(f"Delete this {place.thing}", icon=":material/delete:", key=f"delete_{talk.id}"):
            st.dialog(f"Delete this {place.thing}?")(_confirm_deletion)(talk, place)


def _exports(talk: Conversation) -> None:
    st.caption("Export")
    files = (
        Download("Web page", export_url(talk.id, "html"), "One file with the pictures inside"),
        Download("Markdown", export_url(talk.id, "md"), "Text with headings; pictures by name"),
        Download("JSON", export_url(talk.id, "json"), "Everything that is known of the talk, for programs"),
    )
    downloads(files, key=f"exports_{talk.id}")


def _confirm_deletion(talk: Conversation, place: Place) -> None:
    st.text(talk.title or f"New {place.thing}")
    st.write("Questions and answers are removed for good. The pictures stay under recent pictures.")
    with st.container(horizontal=True, gap="small", key="delete_choices"):
        delete = st.button("Delete", type="primary", key="delete_for_good", on_click=_delete, args=(talk.id, place))
        keep = st.button("Keep it", key="keep_talk")
    if delete or keep:
        st.rerun()


def _delete(talk_id: str, place: Place) -> None:
    mine().delete_conversation(talk_id)
    leave_talk(place)


def past_talks(place: Place = CHAT) -> None:
    """Search in past conversations of this kind, and go on with one."""
    box = st.popover(place.things, icon=":material/history:", key="past_talks", on_change="rerun")
    if not box.open:
        return
    with box:
        words = st.text_input("Search in questions and answers", key="search_talks", placeholder="total, invoice, ...")
        found = mine().conversations(search=words.strip(), limit=12, asked=True, kind=place.kind)
        if not found:
            st.caption("Nothing found." if words.strip() else f"No {place.thing}s yet.")
        for talk in found:
            cover = mine().cover(talk.id)
            words = f"{talk.title} · {cover.picture.name}" if cover else talk.title
            if st.button(safe_markdown(words), key=f"go_{talk.id}", type="tertiary", width="stretch"):
                st.session_state.pop("failure", None)
                open_talk(talk.id, place)
