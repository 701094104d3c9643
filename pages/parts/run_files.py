"""A run as files to save."""

from __future__ import annotations

import streamlit as st

from pages.parts.downloads import Download, downloads
from vision.fields.model import Kind
from vision.store.extract_records import Run
from vision.web.runs import export_url

REVIEW_PAGE = "review.py"
_ENDINGS = (
    ("Excel", "xlsx", "A workbook; lists of rows on sheets of their own"),
    ("CSV", "csv", "One line per document"),
    ("JSON", "json", "For programs"),
    ("JSON lines", "jsonl", "One document per line"),
    ("HTML with pictures", "html", "To look at without Loupe"),
)


def draw_files(run: Run, *, key: str = "files", reviewed: bool = False) -> None:
    """Links to every kind of file, with what can be said of them. ``reviewed``: some may have been accepted."""
    checked = reviewed and st.toggle("Only what was accepted", key=f"checked_{key}_{run.id}")
    provenance = st.toggle("Say where every value came from", key=f"provenance_{key}_{run.id}")
    files = [
        Download(label, export_url(run.id, ending, provenance=provenance, checked=checked), words)
        for label, ending, words in _ENDINGS
    ]
    for one in run.fields.fields:
        if one.kind is Kind.ROWS:
            address = export_url(run.id, "csv", provenance=provenance, checked=checked, rows=one.name)
            files.append(Download(f"CSV of {one.name}", address, "One line a row"))
    downloads(files, key=f"{key}_{run.id}")
