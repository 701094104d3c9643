"""Keys and the local server in Settings: typed, tested, forgotten. Nothing typed here is ever stored."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from pydantic import SecretStr

from pages.parts.session import runtime, typed
from vision.choices import check
from vision.errors import LoupeError
from vision.markdown import safe_markdown
from vision.routing.health import Place
from vision.settings import KEY_NAMES, Credential, credential

CLOUD = {"anthropic": "Claude", "openai": "OpenAI", "gemini": "Gemini"}
REFUSED = frozenset({"bad_key", "no_access"})


@dataclass(frozen=True, slots=True)
class Tested:
    """How the last test of a key in this session ended. It is of ``place``: another key is not tested yet."""

    place: Place
    outcome: str
    sentence: str

    @property
    def worked(self) -> bool:
        return not self.outcome


def last_test(provider: str, found: Credential) -> Tested | None:
    """The test of the key that is in force; None: it was not tested in this session."""
    tested: Tested | None = st.session_state.get(f"tested_{provider}")
    return tested if tested is not None and tested.place == Place.of(provider, found) else None


def keys() -> None:
    """A card for each service that needs a key."""
    for column, (name, words) in zip(st.columns(len(CLOUD), gap="small"), CLOUD.items(), strict=True):
        with column, st.container(border=True, key=f"card_{name}"):
            _card(name, words)


def _card(name: str, words: str) -> None:
    found = credential(name, typed())
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"head_{name}"):
        st.markdown(f"**{words}**")
        if found:
            _badge(name, found)
            st.caption(found.source)
        else:
            st.caption(f"No key. Type one, or set {KEY_NAMES[name][0]}.")
    with (
        st.form(f"form_{name}", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"row_{name}"),
    ):
        key = st.text_input(f"{words} key", type="password", key=f"key_{name}", autocomplete="off")
        use = st.form_submit_button("Use this key", key=f"use_{name}")
    if use and key.strip():
        st.session_state.setdefault("typed_keys", {})[name] = SecretStr(key.strip())
        st.rerun()
    if found:
        _test_row(name, found)


def _badge(name: str, found: Credential) -> None:
    tested = last_test(name, found)
    if tested is None or tested.worked:
        st.badge("Set up", icon=":material/check:", color="green")
    elif tested.outcome in REFUSED:
        st.badge("Refused", icon=":material/block:", color="red")
    else:
        st.badge("Test failed", icon=":material/warning:", color="orange")


def _test_row(name: str, found: Credential) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"test_row_{name}"):
        if st.button("Test", key=f"test_{name}", icon=":material/network_check:"):
            with st.spinner("Asking"):
                st.session_state[f"tested_{name}"] = _tested(name, found)
            st.rerun()  # the badge above says it, too
        if name in st.session_state.get("typed_keys", {}) and st.button("Forget the typed key", key=f"forget_{name}"):
            del st.session_state["typed_keys"][name]
            st.rerun()
    tested = last_test(name, found)
    if tested is not None:
        (st.success if tested.worked else st.error)(safe_markdown(tested.sentence))


def _tested(name: str, found: Credential) -> Tested:
    place = Place.of(name, found)
    try:
        count = check(name, typed(), runtime().engine.router.health)
    except LoupeError as error:
        return Tested(place, error.outcome, error.sentence)
    return Tested(place, "", f"It works: {count} models can be asked.")


def local_server() -> Credential | None:
    """The card of the local server; its address and key, if there is one."""
    found = credential("compatible", typed())
    with st.container(border=True, key="card_compatible"):
        if found:
            _badge("compatible", found)
        with st.form("form_compatible", border=False):
            address = st.text_input(
                "Address",
                value=(found.base_url or "") if found else "",
                placeholder="http://127.0.0.1:11434/v1",
                key="compatible_address",
            )
            # a new field after each use: a key that was taken must not stay on the page
            field = f"key_compatible_{st.session_state.get('servers_used', 0)}"
            key = st.text_input("Key, if it needs one", type="password", key=field, autocomplete="off")
            use = st.form_submit_button("Use this server", key="use_compatible")
        if use:
            st.session_state["typed_url"] = address.strip()
            st.session_state["servers_used"] = st.session_state.get("servers_used", 0) + 1
            if key.strip():
                st.session_state.setdefault("typed_keys", {})["compatible"] = SecretStr(key.strip())
            st.rerun()
        if found:
            _test_row("compatible", found)
    return found
