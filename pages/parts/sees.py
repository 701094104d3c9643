"""What the model sees: the very bytes that will be sent for a picture, and what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.parts.choice import Choice
from pages.parts.saying import say
from pages.parts.session import mine, owner, runtime, today, typed
from pages.parts.viewer import Shown, viewer
from vision.answering.looking import what_is_sent
from vision.answering.requesting import shape_of_next
from vision.errors import LoupeError
from vision.markdown import safe_markdown
from vision.messages import Prepared
from vision.models.catalog import READER, Model, resolve
from vision.store.records import Kind, StoredPicture, StoredTurn
from vision.web.pictures import Level, sent_url

HEIGHT = 360


def draw_sees(
    turns: Sequence[StoredTurn],
    waiting: Sequence[StoredPicture],
    stored: StoredPicture,
    choice: Choice,
    *,
    kind: Kind = "chat",
    among: Mapping[str, StoredPicture] | None = None,
) -> None:
    """Draws the panel for ``stored``, as the next question sends it; nothing is prepared before the panel is opened.
    ``among``: several by what they are called, one of which she picks instead."""
    panel = st.expander("What the model sees", icon=":material/visibility:", key="sees", on_change="rerun")
    if not panel.open:
        return
    with panel:
        if among:
            name = st.segmented_control("Picture", list(among), default=next(iter(among)), required=True, key="sees_of")
            stored = among.get(name or "", stored)
        try:
            model = _asked_first(turns, waiting, choice, kind)
            sent = what_is_sent(mine(), model, choice.detail, turns, waiting, follow_up=choice.follow_up, kind=kind)
            prepared = sent.get(stored.id)
        except LoupeError as error:
            say(error.sentence, "warning")
            return
        if prepared is None:
            st.caption("This picture does not go with the next question.")
            return
        if model.provider == READER:
            st.markdown("The reader works on this machine: nothing is sent. It reads this copy:")
        else:
            st.markdown(safe_markdown(f"Exactly these bytes go to {model.label}, which is asked first:"))
        draw_prepared(stored, prepared)


def _asked_first(turns: Sequence[StoredTurn], waiting: Sequence[StoredPicture], choice: Choice, kind: Kind) -> Model:
    """The model that the next question goes to first. Raises LoupeError when there is none."""
    shape = shape_of_next(turns, waiting, choice.detail, follow_up=choice.follow_up, kind=kind)
    plan = runtime().engine.plan(owner(), choice.model, shape, typed=typed()).checked()
    return plan.candidates[0].model if plan.candidates else resolve(runtime().catalogue, READER, today())


def draw_prepared(stored: StoredPicture, prepared: Prepared, *, key: str = "") -> None:
    """The bytes as a picture, and what they are. ``key`` tells several panels on a page apart."""
    url = sent_url(stored.id, prepared.sha256)
    level = Level(url, prepared.width, prepared.height)
    alt = f"{stored.picture.name} as the model sees it"
    viewer(
        [Shown(prepared.sha256, prepared.width, prepared.height, alt, (level,))],
        key=f"sent_{prepared.sha256}{key}",
        height=HEIGHT,
    )
    facts = [
        f"{prepared.width:,} × {prepared.height:,} pixels",
        f"{len(prepared.data) / 1000:,.0f} KB {prepared.mime.removeprefix('image/').upper()}",
    ]
    if prepared.tokens:
        facts.append(f"{'' if prepared.tokens_exact else 'about '}{prepared.tokens:,} tokens")
    st.caption(" · ".join(facts))
    notes = [*stored.picture.notes, *prepared.notes]
    if notes:
        st.caption(" · ".join(notes))
    st.caption("SHA-256 of these bytes, recorded with the answer:")
    st.code(prepared.sha256, language=None, wrap_lines=True)
