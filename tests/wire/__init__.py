"""The loopback provider: four wire formats on 127.0.0.1, strict, scriptable, with a memory. See ``server``, ``plays``.

It imports nothing of the product: what it accepts and counts is written from the vendors' pages alone.
"""

from tests.wire.known import Known
from tests.wire.plays import Fault, Play, fails
from tests.wire.records import Recorded
from tests.wire.server import KEYS, WireServer

__all__ = ["KEYS", "Fault", "Known", "Play", "Recorded", "WireServer", "fails"]
