"""The catalogue of models: catalog.toml as frozen data, and the questions asked of it. No price is worked out here.

A model has ended from the day in ``retires``; what replaces it is its ``successor``, or that one's, as far as needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Literal

from vision.errors import ModelNotFound, NotThere
from vision.models.catalog_file import BoundsEntry, CatalogFile, ModelEntry, RuleEntry, read_catalog_file
from vision.models.image_tokens import Bounds, ImageRule

Level = Literal["quick", "balanced", "best"]

CATALOG_FILE = Path(__file__).with_name("catalog.toml")
READER = "reader"
COMPATIBLE = "compatible"
DEFAULT_LEVEL: Level = "balanced"


@dataclass(frozen=True, slots=True)
class Weights:
    """What one provider lets a request weigh, in bytes: of base64 where ``base64``, else plain.

    Above ``crowd`` pictures in a request no side of any picture may pass ``crowd_edge`` pixels.
    """

    image_bytes: int
    request_bytes: int
    base64: bool
    crowd: int | None = None
    crowd_edge: int | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """US dollars for a million tokens from the day ``since`` on. None is unknown, never free.

    Above ``max_input_tokens`` other prices hold, which are not known here.
    """

    since: date
    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    cache_write: Decimal | None = None
    max_input_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """One model as the catalogue states it.

    ``id`` is the provider's own; ``word`` is what a person types. ``rule`` names the image-token rule and ``image``
    holds it, ``image.exact`` False where counts are to be shown as "about". ``effort`` None: send none.
    ``max_output_tokens`` is the cap that is sent, ``context_tokens`` the whole window (None unknown), ``max_pictures``
    the most in one request. ``retires`` is the first day without it, ``not_before`` a promise where no end is set.
    """

    provider: str
    id: str
    label: str
    level: Level | None
    rule: str
    image: ImageRule
    weights: Weights
    effort: str | None
    thinks: bool
    max_output_tokens: int
    context_tokens: int | None
    max_pictures: int
    pictures: bool
    schema: bool
    retires: date | None
    not_before: date | None
    successor: str | None
    sources: tuple[tuple[str, str], ...]
    checked: date
    tariffs: tuple[Tariff, ...] = ()

    @property
    def word(self) -> str:
        """What ``resolve`` finds it by, and what is stored as the person's choice."""
        return f"{COMPATIBLE}:{self.id}" if self.provider == COMPATIBLE else self.id

    @property
    def source(self) -> str:
        """Every source of this entry in one line."""
        return "; ".join(dict.fromkeys(source for _, source in self.sources))

    def ended(self, today: date) -> bool:
        return self.retires is not None and today >= self.retires


@dataclass(frozen=True, slots=True)
class Ending:
    """A model that can no longer be asked, and the one to ask instead (None: the provider names none that lives)."""

    model: Model
    since: date
    successor: Model | None

    @property
    def sentence(self) -> str:
        """For the person: what happened, what to do."""
        what = f"{self.model.label} ({self.model.id}) ended on {_day(self.since)}"
        if self.successor is None:
            return f"{what}: choose another model."
        return f"{what}: choose {self.successor.label} ({self.successor.id}) instead."


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every model by id, in the order of the file, and the template of models behind a compatible address."""

    models: Mapping[str, Model]
    template: Model
    labels: Mapping[str, str]

    def get(self, id: str) -> Model:
        """The model with exactly this id. Raises NotThere with the nearest names."""
        found = self.models.get(id)
        if found is None:
            raise NotThere(_unknown(id, tuple(self.models)))
        return found

    def of(self, provider: str) -> tuple[Model, ...]:
        """The models of one provider, in the order of the file; none for an unknown provider."""
        return tuple(model for model in self.models.values() if model.provider == provider)

    def at(self, provider: str, level: Level) -> Model | None:
        """The model of ``provider`` that serves ``level``."""
        return next((model for model in self.of(provider) if model.level == level), None)

    def default(self, provider: str) -> Model:
        """The balanced model of ``provider``, or its first one. Raises NotThere where a name is needed."""
        found = self.at(provider, DEFAULT_LEVEL) or next(iter(self.of(provider)), None)
        if found is None:
            raise NotThere(
                f"{self.labels.get(provider, provider)} has no model of its own here: "
                f"name one, for example {COMPATIBLE}:llava."
            )
        return found

    def usable(self, model: Model, today: date) -> Ending | None:
        """None if ``model`` can be asked on ``today``, else when it ended and what lives in its place."""
        if model.retires is None or not model.ended(today):
            return None
        heir = model
        while heir.ended(today):
            if heir.successor is None:
                return Ending(model, model.retires, None)
            heir = self.models[heir.successor]
        return Ending(model, model.retires, heir)


def load_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue in ``path`` (the one that ships when None). Raises SettingsError naming the first wrong entry."""
    return _shipped() if path is None else _catalogue(read_catalog_file(path))


