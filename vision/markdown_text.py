"""Plain text written so that Markdown, and Streamlit's additions to it, read exactly that text back."""

from __future__ import annotations

import unicodedata

# Escaped wherever they stand. "$" would begin a formula, "|" a table cell, "~" a deletion, "^" a footnote.
ALWAYS = frozenset("\\`*_{}[]<>#|~$&")
# At the beginning of a line these would make a list, a heading underline, a rule, a table or a directive.
AT_START = frozenset("-+=:")
# Invisible and takes no width, but ends an emoji or icon code, which is looked for after escapes are gone.
JOINER = "\u2060"
CODE_EXTRA = frozenset("_+-/")
EMOJI_NUMBERS = frozenset({"100", "1234"})
SCHEMES = ("https://", "http://")
TRAILING = frozenset(".,;:!?)'\"")
# Overrides and isolates can make an address read backwards; marks (U+200E, U+200F) are needed to write right to left.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def visible(text: str) -> str:
    """``text`` without control characters and without characters that turn the reading direction around."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return "".join(c for c in text if c == "\n" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in TURNING))


def escaped(text: str, *, start: bool = True, links: bool = True) -> str:
    """``text`` as running text. ``start``: it stands at the beginning of a line. ``links``: web addresses in it become
    links that show themselves, as they would anyway."""
    words = text.replace("\n", " ").split(" ")
    out: list[str] = []
    for word in words:
        out.append(_word(word, start=start and not any(out), links=links) if word else "")
    return " ".join(out)


def _word(word: str, *, start: bool, links: bool) -> str:
    at = next((found for scheme in SCHEMES if (found := word.find(scheme)) >= 0), -1)
    if at < 0 or not links:
        return _characters(word, start=start)
    address = word[at:]
    end = len(address)
    while end and (address[end - 1] in TRAILING or address[end - 1] in ALWAYS):
        end -= 1
    address, rest = address[:end], address[end:]
    plain = all(character.isascii() and character not in '<>\\`"{}|^[]' for character in address)
    if not plain or len(address) <= len("https://"):
        return _characters(word, start=start)
    return f"{_characters(word[:at], start=start)}<{address}>{_characters(rest, start=False)}"


def _characters(word: str, *, start: bool) -> str:
    out: list[str] = []
    numbered = False  # so far a line's beginning and digits only: "1." would begin a list
    for at, character in enumerate(word):
        following = word[at + 1] if at + 1 < len(word) else ""
        if character == ":":
            named = following == ":" or (following.isascii() and following.isalpha())
            out.append(("\\:" if named or (at == 0 and start) else ":") + (JOINER if _is_code(word, at) else ""))
        elif character in ALWAYS or (start and at == 0 and character in AT_START) or (numbered and character in ".)"):
            out.append(f"\\{character}")
        elif character != " " and (character.isspace() or unicodedata.category(character) in ("Zs", "Zl", "Zp")):
            out.append(f"&#{ord(character)};")
        else:
            out.append(character)
        numbered = (numbered or (start and at == 0)) and character.isascii() and character.isdigit()
    return "".join(out)


def _is_code(word: str, at: int) -> bool:
    """Whether an emoji or icon code (:tada:, :+1:, :material/home:) begins at the colon ``word[at]``."""
    end = at + 1
    while end < len(word) and ((word[end].isascii() and word[end].isalnum()) or word[end] in CODE_EXTRA):
        end += 1
    name = word[at + 1 : end]
    closed = bool(name) and end < len(word) and word[end] == ":"
    return closed and (not name.isdigit() or name in EMOJI_NUMBERS)  # 12:30:45 is a time


def spanned(code: str, *, cell: bool) -> str:
    """``code`` as inline code. In a table ``cell`` a bar would end the cell even in code."""
    code = code.replace("\n", " ")
    marks = "`" * (_longest_run(code) + 1)
    if not code.strip():
        return code
    pad = " " if code[0] == "`" or code[-1] == "`" or (code[0] == " " and code[-1] == " ") else ""
    return f"{marks}{pad}{code.replace('|', chr(92) + '|') if cell else code}{pad}{marks}"


def fenced(code: str, language: str) -> list[str]:
    """``code`` as a block of lines between fences."""
    marks = "`" * max(3, _longest_run(code) + 1)
    return [f"{marks}{language}", *code.removesuffix("\n").split("\n"), marks]


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
