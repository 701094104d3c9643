"""A durable run as files to save."""

from __future__ import annotations

import streamlit as st

from pages.parts.downloads import Download, downloads
from vision.store.extract_records import RecordState, Run
from vision.web.batches import export_url

_ENDINGS = (
    ("Excel", "xlsx", "A workbook with one line per picture"),
    ("CSV", "csv", "One line per picture, for any spreadsheet"),
    ("JSON lines", "jsonl", "For programs"),
    ("ZIP with pictures", "zip", "The table and the pictures it is about"),
)


def draw_files(run: Run) -> None:
    """Links to every kind of file, behind one button."""
    if not any(run.counts.get(state) for state in (RecordState.DONE, RecordState.FAILED)):
        return
    with st.popover("Save as a file", icon=":material/download:", key=f"batch_save_{run.id}"):
        files = [Download(label, export_url(run.id, ending), words) for label, ending, words in _ENDINGS]
        downloads(files, key=f"batch_files_{run.id}")
