"""From bytes to a stored picture, and from a stored picture to what a model is sent: each made once, then kept.

The pixel work is in ``vision.images``, the keeping in ``vision.store``; here they meet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from vision.comparing.difference import difference, never
from vision.comparing.result import VERSION, Difference
from vision.images.limits import OpenLimits
from vision.images.opening import clean_name, open_picture
from vision.images.preparing import ImageLimits, prepare
from vision.messages import Prepared
from vision.store import OwnedStore, StoredPicture


def add_picture(store: OwnedStore, data: bytes, name: str, limits: OpenLimits, page: int = 1) -> StoredPicture:
    """Checks ``data`` and keeps it; what is kept already is not decoded again. Raises PictureError or StoreError."""
    kept = store.find_picture(hashlib.sha256(data).hexdigest(), page, name=clean_name(name))
    return kept or store.add_picture(open_picture(data, name, limits, page=page), data)


def add_copy(store: OwnedStore, data: bytes, original: StoredPicture, name: str, limits: OpenLimits) -> StoredPicture:
    """Keeps a copy of ``original`` that shows places of it. Raises PictureError or StoreError."""
    kept = store.find_picture(hashlib.sha256(data).hexdigest(), name=clean_name(name))
    return kept or store.add_picture(open_picture(data, name, limits), data, copy_of=original.original_id)


def other_page(store: OwnedStore, stored: StoredPicture, page: int, limits: OpenLimits) -> StoredPicture:
    """Another page (1-based) of the file that ``stored`` is a page of. Raises PictureError, NotThere or StoreError."""
    kept = store.find_picture(stored.picture.sha256, page, name=stored.picture.name)
    return kept or add_picture(store, store.original_bytes(stored.id), stored.picture.name, limits, page)


def difference_of(
    store: OwnedStore, one: StoredPicture, other: StoredPicture, stopped: Callable[[], bool] = never
) -> Difference:
    """What differs between two pictures, without the heat map (``OwnedStore.heat`` has it): computed once, then kept.

    ``stopped`` as in ``comparing.difference``. Raises PictureError, NotThere, StoreError and Stopped.
    """
    kept = store.difference(one.id, other.id, VERSION)
    if kept is not None:
        return kept
    first, second = ((one.picture.width, one.picture.height), (other.picture.width, other.picture.height))
    found = difference(store.picture_bytes(one.id), first, store.picture_bytes(other.id), second, stopped=stopped)
    store.keep_difference(one.id, other.id, VERSION, found)
    return replace(found, heat=b"")


def prepared_for(store: OwnedStore, stored: StoredPicture, limits: ImageLimits) -> Prepared:
    """The exact bytes for these limits: the same every time, made at most once. Raises NotThere or StoreError."""
    key = limits.key()
    prepared = store.prepared(stored.id, key)
    if prepared is None:
        size = (stored.picture.width, stored.picture.height)
        made = prepare(store.picture_bytes(stored.id), size, limits)
        prepared = store.keep_prepared(stored.id, key, made)
    return replace(prepared, original=stored.picture)