def resolve(catalogue: Catalogue, word: str, today: date) -> Model:
    """The model a person names: a catalogue id, "reader", or "compatible:NAME".

    Raises NotThere for a name that nothing has, ModelNotFound naming the successor for a model that has ended.
    """
    word = word.strip()
    head, colon, name = word.partition(":")
    if colon and head.lower() == COMPATIBLE:
        name = name.strip()
        if not name:
            raise NotThere(f"Write the model's name after {COMPATIBLE}:, for example {COMPATIBLE}:llava.")
        return replace(catalogue.template, id=name, label=name)
    if word.lower() == COMPATIBLE:
        raise NotThere(f"Write {COMPATIBLE}: and the model's name, for example {COMPATIBLE}:llava.")
    if word not in catalogue.models:
        living = tuple(model.id for model in catalogue.models.values() if not model.ended(today))
        raise NotThere(_unknown(word, living))
    model = catalogue.get(word)
    ending = catalogue.usable(model, today)
    if ending is not None:
        raise ModelNotFound(ending.sentence, provider=model.provider, model=model.id)
    return model


@lru_cache(maxsize=1)
def _shipped() -> Catalogue:
    return _catalogue(read_catalog_file(CATALOG_FILE))


def _catalogue(file: CatalogFile) -> Catalogue:
    weights = {
        name: Weights(entry.image_bytes, entry.request_bytes, entry.base64, entry.crowd, entry.crowd_edge)
        for name, entry in file.providers.items()
    }
    rules = {name: _rule(name, entry) for name, entry in file.rules.items()}
    return Catalogue(
        models={id: _model(id, entry, rules, weights) for id, entry in file.models.items()},
        template=_model("", file.template, rules, weights),
        labels={name: entry.label for name, entry in file.providers.items()},
    )


def _rule(name: str, entry: RuleEntry) -> ImageRule:
    return ImageRule(
        name=name,
        family=entry.family,
        glance=_bounds(entry.glance),
        normal=_bounds(entry.normal),
        fine=_bounds(entry.fine),
        exact=entry.exact,
        multiplier=entry.multiplier,
        base_tokens=entry.base_tokens,
        tile_tokens=entry.tile_tokens,
    )


def _bounds(entry: BoundsEntry) -> Bounds:
    return Bounds(entry.max_edge, entry.max_patches, entry.short_edge, entry.tokens, entry.word)


def _model(id: str, entry: ModelEntry, rules: Mapping[str, ImageRule], weights: Mapping[str, Weights]) -> Model:
    rule = rules[entry.rule]
    return Model(
        provider=entry.provider,
        id=id,
        label=entry.label,
        level=entry.tier,
        rule=entry.rule,
        image=rule if entry.image_exact else replace(rule, exact=False),
        weights=weights[entry.provider],
        effort=entry.effort,
        thinks=entry.thinks,
        max_output_tokens=entry.max_output_tokens,
        context_tokens=entry.context_tokens,
        max_pictures=entry.max_pictures,
        pictures=entry.pictures,
        schema=entry.takes_schema,
        retires=entry.retires,
        not_before=entry.not_before,
        successor=entry.successor,
        sources=tuple(entry.sources.model_dump(exclude_none=True).items()),
        checked=entry.checked,
        tariffs=tuple(
            Tariff(price.from_, price.input, price.output, price.cached, price.cache_write, price.max_input_tokens)
            for price in sorted(entry.prices, key=lambda price: price.from_)
        ),
    )


def _unknown(word: str, known: tuple[str, ...]) -> str:
    shown = word if len(word) <= 60 else word[:59] + "…"
    near = get_close_matches(word.lower(), known, n=3, cutoff=0.5)
    if near:
        return f"There is no model called {shown!r}: did you mean {' or '.join(near)}?"
    return f"There is no model called {shown!r}: python -m vision models lists the ones that can be asked."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
