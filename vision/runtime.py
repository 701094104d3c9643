"""What lives as long as the process: settings, catalogue, store and engine, opened once and shared by all sessions.

``app.py`` starts it with the server; ``current()`` starts it by itself where there is no server (tests of the pages).
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from vision.answering.differences import Differences
from vision.answering.engine import Engine
from vision.archives.unpacking import Unpacker
from vision.batch.batches import Batches
from vision.errors import LoupeError
from vision.extracting.extractor import Extractor
from vision.images.limits import OpenLimits
from vision.models.catalog import Catalogue, load_catalogue
from vision.settings import Settings, load_settings
from vision.store import Store


@dataclass(slots=True)
class Runtime:
    """Everything a page or a route needs. Close it once, at the end."""

    settings: Settings
    store: Store
    engine: Engine
    catalogue: Catalogue
    differences: Differences
    extractor: Extractor
    unpacker: Unpacker
    batches: Batches
    reader_trouble: str = ""  # why the on-device reader cannot be loaded, in words; "" as far as is known
    _warm_up_once: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def open_limits(self) -> OpenLimits:
        """How much one file may cost."""
        return OpenLimits.of(self.settings)

    def today(self) -> date:
        """The one place where the pages get the date from."""
        return _today()

    def page_shown(self) -> None:
        """A page has been drawn: the first time, the on-device reader is loaded in the background."""
        if self._warm_up_once.acquire(blocking=False):
            threading.Thread(target=self._warm_up, name="reader-warm-up", daemon=True).start()

    def _warm_up(self) -> None:
        try:
            from vision.reader.ocr import warm_up  # noqa: PLC0415  loads the models; the first page must not wait for it

            warm_up()
        except (ImportError, OSError, RuntimeError):  # a library or model file that is damaged or missing
            logging.getLogger(__name__).exception("the on-device reader could not be loaded")
            self.reader_trouble = "The on-device reader could not be loaded: set Loupe up again (make clean, make run)."
        import genai_prices  # noqa: F401, PLC0415  likewise: the prices of the next page

    def close(self) -> None:
        """Let the answers under way keep what they have, then close the store."""
        self.differences.close()
        self.batches.close()
        self.extractor.close()
        self.unpacker.close()
        self.engine.close()
        self.store.close()


LEFT_OVER = timedelta(hours=1)  # far beyond the time of any attempt
_lock = threading.Lock()
_running: Runtime | None = None


def start(settings: Settings | None = None) -> Runtime:
    """The runtime of this process, opened now if it was not. Raises SettingsError or StoreError."""
    global _running  # noqa: PLW0603  one per process is the point
    with _lock:
        if _running is None:
            _running = _open(settings or load_settings())
        return _running


def _open(settings: Settings) -> Runtime:
    catalogue = load_catalogue()
    store = Store.from_settings(settings)
    # Blobs whose row never came because a process was killed: looked for behind the first page, once.
    threading.Thread(target=_sweep, args=(store,), name="blob-sweep", daemon=True).start()
    engine = Engine(store, settings, catalogue, today=_today)
    extractor = Extractor(store, settings, catalogue, engine.router, today=_today)
    threading.Thread(target=_go_on, args=(extractor,), name="extract-go-on", daemon=True).start()
    unpacker = Unpacker(store, settings)
    batches = Batches(store, settings, catalogue, engine.router, extractor, today=_today)
    batches.drive()
    return Runtime(settings, store, engine, catalogue, Differences(store), extractor, unpacker, batches)


def _today() -> date:
    """The day of everything here: of what a page shows and of what is asked."""
    return _now().date()


def _now() -> datetime:
    return datetime.now(UTC)


def _go_on(extractor: Extractor) -> None:
    try:
        extractor.go_on()
    except LoupeError as error:  # a busy or damaged store: what waits goes on with the next start
        logging.getLogger(__name__).warning("runs could not go on: %s", error.sentence)


def _sweep(store: Store) -> None:
    try:
        store.sweep()
        for owner in store.owners():  # attempts of processes that died: their price stays unknown
            store.of(owner).close_open(datetime.now(UTC) - LEFT_OVER)
    except LoupeError as error:  # the next start tries again; nothing a person waits for depends on it
        logging.getLogger(__name__).warning("blobs could not be swept: %s", error.sentence)


def current() -> Runtime:
    """The runtime of this process."""
    return _running or start()


def started() -> bool:
    """Whether the runtime is open."""
    return _running is not None


def stop() -> None:
    """Close the runtime; ``current()`` would open a new one."""
    global _running
    with _lock:
        closing, _running = _running, None
    if closing is not None:
        closing.close()
