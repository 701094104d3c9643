"""The shape of catalog.toml: what may stand in it, and what must. Read by ``vision.models.catalog`` only."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from vision.errors import SettingsError
from vision.models.image_tokens import Family


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Sourced(_Strict):
    source: str = Field(min_length=1)
    checked: date


class BoundsEntry(_Strict):
    max_edge: int = Field(gt=0)
    max_patches: int | None = Field(None, gt=0)
    short_edge: int | None = Field(None, gt=0)
    tokens: int | None = Field(None, gt=0)
    word: str | None = None


class RuleEntry(_Sourced):
    family: Family
    exact: bool = True
    multiplier: Decimal = Field(Decimal(1), gt=0)
    base_tokens: int = Field(0, ge=0)
    tile_tokens: int = Field(0, ge=0)
    glance: BoundsEntry
    normal: BoundsEntry
    fine: BoundsEntry

    @model_validator(mode="after")
    def _has_what_its_family_counts(self) -> Self:
        levels = (self.glance, self.normal, self.fine)
        if self.family is Family.CLAUDE and not all(level.max_patches for level in levels):
            raise ValueError("a claude rule needs max_patches at every level")
        if self.family is Family.GEMINI_BUDGET and not all(level.tokens for level in levels):
            raise ValueError("a gemini-budget rule needs tokens at every level")
        if self.family is Family.OPENAI_TILE and not all(level.tokens or level.short_edge for level in levels):
            raise ValueError("an openai-tile rule needs tokens or short_edge at every level")
        return self


class ProviderEntry(_Sourced):
    label: str = Field(min_length=1)
    image_bytes: int = Field(gt=0)
    request_bytes: int = Field(gt=0)
    base64: bool
    crowd: int | None = Field(None, gt=0)
    crowd_edge: int | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _crowd_is_whole(self) -> Self:
        if (self.crowd is None) != (self.crowd_edge is None):
            raise ValueError("crowd and crowd_edge belong together")
        return self


class PriceEntry(_Strict):
    """US dollars for a million tokens from a day on. What is left out is unknown, not free."""

    from_: date = Field(alias="from")
    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)
    cached: Decimal | None = Field(None, ge=0)
    cache_write: Decimal | None = Field(None, ge=0)
    max_input_tokens: int | None = Field(None, gt=0)


class SourcesEntry(_Strict):
    accepts: str = Field(min_length=1)
    effort: str = Field(min_length=1)
    retires: str | None = Field(None, min_length=1)
    prices: str | None = Field(None, min_length=1)


class ModelEntry(_Strict):
    provider: str
    label: str = Field(min_length=1)
    tier: Literal["quick", "balanced", "best"] | None = None
    rule: str
    image_exact: bool = True
    effort: str | None = Field(None, min_length=1)
    thinks: bool = False
    max_output_tokens: int = Field(ge=1024)
    context_tokens: int | None = Field(None, gt=0)
    max_pictures: int = Field(gt=0)
    pictures: bool = True
    # `schema` is the file's word; pydantic keeps that name for itself.
    takes_schema: bool = Field(alias="schema")
    retires: date | None = None
    not_before: date | None = None
    successor: str | None = None
    checked: date
    sources: SourcesEntry
    prices: tuple[PriceEntry, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.thinks and self.max_output_tokens < 2000:
            raise ValueError("max_output_tokens must be 2000 or more where thinking counts in it")
        if self.retires and not self.successor:
            raise ValueError("a model that retires needs a successor")
        if (self.retires or self.not_before) and not self.sources.retires:
            raise ValueError("sources.retires must say where the end is stated")
        if self.prices and not self.sources.prices:
            raise ValueError("sources.prices must say where the prices are stated")
        return self


class CatalogFile(_Strict):
    providers: dict[str, ProviderEntry]
    rules: dict[str, RuleEntry]
    models: dict[str, ModelEntry]
    template: ModelEntry

    @model_validator(mode="after")
    def _names_lead_somewhere(self) -> Self:
        for name, model in (*self.models.items(), ("template", self.template)):
            if model.provider not in self.providers:
                raise ValueError(f"{name}: there is no provider {model.provider}")
            if model.rule not in self.rules:
                raise ValueError(f"{name}: there is no rule {model.rule}")
            if model.successor is not None and model.successor not in self.models:
                raise ValueError(f"{name}: its successor {model.successor} is not in the catalogue")
            self._refuse_a_circle(name, model)
        held = Counter((model.provider, model.tier) for model in self.models.values() if model.tier)
        for (provider, tier), count in held.items():
            if count > 1:
                raise ValueError(f"{provider} has {count} models of the tier {tier}; one is meant")
        return self

    def _refuse_a_circle(self, name: str, model: ModelEntry) -> None:
        seen = {name}
        while model.successor is not None:
            if model.successor in seen:
                raise ValueError(f"{name}: its successors lead in a circle")
            seen.add(model.successor)
            model = self.models[model.successor]


def read_catalog_file(path: Path) -> CatalogFile:
    """The checked content of ``path``. Raises SettingsError naming the file and the first entry that is wrong."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"The catalogue of models {path.name} is missing: restore it from the project.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} is not valid TOML: {error}.") from None
    try:
        return CatalogFile.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ", ".join(str(part) for part in first["loc"])
        fault = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{path.name} cannot be used: {where + ': ' if where else ''}{fault}.") from None
