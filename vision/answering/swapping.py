"""The same question about several pictures, asked in both orders: what the two answers say of each other.

Models prefer what they see first (or last). Whoever relies on a choice between pictures wants to know whether it holds
when the order is swapped.
"""

from __future__ import annotations

from dataclasses import dataclass

from vision.answering.talk import UNUSABLE
from vision.comparing.verdict import agree
from vision.store.records import State, StoredAnswer, StoredTurn

CHANGED = "The answer changed when the order was swapped: do not rely on it."
HELD = "Both orders give the same answer."
YOURSELF = "This is free text: compare the two answers yourself."
OTHER_MODEL = "They are by different models, so the order may not be the reason."


@dataclass(frozen=True, slots=True)
class Swap:
    """The newest answer, to the pictures in reversed order, and the newest one before it to their own order. ``agree``
    None: not to be told from the words, or one of them is no whole answer (yet)."""

    straight: StoredAnswer
    swapped: StoredAnswer
    agree: bool | None

    @property
    def whole(self) -> bool:
        """Whether there are two answers to compare."""
        return _is_answer(self.straight) and _is_answer(self.swapped)

    @property
    def sentence(self) -> str:
        """What is to be said of the two; "" while there are not two answers."""
        if not self.whole:
            return ""
        if self.agree is None:
            return YOURSELF
        if self.agree:
            return HELD
        same = (self.straight.provider, self.straight.model) == (self.swapped.provider, self.swapped.model)
        return CHANGED if same else f"{CHANGED} {OTHER_MODEL}"


def swap_of(turn: StoredTurn) -> Swap | None:
    """None where the newest answer is not to the swapped order, or none before it to the other."""
    newest = turn.shown
    if newest is None or not newest.swapped:
        return None
    before = [one for one in turn.answers if not one.swapped]
    straight = next((one for one in reversed(before) if _is_answer(one)), before[-1] if before else None)
    if straight is None:
        return None
    both = _is_answer(straight) and _is_answer(newest)
    return Swap(straight, newest, agree(straight.text, newest.text) if both else None)


def _is_answer(answer: StoredAnswer) -> bool:
    """What broke off may have been about to say the opposite."""
    unfinished = (State.FAILED, State.INTERRUPTED, State.STOPPED)
    return answer.state not in UNUSABLE and answer.state not in unfinished and bool(answer.text.strip())
