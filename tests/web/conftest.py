"""Our routes behind a real uvicorn on a free port, on an empty data folder; asked over real sockets."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from vision import runtime
from vision.runtime import Runtime
from vision.settings import Settings
from vision.web import serving


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True, slots=True)
class Site:
    port: int
    runtime: Runtime
    data: Path

    def ask(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: Any = None
    ) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, names, answer.read())
        finally:
            connection.close()


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """Mark a test with ``@pytest.mark.parametrize("site", [{...settings}], indirect=True)`` to change settings."""
    settings = Settings(data_dir=tmp_path / "data", **getattr(request, "param", {}))
    opened = runtime.start(settings)
    application = Starlette(
        routes=serving.routes(), middleware=serving.middleware(["127.0.0.1", "*.loupe.test"]), lifespan=serving.lifespan
    )
    server = uvicorn.Server(uvicorn.Config(application, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            threading.Event().wait(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Site(port, opened, tmp_path / "data")
    finally:
        server.should_exit = True
        thread.join(20)
        runtime.stop()
