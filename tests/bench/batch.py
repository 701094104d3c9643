"""What a durable run costs beside the calls themselves: against the ideal, with the loopback provider in a process of
its own, real SDK, real sockets, real ledger. Pictures of one megapixel, prepared before.

The ideal is the latency times the number of calls, over how many go at once: what nobody can do better than.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from vision.answering.engine import Engine
from vision.batch.batches import Batches
from vision.extracting.extractor import Extractor
from vision.images.limits import OpenLimits
from vision.images.preparing import image_limits
from vision.ingest import add_picture, prepared_for
from vision.messages import Detail
from vision.models.catalog import load_catalogue
from vision.routing.router import Router
from vision.settings import LOCAL_OWNER, Settings
from vision.store import Store
from vision.store.batch_records import RunState, Terms
from vision.store.extract_records import Document

MODEL = "gpt-6.1-terra"
AT_ONCE = 32
GOAL = 1.15
CHAT_MODEL = "gpt-6-luna"
CHAT_GOAL = 3.0
SIZE = (1200, 850)


def run() -> None:
    """Prints seconds, ratios to the ideal, and the submit of ten thousand."""
    with TemporaryDirectory() as folder, provider() as wire, opened(Path(folder)) as (store, batches):
        documents = pictures(store, 320)
        # As on the page: everything is loaded while she chooses, and one picture is tried first.
        batches.get_ready(LOCAL_OWNER, MODEL)
        _against_ideal("one item, to begin with", wire, store, batches, documents[:1], 2.0, None)
        with _chatting(wire, store) as chats:
            _against_ideal("320 items at 2 s", wire, store, batches, documents, 2.0, GOAL)
        most = f"{max(chats):7.2f} s at most of {len(chats)}"
        print(f"{'a chat meanwhile':<24} {most}, at no latency  goal {CHAT_GOAL:.2f} s")
        _against_ideal("1,000 items at 0.2 s", wire, store, batches, repeated(documents, 1000), 0.2, None)
        _submit(store, batches, documents)


def _against_ideal(
    what: str,
    wire: str,
    store: Store,
    batches: Batches,
    documents: Sequence[Document],
    latency: float,
    goal: float | None,
) -> None:
    control(wire, "always", {"delay_seconds": latency, "chunks": ["A picture."]})
    began = time.perf_counter()
    run = batches.begin(LOCAL_OWNER, documents, terms(), choice=MODEL, detail=Detail.NORMAL)
    submitted = time.perf_counter() - began
    owned = store.of(LOCAL_OWNER)
    while (batch := owned.batch(run.id)) is None or batch.state is RunState.RUNNING:
        time.sleep(0.2)
    seconds = time.perf_counter() - began
    ended = owned.run(run.id)
    ideal = latency * len(documents) / AT_ONCE
    goal_words = f"  goal {goal:.2f}" if goal else ""
    counts = {state.value: count for state, count in ended.counts.items()}
    print(
        f"{what:<24} {seconds:7.2f} s  ideal {ideal:6.2f} s  ratio {seconds / ideal:5.2f}{goal_words}"
        f"  submit {submitted:.2f} s  {counts}"
    )


@contextmanager
def _chatting(wire: str, store: Store) -> Iterator[list[float]]:
    """Somebody talks to another model of the same service meanwhile; seconds from each question to its whole answer."""
    engine = Engine(store, Settings(), load_catalogue())
    owned, seconds, ended = store.of(LOCAL_OWNER), list[float](), threading.Event()
    picture = owned.recent_pictures(1)[0]

    def talk() -> None:
        while not ended.wait(2.0):
            control(wire, "script", {"provider": "openai", "model": CHAT_MODEL, "plays": [{"text": "A picture."}]})
            began = time.perf_counter()
            talk_id = owned.create_conversation().id
            answer_id = engine.ask(LOCAL_OWNER, talk_id, "What is it?", [picture.id], model=CHAT_MODEL)
            live = engine.live(answer_id)
            while live is not None and not live.done:
                time.sleep(0.01)
            seconds.append(time.perf_counter() - began)
            assert owned.answer(answer_id).text == "A picture.", owned.answer(answer_id).sentence

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield seconds
    finally:
        ended.set()
        thread.join()
        engine.close()


def _submit(store: Store, batches: Batches, documents: Sequence[Document]) -> None:
    many = [Document(f"{number}.png", documents[number % len(documents)].picture_ids) for number in range(10_000)]
    began = time.perf_counter()
    run = batches.begin(LOCAL_OWNER, many, terms(), choice=MODEL, detail=Detail.NORMAL)
    print(f"{'submit of 10,000':<24} {time.perf_counter() - began:7.2f} s")
    batches.stop(LOCAL_OWNER, run.id)


def repeated(documents: Sequence[Document], count: int) -> list[Document]:
    """So many items: a picture that comes again comes together with another one, for the same is asked once only."""
    found = list(documents)
    for number in range(count - len(documents)):
        one, other = documents[number % len(documents)], documents[-1 - number // len(documents)]
        found.append(Document(f"{number}.jpg", (*one.picture_ids, *other.picture_ids)))
    return found


def terms() -> Terms:
    return Terms(question="What is this?", parallel=AT_ONCE)


def pictures(store: Store, count: int) -> list[Document]:
    """Different pictures of one megapixel, each prepared for the model."""
    owned, limits = store.of(LOCAL_OWNER), image_limits(load_catalogue().get(MODEL), Detail.NORMAL, 1)
    found = []
    for number in range(count):
        image = Image.effect_mandelbrot(SIZE, (-2.0 + number / 1000, -1.5, 1.0, 1.5), 60).convert("RGB")
        out = io.BytesIO()
        image.save(out, "JPEG", quality=85)
        stored = add_picture(owned, out.getvalue(), f"{number}.jpg", OpenLimits())
        prepared_for(owned, stored, limits)
        found.append(Document(stored.picture.name, (stored.id,)))
    return found


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Store, Batches]]:
    settings, catalogue = Settings(data_dir=folder, batch_parallel=AT_ONCE), load_catalogue()
    store = Store.open(folder / "loupe.db", folder / "blobs")
    router = Router(catalogue, settings, today=_today)
    extractor = Extractor(store, settings, catalogue, router, today=_today)
    batches = Batches(store, settings, catalogue, router, extractor, today=_today)
    batches.drive()
    try:
        yield store, batches
    finally:
        batches.close()
        extractor.close()
        store.close()


def _today() -> date:
    return datetime.now(UTC).date()


@contextmanager
def provider() -> Iterator[str]:
    """The loopback provider in a process of its own; the environment leads to it. Its address."""
    command = [sys.executable, "-m", "tests.wire"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        os.environ.update(json.loads(get(f"{address}/control/addresses"))["environment"])
        try:
            yield address
        finally:
            process.terminate()


def control(address: str, verb: str, what: object) -> None:
    request = urllib.request.Request(f"{address}/control/{verb}", json.dumps(what).encode(), method="POST")
    with urllib.request.urlopen(request) as reply:
        reply.read()


def get(url: str) -> bytes:
    with urllib.request.urlopen(url) as reply:
        found: bytes = reply.read()
    return found
