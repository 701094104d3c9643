"""How many tokens a text comes to, without any vendor's tokenizer: by script for the estimate, by bytes for the bound.

No vendor publishes a tokenizer of its current models, so this is an estimate; ``python -m tests.bench estimates``
prints its error against one that can be had.
"""

from __future__ import annotations

import math
import re
import unicodedata

# One piece of text of one kind; what no kind names is counted by its bytes.
_PIECES = re.compile(
    r"(?P<latin>[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+)"
    r"|(?P<digits>[0-9]+)"
    r"|(?P<space>\s+)"
    r"|(?P<wide>[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]+)"
    r"|(?P<letters>[\u0370-\u1aff]+)"
    r"|(?P<signs>[!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u203a\u3000-\u303f\uff01-\uff0f]+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
# Characters of a token, by kind of piece.
_LATIN = 4.5
_LATIN_ACCENTED = 3.0
_WIDE = 1.1
_CHARACTERS = {"digits": 2.0, "signs": 1.5, "letters": 2.6}
_BYTES = 2.0  # bytes of a token where nothing is known of the script


def text_tokens(text: str) -> int:
    """About how many tokens ``text`` comes to; never more than ``most_text_tokens``.

    A Latin word is one token for each 4.5 letters begun (3 with accents), a number one for each 2 digits begun, signs
    one for 1.5, Chinese, Japanese and Korean one for 1.1 characters, other alphabets one for 2.6. A single space goes
    with the word after it; a line end is a token.
    """
    return min(math.ceil(sum(_piece(match) for match in _PIECES.finditer(text))), most_text_tokens(text))


def most_text_tokens(text: str) -> int:
    """No tokenizer makes more tokens than this: each one is at least a byte of the text, or of its NFKC form for those
    that normalise first."""
    return max(len(form.encode("utf-8", "surrogatepass")) for form in (text, unicodedata.normalize("NFKC", text)))


def _piece(match: re.Match[str]) -> float:
    piece, kind = match[0], match.lastgroup
    if kind == "space":
        return 0 if piece == " " else 1
    if kind == "latin":
        return math.ceil(len(piece) / (_LATIN if piece.isascii() else _LATIN_ACCENTED))
    if kind == "wide":
        return len(piece) / _WIDE
    if kind in _CHARACTERS:
        return math.ceil(len(piece) / _CHARACTERS[kind])
    return len(piece.encode("utf-8", "surrogatepass")) / _BYTES
