"""Local only holds for one chosen model as it does for a level: nothing leaves this network."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.routing.test_candidates import ALL, CATALOGUE, PHOTO, situation
from vision.choices import choosable
from vision.errors import NoAnswer
from vision.routing.levels import wanted
from vision.routing.plan import plan
from vision.settings import Typed
from vision.store.money_records import Preferences

DAY = date(2026, 11, 22)
ON = Preferences(local_only=True)


@pytest.fixture(autouse=True)
def nothing_set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOUPE_SECRETS_FILE", str(tmp_path / "none.toml"))
    monkeypatch.delenv("LOUPE_COMPATIBLE_URL", raising=False)


@pytest.mark.parametrize("word", ["claude-haiku-5-5", "gpt-6-luna", "gemini-3.8-flash", "claude-3-5-sonnet-20241022"])
def test_a_chosen_cloud_model_is_not_asked(word: str) -> None:
    found = plan(wanted(word), "", PHOTO, situation(ALL, ON))
    assert [(one.candidate, one.code) for one in found.standings] == [(False, "local_only")]
    with pytest.raises(NoAnswer, match=r"Local only is on in Settings.*choose another"):
        found.checked()
    assert plan(wanted(word), "", PHOTO, situation(ALL)).checked().candidates


def test_what_is_in_this_network_is() -> None:
    for word in ("reader", "compatible:llava"):
        assert plan(wanted(word), "", PHOTO, situation(ALL, ON)).checked().candidates
    away = plan(wanted("compatible:llava"), "", PHOTO, situation(ALL, ON, local_address=False))
    with pytest.raises(NoAnswer, match="its address is not in this network"):
        away.checked()


def test_the_list_leaves_cloud_models_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    words = [one.word for one in choosable(CATALOGUE, Typed(), DAY)]
    assert "claude-haiku-5-5" in words
    assert [one.word for one in choosable(CATALOGUE, Typed(), DAY, local_only=True)] == ["reader"]


def test_a_kept_cloud_model_says_why_it_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    kept = choosable(CATALOGUE, Typed(), DAY, "claude-haiku-5-5", local_only=True)[-1]
    assert (kept.ready, kept.label) == (False, "Claude Haiku 5.5 (switched off: Local only is on in Settings)")


def test_a_server_elsewhere_is_off_too() -> None:
    far = Typed(compatible_url="https://llm.example.com/v1")
    kept = choosable(CATALOGUE, far, DAY, "compatible:llava", local_only=True)[-1]
    assert (kept.ready, kept.label) == (False, "llava (switched off: Local only is on in Settings)")
    none = choosable(CATALOGUE, Typed(), DAY, "compatible:llava", local_only=True)[-1]
    assert "Local only" not in none.label
