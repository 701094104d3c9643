"""Comparisons of models as files: each format, one or all, for the owner only, hidden while the names are."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.web.conftest import Site
from vision.errors import StoreError
from vision.store import OwnedStore
from vision.store.records import Contest
from vision.web.contests import TYPES, export_url

WORDS = ("claude-haiku-5-5", "reader")
QUESTION = "=1+1 is what?"


def contest(site: Site, owner: str = "local", *, blind: bool = False) -> Contest:
    owned = site.runtime.store.of(owner)
    made = owned.create_contest(WORDS, (), "Receipt of Friday", blind=blind)
    owned.add_round(made.id, QUESTION)
    return made


@pytest.mark.parametrize("ending", TYPES)
@pytest.mark.parametrize("one", [True, False])
def test_one_or_all_as_a_file(site: Site, ending: str, one: bool) -> None:
    made = contest(site)
    reply = site.ask(export_url(ending, made.id if one else ""))
    assert reply.status == 200
    assert reply.headers["content-type"] == TYPES[ending]
    assert reply.headers["cache-control"] == "no-store"
    name = f"receipt-of-friday.{ending}" if one else f"comparisons-of-models.{ending}"
    assert f'filename="{name}"' in reply.headers["content-disposition"]
    text = reply.body.decode()
    assert all(word in text for word in WORDS)


def test_a_question_is_no_formula(site: Site) -> None:
    text = site.ask(export_url("csv", contest(site).id)).body.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["question"] for row in rows] == [f"'{QUESTION}"] * 2


@pytest.mark.parametrize("ending", TYPES)
def test_hidden_names_are_in_no_file(site: Site, ending: str) -> None:
    made = contest(site, blind=True)
    text = site.ask(export_url(ending, made.id)).body.decode()
    assert not any(word in text for word in WORDS)


def test_only_for_the_owner(site: Site) -> None:
    theirs = contest(site, "somebody")
    assert site.ask(export_url("json", theirs.id)).status == 404
    assert json.loads(site.ask(export_url("json")).body)["contests"] == []


def test_what_there_is_not(site: Site) -> None:
    assert site.ask("/contests/export.exe").status == 404
    assert site.ask(f"/contests/{'0' * 32}/export.csv").status == 404
    with pytest.raises(ValueError, match="exe"):
        export_url("exe")


def test_a_store_that_cannot_be_read_is_a_sentence(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise StoreError("The database cannot be read: look at the disk, then try again.")

    monkeypatch.setattr(OwnedStore, "contests", broken)
    reply = site.ask(export_url("csv"))
    assert reply.status == 503
    assert "disk" in reply.body.decode()
