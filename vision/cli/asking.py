"""``ask`` and ``chat``: one question, or many in a row, about one picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vision.cli.options import (
    detail_option,
    image_argument,
    json_option,
    model_named,
    model_option,
    page_option,
    read_image,
    say_notes,
)
from vision.cli.terminal import ask_for_line, say, write, write_json

if TYPE_CHECKING:
    from vision.cli.session import Session
    from vision.messages import Detail
    from vision.models.catalog import Catalogue, Model
    from vision.store import StoredAnswer, StoredPicture

MODEL_HELP = "An id of `models`, `reader`, or compatible:NAME. Default: the first that is set up."
JSON_HELP = "One JSON object per answer instead of text."
ENDS = frozenset({"quit", "exit", "q"})
FOLLOW_SECONDS = 0.5
STOP_SECONDS = 5.0
ANSWERED = frozenset({"complete", "cut_off"})
FAILED = frozenset({"failed", "interrupted", "running"})  # running: it could not be saved


@click.command()
@image_argument()
@click.argument("prompt")
@model_option(MODEL_HELP)
@detail_option()
@page_option()
@json_option(JSON_HELP)
def ask(image: Path, prompt: str, *, model: str | None, detail: str, page: int, as_json: bool) -> int:
    """Ask one question about a picture."""
    if not prompt.strip():
        raise click.UsageError("The question is empty: write what you want to know about the picture.")
    with _Talk(image, model, detail, page, as_json=as_json) as talk:
        return 0 if talk.ask(prompt) else 1


@click.command()
@image_argument()
@model_option(MODEL_HELP)
@detail_option()
@page_option()
@json_option(JSON_HELP)
def chat(image: Path, model: str | None, detail: str, page: int, as_json: bool) -> int:
    """Ask about a picture, question after question, one a line. quit, exit, q or the end of input ends."""
    with _Talk(image, model, detail, page, as_json=as_json) as talk:
        good = True
        while True:
            line = ask_for_line("> ")
            if line is None or line.strip().lower() in ENDS:
                return 0 if good else 1
            if line.strip():
                good = talk.ask(line.strip()) and good


class _Talk:
    """A conversation in the store, opened with its picture when the first question comes."""

    def __init__(self, image: Path, word: str | None, detail: str, page: int, *, as_json: bool) -> None:
        from contextlib import ExitStack  # noqa: PLC0415

        from vision.cli.session import opened  # noqa: PLC0415 - the database and the catalogue: not for --help
        from vision.images.limits import OpenLimits  # noqa: PLC0415
        from vision.ingest import add_picture  # noqa: PLC0415
        from vision.messages import Detail  # noqa: PLC0415
        from vision.models.catalog import load_catalogue  # noqa: PLC0415
        from vision.settings import load_settings  # noqa: PLC0415

        settings = load_settings()
        catalogue = load_catalogue()
        self._model = _chosen(catalogue, word)
        self._detail: Detail = Detail(detail)
        self._as_json = as_json
        limits = OpenLimits.of(settings)
        data = read_image(image, limits.max_bytes)
        self._stack = ExitStack()
        with ExitStack() as stack:
            self._session: Session = stack.enter_context(opened(settings, catalogue))
            picture = add_picture(self._session.owned, data, image.name, limits, page)
            say_notes(picture.picture)
            self._new: list[StoredPicture] = [picture]
            self._stack = stack.pop_all()
        self._conversation_id = ""

    def __enter__(self) -> _Talk:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def ask(self, question: str) -> bool:
        """Asks, writes the answer as it comes; whether there was one. Ctrl-C stops the answer and is passed on."""
        engine, owned = self._session.engine, self._session.owned
        if not self._conversation_id:
            self._conversation_id = owned.create_conversation().id
        say(f"Asking {_name(self._model)}.")
        answer_id = engine.ask(
            owned.owner,
            self._conversation_id,
            question,
            [picture.id for picture in self._new],
            model=self._model.word,
            detail=self._detail,
        )
        self._new = []
        came = self._follow(answer_id)
        return self._report(owned.answer(answer_id), came)

    def _follow(self, answer_id: str) -> str:
        """Writes the text as it comes, and the sentence if it fails. Returns the text."""
        engine, owner = self._session.engine, self._session.owned.owner
        live = engine.live(answer_id)
        assert live is not None  # noqa: S101 - it has only just begun
        shown = ""
        try:
            while not (live.done or live.unsaved) or len(live.text) > len(shown):
                text = live.wait_beyond(len(shown), FOLLOW_SECONDS)
                if not self._as_json:
                    write(text[len(shown) :])
                shown = text
        except BaseException:  # Ctrl-C, or nobody reads any more: what came is kept
            engine.stop(owner, answer_id)
            live.wait_for(lambda: live.done, STOP_SECONDS)
            raise
        if shown and not self._as_json and not shown.endswith("\n"):
            write("\n")
        if live.error is not None:
            say(live.error)
        return shown

    def _report(self, answer: StoredAnswer, came: str) -> bool:
        state = answer.state.value
        if self._as_json:
            write_json(as_json(answer, came))
        if state in FAILED:
            return False
        if answer.explanation:
            say(answer.explanation)
        if state == "cut_off":
            say("The answer was cut off at its greatest length.")
        if state in ANSWERED:
            say(f"Answered by {_name(self._model)} in {answer.seconds:.1f} s{_tokens(answer)}.")
        return state in ANSWERED


def as_json(answer: StoredAnswer, came: str) -> dict[str, Any]:
    """What ``--json`` writes. If it failed, ``text`` is what ``came``. ``cost_usd`` null: the price is unknown."""
    usage, failed = answer.usage, answer.state.value in FAILED
    sent = answer.sent_sha256 or next((one.sent_sha256 for one in reversed(answer.attempts)), ())
    seconds = answer.seconds or sum(one.seconds for one in answer.attempts)
    found: dict[str, Any] = {
        "text": came if failed else answer.text,
        "provider": answer.provider,
        "model": answer.model,
        "stop": "failed" if failed else answer.state.value,
        "usage": {
            "input_tokens": usage.input_tokens,
            "cached_tokens": usage.cached_tokens,
            "output_tokens": usage.output_tokens,
        },
        "cost_usd": None if answer.cost_usd is None else float(answer.cost_usd),
        "seconds": round(seconds, 3),
        "sent_sha256": list(sent),
        "attempts": [
            {
                "provider": one.provider,
                "model": one.model,
                "outcome": one.outcome,
                "waited_seconds": one.waited_seconds,
            }
            for one in answer.attempts
        ],
    }
    if answer.provider == "reader":
        found["evidence"] = [
            {"text": one.text, "box": list(one.box), "confidence": one.confidence} for one in answer.evidence
        ]
    return found


def _chosen(catalogue: Catalogue, word: str | None) -> Model:
    """The model of ``--model``, or the default. Raises LoupeError if its provider is not set up."""
    from vision.settings import credentials  # noqa: PLC0415

    found = credentials()
    if word is None:
        word = next((catalogue.default(name).word for name in found if name != "compatible"), "reader")
    model = model_named(catalogue, word)
    if model.provider != "reader" and model.provider not in found:
        from vision.cli.listing import what_is_missing  # noqa: PLC0415
        from vision.routing.connecting import NotSetUp  # noqa: PLC0415

        raise NotSetUp(f"{_name(model)} is not set up: {what_is_missing(model.provider)}, or use --model reader.")
    return model


def _name(model: Model) -> str:
    return model.label if model.label == model.id or model.provider == "reader" else f"{model.label} ({model.id})"


def _tokens(answer: StoredAnswer) -> str:
    if answer.provider == "reader":
        return ""
    from vision.routing.estimating import usd  # noqa: PLC0415

    usage = answer.usage
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    return f", {usage.input_tokens:,} tokens in{cached}, {usage.output_tokens:,} out, {usd(answer.cost_usd)}"
