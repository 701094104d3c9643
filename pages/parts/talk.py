"""Which talk this page shows, and what can be done with it: found by ``?c=``, so that a reload finds it again."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts.downloads import Download, downloads
from pages.parts.session import mine
from vision.errors import NotThere
from vision.markdown import safe_markdown
from vision.store.records import Conversation
from vision.web.exports import export_url

CHAT_PAGE = "chat.py"
TITLE_LIMIT = 80


def open_talk(talk_id: str) -> None:
    """Go to Chat with this talk."""
    _forget_view()
    st.session_state["talk"] = talk_id
    st.switch_page(CHAT_PAGE, query_params={"c": talk_id})


def start_with(picture_ids: Sequence[str]) -> None:
    """A new talk with these pictures waiting for the first question, which will name it."""
    talk = mine().create_conversation()
    mine().set_waiting(talk.id, picture_ids)
    open_talk(talk.id)


def current_talk() -> Conversation | None:
    """The talk named in the address, else the one last open in this session.

    Raises NotThere when the address names one that is gone.
    """
    asked = st.query_params.get("c")
    if asked:
        st.session_state["talk"] = asked
        return mine().conversation(asked)
    last = st.session_state.get("talk")
    if not last:
        return None
    try:
        found = mine().conversation(last)
    except NotThere:
        leave_talk()
        return None
    st.query_params["c"] = last
    return found


def leave_talk() -> None:
    """Forget which talk was open: the next visit of Chat starts a new one."""
    _forget_view()
    st.session_state.pop("failure", None)
    st.session_state.pop("talk", None)
    st.query_params.pop("c", None)


def _forget_view() -> None:
    """What concerned the talk that was open: the place lit up, a question being edited."""
    for name in ("lit", "editing", "all_of"):
        st.session_state.pop(name, None)


def talk_menu(talk: Conversation) -> None:
    """Rename, export, delete."""
    with st.popover("More", icon=":material/more_horiz:", key=f"more_{talk.id}"):
        title = st.text_input("Name of this talk", value=talk.title, max_chars=TITLE_LIMIT, key=f"title_{talk.id}")
        if title.strip() and title.strip() != talk.title:
            mine().rename_conversation(talk.id, title.strip())
            st.rerun()
        _exports(talk)
        if st.button("Delete this talk", icon=":material/delete:", key=f"delete_{talk.id}"):
            _confirm_deletion(talk)


def _exports(talk: Conversation) -> None:
    st.caption("Export")
    files = (
        Download("Web page", export_url(talk.id, "html"), "One file with the pictures inside"),
        Download("Markdown", export_url(talk.id, "md"), "Text with headings; pictures by name"),
        Download("JSON", export_url(talk.id, "json"), "Everything that is known of the talk, for programs"),
    )
    downloads(files, key=f"exports_{talk.id}")


@st.dialog("Delete this talk?")
def _confirm_deletion(talk: Conversation) -> None:
    st.text(talk.title or "New talk")
    st.write("Questions and answers are removed for good. The pictures stay under recent pictures.")
    with st.container(horizontal=True, gap="small", key="delete_choices"):
        delete = st.button("Delete", type="primary", key="delete_for_good", on_click=_delete, args=(talk.id,))
        keep = st.button("Keep it", key="keep_talk")
    if delete or keep:
        st.rerun()


def _delete(talk_id: str) -> None:
    mine().delete_conversation(talk_id)
    leave_talk()


def past_talks() -> None:
    """Search in past talks, and go on with one."""
    box = st.popover("Past talks", icon=":material/history:", key="past_talks", on_change="rerun")
    if not box.open:
        return
    with box:
        words = st.text_input("Search in questions and answers", key="search_talks", placeholder="total, invoice, ...")
        found = mine().conversations(search=words.strip(), limit=12, asked=True)
        if not found:
            st.caption("Nothing found." if words.strip() else "No talks yet.")
        for talk in found:
            cover = mine().cover(talk.id)
            words = f"{talk.title} · {cover.picture.name}" if cover else talk.title
            if st.button(safe_markdown(words), key=f"go_{talk.id}", type="tertiary", width="stretch"):
                st.session_state.pop("failure", None)
                open_talk(talk.id)
