"""The catalogue against what a service lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from vision.models.catalog import Catalogue, load_catalogue
from vision.models.refreshing import Change, Compared, Listed, compare

TODAY = date(2026, 11, 22)
CATALOGUE = load_catalogue()


def same(provider: str, catalogue: Catalogue = CATALOGUE) -> dict[str, Listed]:
    """What a service would list that has exactly what the catalogue says."""
    return {
        model.id: Listed(model.id, model.context_tokens, 128_000, "", model.retires, None)
        for model in catalogue.of(provider)
        if not model.ended(TODAY)
    }


def compared(provider: str, *listed: Listed, without: str = "", today: date = TODAY) -> Compared:
    found = same(provider) | {one.id: one for one in listed}
    found.pop(without, None)
    return compare(CATALOGUE, provider, list(found.values()), today)


@pytest.mark.parametrize("provider", ["anthropic", "openai", "gemini"])
def test_what_is_as_in_the_catalogue_is_nothing_to_tell(provider: str) -> None:
    assert compared(provider) == Compared()


def test_new_ones_are_told_with_what_is_known_of_them() -> None:
    next_one = Listed("claude-next-9", 2_000_000, 128_000, "active", None, True)
    assert compared("anthropic", next_one) == Compared(new=(next_one,))
    assert compared("openai", Listed("gpt-7")).new == (Listed("gpt-7"),)


@pytest.mark.parametrize(
    "one",
    [
        Listed("claude-words-1", pictures=False),
        Listed("claude-old-1", lifecycle="retired", pictures=True),
        *map(Listed, ("text-embedding-4", "gpt-6-realtime", "whisper-2", "gpt-image-3", "sora-3", "gemini-4-tts")),
    ],
)
def test_what_cannot_be_asked_about_a_picture_is_not_new(one: Listed) -> None:
    assert compared("openai", one) == Compared()


def test_a_service_that_says_pictures_is_believed_over_the_name() -> None:
    assert compared("anthropic", Listed("claude-live-1", pictures=True)).new != ()


@pytest.mark.parametrize("id", ["gpt-6-luna-2026-09-22", "gpt-6-luna-20260922", "gpt-6-luna-001", "gpt-6-luna-latest"])
def test_a_dated_name_counts_as_its_model(id: str) -> None:
    assert compared("openai", Listed(id)) == Compared()
    assert compared("openai", Listed(id), without="gpt-6-luna") == Compared()


def test_a_new_model_and_its_dated_name_are_told_once() -> None:
    assert compared("openai", Listed("gpt-7-2027-01-01"), Listed("gpt-7")).new == (Listed("gpt-7"),)
    assert compared("openai", Listed("gpt-7"), Listed("gpt-7-2027-01-01")).new == (Listed("gpt-7"),)


def test_what_is_no_longer_listed_is_gone() -> None:
    assert compared("gemini", without="gemini-4-argon") == Compared(gone=("gemini-4-argon",))
    after = compared("gemini", without="gemini-2.5-flash", today=date(2026, 12, 1))
    assert after.gone == ()  # it has ended here too


def test_a_local_server_has_no_entries_to_compare() -> None:
    assert compare(CATALOGUE, "compatible", [Listed("llava:7b")], TODAY) == Compared()


@pytest.mark.parametrize(
    ("provider", "id", "changes", "what"),
    [
        ("anthropic", "claude-haiku-5-5", {"input_tokens": 500_000}, "takes 500,000 tokens, here 1,000,000"),
        ("anthropic", "claude-haiku-5-5", {"input_tokens": 1_048_576}, ""),
        ("anthropic", "claude-haiku-5-5", {"input_tokens": None}, ""),
        ("anthropic", "claude-sonnet-5-5", {"output_tokens": 3000},
         "writes at most 3,000 tokens, here 4,000 are asked for"),
        ("anthropic", "claude-haiku-5-5", {"pictures": False}, "takes no pictures there"),
        ("anthropic", "claude-haiku-5-5", {"pictures": True}, ""),
        ("anthropic", "claude-haiku-5-5", {"lifecycle": "active"}, ""),
        ("anthropic", "claude-haiku-5-5", {"lifecycle": "deprecated"}, "deprecated there, here no end is known"),
        ("anthropic", "claude-haiku-5-5", {"lifecycle": "retired"}, "retired there"),
        ("anthropic", "claude-haiku-5-5", {"lifecycle": "deprecated", "retires": date(2027, 10, 7)},
         "ends on 2027-10-07, here no end is known"),
        ("anthropic", "claude-sonnet-4-5", {"lifecycle": "deprecated"}, ""),
        ("anthropic", "claude-sonnet-4-5", {"lifecycle": "deprecated", "retires": None}, ""),
        ("anthropic", "claude-sonnet-4-5", {"retires": date(2026, 12, 15)}, "ends on 2026-12-15, here on 2026-11-30"),
        ("anthropic", "claude-sonnet-4-5", {"lifecycle": "retired"}, "retired there, here it ends on 2026-11-30"),
        ("openai", "gpt-5", {"retires": date(2026, 12, 11)}, ""),
    ],
)  # fmt: skip
def test_what_differs_is_told_in_words(provider: str, id: str, changes: dict[str, object], what: str) -> None:
    found = compared(provider, replace(same(provider)[id], **changes))  # type: ignore[arg-type]
    assert found == Compared(changed=(Change(id, what),) if what else ())


def test_a_model_that_lives_longer_than_we_thought() -> None:
    found = compared("gemini", today=date(2026, 12, 1))
    assert found.changed == (Change("gemini-2.5-flash", "still listed, but ended here on 2026-12-01"),)
    retired = Listed("claude-3-5-sonnet-20241022", lifecycle="retired")
    assert compared("anthropic", retired) == Compared()
