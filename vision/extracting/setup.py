"""What is chosen before documents are read: the set, how the pictures make documents, at what price; and the start."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from vision.errors import NotThere
from vision.extracting.documents import MOST_PAGES, documents_of, one_document
from vision.extracting.reading import shape_of
from vision.fields.model import FieldSet, Rule
from vision.fields.ready import ready_sets
from vision.images.limits import OpenLimits
from vision.messages import Detail
from vision.models.catalog import READER
from vision.routing.estimating import Estimate, Shape, usd
from vision.store import OwnedStore, StoredPicture
from vision.store.extract_records import Document, RecordHead, Run
from vision.store.field_records import StoredSet

MOST_SHAPES = 8  # that a price is worked out for: pictures of nearly the same size cost nearly the same


class Together(StrEnum):
    """What is read as one document."""

    FILE = "file"
    PAGE = "page"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A set to read with. ``word`` finds it again: the id of a ready set, or of a stored version. ``saved``: it is this
    version of a set in everybody's list; ``sample`` is the id of a picture to try it on, "" where there is none."""

    word: str
    fields: FieldSet
    about: str = ""
    sample: str = ""
    saved: StoredSet | None = None


def chosen_set(owned: OwnedStore, word: str) -> Chosen:
    """Raises NotThere."""
    ready = next((one for one in ready_sets() if one.id == word), None)
    if ready is not None:
        return Chosen(word, ready.fields, ready.about, ready.sample)
    stored = owned.set_version(word)
    listed = any(one.version_id == stored.version_id for one in owned.sets())
    return Chosen(word, stored.fields, saved=stored if listed else None)


def keep_edited(owned: OwnedStore, fields: FieldSet) -> str:
    """The word of exactly these fields, kept out of everybody's list: a reload finds them again. Raises
    FieldsInvalid."""
    for one in ready_sets():
        if one.fields == fields:
            return one.id
    return owned.version_of(fields).version_id


