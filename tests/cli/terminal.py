"""The terminal as a person has it: two outputs and an exit code, in a process of its own or, quicker, in this one."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from tests.wire import WireServer
from vision.cli import run
from vision.store import Store


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


@dataclass
class Terminal:
    folder: Path
    environment: dict[str, str]

    def leads_to(self, wire: WireServer, *providers: str) -> None:
        """From now on these providers are set up, at the loopback server."""
        self.environment.update(wire.environment(*providers))

    def store(self) -> Store:
        """What the commands left behind."""
        data = Path(self.environment["LOUPE_DATA_DIR"])
        return Store.open(data / "loupe.db", data / "blobs")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A process of its own: where pipes, signals and what is loaded matter."""
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "vision", *arguments]
        return subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0
        )

    def in_its_own_process(self, *arguments: str, stdin: bytes = b"") -> Done:
        with self.start(*arguments) as process:
            out, err = process.communicate(stdin, timeout=60)
        assert b"Traceback" not in out + err
        return Done(process.returncode, out.decode(), err.decode())

    def run(self, *arguments: str, stdin: str = "") -> Done:
        """The same command in this process."""
        out, err = _stream(), _stream()
        typed = mock.patch.object(sys, "stdin", io.StringIO(stdin))
        with self._here(), typed, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(arguments)
        texts = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
        assert "Traceback" not in "".join(texts)
        return Done(code, *texts)

    @contextlib.contextmanager
    def _here(self) -> Iterator[None]:
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            with mock.patch.dict(os.environ, self.environment, clear=True):
                yield
        finally:
            os.chdir(before)


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)
