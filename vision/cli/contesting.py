"""``compare-models``: one question before two to four models at once, each answer under the name of its model."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vision.cli import explaining, reporting
from vision.cli.options import (
    Dollars,
    detail_option,
    image_argument,
    json_option,
    page_option,
    read_image,
    say_notes,
)
from vision.cli.terminal import say, write, write_json
from vision.routing.estimating import in_words
from vision.routing.wording import listed

if TYPE_CHECKING:
    from vision.answering.live import Live
    from vision.cli.session import Session
    from vision.contests.asking import Asked
    from vision.models.catalog import Catalogue
    from vision.routing.estimating import Estimate
    from vision.routing.plan import Plan
    from vision.store import StoredPicture
    from vision.store.records import Lane

MODELS_HELP = "Two to four, with commas between: ids of `models`, `reader`, or compatible:NAME."
BUDGET_HELP = "The most that all of them together may cost, in US dollars."
JSON_HELP = "One JSON object with every answer instead of text."
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The options. ``budget`` caps the whole round, US dollars."""

    detail: str
    page: int
    budget: Decimal | None
    as_json: bool


@click.command("compare-models")
@image_argument()
@click.argument("prompt")
@click.option("--models", required=True, metavar="A,B[,C[,D]]", help=MODELS_HELP)
@detail_option()
@page_option()
@click.option("--budget", type=Dollars(), metavar="USD", help=BUDGET_HELP)
@json_option(JSON_HELP)
def compare_models(image: Path, prompt: str, models: str, **options: Any) -> int:
    """Ask several models the same question about a picture, all at once."""
    chosen = _Chosen(**options)
    if not prompt.strip():
        raise click.UsageError("The question is empty: write what you want to know about the picture.")
    from vision.cli.session import opened  # noqa: PLC0415 - the database and the catalogue: not for --help
    from vision.images.limits import OpenLimits  # noqa: PLC0415
    from vision.ingest import add_picture  # noqa: PLC0415
    from vision.models.catalog import load_catalogue  # noqa: PLC0415
    from vision.settings import load_settings  # noqa: PLC0415

    settings, catalogue = load_settings(), load_catalogue()
    words = _words(catalogue, models)
    limits = OpenLimits.of(settings)
    data = read_image(image, limits.max_bytes)
    with opened(settings, catalogue) as session:
        picture = add_picture(session.owned, data, image.name, limits, chosen.page)
        say_notes(picture.picture)
        return 0 if _Round(session, words, picture, prompt, chosen).run() else 1


def _words(catalogue: Catalogue, models: str) -> list[str]:
    """The choice words, two to four different ones that can be asked. Wrong use otherwise."""
    from vision.cli.choosing import model_word  # noqa: PLC0415
    from vision.contests.asking import HOW_MANY, LEAST, MOST  # noqa: PLC0415

    named = [word.strip() for word in models.split(",") if word.strip()]
    count = len(set(named))
    if count != len(named) or not LEAST <= count <= MOST:
        said = HOW_MANY.format(count=count, are="is" if count == 1 else "are")
        raise click.BadParameter(said, param_hint="--models")
    return [model_word(catalogue, word, option="--models") for word in named]


