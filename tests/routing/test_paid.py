"""What a question cost in all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from vision.messages import Attempt
from vision.routing.paid import paid


def tried(*costs: str | None) -> list[Attempt]:
    return [Attempt("gemini", "m", "complete", cost_usd=None if one is None else Decimal(one)) for one in costs]


@pytest.mark.parametrize(
    ("costs", "own", "known", "unknown", "words"),
    [
        (("0.001",), "0.001", "0.001", 0, "$0.0010"),
        (("0",), "0", "0", 0, "free"),
        ((None,), None, "0", 1, "price unknown"),
        (("0", "0", "0.002"), "0.002", "0.002", 0, "$0.0020"),
        ((None, "0.002"), "0.002", "0.002", 1, "$0.0020 and 1 attempt of unknown price"),
        # a Continue that broke off after an answer that was paid: the answer's own price is in its attempt already
        (("0.0013", None, None), "0.0013", "0.0013", 2, "$0.0013 and 2 attempts of unknown price"),
        ((None,), "0.004", "0.004", 0, "$0.0040"),  # from before attempts had prices
        ((), None, "0", 0, "free"),  # never asked
    ],
)
def test_what_is_known_and_what_is_not(
    costs: tuple[str | None, ...], own: str | None, known: str, unknown: int, words: str
) -> None:
    found = paid(tried(*costs), None if own is None else Decimal(own))
    assert (found.known, found.unknown, found.words) == (Decimal(known), unknown, words)
    assert found.usd == (None if unknown else Decimal(known))
