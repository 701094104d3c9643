"""Differences of pictures, computed behind the page: one at a time, each at most once."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass

from vision.comparing.difference import Stopped
from vision.comparing.result import VERSION, Difference
from vision.errors import LoupeError
from vision.ingest import difference_of
from vision.store import Store, StoredPicture


@dataclass(frozen=True, slots=True)
class Failed:
    """There is no difference, and why."""

    sentence: str


NO_MEMORY = Failed("There was not enough memory to compare these pictures: close other programs and try again.")
OURS = Failed(
    "These pictures could not be compared. That is a mistake of this program; asking a model works as before."
)


class Differences:
    """One per process. Every method is quick."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._working = ThreadPoolExecutor(1, "difference")  # each takes two processors and much memory
        self._asked: dict[tuple[str, str, str], Future[Difference]] = {}

    def of(self, owner: str, one: StoredPicture, other: StoredPicture) -> Difference | Failed | None:
        """The difference without its heat map; None while it is being computed, which begins now if it had not.

        Raises StoreError.
        """
        key = (owner, one.id, other.id)
        with self._lock:
            asked = self._asked.get(key)
        if asked is None:
            kept = self._store.of(owner).difference(one.id, other.id, VERSION)
            return kept or self._begun(key, one, other)
        return _outcome(asked) if asked.done() else None

    def ready(self, owner: str, one: StoredPicture, other: StoredPicture) -> bool:
        """Whether what ``of`` began has come to its end."""
        with self._lock:
            asked = self._asked.get((owner, one.id, other.id))
        return asked is not None and asked.done()

    def forget(self, owner: str, one: StoredPicture, other: StoredPicture) -> None:
        """What failed is tried again the next time."""
        with self._lock:
            self._asked.pop((owner, one.id, other.id), None)

    def close(self) -> None:
        """Ends what is under way between two of its steps."""
        self._closing.set()
        self._working.shutdown(wait=True, cancel_futures=True)

    def _begun(self, key: tuple[str, str, str], one: StoredPicture, other: StoredPicture) -> Failed | None:
        with self._lock:
            if key in self._asked or self._closing.is_set():
                return None
            owned = self._store.of(key[0])
            self._asked[key] = self._working.submit(difference_of, owned, one, other, self._closing.is_set)
        return None


def _outcome(asked: Future[Difference]) -> Difference | Failed:
    try:
        return asked.result()
    except LoupeError as error:
        return Failed(error.sentence)
    except MemoryError:
        return NO_MEMORY
    except (CancelledError, Stopped):
        return Failed("The comparison was ended: reload the page.")
    except Exception:  # the last wall of a thread: the page goes on without it
        logging.getLogger(__name__).exception("two pictures could not be compared")
        return OURS
