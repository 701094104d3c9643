from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exporting.cases import DATA, INVOICE, RECORD, SOURCE, TEXT_SET, TEXTS, hostile, of_texts
from vision.exporting.as_html import to_html
from vision.exporting.sheet import Exported
from vision.fields.model import FieldSet
from vision.markdown_text import visible

JPEG, PNG = b"\xff\xd8\xff\xe0 rest", b"\x89PNG rest"
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "section", "table", "thead", "tbody", "tr"),
    *("th", "td", "bdi", "span", "img", "div", "caption"),
}
OUTSIDE = {"src", "href", "action", "srcset", "poster", "data", "background", "formaction", "ping", "style"}
NASTY = [
    "<script>alert(1)</script>",
    '"><img src=http://evil.example/p.png onerror=alert(1)>',
    "</title><script>1</script>",
    "' onload='alert(1)", "</style><b>",
    "<!--", "&lt;script&gt;", "javascript:alert(1)", "\x00<b>", "{{7*7}}", "`${1}`",
]  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of a page: its elements, their attributes, its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def page(set_: FieldSet, records: Sequence[Exported], pictures: Sequence[bytes] = (JPEG,)) -> Page:
    return Page(to_html(set_, records, lambda _: pictures))


def inert(found: Page) -> bool:
    names = {name for _, attributes in found.tags for name in attributes}
    loaded = [attributes[name] or "" for _, attributes in found.tags for name in OUTSIDE & set(attributes)]
    return (
        {tag for tag, _ in found.tags} <= TAGS
        and not [name for name in names if name.startswith("on")]
        and all(address.startswith("data:image/jpeg;base64,") for address in loaded)
    )


def test_values_marks_and_pictures_stand_in_one_page() -> None:
    found = page(INVOICE, [RECORD], [JPEG, JPEG])
    pictures = [attributes for tag, attributes in found.tags if tag == "img"]
    assert [one["src"] for one in pictures] == [f"data:image/jpeg;base64,{base64.b64encode(JPEG).decode()}"] * 2
    assert [one["alt"] for one in pictures] == ["receipt.png, page 1", "receipt.png, page 2"]
    said = found.text
    for text in ("Kaufhaus Ölz", "2026-11-22", "-12.50", "00123", "yes", "read on the picture", "Milk; 1 l", "1.25"):
        assert text in said
    assert said[said.index("1.25") + 1] == "not found"
    assert said[said.index("-12.50") + 1] == "read on the picture"


def test_where_it_came_from_is_one_line() -> None:
    assert "".join(page(INVOICE, [RECORD]).text).endswith(
        f"receipt.png · SHA-256 {'ab' * 32} · claude-x (anthropic) · Invoice, version 3 · accepted · "
        "reviewed by Ann 2026-11-22 12:00 UTC · 1.5 s · $0.0012\n\n"
    )
    bare = replace(SOURCE, model="", reviewer="", reviewed=None, seconds=None, cost_usd=None)
    text = "".join(page(INVOICE, [replace(RECORD, source=bare)]).text)
    assert "Nobody (anthropic)" in text
    assert "accepted · price unknown" in text
    assert "reviewed" not in text


def test_nothing_may_be_loaded_and_nothing_run() -> None:
    data = to_html(INVOICE, [RECORD], lambda _: [JPEG]).decode()
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in data
    assert "http://" not in data
    assert "https://" not in data
    assert "color-scheme: light dark" in data
    assert "@media print" in data


@pytest.mark.parametrize("text", [*NASTY, *TEXTS], ids=ascii)
def test_everything_is_escaped_everywhere(text: str) -> None:
    set_, record = hostile(text)
    found = page(set_, [record])
    assert inert(found)
    if visible(text).strip():
        assert "".join(found.text).count(visible(text)) >= 8


def test_what_is_no_picture_is_left_out() -> None:
    found = page(INVOICE, [RECORD], [b"<svg onload=alert(1)>", b"", PNG])
    assert [attributes["src"] for tag, attributes in found.tags if tag == "img"] == [
        f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    ]


def test_what_is_not_there_is_said() -> None:
    text = page(INVOICE, [replace(RECORD, data={**DATA, "total": None, "items": []})]).text
    assert text[text.index("total") + 1] == "none"
    assert text[text.index("items") + 1 :][:2] == [": ", "no rows"]
    assert "0 records" in page(INVOICE, []).text


@given(st.text(min_size=1).filter(lambda text: visible(text) != ""))
def test_any_text_comes_back(text: str) -> None:
    found = page(TEXT_SET, of_texts([text]))
    assert inert(found)
    assert visible(text) in "".join(found.text)
