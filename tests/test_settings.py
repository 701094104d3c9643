"""Where settings come from, and that every path among them names the same place for every process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vision.errors import SettingsError
from vision.settings import KEY_NAMES, ROOT, URL_NAMES, Settings, credential, load_settings, read_secrets
from vision.store import Store


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing set, in an empty folder."""
    for name in [*(name for names in KEY_NAMES.values() for name in names), *URL_NAMES.values()]:
        monkeypatch.delenv(name, raising=False)
    for name in ("DATA_DIR", "DATABASE_URL", "BLOB_URL", "PORT"):
        monkeypatch.delenv(f"LOUPE_{name}", raising=False)
    monkeypatch.setenv("LOUPE_SECRETS_FILE", str(tmp_path / "secrets.toml"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


NAMES = ["a b", "c%41d", "i#j", "Möhren", "k%20l", "50%", "a+b&c=d;e", "[x]"]
if sys.platform != "win32":  # no such names there
    NAMES += ["g?h", "a::b", "*", "l\nm"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("given", ["data folder", "blob folder", "file url"])
def test_any_folder_name_holds_database_and_pictures(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, given: str
) -> None:
    data = folder / name / "data"
    monkeypatch.setenv("LOUPE_DATA_DIR", str(data))
    if given != "data folder":
        pictures = folder / name / "pictures"
        monkeypatch.setenv("LOUPE_BLOB_URL", str(pictures) if given == "blob folder" else pictures.as_uri())
    store = Store.from_settings(load_settings())
    sha256 = store.blobs.put(b"picture")
    path = store.blobs.path(sha256)
    assert store.blobs.get(sha256) == b"picture"
    assert list(store.blobs.names()) == [sha256]
    store.of("local").create_conversation()
    store.close()
    assert path is not None
    assert path.is_relative_to(data / "blobs" if given == "data folder" else pictures)
    assert (data / "loupe.db").is_file()
    assert [found.name for found in folder.iterdir()] == [name]
    again = Store.from_settings(load_settings())
    assert again.blobs.exists(sha256)
    assert len(again.of("local").conversations()) == 1
    again.close()


def test_a_database_elsewhere_leaves_the_pictures_in_the_data_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUPE_DATA_DIR", "data")
    monkeypatch.setenv("LOUPE_DATABASE_URL", f"sqlite:///{folder / 'elsewhere.db'}")
    settings = load_settings()
    assert settings.blobs == folder / "data" / "blobs"
    Store.from_settings(settings).close()
    assert {found.name for found in folder.iterdir()} >= {"elsewhere.db", "data"}
    assert not (folder / "data" / "loupe.db").exists()


@pytest.mark.parametrize(
    ("name", "value", "becomes"),
    [
        ("LOUPE_DATA_DIR", "her data", "{}/her data"),
        ("LOUPE_DATA_DIR", "~/data", "{}/home/data"),
        ("LOUPE_DATABASE_URL", "sqlite:///her.db", "sqlite:///{}/her.db"),
        ("LOUPE_DATABASE_URL", "sqlite+pysqlite:///a/her.db?timeout=3", "sqlite+pysqlite:///{}/a/her.db?timeout=3"),
        ("LOUPE_DATABASE_URL", "sqlite:////her.db", "sqlite:////her.db"),
        ("LOUPE_DATABASE_URL", "sqlite:///:memory:", "sqlite:///:memory:"),
        ("LOUPE_DATABASE_URL", "postgresql+psycopg://her@db/loupe", "postgresql+psycopg://her@db/loupe"),
        ("LOUPE_BLOB_URL", "pictures", "{}/pictures"),
        ("LOUPE_BLOB_URL", "s3://bucket/pictures", "s3://bucket/pictures"),
        ("LOUPE_SECRETS_FILE", "mine.toml", "{}/mine.toml"),
    ],
)
def test_relative_means_from_here_also_for_a_process_started_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, becomes: str
) -> None:
    monkeypatch.setenv(name, value)
    settings = load_settings()
    handed_on = settings.as_environment()
    assert handed_on[name] == becomes.format(folder)
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    for each, text in handed_on.items():
        monkeypatch.setenv(each, text)
    there = load_settings()
    assert (there.database, there.blobs, there.as_environment()) == (settings.database, settings.blobs, handed_on)


def test_a_home_folder_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_DATA_DIR", "~nobody-of-this-name/data")
    with pytest.raises(SettingsError, match="LOUPE_DATA_DIR cannot be used: there is no such home folder"):
        load_settings()


def test_secrets_file_holds_settings_and_keys_and_the_environment_wins(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "secrets.toml").write_text(
        'ANTHROPIC_API_KEY = "from the file"\nLOUPE_PORT = 8600\nLOUPE_DATA_DIR = "filed"\nLOUPE_MAX_PAGES = "7"\n'
        "LOUPE_NO_SUCH = 1\n[table]\nx = 1\n"
    )
    settings = load_settings()
    assert (settings.port, settings.data_dir, settings.max_pages) == (8600, folder / "filed", 7)
    found = credential("anthropic")
    assert found is not None
    assert (found.key.get_secret_value(), found.source) == ("from the file", "ANTHROPIC_API_KEY in secrets.toml")
    monkeypatch.setenv("LOUPE_PORT", "8700")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "from outside")
    assert load_settings().port == 8700
    outside = credential("anthropic")
    assert outside is not None
    assert outside.key.get_secret_value() == "from outside"


@pytest.mark.parametrize("content", [b"this is = = no toml", b"\xff\xfe", b'KEY = "unfinished'])
def test_broken_secrets_file_is_a_sentence(folder: Path, content: bytes) -> None:
    (folder / "secrets.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"^secrets\.toml is not valid TOML"):
        load_settings()


def test_unreadable_secrets_file_is_a_sentence_and_a_missing_one_is_none(folder: Path) -> None:
    assert read_secrets() == {}
    (folder / "secrets.toml").mkdir()
    with pytest.raises(SettingsError, match=r"^secrets\.toml cannot be read"):
        read_secrets()


def test_secrets_bad_setting_is_named(folder: Path) -> None:
    (folder / "secrets.toml").write_text('LOUPE_PORT = "many"')
    with pytest.raises(SettingsError, match="LOUPE_PORT"):
        load_settings()


def test_streamlit_does_not_read_the_file_by_itself() -> None:
    """It would put every line into the environment of the server, over what is set there."""
    code = "from streamlit import config; print(config.get_option('secrets.files'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_settings_given_in_code_need_no_environment(folder: Path) -> None:
    assert Settings(data_dir=Path("mine")).database == folder / "mine" / "loupe.db"
