"""Serves one stage (a small script named by LOUPE_STAGE) with the app's own routes, headers and process."""

from __future__ import annotations

import os

import streamlit as st

from vision.web import serving

app = st.App(
    os.environ["LOUPE_STAGE"],
    lifespan=serving.lifespan,
    routes=serving.routes(),
    middleware=serving.middleware(st.get_option("server.allowedHosts")),
)
