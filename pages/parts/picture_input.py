"""The picture input: drop, choose, paste, camera, folder, ZIP; any number of files, through our own upload route.

The component's event is only a nudge: which pictures came is read from the store. The batch id and the permission to
upload stand in the session, so that a page switch does not end an upload that is under way. A page that keeps the id
itself (in its address) has its pictures also after a reload, and reads the whole batch with ``gathered``.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from pages.parts.mounting import component, nothing
from pages.parts.saying import failed
from vision.errors import NotThere
from vision.runtime import current
from vision.store.uploads import Listed, packed_prefix
from vision.web import tokens
from vision.web.owner import owner_of

LABEL = "Drop a picture here"
TOUCH_LABEL = "Add a picture"  # nothing can be dropped with a finger
BATCH_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")

_mount = component("loupe_picture_input", "picture-input", "the picture input")


def new_batch_id() -> str:
    """An id that nobody can guess, fit for an address. (Rows are found by owner and id: it opens nothing to others.)"""
    return secrets.token_urlsafe(16)


@dataclass(slots=True)
class Batch:
    """What one picture input of one session has taken. ``seen`` holds the ids of uploads that were handed out.
    ``kept``: a page knows its id, so it never ends by itself."""

    owner: str
    id: str = field(default_factory=new_batch_id)
    kept: bool = False
    token: str = ""
    archives: bool = False
    minted: float = 0.0
    seen: set[str] = field(default_factory=set)

    def renew(self, now: float, *, archives: bool) -> None:
        """A new permission when half of the old one's life is spent: not in each run, or each would be a new input."""
        if now - self.minted > tokens.LIFETIME_SECONDS / 2 or archives != self.archives:
            self.token = tokens.mint(self.owner, self.id, now, archives=archives)
            self.minted, self.archives = now, archives


@dataclass(frozen=True, slots=True)
class File:
    """A picture that came, by its relative name ("holiday/day1/a.jpg"). It is the first of the file's ``pages``."""

    name: str
    picture_id: str
    pages: int


@dataclass(frozen=True, slots=True)
class Unpacking:
    """A ZIP that is being unpacked: ``done`` of ``total`` files, refused ones included."""

    upload_id: str
    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a batch holds, in the order in which she added it. ``refused`` is name and sentence of each file that
    cannot be taken, and of each ZIP that was stopped."""

    files: tuple[File, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    unpacking: tuple[Unpacking, ...] = ()


def picture_input(
    *, key: str, multiple: bool = True, label: str = LABEL, archives: bool = False, batch_id: str | None = None
) -> tuple[str, ...]:
    """Draw the input; the ids of the pictures that came since the last run, once all she added is settled.

    A file that is refused says so in the input; it is not in the result. ``key`` must be unique on the page.
    ``archives``: a ZIP is taken too, and unpacked into the batch while the page goes on; ``gathered`` has what came.
    ``batch_id`` is an id that the page kept (``batch_of``): the input goes on with it. One that cannot be is ignored.
    """
    settings = current().settings
    batch = _batch(key, batch_id)
    if not batch.kept and len(batch.seen) > settings.max_upload_files // 2:  # limits of one upload, not of a whole day
        batch = st.session_state[_name(key)] = Batch(batch.owner)
    batch.renew(time.time(), archives=archives)
    data = {
        "batch": batch.id,
        "token": batch.token,
        "url": "/upload",
        "multiple": multiple,
        "label": label,
        "touch_label": TOUCH_LABEL if label == LABEL else label,
        "limit": settings.max_file_bytes,
        "archive_limit": settings.max_archive_file_bytes if archives else 0,
    }
    result = _mount(key=key, data=data, on_stored_change=nothing)
    return _arrived(batch) if result.stored else ()


def batch_of(key: str) -> str:
    """The id of the batch that the input of this key fills, for a page that keeps it over a reload."""
    batch = _batch(key)
    batch.kept = True
    return batch.id


def gathered(key: str) -> Gathered:
    """The whole batch as it stands now, read from the store in one query. What of a ZIP was left to unpack when a
    process ended goes on from here."""
    batch = _batch(key)
    now = current()
    listed = now.store.of(batch.owner).listed_uploads(batch.id)
    for one in listed:
        if one.state == "unpacking":
            now.unpacker.begin(batch.owner, one.id)
    return Gathered(
        tuple(File(one.name, one.picture_id, one.pages) for one in listed if one.state == "stored" and one.picture_id),
        tuple((one.name, one.sentence) for one in listed if one.state in ("failed", "stopped")),
        _unpacking(listed),
    )


def stop_unpacking(key: str) -> None:
    """Every ZIP of the batch stays as far as it is unpacked."""
    batch = _batch(key)
    now = current()
    for one in now.store.of(batch.owner).listed_uploads(batch.id):
        if one.state == "unpacking":
            try:
                now.unpacker.stop(batch.owner, one.id)
            except NotThere:  # deleted in another tab: there is nothing left to stop
                continue


def empty(key: str) -> str:
    """Begin a new batch, whose id is returned. What was added before stays stored, and is no part of it."""
    stop_unpacking(key)
    batch = st.session_state[_name(key)] = Batch(_batch(key).owner, kept=True)
    return batch.id


def take_out(key: str, picture_ids: Sequence[str]) -> None:
    """Take these pictures out of the batch, each as often as it was added; they stay stored."""
    batch = _batch(key)
    current().store.of(batch.owner).forget_uploads_of(batch.id, picture_ids)


def _unpacking(listed: Sequence[Listed]) -> tuple[Unpacking, ...]:
    """The ZIPs under way; their files are found by their keys, in one walk for all."""
    prefixes = {packed_prefix(one.key): one for one in listed if one.state == "unpacking"}
    done, total = dict.fromkeys(prefixes, 0), dict.fromkeys(prefixes, 0)
    for one in listed if prefixes else ():
        prefix = one.key[: one.key.rfind("/") + 1]
        if prefix in prefixes and one.state in ("open", "stored", "failed"):
            total[prefix] += 1
            done[prefix] += one.state != "open"
    return tuple(Unpacking(zip.id, zip.name, done[at], total[at]) for at, zip in prefixes.items())


def _arrived(batch: Batch) -> tuple[str, ...]:
    """The pictures of the batch that were not handed out yet, each once, in the order in which they were added."""
    found: dict[str, None] = {}
    refused: list[str] = []
    # three come at a time, so they begin in any order; the browser's keys sort in hers
    for upload in current().store.of(batch.owner).listed_uploads(batch.id):
        if upload.state == "stored" and upload.picture_id and upload.id not in batch.seen:
            batch.seen.add(upload.id)
            found[upload.picture_id] = None
        elif upload.state == "failed" and upload.id not in batch.seen:
            batch.seen.add(upload.id)
            refused.append(upload.sentence)
    if found and refused and not batch.kept:  # the page goes on with the others: what was refused must be said there
        failed(" ".join(refused))
    return tuple(found)


def _name(key: str) -> str:
    return f"batch of {key}"


def _batch(key: str, batch_id: str | None = None) -> Batch:
    batch = st.session_state.get(_name(key))
    usable = batch_id is not None and BATCH_ID.fullmatch(batch_id) is not None
    if not isinstance(batch, Batch):
        batch = st.session_state[_name(key)] = Batch(owner_of(dict(st.context.headers)))
    if usable and batch_id is not None and batch.id != batch_id:
        batch = st.session_state[_name(key)] = Batch(batch.owner, batch_id, kept=True)
    return batch
