from __future__ import annotations

from tests.cli.conftest import _no_jitter, terminal

__all__ = ["_no_jitter", "terminal"]  # the fixtures, also for this folder
