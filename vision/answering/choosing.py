"""What a new talk begins with when nobody has chosen anything."""

from __future__ import annotations

from collections.abc import Mapping

from vision.models.catalog import READER
from vision.settings import Credential
from vision.store.money_records import Preferences


def default_choice(credentials: Mapping[str, Credential], preferences: Preferences) -> str:
    """Her own default level; the on-device reader where nothing else is set up."""
    return preferences.choice if credentials else READER
