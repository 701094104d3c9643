"""The catalogue: what ships is whole, what has ended says so, a new model is an entry and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from vision.errors import LoupeError, ModelNotFound, NotThere, SettingsError
from vision.messages import Detail
from vision.models.catalog import CATALOG_FILE, load_catalogue, resolve

TODAY = date(2026, 11, 22)
NEW_MODEL = """
[models."claude-next-6"]
provider = "anthropic"
label = "Claude Next 6"
rule = "claude-high"
effort = "low"
thinks = true
max_output_tokens = 3000
context_tokens = 2_000_000
max_pictures = 600
schema = true
checked = 2026-11-22
sources = { accepts = "a page", effort = "a page" }
"""


def catalogue_with(folder: Path, addition: str = "", *, old: str = "", new: str = "") -> Path:
    text = CATALOG_FILE.read_text("utf-8")
    if old:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "catalog.toml"
    path.write_text(text + addition, "utf-8")
    return path


def test_every_provider_has_its_three_levels() -> None:
    catalogue = load_catalogue()
    for provider in ("anthropic", "openai", "gemini"):
        levels = {model.level for model in catalogue.of(provider)}
        assert {"quick", "balanced", "best"} <= levels
        default = catalogue.default(provider)
        assert default.level == "balanced"
        assert catalogue.usable(default, TODAY) is None


def test_output_caps_leave_room_for_thinking() -> None:
    for model in load_catalogue().models.values():
        assert model.max_output_tokens >= (2000 if model.thinks else 1024)


def test_every_entry_says_where_it_comes_from() -> None:
    for model in load_catalogue().models.values():
        assert model.source
        assert model.checked <= TODAY


def test_effort_is_left_out_where_a_model_has_none() -> None:
    models = load_catalogue().models
    assert models["claude-haiku-4-5"].effort is None
    assert models["claude-haiku-5-5"].effort == "low"
    assert models["gpt-6-luna"].effort == "none"
    assert models["gemini-3.5-flash-lite"].effort == "minimal"


@pytest.mark.parametrize(
    ("id", "end", "successor"),
    [
        ("claude-3-5-sonnet-20241022", date(2025, 10, 28), "claude-sonnet-5-5"),
        ("claude-sonnet-4-5", date(2026, 11, 30), "claude-sonnet-5-5"),
        ("gemini-2.5-flash", date(2026, 12, 1), "gemini-3.5-flash-lite"),
        ("gpt-5", date(2026, 12, 11), "gpt-6.1-terra"),
        ("gpt-4.1", date(2027, 1, 14), "gpt-6-luna"),
    ],
)
def test_models_of_the_original_scripts_end(id: str, end: date, successor: str) -> None:
    catalogue = load_catalogue()
    assert resolve(catalogue, id, end - timedelta(days=1)).id == id
    with pytest.raises(ModelNotFound) as caught:
        resolve(catalogue, id, end)
    assert successor in str(caught.value)
    assert str(end.year) in str(caught.value)


def test_an_ended_successor_is_passed_over(tmp_path: Path) -> None:
    path = catalogue_with(tmp_path, old='successor = "gpt-6-luna"', new='successor = "gpt-5"')
    catalogue = load_catalogue(path)
    ending = catalogue.usable(catalogue.get("gpt-4.1"), date(2027, 2, 1))
    assert ending is not None
    assert ending.successor is not None
    assert ending.successor.id == "gpt-6.1-terra"


def test_the_reader_is_a_model() -> None:
    model = resolve(load_catalogue(), "reader", TODAY)
    assert (model.provider, model.word, model.rule) == ("reader", "reader", "none")
    assert not model.ended(date(2100, 1, 1))


def test_a_compatible_model_takes_any_name() -> None:
    model = resolve(load_catalogue(), " compatible:qwen3-vl:8b ", TODAY)
    assert (model.provider, model.id, model.word) == ("compatible", "qwen3-vl:8b", "compatible:qwen3-vl:8b")
    assert model.label == "qwen3-vl:8b"
    assert model.context_tokens is None
    assert not model.image.exact
    assert resolve(load_catalogue(), model.word, TODAY) == model


@pytest.mark.parametrize("word", ["compatible", "compatible:", "compatible: "])
def test_a_compatible_model_needs_a_name(word: str) -> None:
    with pytest.raises(NotThere, match="compatible:llava"):
        resolve(load_catalogue(), word, TODAY)


def test_a_wrong_name_gets_the_nearest_living_ones() -> None:
    with pytest.raises(NotThere, match="claude-sonnet-5-5") as caught:
        resolve(load_catalogue(), "claude-sonet-5-5", date(2027, 6, 1))
    assert "claude-sonnet-4-5" not in str(caught.value)
    with pytest.raises(NotThere, match="lists the ones"):
        resolve(load_catalogue(), "zzzz\n" * 50, TODAY)


def test_a_new_model_is_an_entry_only(tmp_path: Path) -> None:
    catalogue = load_catalogue(catalogue_with(tmp_path, NEW_MODEL))
    model = resolve(catalogue, "claude-next-6", TODAY)
    assert model.max_output_tokens == 3000
    assert model.image.bounds(Detail.FINE).max_edge == 2576
    assert model in catalogue.of("anthropic")
    assert len({*catalogue.models.values()}) == len(load_catalogue().models) + 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('tier = "quick"', 'tier = "fast"', "claude-haiku-5-5"),
        ('tier = "best"', 'tier = "quick"', "anthropic has 2 models of the tier quick"),
        ("max_output_tokens = 4000", "max_output_tokens = 1500", "2000 or more"),
        ('successor = "gpt-6-luna"', 'successor = "gpt-99"', "gpt-99"),
        ('successor = "gpt-6-luna"', 'successor = "gpt-4.1"', "circle"),
        ('rule = "openai-patch"', 'rule = "openai-pach"', "openai-pach"),
        ("image_exact = false", "image_exat = false", "image_exat"),
        ('retires = "openai 3.54.0', 'prices = "openai 3.54.0', "sources.retires"),
        (", max_patches = 4784 }", " }", "claude-high"),
        ("[providers.openai]", "[providers.openai", "not valid TOML"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = catalogue_with(tmp_path, old=old, new=new)
    with pytest.raises(SettingsError) as caught:
        load_catalogue(path)
    assert "catalog.toml" in str(caught.value)
    assert told in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(LoupeError, match="is missing"):
        load_catalogue(tmp_path / "none.toml")
