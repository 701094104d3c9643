"""What a comparison found, in words."""

from __future__ import annotations

from vision.comparing.result import Difference
from vision.comparing.wording import SAME

NOTHING = "No difference was found."
FREE = "Computed on this machine, for nothing: no model was asked."
LEAST = 0.1  # per cent; below it a figure would look like nothing


def in_words(found: Difference, letters: tuple[str, str] = ("A", "B")) -> str:
    """ "3.2 % differs, in 4 places.", or that nothing does, or that they have too little in common."""
    percent, places, tone = found.percent, len(found.regions), found.tone
    if percent is None or not (found.registration.good or places):
        return f"The two {found.registration.words}."
    if found.same:
        return NOTHING
    said = [f"{tone[0].upper()}{tone[1:]}."] if tone else []
    if places:
        where = "one place" if places == 1 else f"{places} places"
        said.append(f"{_share(percent)} differs{' besides' if tone else ''}, in {where}.")
    elif tone:
        said.append("Nothing else differs.")
    else:
        said.append(f"{_share(percent)} differs, nowhere enough to be a place.")
    return lettered(" ".join(said), letters)


def lies(found: Difference, letters: tuple[str, str] = ("A", "B")) -> str:
    """How the second picture was laid over the first: "B is 2 % larger: laid over A." "" where there is nothing to
    say."""
    registration = found.registration
    if registration.good:
        return "" if registration.words == SAME else lettered(f"{registration.words}: laid over A.", letters)
    return f"The two {registration.words}." if found.regions else ""


def lettered(words: str, letters: tuple[str, str]) -> str:
    """``words`` about A and B, said of the two pictures that have these letters."""
    if letters == ("A", "B"):
        return words
    named = {"A": letters[0], "B": letters[1]}
    parts = words.split(" ")
    return " ".join(_renamed(part, named) for part in parts)


def _renamed(part: str, named: dict[str, str]) -> str:
    bare = part.rstrip(".,;:")
    return named[bare] + part[len(bare) :] if bare in named else part


def _share(percent: float) -> str:
    if percent < LEAST:
        return f"Less than {LEAST} %"
    return f"{percent:.1f} %" if percent < 10 else f"{percent:.0f} %"
