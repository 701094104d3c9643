"""Every model of the shipped catalogue, as it is: its picture, effort and cap are taken by a service that checks them
by its own book, and the tokens told before sending are those that service counts."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from tests.providers.conftest import Connect
from tests.providers.talks import all_of, ask
from tests.wire import Known, WireServer
from vision.images.preparing import image_limits, prepare
from vision.messages import Detail, Request, Stop, Turn
from vision.models.catalog import load_catalogue

SIZE = (4032, 3024)
LIVING = sorted(
    model.id
    for model in load_catalogue().models.values()
    if model.provider in ("anthropic", "openai", "gemini") and model.id != "claude-3-5-sonnet-20241022"
)


@pytest.fixture(scope="module")
def photo() -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize(SIZE).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize("detail", list(Detail))
@pytest.mark.parametrize("id", LIVING)
def test_every_model_takes_what_its_entry_says(
    id: str, detail: Detail, photo: bytes, wire: WireServer, connect: Connect
) -> None:
    model = load_catalogue().get(id)
    prepared = prepare(photo, SIZE, image_limits(model, detail))
    request = Request(
        model=id,
        turns=(Turn("user", "What is this?", (prepared,)),),
        max_output_tokens=model.max_output_tokens,
        effort=model.effort,
        schema={
            "type": "object",
            "properties": {"name": {"type": "string"}},
            "required": ["name"],
            "additionalProperties": False,
        },
        conversation="talk-1",
    )
    _, answer = all_of(connect(model.provider), request)
    asked = wire.requests[-1]
    assert (asked.refused, answer.stop) == ("", Stop.COMPLETE)
    assert asked.sha256 == (prepared.sha256,)
    assert asked.pictures[0].tokens == prepared.tokens


def test_a_model_that_has_ended_is_gone(wire: WireServer, connect: Connect) -> None:
    model = load_catalogue().get("claude-3-5-sonnet-20241022")
    with pytest.raises(Exception, match="claude-3-5-sonnet-20241022") as caught:
        all_of(connect("anthropic"), replace(ask("anthropic"), model=model.id, effort=None))
    assert type(caught.value).__name__ == "ModelNotFound"


def test_a_model_of_tomorrow_needs_no_code(wire: WireServer, connect: Connect) -> None:
    wire.models["claude-next-9"] = Known("anthropic", "claude-high")
    try:
        _, answer = all_of(connect("anthropic"), replace(ask("anthropic"), model="claude-next-9", effort=None))
    finally:
        del wire.models["claude-next-9"]
    assert answer.stop is Stop.COMPLETE
