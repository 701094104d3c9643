"""Settings: keys, the local server, the models in use, the data, the versions."""

from __future__ import annotations

import streamlit as st
from pydantic import SecretStr

from pages.parts.session import mine, owner, runtime, today, typed
from vision.about import versions
from vision.choices import check, listed
from vision.errors import LoupeError
from vision.markdown import safe_markdown
from vision.settings import KEY_NAMES, credential

CLOUD = {"anthropic": "Claude", "openai": "OpenAI", "gemini": "Gemini"}


def main() -> None:
    st.title("Settings", anchor=False)
    _keys()
    _local_server()
    _models()
    _data()
    _versions()


def _keys() -> None:
    st.header("Keys", anchor=False)
    st.markdown(
        "A key typed here is kept in memory for this browser session only; it is never stored. "
        "Without any key the on-device reader answers questions about printed text."
    )
    for column, (name, words) in zip(st.columns(len(CLOUD), gap="small"), CLOUD.items(), strict=True):
        with column, st.container(border=True, key=f"card_{name}"):
            _key_card(name, words)


def _key_card(name: str, words: str) -> None:
    found = credential(name, typed())
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"head_{name}"):
        st.markdown(f"**{words}**")
        if found:
            st.badge("Set up", icon=":material/check:", color="green")
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
        st.session_state.pop(f"tested_{name}", None)
        st.rerun()
    if found:
        _test_row(name)


def _test_row(name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"test_row_{name}"):
        if st.button("Test", key=f"test_{name}", icon=":material/network_check:"):
            with st.spinner("Asking"):
                st.session_state[f"tested_{name}"] = _tested(name)
        if name in st.session_state.get("typed_keys", {}) and st.button("Forget the typed key", key=f"forget_{name}"):
            del st.session_state["typed_keys"][name]
            st.session_state.pop(f"tested_{name}", None)
            st.rerun()
    worked, sentence = st.session_state.get(f"tested_{name}", (None, ""))
    if sentence:
        (st.success if worked else st.error)(safe_markdown(sentence))


def _tested(name: str) -> tuple[bool, str]:
    try:
        count = check(name, typed())
    except LoupeError as error:
        return False, error.sentence
    return True, f"It works: {count} models can be asked."


def _local_server() -> None:
    st.header("Local server", anchor=False)
    st.markdown("Ollama, vLLM, LM Studio, llama.cpp or OpenRouter: anything that speaks the OpenAI chat format.")
    found = credential("compatible", typed())
    with st.container(border=True, key="card_compatible"):
        if found:
            st.badge("Set up", icon=":material/check:", color="green")
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
            st.session_state.pop("tested_compatible", None)
            st.rerun()
        if found:
            _test_row("compatible")


def _models() -> None:
    st.header("Models in use", anchor=False)
    rows = [
        {"Provider": m.provider, "Model": m.label, "Id": m.id, "State": m.state, "Ends": m.ends, "Then": m.successor}
        for m in listed(runtime().catalogue, today())
    ]
    st.dataframe(rows, hide_index=True, key="models", alt="Models with their retirement dates")


def _data() -> None:
    st.header("Your data", anchor=False)
    st.markdown("Pictures and talks are kept on this machine, in the data folder, until you delete them.")
    if st.button("Delete everything", icon=":material/delete_forever:", key="delete_everything"):
        _confirm()


@st.dialog("Delete everything?")
def _confirm() -> None:
    st.write("All pictures, talks and answers are removed for good. Keys are not affected.")
    st.button("Delete everything", type="primary", key="delete_everything_now", on_click=_delete_everything)


def _delete_everything() -> None:
    for answer in mine().running_answers():
        runtime().engine.stop(owner(), answer.id)
    mine().delete_everything()
    for name in ("talk", "lit", "all_of", "editing"):
        st.session_state.pop(name, None)


def _versions() -> None:
    with st.expander("Versions", key="versions"):
        for name, version in versions():
            st.caption(f"{name} {version}")


main()
