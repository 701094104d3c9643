"""Votes and answers to take away: a table (CSV) with one row per answer, or all of it (JSON).

While the names of a contest are hidden, its export does not tell them either, nor figures that would.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vision.contests.rounds import Column, Round, rounds
from vision.contests.scoring import scores
from vision.exporting.neutral import no_formula
from vision.store import OwnedStore
from vision.store.records import BOTH_BAD, TIE, Contest, Vote

HIDDEN = "hidden"
COLUMNS = (
    *("comparison", "title", "round", "question", "pictures", "place", "model", "answered_by", "state", "answer"),
    *("vote", "blind", "vote_seconds", "voted", "first_word_seconds", "seconds", "input_tokens", "output_tokens"),
    *("cost_usd", "sentence"),
)


def to_csv(owned: OwnedStore, contests: Sequence[Contest]) -> str:
    """One row for every lane of every round. Begins with a mark by which spreadsheets know UTF-8; what a spreadsheet
    would take for a formula is text there. Raises NotThere."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    for contest in contests:
        for one in rounds(owned, contest):
            for place, column in enumerate(one.columns, start=1):
                row = _row(contest, one, place, column)
                writer.writerow({name: no_formula(value) for name, value in row.items()})
    return "\ufeff" + out.getvalue()


def to_json(owned: OwnedStore, contests: Sequence[Contest]) -> str:
    """Contests with their rounds, answers and votes, and the score table of all votes. Raises NotThere."""
    shown = {
        "contests": [
            {
                "id": contest.id,
                "title": contest.title,
                "blind": contest.blind,
                "revealed": contest.revealed,
                "created": contest.created.isoformat(),
                "rounds": list(_rounds(contest, rounds(owned, contest))),
            }
            for contest in contests
        ],
        "scores": [{**asdict(score), "share": score.share, "enough": score.enough} for score in scores(owned.votes())],
    }
    return json.dumps(shown, ensure_ascii=False, indent=2)


def _rounds(contest: Contest, found: Sequence[Round]) -> Iterator[Mapping[str, Any]]:
    for one in found:
        answers = [_row(contest, one, place, column) for place, column in enumerate(one.columns, start=1)]
        of_round = ("comparison", "title", "round", "question", "pictures", "blind", "vote_seconds", "voted")
        yield {
            "round": one.position,
            "question": one.question,
            "pictures": [stored.picture.name for stored in one.pictures],
            "vote": None if one.vote is None else _said(contest, one.vote),
            "blind": None if one.vote is None else one.vote.blind,
            "vote_seconds": one.vote.seconds if one.vote else None,
            "voted": one.vote.created.isoformat() if one.vote else None,
            "answers": [{name: value for name, value in row.items() if name not in of_round} for row in answers],
        }


def _said(contest: Contest, vote: Vote) -> str | int:
    """ "tie", "both_bad", or the place of the best, from 1."""
    if vote.choice in (TIE, BOTH_BAD):
        return vote.choice
    return [lane.id for lane in contest.lanes].index(vote.choice) + 1


def _row(contest: Contest, one: Round, place: int, column: Column) -> dict[str, Any]:
    answer, vote = column.answer, one.vote
    told = None if contest.hidden else answer  # figures tell models apart as well
    return {
        "comparison": contest.id,
        "title": contest.title,
        "round": one.position,
        "question": one.question,
        "pictures": "; ".join(stored.picture.name for stored in one.pictures),
        "place": place,
        "model": HIDDEN if contest.hidden else column.lane.model,
        "answered_by": "" if answer is None else HIDDEN if contest.hidden else answer.model,
        "state": answer.state.value if answer else "",
        "answer": answer.text if answer else "",
        "vote": "" if vote is None else _outcome(vote.choice, column),
        "blind": "" if vote is None else vote.blind,
        "vote_seconds": "" if vote is None or vote.seconds is None else vote.seconds,
        "voted": "" if vote is None else vote.created.isoformat(),
        "first_word_seconds": told.first_word_seconds if told else None,
        "seconds": told.seconds if told else None,
        "input_tokens": told.usage.input_tokens if told else None,
        "output_tokens": told.usage.output_tokens if told else None,
        "cost_usd": None if told is None or told.cost_usd is None else f"{told.cost_usd:f}",
        "sentence": told.sentence if told else "",
    }


def _outcome(choice: str, column: Column) -> str:
    if choice in (TIE, BOTH_BAD):
        return choice
    return "win" if choice == column.lane.id else "loss"
