"""A thousand photos of 12 megapixels: what the server holds at most while they come in and are asked about, over what
it holds idle with a warm reader. Real upload route, real engine, the loopback provider in a process of its own.

``python -m tests.bench batch_memory`` takes some minutes; LOUPE_BENCH_PHOTOS takes fewer.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryDirectory

from tests.bench.batch import MODEL, control, get, provider
from tests.bench.scenes import photo
from tests.system.memory import forget_peak, peak, settled

GOAL_MB = 300
AT_ONCE = 3  # as the browser sends them


def run() -> None:
    """Prints megabytes over idle: at most, and afterwards."""
    count = int(os.environ.get("LOUPE_BENCH_PHOTOS", "1000"))
    with TemporaryDirectory() as folder, provider() as wire:
        control(wire, "always", {"delay_seconds": 0.5, "chunks": ["A photo."]})
        command = [sys.executable, "-m", "tests.bench.batch_memory", folder]
        environment = {**os.environ, "LOUPE_DATA_DIR": folder, "MALLOC_ARENA_MAX": "2"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
            assert server.stdout is not None
            port, token = server.stdout.readline().split()
            try:
                _measured(server.pid, f"http://127.0.0.1:{port}", token, count)
            finally:
                server.terminate()


def _measured(pid: int, url: str, token: str, count: int) -> None:
    idle = settled(pid)
    forget_peak(pid)
    began = time.perf_counter()
    first = photo()
    with ThreadPoolExecutor(AT_ONCE) as sending:
        list(sending.map(lambda number: _send(url, token, first, number), range(count)))
    uploaded, at_upload = time.perf_counter() - began, peak(pid)
    began = time.perf_counter()
    get(f"{url}/begin")
    while (state := get(f"{url}/state").decode()) == "running":
        time.sleep(0.5)
    took, most = time.perf_counter() - began, peak(pid)
    over = (most - idle) / 1e6
    print(
        f"{count:,} photos of 12 MP: idle {idle / 1e6:.0f} MB, at most {over:+.0f} MB (goal {GOAL_MB:+}), "
        f"{(at_upload - idle) / 1e6:+.0f} MB of it at the upload, {(settled(pid) - idle) / 1e6:+.0f} MB afterwards; "
        f"upload {uploaded:.0f} s, run {took:.0f} s ({state})"
    )


def _send(url: str, token: str, first: bytes, number: int) -> None:
    """The same photo with another comment at its end is another file."""
    body = first + f"photo {number}".encode()
    headers = {"X-Upload-Token": token, "X-File-Key": f"{number:05}", "X-File-Name": f"{number:05}.jpg"}
    with urllib.request.urlopen(urllib.request.Request(f"{url}/upload", body, headers, method="POST")) as reply:
        reply.read()


# -- the server's side ------------------------------------------------------------------------------------------------


def serve() -> None:
    """Our routes without the pages, and two of the bench's own: begin the run, say how it stands."""
    import uvicorn  # noqa: PLC0415 - only in the process that serves
    from starlette.applications import Starlette  # noqa: PLC0415
    from starlette.requests import Request  # noqa: PLC0415
    from starlette.responses import PlainTextResponse  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    from vision import runtime  # noqa: PLC0415
    from vision.messages import Detail  # noqa: PLC0415
    from vision.reader.ocr import warm_up  # noqa: PLC0415
    from vision.settings import LOCAL_OWNER  # noqa: PLC0415
    from vision.store.batch_records import Terms  # noqa: PLC0415
    from vision.store.extract_records import Document  # noqa: PLC0415
    from vision.web import serving, tokens  # noqa: PLC0415

    running = runtime.start()
    owned = running.store.of(LOCAL_OWNER)
    runs: list[str] = []

    def begin(_request: Request) -> PlainTextResponse:
        documents = [Document(one.name, (one.picture_id or "",)) for one in owned.uploads("bench")]
        terms = Terms(question="What is this?", parallel=32)
        made = running.batches.begin(LOCAL_OWNER, documents, terms, choice=MODEL, detail=Detail.NORMAL)
        runs.append(made.id)
        return PlainTextResponse("begun")

    def state(_request: Request) -> PlainTextResponse:
        batch = owned.batch(runs[0])
        return PlainTextResponse(batch.state.value if batch else "gone")

    warm_up()
    app = Starlette(routes=[Route("/begin", begin), Route("/state", state), *serving.routes()])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    threading.Thread(
        target=_say_port, args=(server, tokens.mint(LOCAL_OWNER, "bench", time.time())), daemon=True
    ).start()
    server.run()


def _say_port(server: object, token: str) -> None:
    while not getattr(server, "started", False):
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # uvicorn's own list
    print(port, token, flush=True)


if __name__ == "__main__":
    serve()
