"""One question to several models at once, followed to its end: text under each name, or one JSON object."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from vision.answering.live import Live
from vision.answering.requesting import shape_of_next
from vision.cli import explaining, reporting
from vision.cli.following import Following
from vision.cli.session import Session
from vision.cli.terminal import say, write, write_json
from vision.contests.asking import Asked, ask_all, begin, stop_all, together
from vision.messages import Detail
from vision.routing.estimating import Estimate, in_words
from vision.routing.plan import Plan
from vision.routing.wording import listed
from vision.store import StoredPicture
from vision.store.records import Lane

STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options. ``budget`` caps the whole round, US dollars."""

    detail: str
    page: int
    budget: Decimal | None
    as_json: bool


class Round:
    """One question to all, in a comparison that the app lists as well."""

    def __init__(
        self, session: Session, words: Sequence[str], picture: StoredPicture, question: str, chosen: Chosen
    ) -> None:
        self._session, self._picture, self._question = session, picture, question
        self._detail, self._budget, self._as_json = Detail(chosen.detail), chosen.budget, chosen.as_json
        shape = shape_of_next((), [picture], self._detail, question=question)
        engine, owned = session.engine, session.owned
        self._plans = [engine.plan(owned.owner, word, shape, text=question, budget=self._budget) for word in words]
        chance = random.Random()  # noqa: S311 - no name is hidden, so nothing is drawn
        self._contest = begin(owned, words, [picture.id], blind=False, chance=chance)

    def run(self) -> bool:
        """Asks, writes the answers one after the other as they come; whether there was any. Ctrl-C stops them all."""
        engine, owned = self._session.engine, self._session.owned
        say(f"Asking {self._names()}: {in_words(self._together())} together.")
        asked = ask_all(engine, owned, self._contest, self._question, detail=self._detail, budget=self._budget)
        lives = {lane_id: engine.live(answer_id) for lane_id, answer_id in asked.answers.items()}
        came: dict[str, str] = {}
        try:
            for lane, plan in zip(self._contest.lanes, self._plans, strict=True):
                came[lane.id] = self._follow(lane, plan, asked, lives.get(lane.id))
        except KeyboardInterrupt:  # what came is kept, and was paid for
            self._stop(lives.values())
            if self._as_json:
                self._report(asked, came)
            raise
        except BaseException:  # nobody reads any more
            self._stop(lives.values())
            raise
        return self._report(asked, came)

    def _stop(self, lives: Iterable[Live | None]) -> None:
        stop_all(self._session.engine, self._session.owned, self._contest)
        for live in lives:
            if live is not None:
                live.wait_for(partial(getattr, live, "done"), STOP_SECONDS)

    def _names(self) -> str:
        return listed(plan.standings[0].model.label for plan in self._plans)

    def _together(self) -> Estimate:
        return together(plan.standings[0].estimate for plan in self._plans)

    def _follow(self, lane: Lane, plan: Plan, asked: Asked, live: Live | None) -> str:
        """One answer to its end, under the name of its model; the others are written meanwhile."""
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
        lanes = list(zip(self._contest.lanes, self._plans, strict=True))
        answers = {key: self._session.owned.answer(answer_id) for key, answer_id in asked.answers.items()}
        if self._as_json:
            columns = [
                reporting.as_json(answers[lane.id], came.get(lane.id, ""), plan)
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
