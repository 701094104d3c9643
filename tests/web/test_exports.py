"""Talks as files: each format, its headers, for the owner only, under any title."""

from __future__ import annotations

import json
import unicodedata
from urllib.parse import unquote

import pytest

from tests.web.conftest import Reply, Site
from tests.web.test_routes import photo
from vision.errors import StoreError
from vision.export import to_html, to_json, to_markdown
from vision.ingest import add_picture
from vision.store import OwnedStore
from vision.web.exports import TYPES, attachment, export_url, file_name
from vision.web.headers import SECURITY_HEADERS

QUESTION = "What is the <b>total</b>?"


def talk(site: Site, owner: str = "local", title: str = "Receipt of Friday") -> str:
    """A talk with a picture and a question; its id."""
    owned = site.runtime.store.of(owner)
    stored = add_picture(owned, photo(), "a.jpg", site.runtime.open_limits)
    made = owned.create_conversation()
    owned.add_turn(made.id, QUESTION, [stored.id])
    owned.rename_conversation(made.id, title)
    return made.id


def named(reply: Reply) -> tuple[str, str]:
    """The plain name and the full name in Content-Disposition."""
    kind, plain, full = reply.headers["content-disposition"].split("; ")
    assert kind == "attachment"
    return plain.removeprefix("filename=").strip('"'), unquote(full.removeprefix("filename*=UTF-8''"))


@pytest.mark.parametrize("ending", TYPES)
def test_a_talk_as_a_file(site: Site, ending: str) -> None:
    id_ = talk(site)
    reply = site.ask(export_url(id_, ending))
    assert reply.status == 200
    assert reply.headers["content-type"] == TYPES[ending]
    assert reply.headers["cache-control"] == "no-store"
    assert SECURITY_HEADERS.items() <= reply.headers.items()
    assert named(reply) == (f"receipt-of-friday.{ending}", f"receipt-of-friday.{ending}")
    owned: OwnedStore = site.runtime.store.of("local")
    record, turns = owned.conversation(id_), owned.turns(id_)
    expected = {
        "html": to_html(record, turns, lambda picture: owned.picture_bytes(picture, "preview")),
        "md": to_markdown(record, turns),
        "json": to_json(record, turns),
    }
    assert reply.body.decode() == expected[ending]
    head = site.ask(export_url(id_, ending), method="HEAD")
    assert (head.status, head.body) == (200, b"")


def test_the_file_is_the_talk_of_this_moment(site: Site) -> None:
    id_ = talk(site)
    site.runtime.store.of("local").add_turn(id_, "And the date?")
    turns = json.loads(site.ask(export_url(id_, "json")).body)["turns"]
    assert [turn["question"] for turn in turns] == [QUESTION, "And the date?"]


@pytest.mark.parametrize("ending", TYPES)
def test_somebody_elses_talk_is_not_there(site: Site, ending: str) -> None:
    hers = site.ask(export_url(talk(site, "somebody"), ending))
    unknown = site.ask(export_url("0" * 32, ending))
    assert hers.status == unknown.status == 404
    assert hers.body == unknown.body
    assert hers.body.decode().endswith(".")
    assert "content-disposition" not in hers.headers
    assert hers.headers["cache-control"] == "no-store"
    assert SECURITY_HEADERS.items() <= hers.headers.items()


def test_a_talk_that_was_deleted_is_not_there(site: Site) -> None:
    id_ = talk(site)
    site.runtime.store.of("local").delete_conversation(id_)
    assert site.ask(export_url(id_, "md")).status == 404


@pytest.mark.parametrize("ending", ["exe", "htm", "HTML", "md%0d%0aset-cookie:a=b", "..%2f..%2floupe.db"])
def test_other_endings_are_refused_in_words(site: Site, ending: str) -> None:
    reply = site.ask(f"/talks/{talk(site)}/export.{ending}")
    assert reply.status == 404
    assert "set-cookie" not in reply.headers


def test_only_known_endings_have_an_address() -> None:
    with pytest.raises(ValueError, match="exe"):
        export_url("abc", "exe")


def test_a_store_that_fails_is_said_in_words(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = talk(site)

    def failing(*_: object) -> None:
        raise StoreError("The data folder cannot be read: look whether the disk is there.")

    monkeypatch.setattr(OwnedStore, "turns", failing)
    reply = site.ask(export_url(id_, "md"))
    assert reply.status == 503
    assert reply.body.decode() == "The data folder cannot be read: look whether the disk is there."


HOSTILE = [
    ('a "quoted"; filename=evil.exe', "a-quoted-filename-evil-exe", "a-quoted-filename-evil-exe"),
    ("two\r\nSet-Cookie: a=b\nlines", "two-set-cookie-a-b-lines", "two-set-cookie-a-b-lines"),
    ("../../etc/passwd", "etc-passwd", "etc-passwd"),
    ("Rechnung für Müller, 5 €", "rechnung-für-müller-5", "rechnung-fur-muller-5"),
    ("领收書 2026", "领收書-2026", "2026"),
    ("हिन्दी", "हिन्दी", "talk"),
    ("r\u202egpj.exe", "r-gpj-exe", "r-gpj-exe"),
    ("❤️ \u0301", "talk", "talk"),
    ("", "talk", "talk"),
    ("CON", "con", "con"),
    ("x" * 300, "x" * 50, "x" * 50),
    ("é" * 300, "é" * 50, "e" * 50),
    ("e\u0301te\u0301", "été", "ete"),
]


@pytest.mark.parametrize(("title", "full", "plain"), HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_titles_make_tame_names(site: Site, title: str, full: str, plain: str) -> None:
    reply = site.ask(export_url(talk(site, title=title), "md"))
    assert reply.status == 200
    assert named(reply) == (f"{plain}.md", f"{full}.md")
    assert "set-cookie" not in reply.headers
    assert reply.headers["content-disposition"].isascii()


def test_no_character_breaks_the_header_or_the_name() -> None:
    for code in range(0x11000):
        if unicodedata.category(chr(code)) == "Cs":
            continue  # no stored title holds a lone surrogate
        title = f"a{chr(code)}b"
        header, name = attachment(title, "md"), file_name(title, "md")
        assert header.isascii()
        assert header.isprintable()
        assert header.count('"') == 2
        assert not set(name) & set('/\\:*?"<>|%;\x00\r\n')
        assert len(file_name(title * 100, "html").encode()) <= 255
