"""What a person can choose from, and whether it works: the models that are set up, and the test of a key."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass
from datetime import date

from vision.errors import LoupeError, ProviderError, SettingsError
from vision.models.catalog import COMPATIBLE, READER, Catalogue, Model, resolve
from vision.providers.clients import connect
from vision.routing.candidates import day_words
from vision.routing.connecting import is_local_address
from vision.routing.health import Health, Place
from vision.settings import Credential, Typed, credential, credentials

ENDING_SOON_DAYS = 60
FRESH_SECONDS = 60.0
FIRST_WAIT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Choosable:
    """A model of the list. ``word`` is what ``vision.models.catalog.resolve`` finds it by; ``ready`` False: it needs a
    key or an address first."""

    word: str
    label: str
    provider: str
    ready: bool = True


class ServerNames:
    """The models of local servers. Asked for in the background, at most once a minute, so that a server that does not
    answer holds up nobody's page; only the first time a page waits, for a second at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: dict[tuple[str, str], tuple[str, ...]] = {}
        self._asked: dict[tuple[str, str], float] = {}

    def of(self, found: Credential) -> tuple[str, ...]:
        """The names known now; none while the server has not answered."""
        place = (found.base_url or "", hashlib.sha256(found.key.get_secret_value().encode()).hexdigest())
        with self._lock:
            due = time.monotonic() - self._asked.get(place, float("-inf")) > FRESH_SECONDS
            if due:
                self._asked[place] = time.monotonic()
        if due:
            asking = threading.Thread(target=self._ask, args=(place, found), name="server-names", daemon=True)
            asking.start()
            if place not in self._names:
                asking.join(FIRST_WAIT_SECONDS)
        return self._names.get(place, ())

    def _ask(self, place: tuple[str, str], found: Credential) -> None:
        try:
            self._names[place] = connect(found).check()
        except (ProviderError, SettingsError):
            self._names[place] = ()  # Settings says why, when she presses Test there


_server_names = ServerNames()


def choosable(
    catalogue: Catalogue, typed: Typed, today: date, kept: str = "", *, local_only: bool = False
) -> tuple[Choosable, ...]:
    """Every model that is set up and has not ended, the reader last; with ``local_only`` nothing outside this network.

    ``kept``, the choice that a talk remembers, is in the list even if it cannot be asked now.
    """
    found = {name: one for name, one in credentials(typed).items() if not local_only or _is_local(one)}
    cloud = [
        Choosable(model.word, model.label, model.provider)
        for provider in found
        for model in catalogue.of(provider)
        if model.pictures and not model.ended(today)
    ]
    served = [
        Choosable(f"{COMPATIBLE}:{name}", f"{name} (local server)", COMPATIBLE)
        for name in (_server_names.of(found[COMPATIBLE]) if COMPATIBLE in found else ())
    ]
    reader = resolve(catalogue, READER, today)
    options = (*cloud, *served, Choosable(reader.word, reader.label, reader.provider))
    if not kept or any(option.word == kept for option in options):
        return options
    return (*options, _not_now(catalogue, typed, kept, today, local_only=local_only))


def _is_local(found: Credential) -> bool:
    return found.provider == COMPATIBLE and is_local_address(found)


def _not_now(catalogue: Catalogue, typed: Typed, word: str, today: date, *, local_only: bool) -> Choosable:
    try:
        model = resolve(catalogue, word, today)
    except LoupeError:
        return Choosable(word, f"{word} (no longer there)", "", ready=False)
    served = credential(model.provider, typed) if model.provider == COMPATIBLE else None
    if local_only and not (model.provider == COMPATIBLE and (served is None or _is_local(served))):
        reason = "switched off: Local only is on in Settings"
    else:
        reason = "not answering now" if model.provider == COMPATIBLE else "needs a key"
    return Choosable(word, f"{model.label} ({reason})", model.provider, ready=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """A catalogue model as Settings lists it."""

    provider: str
    label: str
    id: str
    state: str
    ends: date | None
    successor: str


def listed(catalogue: Catalogue, today: date) -> tuple[Listed, ...]:
    """The models of the providers that need a key, with what is known of their ends."""
    return tuple(
        Listed(
            catalogue.labels[model.provider],
            model.label,
            model.id,
            _state(model, today),
            model.retires,
            model.successor or "",
        )
        for model in catalogue.models.values()
        if model.provider != READER
    )


def _state(model: Model, today: date) -> str:
    if model.ended(today):
        return "ended"
    left = (model.retires - today).days if model.retires else None
    return "in use" if left is None or left > ENDING_SOON_DAYS else f"ends in {left} days"


def ending_soon(catalogue: Catalogue, today: date) -> tuple[str, ...]:
    """A sentence for every model that ends within 60 days, the next one first: when, and what follows it."""
    ending = [
        (model.retires, model)
        for model in catalogue.models.values()
        if model.retires is not None and 0 < (model.retires - today).days <= ENDING_SOON_DAYS
    ]
    return tuple(_ends(catalogue, model, day, today) for day, model in sorted(ending, key=lambda one: one[0]))


def _ends(catalogue: Catalogue, model: Model, day: date, today: date) -> str:
    left = (day - today).days
    when = f"{model.label} ends on {day_words(day)} ({'tomorrow' if left == 1 else f'in {left} days'})"
    ending = catalogue.usable(model, day)
    heir = ending.successor if ending else None
    return f"{when}: {heir.label} takes its place." if heir else f"{when}, and its provider names no successor."


def local_models(typed: Typed) -> tuple[str, ...]:
    """The names of the local server's models that are known now; none where there is no server or it is silent."""
    found = credential(COMPATIBLE, typed)
    return _server_names.of(found) if found else ()


def check(provider: str, typed: Typed, health: Health | None = None) -> int:
    """How many models the key of ``provider`` can see. Where it works, ``health`` forgets what it held against it.

    Raises LoupeError with the reason in words."""
    found = credential(provider, typed)
    if found is None:
        raise LoupeError("There is no key yet: type one first.")
    count = len(connect(found).check())
    if health is not None:
        health.heal(Place.of(provider, found))
    return count
