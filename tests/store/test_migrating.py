"""A database that an earlier Loupe made, with rows in it, opens with all of them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table

from tests.store.conftest import open_store
from tests.store.rows import AT, DAY, START, WORKER, answer
from vision.messages import Attempt, Evidence, FollowUp, Usage
from vision.store import State, migrating
from vision.store.money_records import Caps, Preferences, Spending

THEN = datetime(2026, 10, 1, 12, tzinfo=UTC)
PICTURE = {
    **{"id": "p", "owner": "ann", "sha256": "a" * 64, "page": 1, "pages": 1, "name": "a.jpg", "format": "JPEG"},
    **{"width": 4, "height": 3, "size_bytes": 9, "notes": [], "preview_sha256": "b" * 64, "thumbnail_sha256": "c" * 64},
    **{"created": THEN, "used": THEN},
}
ANSWER = {
    **{"owner": "ann", "turn_id": "q", "state": "complete", "text": "12.50", "detail": "normal", "explanation": ""},
    **{"usage": {"input_tokens": 7}, "items": [], "picture_ids": ["p"], "sent_sha256": ["f" * 64], "cost": "0.0001"},
    **{"evidence": [{"text": "12.50", "box": [0, 0, 1, 1], "confidence": 0.5, "picture": 0}], "outcome": ""},
    **{"sentence": "", "seconds": 1.5, "worker": WORKER, "stop_wanted": False, "started": THEN, "updated": THEN},
}
ATTEMPT = {
    **{"id": "t", "owner": "ann", "answer_id": "one", "number": 1, "provider": "openai", "model": "gpt-x"},
    **{"outcome": "complete", "waited_seconds": 0.0, "seconds": 1.5, "sent_sha256": ["f" * 64], "sentence": ""},
    "created": THEN,
}
ROWS_AT_0001 = [
    ("owner", {"owner": "ann", "created": THEN}),
    (
        "conversation",
        {
            **{"id": "c", "owner": "ann", "title": "Receipt", "model": "gpt-x", "detail": "normal"},
            **{"created": THEN, "updated": THEN},
        },
    ),
    ("picture", PICTURE),
    ("turn", {"id": "q", "owner": "ann", "conversation_id": "c", "position": 1, "question": "?", "created": THEN}),
    ("turn_picture", {"turn_id": "q", "position": 0, "owner": "ann", "picture_id": "p"}),
    ("answer", {**ANSWER, "id": "one", "number": 1, "provider": "openai", "model": "gpt-x"}),
    ("answer", {**ANSWER, "id": "two", "number": 2, "provider": "compatible", "model": "llava"}),
    ("attempt", ATTEMPT),
]


def at_0001(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database as the first migration leaves it, filled without the tables of today."""
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "HEAD", "0001")
        old = open_store(folder)
    with old._engine.begin() as connection:
        assert migrating.current(connection) == "0001"
        then = MetaData()
        for name, row in ROWS_AT_0001:
            connection.execute(Table(name, then, autoload_with=connection).insert(), row)
    old.close()


def test_rows_of_the_first_version_are_all_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_0001(tmp_path, monkeypatch)
    store = open_store(tmp_path)
    owned = store.of("ann")
    talk = owned.conversation("c")
    assert (talk.title, talk.model, talk.follow_up, talk.kind) == ("Receipt", "gpt-x", FollowUp.LOOK, "chat")
    assert owned.conversations() == (talk,)
    (turn,) = owned.turns("c")
    assert [picture.id for picture in turn.pictures] == ["p"]
    one, two = turn.answers
    assert (one.state, one.text, one.cost_usd, one.usage) == (
        *(State.COMPLETE, "12.50", Decimal("0.0001"), Usage(input_tokens=7)),
    )
    assert one.evidence == (Evidence("12.50", (0, 0, 1, 1), 0.5),)
    assert [(each.choice, each.notes) for each in (one, two)] == [("gpt-x", ()), ("compatible:llava", ())]
    assert not one.swapped
    assert one.attempts == (Attempt("openai", "gpt-x", "complete", 0.0, 1.5, ("f" * 64,)),)  # its price is unknown
    assert owned.preferences() == Preferences()
    assert not owned.ledger()
    assert not owned.spend(DAY, DAY)
    store.close()


def test_everything_new_works_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_0001(tmp_path, monkeypatch)
    store = open_store(tmp_path)
    owned = store.of("ann")
    owned.set_follow_up("c", FollowUp.DESCRIBE)
    owned.set_description("c", "p", "A receipt.", "gpt-x")
    owned.set_preferences(Preferences(choice="auto"))
    answer_id = owned.ask("c", "And the date?", ["p"], START)[1]
    assert owned.reserve(Spending("chat", answer_id, "openai", "gpt-x", upper=Decimal("0.01")), Caps(), DAY, AT)
    assert owned.finish_answer(answer_id, WORKER, answer())
    assert owned.answer(answer_id).attempts == answer().attempts
    owned.vote(owned.create_contest(["gpt-x", "m-1"], ["p"]).id, 1, "tie")
    assert len(owned.votes()) == 1
    owned.delete_conversation("c")
    assert owned.preferences().choice == "auto"
    store.close()
