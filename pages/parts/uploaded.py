"""A few files that came through Streamlit's own uploader: kept as pictures, then freed from the server's memory."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.typing import UploadedFile

from vision.errors import LoupeError
from vision.ingest import add_picture
from vision.runtime import current
from vision.store import StoredPicture
from vision.web.owner import owner_of

AT_ONCE = 20  # each stands in the server's memory; the picture input takes any number


def take(files: Sequence[UploadedFile]) -> tuple[tuple[StoredPicture, ...], tuple[str, ...]]:
    """The pictures kept, and a sentence for each file that was not, or one for all beyond the first ``AT_ONCE``. The
    files cannot be used afterwards."""
    kept: list[StoredPicture] = []
    refused: list[str] = []
    owned = current().store.of(owner_of(dict(st.context.headers)))
    for file in files[AT_ONCE:]:
        free(file)
    for file in files[:AT_ONCE]:
        try:
            kept.append(add_picture(owned, bytes(file.getbuffer()), file.name, current().open_limits))
        except LoupeError as error:
            refused.append(error.sentence)
        finally:
            free(file)
    if len(files) > AT_ONCE:
        refused.append(
            f"The last {len(files) - AT_ONCE} of {len(files)} files were not added, this box takes {AT_ONCE} at once: "
            "drop the others on “Add another picture”."
        )
    return tuple(kept), tuple(refused)


def free(file: UploadedFile) -> None:
    """Drops the file from Streamlit's manager, which would hold it until the session ends (measured with 1.67: a new
    widget key does not free it). Internal API, the one that chat_input calls; a test counts the bytes."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=file.file_id)
    file.close()