def rules_that_fit(rules: Sequence[Rule], before: Sequence[str], after: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of a set whose fields were called ``before`` ("items.amount") and are now called ``after``: names that
    were changed in place are changed in the rules, and what names a field that is gone is left out."""
    pairs = zip(before, after, strict=True) if len(before) == len(after) else ()
    renamed = {old: new for old, new in pairs if old not in after and new not in before}
    named = [_renamed(rule, renamed) for rule in rules]
    there = set(after)
    return tuple(one for one in named if there.issuperset(filter(None, (*one.fields, one.target))))


def _renamed(rule: Rule, names: Mapping[str, str]) -> Rule:
    fields = tuple(names.get(one, one) for one in rule.fields)
    return replace(rule, fields=fields, target=names.get(rule.target, rule.target))


# -- documents and their price ----------------------------------------------------------------------------------------


def papers(pictures: Sequence[StoredPicture], together: Together) -> tuple[tuple[StoredPicture, ...], ...]:
    """The documents as they will be, for counting and for the price: every page of a file counts as large as the one
    that is known, for no page is opened."""
    pages = [(one,) * min(one.picture.pages, MOST_PAGES) for one in pictures]
    if together is Together.FILE:
        return tuple(pages)
    every = tuple(page for file in pages for page in file)
    if together is Together.PAGE:
        return tuple((page,) for page in every)
    return (every,) if every else ()


def documents(
    owned: OwnedStore, pictures: Sequence[StoredPicture], limits: OpenLimits, together: Together
) -> tuple[Document, ...]:
    """Every page opened and kept. Raises PictureError, NotThere and StoreError."""
    if not pictures:
        raise NotThere("There is no picture yet: add one first.")
    if together is Together.ALL:
        return (one_document(owned, pictures, limits),)
    return documents_of(owned, pictures, limits, together=together is Together.FILE)


def shapes(
    fields: FieldSet, found: Sequence[tuple[StoredPicture, ...]], detail: Detail
) -> tuple[tuple[Shape, int], ...]:
    """What is asked, and how often: documents of nearly the same size count as the same."""
    by_size = Counter(tuple((one.picture.width, one.picture.height) for one in paper) for paper in found)
    papers_ = {tuple((one.picture.width, one.picture.height) for one in paper): paper for paper in found}
    ordered = sorted(by_size, key=lambda sizes: sum(width * height for width, height in sizes))
    step = max(1, -(-len(ordered) // MOST_SHAPES))
    groups = [ordered[at : at + step] for at in range(0, len(ordered), step)]
    return tuple(
        (shape_of(fields, papers_[group[-1]], detail), sum(by_size[sizes] for sizes in group)) for group in groups
    )


def price(counted: Sequence[tuple[Shape, int]], estimate: Callable[[Shape], Estimate | None]) -> Estimate | None:
    """Of all documents together; None where there is none, or one whose price nobody can tell."""
    total: Estimate | None = None
    for shape, count in counted:
        one = estimate(shape)
        if one is None:
            return None
        total = _added(total, _times(one, count))
    return total


def _times(one: Estimate, count: int) -> Estimate:
    def many(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else amount * count

    tokens = (one.image_tokens * count, one.text_tokens * count)
    return Estimate(*tokens, one.exact_images, many(one.low), many(one.high), many(one.upper))


def _added(one: Estimate | None, other: Estimate) -> Estimate:
    if one is None:
        return other

    def both(first: Decimal | None, second: Decimal | None) -> Decimal | None:
        return None if first is None or second is None else first + second

    return Estimate(
        one.image_tokens + other.image_tokens,
        one.text_tokens + other.text_tokens,
        one.exact_images and other.exact_images,
        both(one.low, other.low),
        both(one.high, other.high),
        both(one.upper, other.upper),
    )


# -- the start --------------------------------------------------------------------------------------------------------


def new_run(
    owned: OwnedStore, fields: FieldSet, found: Sequence[Document], *, choice: str, detail: Detail, title: str = ""
) -> Run:
    """A run whose records wait; it names the version of the set. Raises FieldsInvalid, NotThere and StoreError."""
    version = owned.version_of(fields)
    return owned.create_run(
        fields,
        found,
        choice=choice,
        detail=detail,
        title=title or _title(found),
        set_number=version.number,
        set_version_id=version.version_id,
    )


def _title(found: Sequence[Document]) -> str:
    first = found[0].name if found else ""
    return first if len(found) == 1 else f"{first} and {len(found) - 1} more"


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a run is: ``done`` documents read (with or without success) of ``total``, ``per_minute`` since it was
    first looked at, None before that can be said."""

    done: int
    total: int
    per_minute: float | None

    @property
    def minutes_left(self) -> float | None:
        return (self.total - self.done) / self.per_minute if self.per_minute else None


def pace(run: Run, begun: tuple[float, int], now: float) -> Pace:
    """``begun``: when it was first looked at (seconds) and how many were done then; ``now`` on the same clock."""
    done = run.total - run.open
    seconds, since = now - begun[0], done - begun[1]
    return Pace(done, run.total, since / seconds * 60 if since > 0 and seconds > 0 else None)


def pace_words(found: Pace) -> str:
    """ "12 of 40 done, 8 a minute, about 4 minutes left"."""
    words = [f"{found.done} of {found.total} done"]
    if found.per_minute is not None and found.minutes_left is not None:
        words.append(f"{found.per_minute:.0f} a minute" if found.per_minute >= 1 else "less than one a minute")
        minutes = round(found.minutes_left)
        words.append("less than a minute left" if minutes < 1 else f"about {minutes} minute{'s'[: minutes > 1]} left")
    return ", ".join(words)


def run_price(records: Sequence[RecordHead]) -> str:
    """What a run has cost so far, in words."""
    asked = [one for one in records if one.provider]
    if all(one.provider == READER for one in asked):
        return "Read on this machine, for nothing."
    unknown = sum(one.cost_usd is None for one in asked)
    known = usd(sum((one.cost_usd for one in asked if one.cost_usd is not None), Decimal(0)))
    return f"Paid: {known}." if not unknown else f"Paid: {known}, and a price that is unknown for {unknown}."
