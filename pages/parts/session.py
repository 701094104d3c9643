"""Who is in front of the page and what this browser session holds.

Only what may die with the session lives in ``st.session_state``: typed keys, the picture looked at, the talk last
open. Everything else is in the store and is found again by the address (``?c=``).
"""

from __future__ import annotations

from datetime import date

import streamlit as st
from pydantic import SecretStr

from vision.runtime import Runtime, current
from vision.settings import Typed
from vision.store import OwnedStore
from vision.web.owner import owner_of


def runtime() -> Runtime:
    return current()


def owner() -> str:
    return owner_of(dict(st.context.headers))


def mine() -> OwnedStore:
    """The store as this owner sees it."""
    return runtime().store.of(owner())


def today() -> date:
    return runtime().today()


def typed() -> Typed:
    """The keys typed into Settings in this session."""
    keys: dict[str, SecretStr] = st.session_state.get("typed_keys", {})
    return Typed(keys=keys, compatible_url=st.session_state.get("typed_url", ""))


def picture_url(picture_id: str, variant: str) -> str:
    """The address of a stored picture's ``thumbnail``, ``preview`` or ``view``, as this browser reaches the app."""
    page = st.context.url or "http://localhost/"
    scheme, _, rest = page.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/pictures/{picture_id}/{variant}"
