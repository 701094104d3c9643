"""What is chosen on the Batch page. It stands in the address, so that a reload keeps it; the session keeps a copy, for
another page clears the address."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from pages.parts.address import Address
from pages.parts.picture_input import empty
from pages.parts.saying import done

BATCH_PAGE = "batch.py"
INPUT = "batch"  # the key of the picture input
# b: the pictures that were added together. p: pictures from before. do: "fields", or "" for a question. q: what is
# asked. set: the word of the set. how: "each" or "together", "" for what fits. who: the choice word. look: how
# closely. cap: US dollars. n: how many at once. r: the run that is shown.
NAMES = ("b", "p", "do", "q", "set", "how", "who", "look", "cap", "n", "r")
LONGEST_QUESTION = 4_000  # characters: it stands in the address, of which servers take 16 KB
_BEGUN = "batch_begun"
_TWICE_SECONDS = 10.0
_address = Address(NAMES, "batch_address")
put, go = _address.put, _address.go


@dataclass(frozen=True, slots=True)
class Desk:
    """What the address says; "" and () for what it does not."""

    batch: str
    more: tuple[str, ...]
    fields: bool
    question: str
    set: str
    how: str
    who: str
    look: str
    cap: str
    at_once: str
    run: str


def desk() -> Desk:
    _address.restore()
    found = {name: st.query_params.get(name, "") for name in NAMES}
    return Desk(
        batch=found["b"],
        more=tuple(st.query_params.get_all("p")),
        fields=found["do"] == "fields",
        question=found["q"],
        set=found["set"],
        how=found["how"],
        who=found["who"],
        look=found["look"],
        cap=found["cap"],
        at_once=found["n"],
        run=found["r"],
    )


def anew() -> None:
    """Nothing is chosen any more, and a new batch of pictures begins: good for callbacks."""
    _address.clear()
    put(b=empty(INPUT))
    for name in [str(key) for key in st.session_state if str(key).startswith("batch_w_")]:
        st.session_state.pop(name, None)


def press(act: Callable[[], object]) -> None:
    """For callbacks: what could not be done is said where the page says it."""
    done(act)


def show_run(run_id: str) -> None:
    """For callbacks: this run is what the page shows."""
    put(r=run_id)
    st.session_state.pop("failure", None)


def once(what: object, make: Callable[[], str]) -> str:
    """The id of the run that ``make`` begins; "" if it could not. The same ``what`` again within a few seconds is a
    second click of the same press: it gets the run of the first."""
    begun: dict[str, tuple[str, float]] = st.session_state.setdefault(_BEGUN, {})
    key = hashlib.sha256(repr(what).encode()).hexdigest()
    run_id, at = begun.get(key, ("", 0.0))
    if run_id and time.monotonic() - at < _TWICE_SECONDS:
        return run_id

    def act() -> None:
        # A plain dictionary: a script that a second click ends must still leave behind what it has begun.
        begun[key] = (make(), time.monotonic())

    return begun[key][0] if done(act) else ""
