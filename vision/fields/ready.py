"""The sets that Loupe brings along, as data: ``ready/*.toml``, one file each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from vision.errors import NotThere
from vision.fields.model import Field, FieldSet, Kind, Rule
from vision.fields.rule_text import rule_of

_FOLDER = Path(__file__).parent / "ready"


@dataclass(frozen=True, slots=True)
class ReadySet:
    """``id`` is the word for addresses and the terminal, ``about`` one line for who chooses, ``sample`` the id of the
    picture in ``vision.samples`` to try it on."""

    id: str
    about: str
    sample: str
    fields: FieldSet


@lru_cache(maxsize=1)
def ready_sets() -> tuple[ReadySet, ...]:
    """In the order in which they are shown."""
    loaded = [(path.stem, tomllib.loads(path.read_text(encoding="utf-8"))) for path in _FOLDER.glob("*.toml")]
    return tuple(_ready(name, data) for name, data in sorted(loaded, key=lambda one: int(one[1]["order"])))


def ready_set(name: str) -> ReadySet:
    """By its id. Raises NotThere with the ids that there are."""
    for one in ready_sets():
        if one.id == name:
            return one
    known = ", ".join(one.id for one in ready_sets())
    raise NotThere(f"There is no ready set of that name; there are {known}.")


def _ready(name: str, data: Mapping[str, Any]) -> ReadySet:
    fields = FieldSet(
        data["name"],
        tuple(_field(one) for one in data["fields"]),
        data.get("date_order", "day"),
        data.get("decimals", "auto"),
        data.get("instruction", ""),
        tuple(_rule(one) for one in data.get("rules", [])),
    )
    return ReadySet(name, data["about"], data["sample"], fields)


def _field(data: Mapping[str, Any]) -> Field:
    inner = tuple(_field(one) for one in data.get("fields", []))
    needed, many = data.get("needed", False), data.get("many", False)
    return Field(data["name"], Kind(data["kind"]), data["meaning"], needed, many, tuple(data.get("choices", [])), inner)


def _rule(data: Mapping[str, Any]) -> Rule:
    rule = rule_of(data)
    if rule is None:
        raise ValueError(f"no rule: {data}")
    return rule
