"""A run as files to save."""

from __future__ import annotations

import streamlit as st

from pages.parts.downloads import Download, downloads
from pages.parts.review_runs import ENDINGS
from vision.fields.model import Kind
from vision.store.extract_records import Run
from vision.web.runs import export_url

REVIEW_PAGE = "review.py"


def draw_files(run: Run) -> None:
    """Links to every kind of file, with what can be said of them."""
    provenance = st.toggle("Say where every value came from", key=f"provenance_of_{run.id}")
    files = [
        Download(label, export_url(run.id, ending, provenance=provenance), words) for label, ending, words in ENDINGS
    ]
    files += [
        Download(
            f"CSV of {one.name}", export_url(run.id, "csv", provenance=provenance, rows=one.name), "One line a row"
        )
        for one in run.fields.fields
        if one.kind is Kind.ROWS
    ]
    downloads(files, key=f"files_of_{run.id}")
