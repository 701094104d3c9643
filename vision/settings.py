"""Settings: environment (``LOUPE_...``), then ``.streamlit/secrets.toml``, then defaults. Keys stay in memory.

One reading for the app and the terminal: relative paths mean the folder in which the process was started, and
``as_environment`` hands them on to a process that is started elsewhere.

Keys use the providers' native names (ANTHROPIC_API_KEY ...). A key typed into the page belongs to one browser session
and is handed over as ``typed``; it wins over the environment, which wins over secrets.toml. Where that file is, only
the environment can say (``LOUPE_SECRETS_FILE``).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from vision.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
SECRETS_FILE = ROOT / ".streamlit" / "secrets.toml"
SECRETS_NAME = "LOUPE_SECRETS_FILE"
LOCAL_OWNER = "local"
PREFIX = "LOUPE_"


class Settings(BaseSettings):
    """Everything that can be set by ``LOUPE_<NAME>``. Sizes in bytes or pixels, times in seconds."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data_dir: Path = ROOT / "data"
    database_url: str = ""
    blob_url: str = ""
    port: int = Field(8501, ge=1, le=65535)

    max_file_bytes: int = Field(50_000_000, gt=0)
    max_pixels: int = Field(120_000_000, gt=0)
    max_pages: int = Field(200, gt=0)
    decode_seconds: float = Field(10.0, gt=0)
    decode_memory_bytes: int = Field(1 << 30, gt=0)
    max_upload_files: int = Field(10_000, gt=0)
    max_upload_bytes: int = Field(5_000_000_000, gt=0)
    max_archive_file_bytes: int = Field(2_000_000_000, gt=0)
    max_archive_files: int = Field(10_000, gt=0)
    max_archive_bytes: int = Field(5_000_000_000, gt=0)
    max_archive_ratio: int = Field(200, gt=0)

    answer_seconds: float = Field(120.0, gt=0)
    batch_parallel: int = Field(32, ge=1, le=256)
    silence_seconds: float = Field(40.0, gt=0)
    installation_day_cap: Decimal | None = Field(None, ge=0)
    local_model: str = ""

    @field_validator("data_dir")
    @classmethod
    def _from_here(cls, path: Path) -> Path:
        return absolute(path)

    @field_validator("database_url")
    @classmethod
    def _file_from_here(cls, url: str) -> str:
        driver, found, rest = url.partition(":///")
        name, mark, query = rest.partition("?")
        # neither a database in memory, nor SQLite's own "file:" form, nor a drive letter
        if driver.partition("+")[0] != "sqlite" or not found or not name or ":" in name or name.startswith("/"):
            return url
        return f"{driver}:///{quote(str(Path.cwd()))}/{name}{mark}{query}"

    @field_validator("blob_url")
    @classmethod
    def _folder_from_here(cls, url: str) -> str:
        return str(absolute(Path(url))) if url and not is_url(url) else url

    @property
    def database(self) -> str | Path:
        """The URL that was set, or the SQLite file of the data folder: a path, which no URL has to spell."""
        return self.database_url or self.data_dir / "loupe.db"

    @property
    def blobs(self) -> str | Path:
        """The URL that was set, or a folder."""
        if not self.blob_url:
            return self.data_dir / "blobs"
        return self.blob_url if is_url(self.blob_url) else Path(self.blob_url)

    def as_environment(self) -> Mapping[str, str]:
        """What a process in another folder needs, so that every path means the same to it."""
        names = ("data_dir", "database_url", "blob_url")
        found = {f"{PREFIX}{name.upper()}": str(getattr(self, name)) for name in names if getattr(self, name)}
        return {**found, SECRETS_NAME: str(secrets_file())}


def is_url(text: str) -> bool:
    """Whether ``text`` is an address rather than the name of a file or folder."""
    return "://" in text or text.startswith("file:")


def absolute(path: Path) -> Path:
    """``path`` from the folder in which this process was started; ``~`` is the home folder. Raises ValueError."""
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        raise ValueError("there is no such home folder") from None


def load_settings() -> Settings:
    """The settings of this process. Raises SettingsError with the name of the first setting that cannot be used."""
    in_environment = {name.upper() for name in os.environ}
    others = {name: value for name, value in read_secrets().items() if value and name not in in_environment}
    try:
        mine = {name[len(PREFIX) :].lower(): value for name, value in others.items() if name.startswith(PREFIX)}
        return Settings.model_validate(mine)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        reason = first["msg"].removeprefix("Value error, ").lower()
        raise SettingsError(f"The setting {name} cannot be used: {reason}.") from None


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


def secrets_file() -> Path:
    """Where secrets.toml is, or would be. Raises SettingsError."""
    named = os.environ.get(SECRETS_NAME, "").strip()
    try:
        return absolute(Path(named)) if named else SECRETS_FILE
    except ValueError as error:
        raise SettingsError(f"The setting {SECRETS_NAME} cannot be used: {error}.") from None


@lru_cache(maxsize=8)
def _secrets(path: Path, _modified: int) -> Mapping[str, str]:
    with path.open("rb") as file:
        found = tomllib.load(file)
    return {name: str(value) for name, value in found.items() if type(value) in (str, int, float)}


def read_secrets(path: Path | None = None) -> Mapping[str, str]:
    """The strings and numbers of secrets.toml, or nothing if there is no such file. Raises SettingsError."""
    path = path or secrets_file()
    try:
        return _secrets(path, path.stat().st_mtime_ns)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise SettingsError(f"{path.name} is not valid TOML: correct it or remove it, then start again.") from None
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise SettingsError(f"{path.name} cannot be read ({reason}): correct that or remove it.") from None


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
