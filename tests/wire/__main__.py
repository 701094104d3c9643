"""``python -m tests.wire --port 0``: prints the port on one line, then serves until it is told to end."""

from __future__ import annotations

import argparse
import signal
import threading
from types import FrameType

from tests.wire.server import WireServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.wire", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--key", action="append", default=[], metavar="PROVIDER=KEY", help="instead of the usual key")
    options = parser.parse_args()
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with WireServer(options.port, keys=dict(one.split("=", 1) for one in options.key)) as wire:
        print(wire.port, flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
