"""The child process that decodes what could run away: ``python -m vision.images.isolated REQUEST``.

REQUEST is JSON (format, page, task, limits); the file comes on standard input. Standard output carries one line of JSON
and after it the bytes of preview, thumbnail and master. Imports stay few: this starts for every such file.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import sys
from typing import Any

from vision.images.limits import OpenLimits
from vision.images.refusals import Refused

PARTS = ("preview", "thumbnail", "master")


def main(request: str) -> None:
    """Answers ``request`` on standard output. A refusal is an answer too."""
    asked = json.loads(request)
    limits = OpenLimits(**asked["limits"])
    out = _private_output()
    _confine(limits)
    data = sys.stdin.buffer.read()
    try:
        head, parts = _answer(data, asked, limits)
    except Refused as refused:
        head, parts = {"refused": refused.reason, "facts": refused.facts, "detail": refused.detail}, []
    except MemoryError:
        head, parts = {"refused": "too_much_memory", "facts": {"limit_mb": limits.memory_bytes / 1e6}}, []
    with os.fdopen(out, "wb") as stream:
        stream.write(json.dumps(head).encode() + b"\n")
        for part in parts:
            stream.write(part)


def _answer(data: bytes, asked: dict[str, Any], limits: OpenLimits) -> tuple[dict[str, Any], list[bytes]]:
    from vision.images import taking  # noqa: PLC0415 - under the limits: what Pillow costs counts too

    if asked["task"] == "count":
        return {"pages": taking.count_pages(data, asked["format"], limits)}, []
    taken = taking.take(data, asked["format"], asked["page"], limits, isolated=True)
    parts = [getattr(taken, name) or b"" for name in PARTS]
    kept = {field.name: getattr(taken, field.name) for field in dataclasses.fields(taken) if field.name not in PARTS}
    return {**kept, "sizes": [len(part) for part in parts]}, parts


def _private_output() -> int:
    """Standard output for the answer alone: what a C library prints goes to standard error instead."""
    private = os.dup(1)
    os.dup2(2, 1)
    return private


def _confine(limits: OpenLimits) -> None:
    """Address space and processor time, where the system has such limits. The parent's clock works everywhere."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    wanted = (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, math.ceil(limits.seconds) + 1),
        (resource.RLIMIT_CORE, 0),
    )
    for what, most in wanted:
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            # macOS refuses a limit on address space; a container may have set lower ones.
            continue


if __name__ == "__main__":
    main(sys.argv[1])
