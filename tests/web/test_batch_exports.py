"""Durable runs as files: every kind, for the owner only; a ZIP leaves nothing behind."""

from __future__ import annotations

import io
import json
import tempfile
import time
import zipfile
from pathlib import Path

import pytest

from tests.batch.desk import picture
from tests.web.conftest import Site
from vision.errors import StoreError
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.messages import Detail
from vision.models.catalog import READER
from vision.store import OwnedStore
from vision.store.batch_records import Terms
from vision.store.extract_records import Document, Run
from vision.store.runs import NO_FIELDS
from vision.web.batches import TYPES, export_url


def run(site: Site, owner: str = "local") -> Run:
    owned = site.runtime.store.of(owner)
    stored = add_picture(owned, picture(1), "a.png", OpenLimits())
    found = [Document("=1+1.png", (stored.id,)), Document("notes.txt", (), sentence="This is a text.")]
    terms = Terms("Is it signed?", key_holder="nobody:1:0")  # nobody drives it
    return owned.create_run(NO_FIELDS, found, choice=READER, detail=Detail.NORMAL, title="Forms of Friday", terms=terms)


@pytest.mark.parametrize("ending", TYPES)
def test_every_kind_of_file(site: Site, ending: str) -> None:
    reply = site.ask(export_url(run(site).id, ending))
    assert reply.status == 200
    assert reply.headers["content-type"] == TYPES[ending]
    assert reply.headers["cache-control"] == "no-store"
    assert f'filename="forms-of-friday.{ending}"' in reply.headers["content-disposition"]
    assert reply.body


def test_the_lines_are_there(site: Site) -> None:
    made = run(site)
    lines = [json.loads(one) for one in site.ask(export_url(made.id, "jsonl")).body.decode().splitlines()]
    assert [(one["file"], one["state"]) for one in lines] == [("=1+1.png", "waiting"), ("notes.txt", "skipped")]
    assert "'=1+1.png" in site.ask(export_url(made.id, "csv")).body.decode("utf-8-sig")


def test_a_zip_comes_from_a_file_that_is_gone_afterwards(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    reply = site.ask(export_url(run(site).id, "zip"))
    with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
        names = archive.namelist()
    assert "results.csv" in names
    assert any(name.startswith("pictures/") for name in names)
    until = time.monotonic() + 10
    while list(folder.iterdir()) and time.monotonic() < until:
        time.sleep(0.01)  # it goes right behind the last byte
    assert list(folder.iterdir()) == []


def test_whether_there_is_one_is_told_without_making_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*_: object) -> None:
        raise AssertionError("a file was made")

    found = run(site)
    monkeypatch.setattr("vision.web.batches.run_as_file", made)
    assert site.ask(export_url(found.id, "zip"), method="HEAD").status == 200
    assert site.ask(export_url("0" * 32, "zip"), method="HEAD").status == 404


def test_only_for_the_owner_and_only_what_there_is(site: Site) -> None:
    theirs = run(site, "somebody")
    assert site.ask(export_url(theirs.id, "csv")).status == 404
    assert site.ask(f"/batches/{'0' * 32}/export.csv").status == 404
    assert site.ask(f"/batches/{theirs.id}/export.exe").status == 404
    with pytest.raises(ValueError, match="exe"):
        export_url("1", "exe")


def test_a_store_that_cannot_be_read_is_a_sentence(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise StoreError("The database cannot be read: look at the disk, then try again.")

    found = run(site)
    monkeypatch.setattr(OwnedStore, "records", broken)
    reply = site.ask(export_url(found.id, "csv"))
    assert reply.status == 503
    assert "disk" in reply.body.decode()
