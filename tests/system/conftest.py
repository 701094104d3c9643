from __future__ import annotations

from tests.cli.conftest import terminal

__all__ = ["terminal"]  # the fixture, also for this folder
