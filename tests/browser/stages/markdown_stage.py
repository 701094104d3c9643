"""Model text as the pages draw it, and the same text raw. The host named by LOUPE_LISTENER must hear nothing."""

from __future__ import annotations

import os

import streamlit as st

from vision.markdown import safe_markdown

st.set_page_config(page_title="Markdown", page_icon="🔎")

HOST = os.environ["LOUPE_LISTENER"]
TEXT = f"""Costs $5 and $6, :red[warm] :tada: :material/home: at 12:30:45 -- ![pixel]({HOST}/inline.png) <b>bold</b>

![by name][r] and [![in a link]({HOST}/linked.png)]({HOST}/page)

<img src="{HOST}/html.png">

[bank.example]({HOST}/phish) | :rainbow-background[x] | $$x$$

| a | b |
| --- | --- |
| ![cell]({HOST}/cell.png) | `code` |

```mermaid
graph TD; A-->B
```

[r]: {HOST}/reference.png
"""
safe = safe_markdown(TEXT)
with st.container(key="safe"):
    st.markdown(safe)
    with st.chat_message("assistant"):
        st.markdown(safe)
    st.button(safe_markdown(f"Label ![x]({HOST}/label.png)"), key="labelled")
    st.caption(safe)
if st.toggle("Raw", key="raw"):
    with st.container(key="unsafe"):
        st.markdown(TEXT)
