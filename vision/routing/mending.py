"""What a whole answer must be, and how it is asked for again where it is not: given by who asks, used by the walk."""

from __future__ import annotations

from typing import Protocol

from vision.messages import Answer
from vision.models.catalog import Model
from vision.routing.attempting import Built


class Mending(Protocol):
    def fault(self, model: Model, answer: Answer) -> str:
        """What is wrong with a whole answer, in words; "" when it is as it should be."""

    def repair(self, model: Model, answer: Answer, fault: str) -> Built:
        """The request that sends ``answer`` back with its ``fault``."""

    def otherwise(self, model: Model) -> bool:
        """Whether a request that ``model`` did not accept can be put another way: True at most once for a model."""
