"""Starts the child process of ``isolated``, watches the clock, and reads its answer."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from vision.images.isolated import PARTS
from vision.images.limits import OpenLimits
from vision.images.refusals import Refused
from vision.images.taking import Taken

_ROOT = str(Path(__file__).resolve().parents[2])
# Each child may take ``memory_bytes``: a dropped folder must not start twenty.
_SLOTS = BoundedSemaphore(2)
# What the system ends a process with that has used up its processor time.
_OUT_OF_TIME = {getattr(signal, name).value for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)}
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
# What an interpreter needs to start, and nothing else: a decoder that is taken over finds no key in its environment.
_PASSED = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL")


def take(data: bytes, format: str, page: int, limits: OpenLimits) -> Taken:
    """``taking.take`` in a child process. Raises Refused."""
    head, rest = _run(data, {"task": "take", "format": format, "page": page}, limits)
    parts: dict[str, bytes] = {}
    for name, size in zip(PARTS, head["sizes"], strict=True):
        parts[name], rest = rest[:size], rest[size:]
    return Taken(
        width=head["width"],
        height=head["height"],
        pages=head["pages"],
        notes=tuple(head["notes"]),
        preview=parts["preview"],
        thumbnail=parts["thumbnail"],
        master=parts["master"] or None,
    )


def count_pages(data: bytes, format: str, limits: OpenLimits) -> int:
    """``taking.count_pages`` in a child process. Raises Refused."""
    head, _ = _run(data, {"task": "count", "format": format}, limits)
    return int(head["pages"])


def _run(data: bytes, task: dict[str, Any], limits: OpenLimits) -> tuple[dict[str, Any], bytes]:
    request = json.dumps({**task, "limits": dataclasses.asdict(limits)})
    command = [sys.executable, "-m", "vision.images.isolated", request]
    with _SLOTS:
        try:
            # run() kills the child when the time is up, and waits for its end.
            done = subprocess.run(  # noqa: S603 - our own interpreter and module; the file's name is not passed
                command,
                input=data,
                capture_output=True,
                timeout=limits.seconds,
                env=_environment(),
                creationflags=_NO_WINDOW,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Refused("too_slow", seconds=limits.seconds) from error
        except OSError as error:
            raise Refused("no_child", detail=repr(error)) from error
    line, _, rest = done.stdout.partition(b"\n")
    if done.returncode != 0 or not line:
        raise _died(done.returncode, done.stderr, limits)
    head: dict[str, Any] = json.loads(line)
    if "refused" in head:
        raise Refused(head["refused"], detail=head.get("detail", ""), **head["facts"])
    return head, rest


def _died(code: int, stderr: bytes, limits: OpenLimits) -> Refused:
    """What became of a child that gave no answer."""
    said = stderr[-2000:].decode("utf-8", errors="replace")
    detail = f"child ended with {code}: {said}"
    if -code in _OUT_OF_TIME:
        return Refused("too_slow", seconds=limits.seconds, detail=detail)
    if "MemoryError" in said or "bad_alloc" in said:
        return Refused("too_much_memory", limit_mb=limits.memory_bytes / 1e6, detail=detail)
    return Refused("crashed", detail=detail)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED if name in os.environ}
    # Memory that a thread merely reserves counts too; glibc would reserve 64 MB for each.
    return {**kept, "PYTHONPATH": _ROOT, "MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": "1"}
