"""What ``streamlit run app.py`` starts: the pages, our own routes beside them, and the process they live in."""

from __future__ import annotations

import streamlit as st

from vision.web import serving

app = st.App(
    "pages/shell.py",
    lifespan=serving.lifespan,
    routes=serving.routes(),
    middleware=serving.middleware(st.get_option("server.allowedHosts")),
)
