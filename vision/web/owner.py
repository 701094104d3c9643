"""Whose request this is. Without sign-in there is one owner; sign-in will read the person from the headers."""

from __future__ import annotations

from collections.abc import Mapping

from vision.settings import LOCAL_OWNER


def owner_of(headers: Mapping[str, str]) -> str:  # noqa: ARG001  the headers will name the person
    """The owner of everything this request may see."""
    return LOCAL_OWNER
