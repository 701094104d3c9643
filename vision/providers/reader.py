"""The on-device reader as a provider: no key, no network, no price. Answers from printed text alone."""

from __future__ import annotations

import io
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace

from PIL import Image

from vision.errors import BadRequest, ServerError, TooLarge
from vision.fields.problems import FieldsInvalid
from vision.fields.schema import from_schema
from vision.messages import Answer, Delta, Json, Prepared, Request, Stop, Turn
from vision.reader.answer import Facts, ReaderAnswer, answer
from vision.reader.filling import fill
from vision.reader.ocr import CODE_AREA, read_lines
from vision.reader.reading import Reading

NO_PICTURE = "I read text on pictures, and there is none in this talk yet: add a picture, then ask again."
NO_PAGE = "There is no picture to fill the fields from: add one, then ask again."
_KEPT = 32
_readings: OrderedDict[str, Reading] = OrderedDict()
_readings_lock = threading.Lock()
# The pictures of one turn: place in the talk (0-based), label, what was sent.
_Group = list[tuple[int, str, Prepared]]


class ReaderProvider:
    """Implements ``vision.providers.Provider``. Readings are kept by the picture's SHA-256, the newest 32."""

    name = "reader"

    def check(self) -> tuple[str, ...]:
        return ("reader",)

    def stream(self, request: Request) -> Iterator[Delta | Answer]:
        """Reads the pictures not read yet, then answers the last turn, or fills the fields of a schema: its text
        is one JSON object. Raises BadRequest for a schema that is no set of fields or has no picture, or for a picture
        that cannot be decoded; ServerError when the reader is not installed whole, TooLarge when memory runs out."""
        started = time.monotonic()
        reply = _reply(request.turns) if request.schema is None else _filled(request.schema, request.turns)
        first: float | None = None
        for piece in _pieces(reply.text):
            first = time.monotonic() - started if first is None else first
            yield Delta(piece)
        yield Answer(
            text=reply.text,
            provider=self.name,
            model=request.model,
            stop=Stop.COMPLETE,
            first_word_seconds=first,
            seconds=time.monotonic() - started,
            evidence=reply.evidence,
            found=reply.found,
        )


def _reply(turns: tuple[Turn, ...]) -> ReaderAnswer:
    """From the newest turn that brought pictures; when that holds no answer, from those before it."""
    numbered: list[_Group] = []
    count = 0
    for turn in turns:
        if turn.pictures:
            numbered.append([(count + at, label, one) for at, (label, one) in enumerate(turn.labelled)])
            count += len(turn.pictures)
    if not numbered:
        return ReaderAnswer(NO_PICTURE)
    question, history = turns[-1].text, turns[:-1]
    newest = _of_group(question, numbered[-1], count, history)
    if newest.found:
        return newest
    for group in reversed(numbered[:-1]):
        earlier = _of_group(question, group, count, history)
        if earlier.found:
            return replace(earlier, text=f"Not on the newest picture, but on an earlier one:\n{earlier.text}")
    return newest


def _filled(schema: Json, turns: tuple[Turn, ...]) -> ReaderAnswer:
    """The fields of ``schema`` from the newest turn that brought pictures: these are the pages of one document."""
    try:
        fields = from_schema(schema)
    except FieldsInvalid as error:
        raise BadRequest(str(error), provider="reader") from None
    newest = next((turn for turn in reversed(turns) if turn.pictures), None)
    if newest is None:
        raise BadRequest(NO_PAGE, provider="reader")
    data = fill(fields, [reading_of(prepared) for prepared in newest.pictures])
    found = any(value is not None for value in data.values())
    return ReaderAnswer(json.dumps(data, ensure_ascii=False), found=found)


def _of_group(question: str, group: _Group, count: int, history: tuple[Turn, ...]) -> ReaderAnswer:
    """One answer over the pictures of one turn: by their labels where they have some, in the order of these, whatever
    the order in which they came; else by their places in the talk."""
    answers = []
    for index, label, prepared in sorted(group, key=lambda one: (len(one[1]), one[1])):
        facts = _facts(prepared, index + 1, count)
        one = answer(question, reading_of(prepared), facts, history)
        placed = replace(one, evidence=tuple(replace(e, picture=index) for e in one.evidence))
        answers.append((f"{label} " if label else f"Picture {index + 1}\n", placed))
    labelled, found = bool(group[0][1]), any(one.found for _, one in answers)
    if len(answers) == 1 or (len({one.text for _, one in answers}) == 1 and not (labelled and found)):
        return answers[0][1]
    text = "\n\n".join(f"{name}{one.text}" for name, one in answers)
    return ReaderAnswer(text, tuple(e for _, one in answers for e in one.evidence), found)


def _facts(prepared: Prepared, number: int, of: int) -> Facts:
    """Of the original where it is known: what was sent may be smaller and of another format."""
    known = prepared.original
    if known is None:
        return Facts(prepared.width, prepared.height, prepared.mime, number, of)
    return Facts(known.width, known.height, known.format, number, of, original=True)


def reading_of(prepared: Prepared) -> Reading:
    """The reading of one prepared picture, read once and kept. Raises BadRequest when its bytes are no picture."""
    with _readings_lock:
        known = _readings.get(prepared.sha256)
        if known is not None:
            _readings.move_to_end(prepared.sha256)
            return known
    reading = _read(_decoded(prepared), (prepared.width, prepared.height))
    with _readings_lock:
        _readings[prepared.sha256] = reading
        while len(_readings) > _KEPT:
            _readings.popitem(last=False)
    return reading


def _read(image: Image.Image, size: tuple[int, int]) -> Reading:
    try:
        return read_lines(image, size)
    except (ImportError, FileNotFoundError) as error:
        raise ServerError(
            "The on-device reader is not installed whole: delete the folder .venv and run `make run` again.",
            provider="reader",
            detail=repr(error),
        ) from None
    except MemoryError:
        raise TooLarge(
            "There is not enough memory to read this picture: close other programs, or send a smaller picture.",
            provider="reader",
        ) from None


def _decoded(prepared: Prepared) -> Image.Image:
    """The picture, reduced at once to what reading uses: a 35-megapixel scan is 100 MB of pixels."""
    try:
        with Image.open(io.BytesIO(prepared.data)) as image:
            share = min(1.0, (CODE_AREA / (image.width * image.height)) ** 0.5)
            target = max(1, round(image.width * share)), max(1, round(image.height * share))
            image.draft("RGB", target)
            image.load()
            return image.resize(target, Image.Resampling.BOX) if share < 1 else image.copy()
    except (OSError, ValueError, Image.DecompressionBombError):
        raise BadRequest(
            "The on-device reader cannot decode this picture: add it again, or try another file.", provider="reader"
        ) from None


def _pieces(text: str) -> Iterator[str]:
    """The text in a few pieces, cut behind line ends."""
    lines = text.splitlines(keepends=True)
    step = max(1, -(-len(lines) // 8))
    for start in range(0, len(lines), step):
        yield "".join(lines[start : start + step])
