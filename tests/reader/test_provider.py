"""The reader as a provider: through Prepared bytes, without a network, in a fresh process too."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.reader.papers import drawn
from vision.errors import BadRequest, ProviderError, ServerError, TooLarge
from vision.fields.model import Field, FieldSet, Kind
from vision.fields.schema import to_schema
from vision.messages import Answer, Delta, Json, Prepared, Request, Stop, Turn, Usage
from vision.providers import Provider
from vision.providers import reader as module
from vision.providers.reader import ReaderProvider


def prepared(image: Image.Image) -> Prepared:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    data = buffer.getvalue()
    return Prepared(data, hashlib.sha256(data).hexdigest(), "image/png", *image.size, tokens=0, tokens_exact=True)


def ask(*turns: Turn) -> tuple[list[Delta], Answer]:
    *deltas, last = ReaderProvider().stream(Request("reader", turns, 1024))
    assert isinstance(last, Answer)
    assert all(isinstance(one, Delta) for one in deltas)
    return [one for one in deltas if isinstance(one, Delta)], last


FIRST = prepared(drawn(["Green Leaf Cafe", "Date: 03.02.2024", "Total|EUR 8.90"]))
SECOND = prepared(drawn(["Night Bus", "Fare: 3.10", "Ticket no: 5567"]))
THIRD = prepared(drawn(["Blue Door Books", "Date: 17.05.2025", "Total|EUR 21.00"]))


def test_a_question_is_answered_with_its_evidence() -> None:
    deltas, last = ask(Turn("user", "What is the total?", (FIRST,)))
    assert "".join(one.text for one in deltas) == last.text
    assert "8.90 EUR" in last.text
    assert (last.stop, last.provider, last.model, last.usage) == (Stop.COMPLETE, "reader", "reader", Usage())
    (one,) = last.evidence
    assert one.picture == 0
    assert 0 <= one.box[0] < one.box[2] <= FIRST.width
    assert 100 < one.box[1] < one.box[3] <= FIRST.height
    assert one.confidence > 0.8


def test_it_is_a_provider() -> None:
    provider: Provider = ReaderProvider()
    assert provider.name == "reader"
    assert provider.check() == ("reader",)


def test_a_follow_up_reads_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Turn("user", "What is the total?", (FIRST,))
    _, before = ask(first)

    def never(*_: object) -> None:
        raise AssertionError("the picture was read a second time")

    monkeypatch.setattr(module, "read_lines", never)
    _, last = ask(first, Turn("assistant", before.text), Turn("user", "and the date?"))
    assert "2024-02-03" in last.text
    _, sure = ask(first, Turn("assistant", before.text), Turn("user", "are you sure?"))
    assert "8.90" in sure.text
    assert sure.evidence == before.evidence


def test_the_newest_picture_comes_first_and_earlier_ones_are_named() -> None:
    talk = (Turn("user", "What is it?", (FIRST,)), Turn("assistant", "-"))
    _, fare = ask(*talk, Turn("user", "What is the fare?", (SECOND,)))
    assert "3.10" in fare.text
    assert fare.evidence[0].picture == 1
    _, date = ask(*talk, Turn("user", "What is the date?", (SECOND,)))
    assert "earlier one" in date.text
    assert "2024-02-03" in date.text
    assert date.evidence[0].picture == 0


def test_two_pictures_of_one_turn_are_both_answered() -> None:
    _, last = ask(Turn("user", "Read all the text", (FIRST, SECOND)))
    assert "Picture 1" in last.text
    assert "Picture 2" in last.text
    assert {one.picture for one in last.evidence} == {0, 1}


def test_without_a_picture_it_asks_for_one() -> None:
    _, last = ask(Turn("user", "What is the total?"))
    assert "add a picture" in last.text
    assert last.stop is Stop.COMPLETE


def test_bytes_that_are_no_picture_are_a_sentence() -> None:
    broken = Prepared(b"\xff\xd8 nothing", "0" * 64, "image/jpeg", 10, 10, 0, True)
    with pytest.raises(BadRequest, match="cannot decode"):
        ask(Turn("user", "What is it?", (broken,)))


@pytest.mark.parametrize(
    ("failure", "error", "says"),
    [(FileNotFoundError("x.onnx"), ServerError, "make run"), (MemoryError(), TooLarge, "smaller picture")],
)
def test_a_broken_installation_and_full_memory_are_sentences(
    monkeypatch: pytest.MonkeyPatch, failure: BaseException, error: type[ProviderError], says: str
) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(module, "read_lines", fail)
    with pytest.raises(error, match=says):
        ask(Turn("user", "What is it?", (prepared(Image.new("RGB", (31, 17))),)))


FIELDS = FieldSet(
    "receipt",
    (
        Field("vendor", needed=True),
        Field("date", Kind.DATE, needed=True),
        Field("total", Kind.MONEY, needed=True),
        Field("iban", Kind.CODE),
        Field("items", Kind.ROWS, fields=(Field("description"), Field("amount", Kind.MONEY))),
    ),
)


def fields_of(*turns: Turn, fields: FieldSet = FIELDS) -> tuple[Answer, dict[str, object]]:
    *deltas, last = ReaderProvider().stream(Request("reader", turns, 1024, schema=to_schema(fields)))
    assert isinstance(last, Answer)
    assert "".join(one.text for one in deltas if isinstance(one, Delta)) == last.text
    data = json.loads(last.text)
    assert isinstance(data, dict)
    return last, data


def test_a_schema_is_filled_from_the_newest_pictures() -> None:
    talk = (Turn("user", "x", (SECOND,)), Turn("assistant", "-"), Turn("user", "x", (FIRST,)), Turn("user", "again"))
    last, data = fields_of(*talk)
    assert data == {"vendor": "Green Leaf Cafe", "date": "2024-02-03", "total": 8.9}
    assert (last.found, last.stop, last.model) == (True, Stop.COMPLETE, "reader")


def test_the_pictures_of_a_turn_are_pages_of_one_document() -> None:
    first = prepared(drawn(["Night Owl Ltd", "Date: 03.02.2024", "Invoice No: NO-77", "Lamp|EUR 20.00"]))
    second = prepared(drawn(["Bulb|EUR 4.50", "Total|EUR 24.50"]))
    _, data = fields_of(Turn("user", "x", (first, second), labels=("Page 1:", "Page 2:")))
    assert data == {
        "vendor": "Night Owl Ltd",
        "date": "2024-02-03",
        "total": 24.5,
        "items": [{"description": "Lamp", "amount": 20}, {"description": "Bulb", "amount": 4.5}],
    }


def test_nothing_found_is_said_and_what_is_needed_is_null() -> None:
    last, data = fields_of(Turn("user", "x", (prepared(Image.new("RGB", (40, 20), "white")),)))
    assert data == {"vendor": None, "date": None, "total": None}
    assert not last.found


@pytest.mark.parametrize(
    ("schema", "turn", "says"),
    [
        ({"type": "object", "properties": {"a": {"type": "wrong"}}}, Turn("user", "x", (FIRST,)), "a: "),
        (to_schema(FIELDS), Turn("user", "x"), "add one"),
    ],
)
def test_what_cannot_be_filled_is_a_sentence(schema: Json, turn: Turn, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        list(ReaderProvider().stream(Request("reader", (turn,), 1024, schema=schema)))


def test_readings_are_kept_but_not_for_ever() -> None:
    for length in range(module._KEPT + 3):  # thinner than print: read without the engine
        module.reading_of(prepared(Image.new("RGB", (20 + length, 4), "white")))
    assert len(module._readings) == module._KEPT


FRESH = """
import socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("the reader opened a connection")
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse
import vision.providers.reader as reader
assert not {"cv2", "rapidocr", "onnxruntime", "zxingcpp"} & set(sys.modules), "heavy modules before the first use"
from pathlib import Path
from vision.messages import Prepared, Request, Turn
data = Path(sys.argv[1]).read_bytes()
picture = Prepared(data, "a", "image/png", int(sys.argv[2]), int(sys.argv[3]), 0, True)
for question in ("What is the total?", "Is this https://example.com/picture.png ?"):
    *_, answer = reader.ReaderProvider().stream(Request("reader", (Turn("user", question, (picture,)),), 1024))
    print(answer.text)
