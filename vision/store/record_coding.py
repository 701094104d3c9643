"""Between records and what their rows hold as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from vision.fields.model import Path, parse_path, path_text
from vision.fields.values import Doubt, Support
from vision.messages import Attempt

_attempts: TypeAdapter[tuple[Attempt, ...]] = TypeAdapter(tuple[Attempt, ...])
_doubts: TypeAdapter[tuple[Doubt, ...]] = TypeAdapter(tuple[Doubt, ...])
_support: TypeAdapter[Support] = TypeAdapter(Support)


def attempts_json(attempts: tuple[Attempt, ...]) -> list[Any]:
    found: list[Any] = _attempts.dump_python(attempts, mode="json")
    return found


def attempts_of(rows: list[Any]) -> tuple[Attempt, ...]:
    return _attempts.validate_python(rows)


def doubts_json(doubts: tuple[Doubt, ...]) -> list[Any]:
    found: list[Any] = _doubts.dump_python(doubts, mode="json")
    return found


def doubts_of(rows: list[Any]) -> tuple[Doubt, ...]:
    return _doubts.validate_python(rows)


def supports_json(supports: Mapping[Path, Support]) -> dict[str, Any]:
    return {path_text(path): _support.dump_python(found, mode="json") for path, found in supports.items()}


def supports_of(rows: Mapping[str, Any]) -> dict[Path, Support]:
    return {parse_path(path): _support.validate_python(found) for path, found in rows.items()}


def cost_of(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def cost_text(cost: Decimal | None) -> str | None:
    return None if cost is None else str(cost)
