"""Text as any database takes it. Models, files and people send what no database stores: NUL, halves of characters.

Every column of text or JSON goes through one of these types, so that nothing that is written can be forgotten.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Dialect, String, Text, TypeDecorator


def storable(text: str) -> str:
    """``text`` without NUL; the two halves of a character (surrogates) joined, a half alone replaced by ``?``."""
    joined = text.replace("\x00", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return joined.encode("utf-8", "replace").decode("utf-8")


def storable_json(value: Any) -> Any:
    """The same for every text within a JSON value."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): storable_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(one) for one in value]
    return value


class Words(TypeDecorator[str]):
    """Text of any length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Label(TypeDecorator[str]):
    """Text of a column with a length."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Document(TypeDecorator[Any]):
    """A JSON value."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        return storable_json(value)
