from __future__ import annotations

from tests.routing.conftest import store, wire

__all__ = ["store", "wire"]
