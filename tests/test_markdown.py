"""Model text never becomes a picture, raw HTML, a misleading link or a directive; what is harmless survives."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from vision.markdown import SCHEMES, destination, safe_markdown

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
PIECES = st.sampled_from(
    [
        "![alt](http://evil.example/x.png)",
        "![alt][r]",
        "[r]: http://evil.example/y.png",
        "[![in](http://evil.example/z)](http://evil.example)",
        "<img src=http://evil.example/a>",
        "<div>",
        "</div>",
        "<!-- x -->",
        "<http://a.example>",
        "https://a.example/b_c?d=1&e=$2",
        "[good](https://a.example)",
        "[bad](javascript:alert)",
        "[here](/settings)",
        "**",
        "*",
        "_",
        "~~",
        "`",
        "```",
        "~~~",
        "$5",
        ":red[x]",
        ":tada:",
        ":material/home:",
        "|",
        "---",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "> ",
        "# ",
        "    ",
        " ",
        "word",
        "\\",
        "&nbsp;",
        "&lt;img&gt;",
        "\u00a0",
        "\u202e",
        "[",
        "]",
        "(",
        ")",
        "!",
        "<",
        ">",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=120))


def all_tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    for token in READER.parse(text):
        tokens.extend([token, *(token.children or [])])
    return tokens


def words(text: str) -> str:
    """What a reader of the written text sees, without markup."""
    return "".join(token.content for token in all_tokens(text) if token.type in ("text", "code_inline", "fence"))


@given(TEXTS)
@settings(max_examples=600, deadline=None)
@example("![a](x)\n=")
@example("*&nbsp;a*")
@example("- a\n\n[r]: x\n- b")
def test_nothing_loads_or_runs(text: str) -> None:
    safe = safe_markdown(text)
    for token in all_tokens(safe):
        assert token.type not in ("image", "html_inline", "html_block")
        if token.type == "link_open":
            assert str(token.attrs["href"]).partition(":")[0].lower() in SCHEMES
        if token.type == "fence":
            assert token.info not in ("mermaid", "math")
    assert "\u202e" not in safe


@given(TEXTS)
@settings(max_examples=600, deadline=None)
def test_twice_is_once(text: str) -> None:
    safe = safe_markdown(text)
    assert safe_markdown(safe) == safe


@given(
    st.lists(
        st.sampled_from(["$5", "and", ":red[x]", "#1", "*", "a_b", "<b>", "1.", "-", "|x|", "[1]", "&amp"]), min_size=1
    )
)
def test_plain_words_stay_readable(parts: list[str]) -> None:
    text = "say " + " ".join(parts).replace("&amp", "&")
    assert (
        " ".join(words(safe_markdown(text)).split()).replace("\u2060", "") == " ".join(words(text).split())
        or "<b>" in text
    )


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("![a *cat*](http://evil.example/x.png) end", "a cat (picture not loaded) end"),
        ("![](http://evil.example/x.png)", "(picture not loaded)"),
        ("![x][r]\n\n[r]: http://evil.example/x", "x (picture not loaded)"),
        ("<b>bold</b>", "\\<b\\>bold\\</b\\>"),
        ("It costs $5 and $6", "It costs \\$5 and \\$6"),
        (":red[x]", "\\:red\\[x\\]"),
        ("a :tada: b", "a :\u2060tada: b"),
        ("at 12:30:45", "at 12:30:45"),
        (":material/home:", "\\:\u2060material/home:"),
        ("[google.com](https://evil.example/q)", "[google.com (evil.example)](<https://evil.example/q>)"),
        ("[evil.example](https://evil.example)", "[evil.example](<https://evil.example>)"),
        ("[x](/settings)", "x (link removed)"),
        ("[m](mailto:a@b.example)", "[m (a@b.example)](<mailto:a@b.example>)"),
        ("see https://a.example/b_c.", "see <https://a.example/b_c>."),
        ("```mermaid\ngraph\n```", "```text\ngraph\n```"),
        ("half **bold and `code", "half \\*\\*bold and \\`code"),
        ("- a\n- b", "- a\n- b"),
        ("3. a\n4. **b**", "3. a\n4. **b**"),
        ("# Total\n\n> *yes*", "# Total\n\n> *yes*"),
    ],
)
def test_cases(text: str, safe: str) -> None:
    assert safe_markdown(text) == safe


def test_what_is_drawn_again_is_not_worked_out_again() -> None:
    text = "**once** and for all, said nowhere else in these tests"
    safe_markdown(text)
    before = safe_markdown.cache_info()
    assert safe_markdown(text) == text
    after = safe_markdown.cache_info()
    assert (after.hits, after.misses) == (before.hits + 1, before.misses)


def test_table_and_code_survive() -> None:
    table = "| Item | Price |\n| --- | --: |\n| Tea | `4.50` |"
    assert safe_markdown(table) == table
    code = "```python\nprint('![x](http://a)')\n```"
    assert safe_markdown(code) == code


def test_an_open_fence_is_closed_while_it_streams() -> None:
    assert safe_markdown("```python\nx = 1") == "```python\nx = 1\n```"


@pytest.mark.parametrize(
    "address", ["https://good.example@evil.example/", "javascript:x", "/x", "http://[", "ftp://a", ""]
)
def test_links_that_may_not_pass(address: str) -> None:
    assert destination(address) is None
