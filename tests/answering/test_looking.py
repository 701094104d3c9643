"""The same picture is the same bytes through a talk, and what is shown before asking is what is sent."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.answering.talks import CLAUDE, GEMINI, Talks
from tests.wire import WireServer, fails
from vision.answering.looking import prepared_for_request, what_is_sent
from vision.errors import BadRequest, TooLarge
from vision.images.limits import OpenLimits
from vision.images.preparing import image_limits, request_bytes
from vision.ingest import add_picture
from vision.messages import Detail
from vision.models.catalog import Model, load_catalogue
from vision.store import State, StoredPicture

CATALOGUE = load_catalogue()


def noise(talks: Talks, seed: int, edge: int = 1500) -> StoredPicture:
    """As heavy as a picture of this size can be."""
    pixels = np.random.default_rng(seed).integers(0, 256, (edge, edge, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=85)
    return add_picture(talks.owned, out.getvalue(), f"{seed}.jpg", OpenLimits())


def shown(talks: Talks, *waiting: StoredPicture, word: str = GEMINI) -> dict[str, str]:
    turns = talks.owned.turns(talks.conversation_id) if talks.conversation_id else ()
    found = what_is_sent(talks.owned, CATALOGUE.get(word), Detail.FINE, turns, waiting)
    return {picture_id: prepared.sha256 for picture_id, prepared in found.items()}


def test_a_fourth_heavy_picture_leaves_the_bytes_of_the_first_and_what_is_shown_is_sent(
    wire: WireServer, talks: Talks
) -> None:
    heavy = [noise(talks, seed) for seed in range(4)]
    first = shown(talks, heavy[0])
    answers = []
    for picture in heavy:
        expected = shown(talks, picture)
        answers.append(talks.end(talks.ask("What is it?", picture, model=GEMINI, detail=Detail.FINE)))
        assert answers[-1].state is State.COMPLETE
        assert dict(zip(answers[-1].picture_ids, answers[-1].sent_sha256, strict=True)) == expected
        assert wire.requests[-1].sha256 == answers[-1].sent_sha256
    assert [answer.sent_sha256[0] for answer in answers] == [first[heavy[0].id]] * 4
    limits = image_limits(CATALOGUE.get(GEMINI), Detail.FINE)
    (alone,) = prepared_for_request(talks.owned, CATALOGUE.get(GEMINI), Detail.FINE, heavy[:1])
    assert limits.weight(alone) > request_bytes(CATALOGUE.get(GEMINI)) // 20  # heavy enough to prove it


def narrow(total: int) -> Model:
    model = CATALOGUE.get(CLAUDE)
    return replace(model, weights=replace(model.weights, request_bytes=total))


def test_only_what_is_too_heavy_together_is_made_lighter(talks: Talks) -> None:
    heavy, light = [noise(talks, seed, 700) for seed in range(2)], talks.picture("LIGHT")
    pictures = [heavy[0], light, heavy[1]]
    free = prepared_for_request(talks.owned, narrow(32_000_000), Detail.FINE, pictures)
    limits = image_limits(narrow(32_000_000), Detail.FINE)
    total = sum(map(limits.weight, free))
    tight = narrow(int(total * 0.9))
    squeezed = prepared_for_request(talks.owned, tight, Detail.FINE, pictures)
    assert sum(map(limits.weight, squeezed)) <= request_bytes(tight) < total
    assert squeezed[1] == free[1]
    assert [one.sha256 for one in squeezed] != [one.sha256 for one in free]
    assert prepared_for_request(talks.owned, tight, Detail.FINE, pictures) == squeezed
    assert prepared_for_request(talks.owned, tight, Detail.FINE, pictures[:2]) == free[:2]


def test_what_is_shown_counts_every_picture_that_is_sent_again(wire: WireServer, talks: Talks) -> None:
    assert shown(talks) == {}
    one, two = talks.picture("ONE"), talks.picture("TWO")
    wire.script(fails("overloaded"))
    talks.answered("What is it?", one, model=GEMINI)  # its picture goes with the next question
    assert set(shown(talks, two)) == {one.id, two.id}
    assert set(shown(talks)) == {one.id}


def test_what_cannot_be_asked_cannot_be_shown(talks: Talks) -> None:
    picture = talks.picture()
    many = replace(CATALOGUE.get(CLAUDE), max_pictures=2)
    with pytest.raises(TooLarge):
        prepared_for_request(talks.owned, many, Detail.NORMAL, [picture] * 3)
    blind = replace(CATALOGUE.get(CLAUDE), pictures=False)
    with pytest.raises(BadRequest, match="cannot look at pictures"):
        what_is_sent(talks.owned, blind, Detail.NORMAL, (), (picture,))


def test_stopped_it_prepares_no_more(talks: Talks) -> None:
    pictures = [talks.picture(str(number)) for number in range(3)]
    asked = itertools.count()
    found = prepared_for_request(
        talks.owned, CATALOGUE.get(CLAUDE), Detail.NORMAL, pictures, until=lambda: next(asked) == 1
    )
    assert len(found) == 1
