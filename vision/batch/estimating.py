"""What a run will be, before it is begun and after its first few items: its items, their price, the minutes. No I/O
but for what earlier runs took."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from vision.batch.asking import shape_of as shape_of_question
from vision.batch.driver import READER_AT_ONCE
from vision.extracting.documents import MOST_PAGES
from vision.extracting.reading import shape_of as shape_of_fields
from vision.extracting.setup import MOST_SHAPES
from vision.fields.model import FieldSet
from vision.messages import Detail
from vision.models.catalog import DEFAULT_LEVEL, READER, Catalogue
from vision.models.image_tokens import Size
from vision.routing.estimating import Shape
from vision.routing.levels import LEVELS
from vision.store import OwnedStore
from vision.store.batch_records import Sums
from vision.store.extract_records import ALL_PAGES, Document, RecordState, Run

SECONDS_FILE = Path(__file__).with_name("seconds.toml")
_EARLIER_RUNS, _LOOKED_AT = 3, 30  # how many of them tell how long an item takes, of the last so many
_ENOUGH = 3  # items that were really asked about
UNKNOWN_SIZE: Size = (1500, 1100)  # of a picture that was deleted meanwhile

Sizes = tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was added: the name that she knows it by, its first picture, and how many pages it has."""

    name: str
    picture_id: str
    pages: int = 1


def documents(
    sources: Sequence[Source], refused: Iterable[tuple[str, str]] = (), *, together: bool
) -> tuple[Document, ...]:
    """The items of a run, then what is no picture (name and sentence), as lines that nobody is asked about.
    ``together``: all pages of a file make one item, else every page does; they are opened when it is their turn."""
    found: list[Document] = []
    for one in sources:
        if one.pages <= 1:
            found.append(Document(one.name, (one.picture_id,)))
        elif together:
            found.append(Document(one.name, (one.picture_id,), page=ALL_PAGES))
        else:
            pages = range(1, one.pages + 1)
            found += [Document(f"{one.name}, page {page}", (one.picture_id,), page=page) for page in pages]
    return (*found, *(Document(name, (), sentence=sentence) for name, sentence in refused if sentence))


def count(sources: Iterable[Source], *, together: bool) -> int:
    """How many items there will be."""
    return sum(1 if together else max(1, one.pages) for one in sources)


# -- the price --------------------------------------------------------------------------------------------------------


def grouped(sources: Iterable[Source], sizes: Mapping[str, Size], *, together: bool) -> tuple[tuple[Sizes, int], ...]:
    """The sizes of what is sent for one item, and of how many: items of nearly the same size count as the same, as
    large as the largest of them, and a picture that is there twice counts once. No page is opened: each counts as
    large as the one that is known."""
    found: Counter[Sizes] = Counter()
    for one in {source.picture_id: source for source in sources}.values():
        size = sizes.get(one.picture_id, UNKNOWN_SIZE)
        if together:
            found[(size,) * min(max(1, one.pages), MOST_PAGES)] += 1
        else:
            found[(size,)] += max(1, one.pages)
    ordered = sorted(found, key=lambda each: sum(width * height for width, height in each))
    step = max(1, -(-len(ordered) // MOST_SHAPES))
    groups = [ordered[at : at + step] for at in range(0, len(ordered), step)]
    return tuple((group[-1], sum(found[each] for each in group)) for group in groups)


def shapes(
    groups: Iterable[tuple[Sizes, int]], detail: Detail, *, question: str = "", fields: FieldSet | None = None
) -> tuple[tuple[Shape, int], ...]:
    """Everything that the price depends on, and how often; of the question, or of the fields where those are given."""
    if fields is None:
        return tuple((shape_of_question(question, sizes, detail), number) for sizes, number in groups)
    plain = shape_of_fields(fields, (), detail)
    return tuple((replace(plain, pictures=sizes), number) for sizes, number in groups)


# -- the time ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds that an item of one page takes, and each further page of it. ``measured``: by runs of hers."""

    each: float
    page: float
    measured: bool = False

    def minutes(self, groups: Iterable[tuple[Sizes, int]], at_once: int) -> float:
        """Until all of them are done, so many at once."""
        counted = list(groups)
        items = sum(number for _, number in counted)
        seconds = sum((self.each + self.page * (len(sizes) - 1)) * number for sizes, number in counted)
        return seconds / max(1, min(at_once, items)) / 60


@lru_cache(maxsize=1)
def _stated() -> Mapping[str, Pace]:
    data = tomllib.loads(SECONDS_FILE.read_text(encoding="utf-8"))
    return {word: Pace(entry["each"], entry["page"]) for word, entry in data.items() if isinstance(entry, dict)}


def stated_pace(word: str, catalogue: Catalogue) -> Pace:
    """Of a choice word that nothing is measured of."""
    if word == READER or word in LEVELS:
        return _stated()[word]
    model = catalogue.models.get(word)
    return _stated()[(model.level if model else None) or DEFAULT_LEVEL]


def earlier_seconds(owned: OwnedStore, *, fields: bool) -> dict[str, float]:
    """Seconds an item took, by choice word, in the last runs of the same kind with it."""
    taken: dict[str, list[tuple[int, float]]] = {}
    for run in owned.runs(_LOOKED_AT, durable=True, kind="fields" if fields else "question"):
        seen = taken.setdefault(run.choice, [])
        if len(seen) < _EARLIER_RUNS and run.counts.get(RecordState.DONE, 0) >= _ENOUGH:
            sums = owned.sums(run.id, datetime.now(UTC))
            if sums.asked >= _ENOUGH and sums.seconds > 0:
                seen.append((sums.asked, sums.seconds))
    return {
        word: sum(seconds for _, seconds in seen) / sum(asked for asked, _ in seen)
        for word, seen in taken.items()
        if seen
    }


def pace_of(word: str, catalogue: Catalogue, earlier: Mapping[str, float]) -> Pace:
    """What was measured of this choice, else what is stated."""
    stated = stated_pace(word, catalogue)
    return replace(stated, each=earlier[word], measured=True) if word in earlier else stated


def at_once(word: str, parallel: int, most: int) -> int:
    """How many items are really asked about at once: never more than ``most`` of the installation."""
    return max(1, min(parallel, READER_AT_ONCE if word == READER else most))


# -- after the first few ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scaled:
    """What the items still to come will cost and take, judged by those that are done. ``cost_usd`` None: unknown."""

    left: int
    judged_by: int
    cost_usd: Decimal | None
    minutes: float


def scaled(run: Run, sums: Sums, at_once: int) -> Scaled | None:
    """None before anything was asked, or where nothing is left."""
    left = run.counts.get(RecordState.WAITING, 0)
    if not left or not sums.asked:
        return None
    known = sums.asked - sums.unknown
    cost = sums.cost_usd / known * left if known else None
    minutes = sums.seconds / sums.asked * left / max(1, min(at_once, left)) / 60
    return Scaled(left, sums.asked, cost, minutes)
