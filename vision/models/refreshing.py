"""The catalogue against what a service lists: what is new, gone or changed. Pure: nobody is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from vision.models.catalog import Catalogue, Model

# Pages round ("1M" is 1,000,000 here and 1,048,576 there): only what differs by more is a change.
ROUNDING = 0.05
# A dated, numbered or floating name of a model counts as that model.
_VERSION = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{3}|latest)$")
# OpenAI and Google list everything they have, and say of none what it takes: these cannot be asked about a picture.
_OTHER_KINDS = re.compile(
    r"embed|whisper|tts|audio|speech|voice|realtime|live|transcribe|translate|moderation|image|dall-e|sora|veo|lyria|"
    r"robotics|babbage|davinci|search|deep-research|aqa|instruct|computer-use",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One model as its service lists it. None or "" where the service says nothing about it.

    ``lifecycle`` is the service's own word ("active", "deprecated", "retired"); limits are in tokens.
    """

    id: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    lifecycle: str = ""
    retires: date | None = None
    pictures: bool | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What is different about a model of the catalogue, in words without a full stop."""

    id: str
    what: str


@dataclass(frozen=True, slots=True)
class Compared:
    """``new`` are models that may take pictures (``Listed.pictures`` None: nobody says), ``gone`` ids of the catalogue
    that should be listed and are not."""

    new: tuple[Listed, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[Change, ...] = ()


def compare(catalogue: Catalogue, provider: str, listed: Sequence[Listed], today: date) -> Compared:
    """What differs between the entries of ``provider`` and what it lists. Nothing for a provider without entries: what
    a local server lists is asked by its name, and is not in the catalogue."""
    own = {model.id: model for model in catalogue.of(provider)}
    if not own:
        return Compared()
    found: dict[str, Listed] = {}
    for one in listed:
        name = name_of(one.id, own)
        if name not in found or one.id == name:  # the plain name says more than a dated one
            found[name] = one
    return Compared(
        new=tuple(one for name, one in sorted(found.items()) if name not in own and _may_be_asked(one)),
        gone=tuple(id for id, model in own.items() if id not in found and not model.ended(today)),
        changed=tuple(
            Change(id, what)
            for id, model in own.items()
            if id in found
            for what in (*_lifetime(model, found[id], today), *_limits(model, found[id]))
        ),
    )


def name_of(id: str, known: Sequence[str] | dict[str, Model]) -> str:
    """The name under which ``id`` counts: its own if it is known, else without its date or number."""
    return id if id in known else _VERSION.sub("", id)


def _may_be_asked(one: Listed) -> bool:
    if one.lifecycle == "retired" or one.pictures is False:
        return False
    return one.pictures is True or not _OTHER_KINDS.search(one.id)


def _lifetime(model: Model, one: Listed, today: date) -> Iterator[str]:
    if model.ended(today):
        if one.lifecycle != "retired":
            yield f"still listed, but ended here on {model.retires}"
        return
    if one.lifecycle == "retired":
        yield "retired there" + (f", here it ends on {model.retires}" if model.retires else "")
    elif one.retires is not None and one.retires != model.retires:
        yield f"ends on {one.retires}, here " + (f"on {model.retires}" if model.retires else "no end is known")
    elif one.lifecycle == "deprecated" and model.retires is None:
        yield "deprecated there, here no end is known"


def _limits(model: Model, one: Listed) -> Iterator[str]:
    here, there = model.context_tokens, one.input_tokens
    if here is not None and there is not None and abs(there - here) > ROUNDING * here:
        yield f"takes {there:,} tokens, here {here:,}"
    if one.output_tokens is not None and one.output_tokens < model.max_output_tokens:
        yield f"writes at most {one.output_tokens:,} tokens, here {model.max_output_tokens:,} are asked for"
    if one.pictures is not None and one.pictures != model.pictures:
        yield "takes pictures there, not here" if one.pictures else "takes no pictures there"
