"""What of the talk goes back: the provider's own items to the very model that made them, else the text alone."""

from __future__ import annotations

from collections.abc import Iterator

from vision.messages import Json, Request, Turn


def turns_with_items(request: Request, provider: str) -> Iterator[tuple[Turn, tuple[Json, ...]]]:
    """Every turn that says something, with the items to replay in place of its text, or ().

    An answer without a word (refused, empty) that this model cannot replay is left out: every service refuses empty
    content.
    """
    for turn in request.turns:
        items = _own_items(turn, request, provider)
        if items or turn.text.strip() or turn.pictures:
            yield turn, items


def _own_items(turn: Turn, request: Request, provider: str) -> tuple[Json, ...]:
    replay = turn.replay
    if replay is None or replay.provider != provider or replay.model != request.model:
        return ()
    return replay.items
