"""How far off the estimates are: tokens of a text, and what that does to the price of a question about a photo.

None of the vendors publishes the tokenizer of its current models. The reference is tekken, Mistral's of 130,000 words,
which mistral-common (Apache 2.0, for this bench only) carries in its wheel; how far the vendors' own are from it cannot
be seen here. Tekken makes a token of every digit, which others do not.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from statistics import mean

from vision.answering.talk import SYSTEM
from vision.messages import Detail, Usage
from vision.models.catalog import load_catalogue
from vision.models.prices import price
from vision.routing.estimating import FRAME_TOKENS, Shape, estimate
from vision.routing.text_tokens import most_text_tokens, text_tokens

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PHOTO = (4032, 3024)
Count = Callable[[str], int]


def run() -> None:
    """Prints two tables; nothing is asserted."""
    texts: Mapping[str, str] = tomllib.loads(Path(__file__).with_name("texts.toml").read_text(encoding="utf-8"))
    count = _reference()
    if count is None:
        print("mistral-common is not installed, so there is no tokenizer to compare with: only our own counts follow.")
    _of_texts(texts, count)
    if count is not None:
        _of_prices(texts, count)
    print(
        "How long answers really are is not measured here: the Costs page holds the estimate against what was billed."
    )


def _reference() -> Count | None:
    if find_spec("mistral_common") is None:
        return None
    import mistral_common  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - not among our packages
    from mistral_common.tokens.tokenizers.tekken import (  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415
        Tekkenizer,
    )

    newest = max((Path(mistral_common.__file__).parent / "data").glob("tekken_*.json"))
    tokenizer = Tekkenizer.from_file(newest)
    return lambda text: len(tokenizer.encode(text, bos=False, eos=False))


def _of_texts(texts: Mapping[str, str], count: Count | None) -> None:
    print(f"{'text':15} {'characters':>10} {'bytes':>6} {'ours':>5} {'tekken':>7} {'error':>6}")
    errors = []
    for name, text in texts.items():
        ours = text_tokens(text)
        line = f"{name:15} {len(text):10} {most_text_tokens(text):6} {ours:5}"
        if count is not None:
            counted = count(text)
            errors.append(ours / counted - 1)
            line += f" {counted:7} {errors[-1]:+6.0%}"
        print(line)
    if errors:
        print(
            f"error: {mean(errors):+.0%} on average, {mean(map(abs, errors)):.0%} either way, "
            f"from {min(errors):+.0%} to {max(errors):+.0%}"
        )


def _of_prices(texts: Mapping[str, str], count: Count) -> None:
    """The same question, photo and answer, with our count of the text and with the reference's."""
    head = "price of a question about a 12-megapixel photo, normal detail"
    print(f"\n{head:62} {'average':>8} {'worst':>6} {'bound':>6}")
    for model in load_catalogue().models.values():
        if model.level is None:
            continue
        errors, bounds = [], []
        for text in texts.values():
            shape = Shape((PHOTO,), Detail.NORMAL, (SYSTEM, text))
            found = estimate(model, shape, NOW)
            words = sum(count(one) + FRAME_TOKENS for one in shape.texts)
            counted = Usage(input_tokens=found.image_tokens + words, output_tokens=shape.output_tokens[0])
            billed = price(model, counted, NOW)
            if billed is None or found.low is None or found.upper is None:
                continue
            errors.append(float(found.low / billed - 1))
            bounds.append(float(found.upper / billed))
        print(
            f"{model.label:62} {mean(map(abs, errors)):8.1%} {max(errors, key=abs):+6.1%} {mean(bounds):5.0f}x"
            if errors
            else f"{model.label:62} price unknown"
        )
    print("bound: what is reserved against the caps, as a multiple of a short answer's price (the whole output cap)")
