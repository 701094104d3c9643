"""Settings: environment (``LOUPE_...``), then ``.streamlit/secrets.toml``, then defaults. Keys stay in memory.

Keys use the providers' native names (ANTHROPIC_API_KEY ...). A key typed into the page belongs to one browser session
and is handed over as ``typed``; it wins over the environment, which wins over secrets.toml.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from vision.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
SECRETS_FILE = ROOT / ".streamlit" / "secrets.toml"
LOCAL_OWNER = "local"


class Settings(BaseSettings):
    """Everything that can be set by ``LOUPE_<NAME>``. Sizes in bytes or pixels, times in seconds."""

    model_config = SettingsConfigDict(env_prefix="LOUPE_", frozen=True, extra="ignore")

    data_dir: Path = ROOT / "data"
    database_url: str = ""
    blob_url: str = ""
    port: int = Field(8501, ge=1, le=65535)

    max_file_bytes: int = Field(50_000_000, gt=0)
    max_pixels: int = Field(120_000_000, gt=0)
    max_pages: int = Field(200, gt=0)
    decode_seconds: float = Field(10.0, gt=0)
    decode_memory_bytes: int = Field(1 << 30, gt=0)
    max_upload_files: int = Field(1000, gt=0)
    max_upload_bytes: int = Field(5_000_000_000, gt=0)

    answer_seconds: float = Field(120.0, gt=0)

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'loupe.db'}"

    @property
    def blobs(self) -> str:
        return self.blob_url or (self.data_dir.resolve() / "blobs").as_uri()


def load_settings() -> Settings:
    """The settings of this process. Raises SettingsError with the name of the first setting that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "LOUPE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"The setting {name} cannot be used: {first['msg'].lower()}.") from None


# Which environment names hold a provider's key, in the order in which the provider's own SDK reads them.
KEY_NAMES: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "gemini": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "compatible": ("LOUPE_COMPATIBLE_KEY",),
}
URL_NAMES: Mapping[str, str] = {
    "anthropic": "ANTHROPIC_BASE_URL",
    "openai": "OPENAI_BASE_URL",
    "gemini": "GOOGLE_GEMINI_BASE_URL",
    "compatible": "LOUPE_COMPATIBLE_URL",
}


@dataclass(frozen=True, slots=True)
class Credential:
    """What is needed to talk to one provider. ``source`` says in words where the key comes from."""

    provider: str
    key: SecretStr = field(repr=False)
    base_url: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Typed:
    """Keys and an address typed into the page: this browser session only, never stored."""

    keys: Mapping[str, SecretStr] = field(default_factory=dict, repr=False)
    compatible_url: str = ""


@lru_cache(maxsize=8)
def _secrets(path: Path, _modified: float) -> Mapping[str, str]:
    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise SettingsError(f"{path.name} is not valid TOML: correct it or remove it, then start again.") from None
    return {name: value for name, value in found.items() if isinstance(value, str)}


def read_secrets(path: Path = SECRETS_FILE) -> Mapping[str, str]:
    """The strings of secrets.toml, or nothing if there is no such file."""
    try:
        return _secrets(path, path.stat().st_mtime)
    except FileNotFoundError:
        return {}


def credential(
    provider: str,
    typed: Typed | None = None,
    environment: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Credential | None:
    """The credential for ``provider``, or None if it is not set up. Typed wins over environment over secrets.toml.

    A local server needs an address but no key; the three others need a key but no address.
    """
    typed = typed or Typed()
    environment = os.environ if environment is None else environment
    secrets = read_secrets() if secrets is None else secrets
    url_name = URL_NAMES[provider]
    url = environment.get(url_name, "").strip() or secrets.get(url_name, "").strip()
    if provider == "compatible" and typed.compatible_url.strip():
        url = typed.compatible_url.strip()
    key, source = _key(provider, typed, environment, secrets)
    if provider == "compatible":
        if not url:
            return None
        return Credential(provider, SecretStr(key), url, source or "no key needed")
    if not key:
        return None
    return Credential(provider, SecretStr(key), url or None, source)


def _key(provider: str, typed: Typed, environment: Mapping[str, str], secrets: Mapping[str, str]) -> tuple[str, str]:
    if provider in typed.keys and typed.keys[provider].get_secret_value().strip():
        return typed.keys[provider].get_secret_value().strip(), "typed in Settings, this session only"
    for where, values in (("environment", environment), ("secrets.toml", secrets)):
        for name in KEY_NAMES[provider]:
            if values.get(name, "").strip():
                return values[name].strip(), f"{name} in {'the ' if where == 'environment' else ''}{where}"
    return "", ""


def credentials(typed: Typed | None = None) -> Mapping[str, Credential]:
    """Every provider that is set up, by name."""
    found = {name: credential(name, typed) for name in KEY_NAMES}
    return {name: value for name, value in found.items() if value is not None}
