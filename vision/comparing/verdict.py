"""What an answer to a yes/no or choice question comes down to, by rules, in English, German, French and Spanish.

For one purpose: a question about several pictures was asked twice, the second time with their order swapped, and the
person is to be warned when the answers contradict each other. So what is not plain is left open: None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SAME, DIFFERENT = "same", "different"


def verdict(text: str) -> str | None:
    """ "yes", "no", the letter of the chosen picture ("A" to "F"), "same" or "different"; None for free text."""
    said = _Said.of(text)
    letter = said.choice if said.choice in _LETTERS else None
    return letter or said.yes_no or said.choice or None


def agree(one: str, other: str) -> bool | None:
    """Whether two answers to the same question say the same; None: not to be told here, look yourself. Symmetric."""
    first, second = _Said.of(one), _Said.of(other)
    pairs = ((first.choice, second.choice), (first.yes_no, second.yes_no))
    known = [mine == yours for mine, yours in pairs if mine and yours]
    return all(known) if known else None


@dataclass(frozen=True, slots=True)
class _Said:
    """``yes_no`` is how it opens, ``choice`` a letter, SAME or DIFFERENT; "" where it is neither."""

    yes_no: str
    choice: str

    @classmethod
    def of(cls, text: str) -> _Said:
        sentences = _sentences(text)
        if not sentences:
            return cls("", "")
        yes_no = _yes_no(sentences[0])
        if yes_no and len(sentences) > 1 and len(sentences[0].split()) == 1:
            sentences = sentences[1:]
        return cls(yes_no, _choice(sentences))


_LETTERS = frozenset("ABCDEF")
_MARKS = re.compile(r"[*_`#>|~“”„«»\"]+|^\s*(?:[-•]|\d+[.)])\s+", re.MULTILINE)
_LABEL = re.compile(
    r"^\s*(?:(?:short |final |kurze |my )?(?:answer|verdict|antwort|réponse|respuesta)\s*(?::|is\b|lautet\b|est\b|es\b)"
    r"|(?:the|die|la) (?:answer|antwort|réponse|respuesta) (?:is|lautet|ist|est|es))\s*:?\s*",
    re.IGNORECASE,
)
_END = re.compile(r"(?<=[.!?;…])\s+|\n+")


def _sentences(text: str) -> list[str]:
    plain = _LABEL.sub("", _MARKS.sub("", text).strip())
    return [one.strip() for one in _END.split(plain) if re.search(r"\w", one)]


# -- yes and no --------------------------------------------------------------------------------------------------------

_YES = re.compile(r"(?:yes|yeah|yep|ja|jawohl|oui|sí)\b|si(?=\s*[,.!:;—–-]|\s*$)", re.IGNORECASE)
# "No differences" denies a noun, "No, ..." and "No they ..." answer.
_NO = re.compile(
    r"(?:nope|nein)\b"
    r"|(?:no|non)(?=\s*[,.!:;—–-]|\s*$|\s+(?:it|they|this|these|that|those|the|there|i|we|you|both|picture|image|not"
    r"|c.est|ce|les?|la|il|elles?|je|las?|los|el|ambas|ambos)\b)",
    re.IGNORECASE,
)
_BOTH_WAYS = re.compile(r"\w+\s*(?:and|und|et|y|or|oder|ou|o|/)\s*(?:no|nein|non|yes|ja|oui|sí)\b", re.IGNORECASE)


def _yes_no(sentence: str) -> str:
    if _BOTH_WAYS.match(sentence):
        return ""
    return "yes" if _YES.match(sentence) else "no" if _NO.match(sentence) else ""


# -- which of them, the same, different --------------------------------------------------------------------------------

_NAMED = (
    r"(?:picture|image|photo|screenshot|version|option|variant|candidate|bild|foto|aufnahme|variante|fassung|imagen"
    r"|fotografía|opción|captura|capture|versión)"
)
_VERBS = (
    r"(?:is|are|was|has|wins|looks|seems|appears|would|works|fits|suits|reads|shows|ist|hat|wirkt|sieht|gewinnt|passt"
    r"|eignet|est|a l|semble|convient|gagne|es|tiene|parece|gana|queda|over|rather|because|than|weil|car|porque)"
)
# A bare capital is a picture where it cannot be a word: "A receipt", "C'est" are none.
_MENTION = re.compile(
    rf"(?i:\b{_NAMED})\s+([A-F])\b(?!['’])"
    rf"|(?<![\w'’.])([B-F])\b(?!['’]|\.\w)"
    rf"|(?<![\w'’.])(A)(?=\s*$|\s*[,.;:!?)(—–-]|\s+{_VERBS}\b)"
)
# What prefers a picture, wherever it stands; and what does only right behind its name ("B is sharper"): elsewhere it
# describes ("in B the button is larger").
_GOOD = re.compile(
    r"\b(?:better|best|preferred|preferable|prefer|choose|choice|pick|recommend(?:ed)?|winner|wins|superior|stands out"
    r"|go with|go for|suits"
    r"|besser\w*|beste\w*|bevorzug\w+|wähl\w*|nehm\w*|empfehl\w*|gewinnt|überlegen|geeigneter|eignet sich|passender"
    r"|meilleure?s?|mieux|préfèr\w+|préférable|choisi\w*|choix|recommand\w+|gagne|supérieure?|convient"
    r"|mejor\w*|prefi\w+|preferible|elijo|elegir\w*|elección|recomiend\w+|recomend\w+|gana|superior|conviene)\b",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"\b(?:worse|worst|inferior|schlechter\w*|schlechteste\w*|unterlegen|pire|inférieure?|peor)\b", re.IGNORECASE
)
_IS = r"\s+(?:is|looks|seems|appears|ist|wirkt|sieht|est|semble|es|parece|se ve)\s+(?:\w+ly\s+|much\s+|the\s+|viel\s+)?"
_GOOD_BEHIND = re.compile(
    rf"{_IS}(?:clearer|sharper|brighter|darker|cleaner|newer|older|larger|bigger|smaller|taller|wider|stronger"
    r"|more\s+\w+|\w{3,}er(?=\s+als\b|\s*[.!]?$)|plus\s+\w+|más\s+\w+)\b",
    re.IGNORECASE,
)
_BAD_BEHIND = re.compile(
    rf"{_IS}(?:less|weniger|moins|menos)\s+\w+|{_IS}(?:not as|nicht so|no tan)\s+\w+|\s+n.est pas aussi\s+\w+",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|neither|isn.t|aren.t|don.t|doesn.t|didn.t|cannot|can.t|never|nicht|weder|kein\w*|ne|pas"
                  r"|ni|aucune?|tampoco|ninguna?|ningún)\b|\bno(?=\s+(?:es|son|hay|se|está|puedo))|\bn['’]",
                  re.IGNORECASE)  # fmt: skip
_SAME = re.compile(
    r"\b(?:(?:the|exactly the|both the)\s+same|identical|equal(?:ly)?|no\s+(?:visible\s+|real\s+)?"
    r"(?:differences?|changes?)|nothing\s+(?:has\s+)?changed|indistinguishable|a tie|tie|dasselbe"
    r"|dieselben?|derselbe|identisch\w*|gleich|gleichen?|gleich\s+gut|keine?n?\s+(?:sichtbaren?\s+)?unterschiede?|nichts\s+(?:hat\s+sich\s+)?geändert"
    r"|les? mêmes?|la même|identiques?|pareil\w*|aucune?\s+(?:différence|changement)|rien\s+n.a\s+changé|égalité"
    r"|(?:el|la|los|las)\s+mism[oa]s?|iguales?|idéntic[oa]s?|(?:ninguna|sin)\s+diferencias?|no\s+hay\s+(?:ninguna\s+"
    r"|ningún\s+)?(?:diferencias?|cambios?)|nada\s+ha\s+cambiado|empate)\b",
    re.IGNORECASE,
)
_SELF_NEGATED = re.compile(r"^(?:no|nothing|kein|nichts|aucun|rien|ningun|sin|nada)", re.IGNORECASE)
_DIFFERENT = re.compile(
    r"\b(?:different|differ|differs|verschieden\w*|unterschiedlich\w*|unterscheiden|différente?s?|diffèrent"
    r"|diferentes?|distint[oa]s?|difieren)\b",
    re.IGNORECASE,
)
# Who is spoken of: the pictures, not the date on them.
_OF_BOTH = re.compile(
    r"(?:(?:yes|no|ja|nein|oui|non|sí|si)\s*[,:;.!—–-]*\s*)?"
    r"(?:(?:they|both|the two|these|those|all|everything|it.s|there|no|nothing|equal|identical|exactly|the same|a tie"
    r"|tie|sie|beide|die beiden|diese|es|alles|kein\w*|nichts|identisch|gleich|dasselbe|ich sehe"
    r"|elles?|ils?|les deux|ces|ce|c.est|il n.y|tout|aucune?|rien|identiques|pareil|je ne"
    r"|son|no son|ambas|ambos|las dos|los dos|estas|estos|es|todo|ninguna|nada|sin|idéntic\w+|iguales|no hay|no)\b"
    rf"|(?:the |die |les |las |los )?(?:{_NAMED}\w*|items?|things?|artikel|objets?|objetos?)\b"
    r"|[A-F] (?:and|und|et|y) [A-F]\b)",
    re.IGNORECASE,
)
_HAVE = re.compile(
    r"\b(?:have|has|share|contain|there are|haben|hat|teilen|es gibt|ont|a|contiennent|tienen|hay)\b", re.IGNORECASE
)
_HEDGED = re.compile(
    r"\b(?:but|except|however|although|while|whereas|almost|nearly|mostly|virtually|largely|apart from|aber|jedoch"
    r"|außer|bis auf|fast|nahezu|beinahe|weitgehend|während|mais|sauf|cependant|presque|quasi(?:ment)?|tandis|pero"
    r"|salvo|excepto|casi|mientras|aunque)\b",
    re.IGNORECASE,
)
_SUMMING_UP = re.compile(
    r"^\W*(?:overall|in summary|in short|so\b|therefore|in conclusion|all in all|conclusion|insgesamt|fazit|also\b|kurz"
    r"|daher|zusammenfassend|en résumé|au final|donc|en somme|globalement|en resumen|en conclusión|por tanto"
    r"|en conjunto)",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"\b(?:in|on|of|from|at|with|auf|von|im|aus|bei|dans|de|sur|en|del)\s+(?:the\s+|la\s+|l.)?$", re.I)
_THAN = re.compile(r"\s+(?:than|als|que|over|to|gegenüber|à|a)\s*$", re.IGNORECASE)
_AT_MOST_WORDS = 4  # an answer of so few words that names a picture chooses it


def _choice(sentences: Sequence[str]) -> str:
    """Of the last sentence that sums up; else of the first, where no other chooses otherwise; else what all that
    choose agree on."""
    sums = [_chosen(one) or _alike(one) for one in sentences[1:] if _SUMMING_UP.match(one)]
    if any(sums):
        return next(one for one in reversed(sums) if one)
    first = _chosen(sentences[0]) or _alike(sentences[0])
    if not first and len(sentences) == 1 and len(sentences[0].split()) <= _AT_MOST_WORDS:
        first = _only([letter for _, _, letter in _mentions(sentences[0])])
    later = [_chosen(one) for one in sentences[1:]]
    return _only([one for one in (first, *later) if one])


def _only(found: Sequence[str]) -> str:
    return found[0] if len(set(found)) == 1 else ""


def _mentions(sentence: str) -> list[tuple[int, int, str]]:
    """Where it speaks of which picture, from the first character of its name to behind the last."""
    return [(*found.span(), found[1] or found[2] or found[3]) for found in _MENTION.finditer(sentence)]


def _chosen(sentence: str) -> str:
    """The letter that this sentence puts before the others, or ""."""
    mentions = _mentions(sentence)
    if not mentions or _alike(sentence) == SAME:
        return ""
    bad = _first(_BAD, _BAD_BEHIND, sentence, mentions)
    if bad is not None:
        blamed = [letter for _, end, letter in mentions if end <= bad[0]]
        others = {letter for _, _, letter in mentions} - set(blamed[-1:])
        return others.pop() if blamed and len(others) == 1 else ""
    good = _first(_GOOD, _GOOD_BEHIND, sentence, mentions)
    if good is None or _NOT.search(sentence[: good[1] + 12]):
        return ""
    before = [letter for _, end, letter in mentions if end <= good[0]]
    after = [(start, letter) for start, _, letter in mentions if start >= good[0]]
    if before:
        return before[-1]
    if _THAN.match(sentence[good[1] : after[0][0]]) and len(after) > 1:
        return after[1][1]
    return after[0][1]


def _first(
    anywhere: re.Pattern[str], behind: re.Pattern[str], sentence: str, mentions: Sequence[tuple[int, int, str]]
) -> tuple[int, int] | None:
    """Where the first match begins and ends; of ``behind`` only right behind the name of a picture."""
    named = [end for start, end, _ in mentions if not _WITHIN.search(sentence[:start])]
    found = [anywhere.search(sentence), *(behind.match(sentence, end) for end in named)]
    return min((one.span() for one in found if one is not None), default=None)


def _alike(sentence: str) -> str:
    """SAME or DIFFERENT where the sentence says so of the pictures as a whole, without an exception."""
    if _HEDGED.search(sentence) or not _OF_BOTH.match(sentence):
        return ""
    found = _SAME.search(sentence)
    if found is not None:
        if _SELF_NEGATED.match(found.group()):
            return SAME
        if _HAVE.search(sentence[: found.start()]):
            return ""  # they have the same of something
        return DIFFERENT if _NOT.search(sentence) else SAME
    found = _DIFFERENT.search(sentence)
    if found is not None and not _HAVE.search(sentence[: found.start()]):
        return SAME if _NOT.search(sentence) else DIFFERENT
    return ""