class _Round:
    """One question to all, in a comparison that the app lists as well."""

    def __init__(
        self, session: Session, words: Sequence[str], picture: StoredPicture, question: str, chosen: _Chosen
    ) -> None:
        from vision.answering.requesting import shape_of_next  # noqa: PLC0415
        from vision.contests.asking import begin  # noqa: PLC0415
        from vision.messages import Detail  # noqa: PLC0415

        self._session, self._picture, self._question = session, picture, question
        self._detail, self._budget, self._as_json = Detail(chosen.detail), chosen.budget, chosen.as_json
        shape = shape_of_next((), [picture], self._detail, question=question)
        engine, owned = session.engine, session.owned
        self._plans = [engine.plan(owned.owner, word, shape, text=question, budget=self._budget) for word in words]
        chance = random.Random()  # noqa: S311 - no name is hidden, so nothing is drawn
        self._contest = begin(owned, words, [picture.id], blind=False, chance=chance)

    def run(self) -> bool:
        """Asks, writes the answers one after the other as they come; whether there was any. Ctrl-C stops them all."""
        from vision.contests.asking import ask_all, stop_all  # noqa: PLC0415

        engine, owned = self._session.engine, self._session.owned
        say(f"Asking {self._names()}: {in_words(self._together())} together.")
        asked = ask_all(engine, owned, self._contest, self._question, detail=self._detail, budget=self._budget)
        lives = {lane_id: engine.live(answer_id) for lane_id, answer_id in asked.answers.items()}
        came: dict[str, str] = {}
        try:
            for lane, plan in zip(self._contest.lanes, self._plans, strict=True):
                came[lane.id] = self._follow(lane, plan, asked, lives.get(lane.id))
        except BaseException:  # Ctrl-C, or nobody reads any more: what came is kept, and was paid for
            stop_all(engine, owned, self._contest)
            for live in lives.values():
                if live is not None:
                    live.wait_for(lambda one=live: one.done, STOP_SECONDS)  # type: ignore[misc]
            raise
        return self._report(asked, came)

    def _names(self) -> str:
        return listed(plan.standings[0].model.label for plan in self._plans)

    def _together(self) -> Estimate:
        from vision.contests.asking import together  # noqa: PLC0415

        return together(plan.standings[0].estimate for plan in self._plans)

    def _follow(self, lane: Lane, plan: Plan, asked: Asked, live: Live | None) -> str:
        """One answer to its end, under the name of its model; the others are written meanwhile."""
        from vision.cli.following import Following  # noqa: PLC0415

        model = plan.standings[0].model
        if not self._as_json:
            write(f"{'' if lane is self._contest.lanes[0] else chr(10)}{explaining.name(model)}:{chr(10)}")
        if live is None:
            say(f"{model.label} was not asked: {asked.failed[lane.id]}")
            return ""
        following = Following(live, silent=self._as_json)
        following.to_the_end()
        answer = self._session.owned.answer(asked.answers[lane.id])
        if not reporting.is_answer(answer):
            say(f"{model.label} gave no answer.")
        for line in reporting.lines(answer, self._session.catalogue):
            say(line)
        return following.shown

    def _report(self, asked: Asked, came: Mapping[str, str]) -> bool:
        """Whether anybody answered; under --json everything as one object."""
        lanes = [(lane, plan) for lane, plan in zip(self._contest.lanes, self._plans, strict=True)]
        answers = {key: self._session.owned.answer(answer_id) for key, answer_id in asked.answers.items()}
        if self._as_json:
            columns = [
                reporting.as_json(answers[lane.id], came[lane.id], plan)
                if lane.id in answers
                else _not_asked(plan, asked.failed[lane.id])
                for lane, plan in lanes
            ]
            write_json(self._object(columns))
        return any(reporting.is_answer(answer) for answer in answers.values())

    def _object(self, columns: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """``cost_usd`` is of all of them, null while the price of any attempt is unknown (``cost_unknown`` counts
        those); ``estimate`` likewise null while one is unknown."""
        costs = [column["cost_usd"] for column in columns]
        unknown = sum(column["cost_unknown"] for column in columns)
        return {
            "comparison": self._contest.id,
            "question": self._question,
            "picture": self._picture.picture.name,
            "models": columns,
            "cost_usd": None if unknown or None in costs else round(sum(costs), 10),
            "cost_unknown": unknown,
            "estimate": explaining.prices(self._together()),
        }


def _not_asked(plan: Plan, sentence: str) -> dict[str, Any]:
    """A column that could not even begin."""
    model = plan.standings[0].model
    return {
        "text": "",
        "provider": model.provider,
        "model": model.id,
        "stop": "failed",
        "error": sentence,
        "cost_usd": 0,
        "cost_unknown": 0,
        "attempts": [],
    }
