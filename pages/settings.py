"""Settings: keys, the local server, who is asked, caps, the models in use, the data, the versions."""

from __future__ import annotations

import streamlit as st

from pages.parts.keys import keys, local_server
from pages.parts.preferring import caps, forget, local_model, who_is_asked
from pages.parts.saying import done, say, say_failure
from pages.parts.session import mine, owner, runtime, today
from vision.about import versions
from vision.choices import ending_soon, listed
from vision.routing.candidates import day_words


def main() -> None:
    st.title("Settings", anchor=False)
    say_failure()
    st.header("Keys", anchor=False)
    st.markdown(
        "A key typed here is kept in memory for this browser session only; it is never stored. "
        "Without any key the on-device reader answers questions about printed text."
    )
    keys()
    st.header("Local server", anchor=False)
    st.markdown("Ollama, vLLM, LM Studio, llama.cpp or OpenRouter: anything that speaks the OpenAI chat format.")
    local_model(local_server())
    st.header("Who is asked", anchor=False)
    who_is_asked()
    st.header("Caps", anchor=False)
    st.markdown("The most that may be spent. It is looked at before every question, and never passed; empty is no cap.")
    caps()
    _models()
    _data()
    _versions()


def _models() -> None:
    st.header("Models in use", anchor=False)
    ending = ending_soon(runtime().catalogue, today())
    if ending:
        say("\n".join(f"- {sentence}" for sentence in ending), "warning")
    rows = [
        {
            **{"Provider": m.provider, "Model": m.label, "Id": m.id, "State": m.state},
            **{"Ends": day_words(m.ends) if m.ends else "no day is set", "Then": m.successor},
        }
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
    st.write(
        "All pictures, talks and answers are removed for good, and these settings begin anew. Keys are not affected."
    )
    st.write("The sums of each day on Costs stay, amounts only: no cap begins anew by deleting.")
    st.button("Delete everything", type="primary", key="delete_everything_now", on_click=_delete_everything)


def _delete_everything() -> None:
    done(_delete)


def _delete() -> None:
    for answer in mine().running_answers():
        runtime().engine.stop(owner(), answer.id)
    mine().delete_everything()
    for name in ("talk", "lit", "all_of", "editing"):
        st.session_state.pop(name, None)
    forget()


def _versions() -> None:
    with st.expander("Versions", key="versions"):
        for name, version in versions():
            st.caption(f"{name} {version}")


main()