"""


def test_a_fresh_process_without_network_home_or_noise(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(FIRST.data)
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(tmp_path / "nowhere"), "PYTHONPATH": os.getcwd()}  # noqa: PTH109
    done = subprocess.run(
        [sys.executable, "-c", FRESH, str(path), str(FIRST.width), str(FIRST.height)],
        env=environment, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "8.90 EUR" in done.stdout
    assert done.stderr == ""
    assert not (tmp_path / "nowhere").exists()


LABELS = ("Picture A:", "Picture B:")


def test_pictures_are_named_by_their_letters_whatever_the_order() -> None:
    straight = Turn("user", "What is the date?", (FIRST, THIRD), labels=LABELS)
    swapped = Turn("user", "What is the date?", (THIRD, FIRST), labels=LABELS[::-1])
    (_, one), (_, other) = ask(straight), ask(swapped)
    assert one.text == other.text
    at_a, at_b = one.text.index("Picture A:"), one.text.index("Picture B:")
    assert at_a < one.text.index("2024-02-03") < at_b < one.text.index("2025-05-17")
    assert [e.picture for e in one.evidence] == [0, 1]
    assert [e.picture for e in other.evidence] == [1, 0]  # the same lines of the same pictures, which came swapped


def test_what_holds_for_both_is_said_of_each_and_what_for_none_once() -> None:
    both = Turn("user", "What is the total?", (FIRST, FIRST), labels=LABELS)
    assert ask(both)[1].text.count("8.90 EUR") >= 2
    nothing = Turn("user", "Which is better for a flyer?", (FIRST, FIRST), labels=LABELS)
    assert "Picture A:" not in ask(nothing)[1].text
