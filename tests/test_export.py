from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from vision.export import to_html, to_json, to_markdown, who
from vision.messages import Detail, Evidence, Picture, Usage
from vision.store.records import Conversation, State, StoredAnswer, StoredPicture, StoredTurn

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> ![x](http://evil.example/p.png)"
PICTURE = StoredPicture("p1", Picture("a" * 64, f"{HOSTILE}.png", "png", 10, 20, 99), NOON, NOON)
ANSWER = StoredAnswer(
    id="a1", turn_id="t1", state=State.COMPLETE, text=f"It is **5.00**. {HOSTILE}", provider="anthropic", model="m",
    detail=Detail.NORMAL, usage=Usage(100, 60, 0, 20), evidence=(Evidence("Total 5.00", (1, 2, 3, 4), 0.9),),
    picture_ids=("p1",), sent_sha256=("b" * 64,), attempts=(), cost_usd=Decimal("0.0012"), explanation="", outcome="",
    sentence="", first_word_seconds=0.1, seconds=1.26, request_id="r", worker="", started=NOON, updated=NOON,
    finished=NOON,
)  # fmt: skip
TALK = Conversation("c1", f"Talk {HOSTILE}", "m", Detail.NORMAL, NOON, NOON)
TURNS = (StoredTurn("t1", "c1", 1, f"What? {HOSTILE}", (PICTURE,), (ANSWER,), NOON),)


def test_html_holds_its_pictures_and_loads_nothing() -> None:
    page = to_html(TALK, TURNS, lambda _: b"\x89PNG rest")
    assert "data:image/png;base64," in page
    assert "<script" not in page
    assert 'src="http' not in page
    assert "default-src 'none'" in page
    assert "<strong>5.00</strong>" in page


def test_what_the_reader_read_is_not_markdown_in_html() -> None:
    read = replace(TURNS[0], answers=(replace(ANSWER, provider="reader", text="*** TOTAL ***  <b>"),))
    assert "<pre>*** TOTAL ***  &lt;b&gt;</pre>" in to_html(TALK, (read,), lambda _: b"")


def test_markdown_has_no_picture_and_no_html() -> None:
    text = to_markdown(TALK, TURNS)
    assert "](http://evil" not in text
    assert "<script>" not in text
    assert "**5\\.00**" in text


def test_json_says_what_was_sent_and_where_it_was_read() -> None:
    data = json.loads(to_json(TALK, TURNS))
    answer = data["turns"][0]["answers"][0]
    assert answer["sent_sha256"] == ["b" * 64]
    assert answer["evidence"][0]["box"] == [1, 2, 3, 4]
    assert answer["usage"]["cached_tokens"] == 60
    assert answer["cost_usd"] == 0.0012


def test_a_failed_answer_is_exported_with_its_sentence() -> None:
    failed = replace(
        TURNS[0], answers=(replace(ANSWER, state=State.FAILED, text="", sentence="Claude is overloaded."),)
    )
    assert "Claude is overloaded" in to_markdown(TALK, (failed,))
    assert "Claude is overloaded." in to_html(TALK, (failed,), lambda _: b"")


def test_who_answered_in_one_line() -> None:
    assert who(ANSWER, "Claude Sonnet") == "Claude Sonnet · 1.3 s · 120 tokens (60 cached) · $0.0012"
    assert who(replace(ANSWER, usage=Usage())) == "m · 1.3 s · $0.0012"


def test_a_comparison_names_its_letters_and_tells_both_orders() -> None:
    other = replace(PICTURE, id="p2", picture=replace(PICTURE.picture, name="after.png", sha256="c" * 64))
    swapped = replace(ANSWER, id="a2", text="The second is better.", swapped=True)
    turn = replace(TURNS[0], pictures=(PICTURE, other), answers=(replace(ANSWER, text="A is better."), swapped))
    talk = replace(TALK, kind="compare")
    text = to_markdown(talk, (turn,))
    assert "*Picture B: after.png*" in text
    first, again, second = (text.index(part) for part in ("A is better", "order of the pictures swapped", "The second"))
    assert first < again < second
    page = to_html(talk, (turn,), lambda _: b"\x89PNG rest")
    assert "Picture B: after.png" in page
    assert "order of the pictures swapped" in page
    data = json.loads(to_json(talk, (turn,)))
    assert [one["called"] for one in data["turns"][0]["pictures"]] == ["Picture A", "Picture B"]
    assert [one["swapped"] for one in data["turns"][0]["answers"]] == [False, True]
