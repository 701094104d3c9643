"""The picture input: drop, choose, paste, camera, folder; any number of files, through our own upload route.

The component's event is only a nudge: which pictures came is read from the store. The batch id and the permission to
upload stand in the session, so that a page switch does not end an upload that is under way.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

import streamlit as st

from pages.parts.mounting import component, nothing
from pages.parts.saying import failed
from vision.runtime import current
from vision.web import tokens
from vision.web.owner import owner_of

LABEL = "Drop a picture here"
TOUCH_LABEL = "Add a picture"  # nothing can be dropped with a finger

_mount = component("loupe_picture_input", "picture-input", "the picture input")


@dataclass(slots=True)
class Batch:
    """What one picture input of one session has taken. ``seen`` holds the ids of uploads that were handed out."""

    owner: str
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    token: str = ""
    minted: float = 0.0
    seen: set[str] = field(default_factory=set)

    def renew(self, now: float) -> None:
        """A new permission when half of the old one's life is spent: not in each run, or each would be a new input."""
        if now - self.minted > tokens.LIFETIME_SECONDS / 2:
            self.token, self.minted = tokens.mint(self.owner, self.id, now), now


def picture_input(*, key: str, multiple: bool = True, label: str = LABEL) -> tuple[str, ...]:
    """Draw the input; the ids of the pictures that came since the last run, once all she added is settled.

    A file that is refused says so in the input; it is not in the result. ``key`` must be unique on the page.
    """
    settings = current().settings
    batch = _batch(key)
    if len(batch.seen) > settings.max_upload_files // 2:  # the limits are those of one upload, not of a whole day
        batch = st.session_state[_name(key)] = Batch(batch.owner)
    batch.renew(time.time())
    data = {
        "batch": batch.id,
        "token": batch.token,
        "url": "/upload",
        "multiple": multiple,
        "label": label,
        "touch_label": TOUCH_LABEL if label == LABEL else label,
        "limit": settings.max_file_bytes,
    }
    result = _mount(key=key, data=data, on_stored_change=nothing)
    return _arrived(batch) if result.stored else ()


def _arrived(batch: Batch) -> tuple[str, ...]:
    """The pictures of the batch that were not handed out yet, each once, in the order in which they were added."""
    found: dict[str, None] = {}
    refused: list[str] = []
    # three come at a time, so they begin in any order; the browser's keys sort in hers
    for upload in sorted(current().store.of(batch.owner).uploads(batch.id), key=lambda upload: upload.key):
        if upload.state == "stored" and upload.picture_id and upload.id not in batch.seen:
            batch.seen.add(upload.id)
            found[upload.picture_id] = None
        elif upload.state == "failed" and upload.id not in batch.seen:
            batch.seen.add(upload.id)
            refused.append(upload.sentence)
    if found and refused:  # the page goes on with the others: what was refused must still be said there
        failed(" ".join(refused))
    return tuple(found)


def _name(key: str) -> str:
    return f"batch of {key}"


def _batch(key: str) -> Batch:
    batch = st.session_state.get(_name(key))
    if not isinstance(batch, Batch):
        batch = st.session_state[_name(key)] = Batch(owner_of(dict(st.context.headers)))
    return batch
