"""Model text made safe to draw as Markdown: parsed, stripped of what may not pass, written out again.

What may not pass: pictures (a remote one tells its host that, and what, somebody reads), raw HTML, links that are not
web or mail addresses, and Streamlit's own directives, icons, emoji codes and formulas, which would turn amounts in
dollars into mathematics. All of it stays readable as plain text. Tables, lists, code and emphasis survive. Works on
half-written text, so it can be used while an answer streams; doing it twice changes nothing.
"""

from __future__ import annotations

from functools import cache, lru_cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from vision.markdown_text import escaped, fenced, spanned, visible

NOT_LOADED = "picture not loaded"
SCHEMES = frozenset({"http", "https", "mailto"})
# Fences with these names are drawn as something else than code.
DRAWN_LANGUAGES = frozenset({"mermaid", "math"})
ROUNDS = 4


@cache
def parser() -> MarkdownIt:
    """CommonMark with tables and strikethrough: what Streamlit draws, without raw HTML being anything but text."""
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@lru_cache(maxsize=256)
def safe_markdown(text: str) -> str:
    """``text`` without anything that could load, run or mislead. Idempotent. Kept: a page draws every answer at every
    rerun, and 8 KB take 35 ms."""
    once = _written(visible(text))
    for _ in range(ROUNDS):  # a block that vanished can join its neighbours: once more settles it
        again = _written(once)
        if again == once:
            return once
        once = again
    return "\n\n".join(escaped(line) for line in once.splitlines() if line.strip())


def _written(text: str) -> str:
    tokens: list[Token] = parser().parse(text)
    return "\n".join(_blocks(SyntaxTreeNode(tokens).children, tight=False)).strip("\n")


def _blocks(nodes: list[SyntaxTreeNode], *, tight: bool) -> list[str]:
    lines: list[str] = []
    for node in nodes:
        block = _block(node)
        if not block:
            continue
        if lines and not tight:
            lines.append("")
        lines.extend(block)
    return lines


def _block(node: SyntaxTreeNode) -> list[str]:  # noqa: PLR0911  one case per kind of block
    match node.type:
        case "paragraph":
            return _inline(node).split("\n")
        case "heading":
            return [f"{'#' * int(node.tag[1:])} {_inline(node, one_line=True)}".rstrip()]
        case "fence":
            return fenced(node.content, _language(node.info))
        case "code_block":
            return fenced(node.content, "")
        case "html_block":
            return [line for raw in node.content.splitlines() if (line := escaped(raw.strip()))]
        case "hr":
            return ["---"]
        case "blockquote":
            return [f"> {line}".rstrip() for line in _blocks(node.children, tight=False)] or [">"]
        case "bullet_list" | "ordered_list":
            return _list(node)
        case "table":
            return _table(node)
        case _:  # a kind of block this version does not know: its words, plainly
            return [escaped(line) for line in node.content.splitlines() if line.strip()]


def _language(info: str) -> str:
    word = (info.split() or [""])[0]
    plain = all(character.isascii() and (character.isalnum() or character in "+-#._") for character in word)
    if word.lower() in DRAWN_LANGUAGES:
        return "text"
    return word if plain else ""


def _list(node: SyntaxTreeNode) -> list[str]:
    ordered = node.type == "ordered_list"
    number = int(node.attrs.get("start", 1)) if ordered else 0
    tight = all(child.hidden for item in node.children for child in item.children if child.type == "paragraph")
    lines: list[str] = []
    for item in node.children:
        marker = f"{number}{item.markup or '.'}" if ordered else (item.markup or node.markup or "-")
        number += 1
        body = _blocks(item.children, tight=tight) or [""]
        indent = " " * (len(marker) + 1)
        if lines and not tight:
            lines.append("")
        lines.append(f"{marker} {body[0]}".rstrip())
        lines.extend(f"{indent}{line}".rstrip() for line in body[1:])
    return lines


def _table(node: SyntaxTreeNode) -> list[str]:
    rows = [row for part in node.children for row in part.children]
    cells = [[_inline(cell, one_line=True, cell=True) for cell in row.children] for row in rows]
    marks = {"text-align:left": ":--", "text-align:right": "--:", "text-align:center": ":-:"}
    under = [marks.get(str(cell.attrs.get("style", "")), "---") for cell in rows[0].children]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return [lines[0], f"| {' | '.join(under)} |", *lines[1:]]


def _inline(node: SyntaxTreeNode, *, one_line: bool = False, cell: bool = False) -> str:
    """The written content of a block that holds running text."""
    inner = node.children[0].children if node.children else []
    text = _spans(inner, one_line=one_line, cell=cell)
    return text.strip() if one_line else "\n".join(line.strip() for line in text.split("\n") if line.strip())


def _spans(nodes: list[SyntaxTreeNode], *, one_line: bool, cell: bool, in_link: bool = False) -> str:
    out: list[str] = []
    for node in nodes:
        start = not out or out[-1].endswith("\n")
        match node.type:
            case "text" | "text_special":
                out.append(escaped(node.content, start=start, links=not in_link))
            case "softbreak":
                out.append(" " if one_line else "\n")
            case "hardbreak":
                out.append(" " if one_line else "\\\n")
            case "code_inline":
                out.append(spanned(node.content, cell=cell))
            case "em" | "strong" | "s":
                inner = _spans(node.children, one_line=one_line, cell=cell, in_link=in_link)
                out.append(f"{node.markup}{inner}{node.markup}")
            case "link":
                out.append(_link(node, cell=cell))
            case "image":
                alt = " ".join(_plain(node).split())
                out.append(escaped(f"{alt} ({NOT_LOADED})" if alt else f"({NOT_LOADED})", start=start, links=False))
            case _:  # raw HTML and whatever else: shown, not done
                out.append(escaped(node.content, start=start, links=False))
    return "".join(out)


def _link(node: SyntaxTreeNode, *, cell: bool) -> str:
    """A link whose words say where it leads; plain words when it leads anywhere but to the web or a mailbox."""
    address = str(node.attrs.get("href", ""))
    words = _plain(node).strip()
    host = destination(address)
    if host is None:
        return escaped(f"{words} (link removed)" if words else "(link removed)", links=False)
    inner = _spans(node.children, one_line=True, cell=cell, in_link=True).strip()
    if node.markup == "autolink" and words in (address, address.removeprefix("mailto:")):
        return f"<{address}>" if address == words else f"<{words}>"
    if not says(words, address, host):
        inner = f"{inner} ({escaped(host, links=False)})".strip()
    return f"[{inner}](<{address}>)"


def destination(address: str) -> str | None:
    """The host (or mailbox) to which a permitted link leads, or None for one that may not pass."""
    try:
        parts = urlsplit(address)
        if parts.scheme.lower() not in SCHEMES or any(c in address for c in "<>\\\n ") or parts.username:
            return None
        if parts.scheme.lower() == "mailto":
            return parts.path or None
        return parts.hostname
    except ValueError:  # an address that is none, such as http://[
        return None


def says(words: str, address: str, host: str) -> bool:
    """Whether the link's words already name where it leads, and nowhere else."""
    return words.endswith(f"({host})") or words.rstrip("/") in {
        host,
        address.rstrip("/"),
        address.partition("://")[2].rstrip("/"),
    }


def _plain(node: SyntaxTreeNode) -> str:
    """The words of a node and of all within it, as they would be read."""
    if node.type == "image" or not node.children:
        inner = "".join(_plain(child) for child in node.children)
        return inner or (node.content if node.type != "softbreak" else " ")
    return "".join(_plain(child) for child in node.children)
