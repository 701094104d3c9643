"""``compare``: one question about two to six pictures, called A, B, ... in their order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vision.cli.asking import Talk
from vision.cli.options import Chosen, asking_options
from vision.cli.terminal import say, write_json

if TYPE_CHECKING:
    from vision.comparing.result import Difference

MOST = 6
SWAP_HELP = "Ask again with the order of the pictures reversed, and say whether the answers agree."
DIFF_HELP = "Write the first picture with what differs in the second lit up, as a PNG. Local and free."


@click.command()
@click.argument("images", nargs=-1, type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.argument("prompt")
@asking_options
@click.option("--swap", is_flag=True, help=SWAP_HELP)
@click.option("--diff", type=click.Path(dir_okay=False, writable=True, path_type=Path), metavar="PNG", help=DIFF_HELP)
def compare(images: tuple[Path, ...], prompt: str, *, swap: bool, diff: Path | None, **options: Any) -> int:
    """Ask one question about two to six pictures."""
    if not 2 <= len(images) <= MOST:
        there = "there is one" if len(images) == 1 else f"there are {len(images)}"
        raise click.UsageError(f"Name two to six pictures ({there}), then the question in quotes.")
    if not prompt.strip():
        raise click.UsageError("The question is empty: write what you want to know about the pictures.")
    with Comparison(images, Chosen(**options)) as comparison:
        return 0 if comparison.run(prompt, swap=swap, diff=diff) else 1


class Comparison(Talk):
    """A conversation of the kind "compare"."""

    def __init__(self, images: Sequence[Path], chosen: Chosen) -> None:
        super().__init__(images, chosen, "compare")
        self._pictures = tuple(self._new)
        self._found: list[dict[str, Any]] = []

    def run(self, prompt: str, *, swap: bool, diff: Path | None) -> bool:
        """The difference first (it costs nothing), then the answer, or both; whether all of it came."""
        from vision.answering.talk import letter  # noqa: PLC0415

        names = [f"{letter(at)} is {stored.picture.name}" for at, stored in enumerate(self._pictures)]
        say(f"{', '.join(names)}.")
        difference = self._difference(diff) if diff else None
        good = agree = None
        try:
            good = self.ask(prompt)
            if swap and good:
                good, agree = self._swapped()
        finally:  # also when it was stopped: what came was paid for
            if self._chosen.as_json and self._found:
                self._write_all(difference, agree, swap=swap)
        return good

    def _difference(self, path: Path) -> Difference:
        """Of the first two, drawn over the first. Raises PictureError; UsageError for a file that cannot be written."""
        from vision.comparing.result import VERSION  # noqa: PLC0415 - the mathematics only where it is wanted
        from vision.comparing.saying import in_words, lies  # noqa: PLC0415
        from vision.images.marking import laid_over  # noqa: PLC0415
        from vision.ingest import difference_of  # noqa: PLC0415

        owned, (one, other, *_) = self._session.owned, self._pictures
        found = difference_of(owned, one, other)
        try:
            path.write_bytes(laid_over(owned.picture_bytes(one.id), owned.heat(one.id, other.id, VERSION)))
        except OSError as error:
            reason = (error.strerror or "unknown error").lower()
            raise click.UsageError(f"{path.name} cannot be written: {reason}.") from None
        say(" ".join(filter(None, (in_words(found), lies(found), f"Drawn over A in {path.name}."))))
        return found

    def _swapped(self) -> tuple[bool, bool | None]:
        """The same question in reversed order: whether it was answered, and whether the answers agree."""
        from vision.answering.swapping import swap_of  # noqa: PLC0415
        from vision.answering.talk import letter  # noqa: PLC0415

        engine, owned = self._session.engine, self._session.owned
        order = ", ".join(letter(at) for at in reversed(range(len(self._pictures))))
        say(f"The same with the order swapped ({order}):")
        (turn,) = owned.turns(self._conversation_id)
        answer_id = engine.ask_again(
            owned.owner,
            turn.id,
            model=self._word,
            detail=self._detail,
            budget=self._chosen.budget,
            swapped=True,
        )
        good = self._told(answer_id, self._planned)
        swap = swap_of(owned.turn(turn.id))
        if swap is None or not swap.whole:
            return good, None
        say(swap.sentence)
        return good, swap.agree

    def _write(self, found: dict[str, Any]) -> None:
        self._found.append(found)

    def _write_all(self, difference: Difference | None, agree: bool | None, *, swap: bool) -> None:
        """One object: the answer's as of ``ask``, and what comparing adds to it."""
        from vision.answering.talk import letter  # noqa: PLC0415

        first, *second = self._found
        labels = {letter(at): stored.picture.name for at, stored in enumerate(self._pictures)}
        more: dict[str, Any] = {"pictures": labels}
        if swap:
            more |= {"swapped": second[0] if second else None, "agree": agree}
        if difference is not None:
            more["difference"] = _as_json(difference)
        write_json({**first, **more})


def _as_json(found: Difference) -> dict[str, Any]:
    """``percent`` of the area that both show; boxes are left, top, right, bottom in pixels of A and of B."""
    placing = found.registration
    return {
        "percent": None if found.percent is None else round(found.percent, 3),
        "same": found.same,
        "tone": found.tone or None,
        "regions": [
            {"a": list(one.box_a), "b": list(one.box_b), "share": one.share, "strength": one.strength}
            for one in found.regions
        ],
        "registration": {
            "scale": placing.scale,
            "dx": placing.dx,
            "dy": placing.dy,
            "good": placing.good,
            "words": placing.words,
        },
    }
