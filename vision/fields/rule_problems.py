"""Whether the rules of a set fit its fields. What a rule finds in the data stands in ``vision.extraction.rules``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vision.fields.model import NUMBERS, Field, FieldSet, Kind, Rule, leaves

# python-stdnum's modules, each with the word for people. Only these: a name from a file never decides what is loaded.
SCHEMES: Mapping[str, str] = {
    "iban": "IBAN",
    "bic": "BIC",
    "ean": "EAN or GTIN",
    "isbn": "ISBN",
    "issn": "ISSN",
    "imei": "IMEI",
    "lei": "LEI",
    "luhn": "card number",
    "iso11649": "creditor reference (RF)",
    "isin": "ISIN",
    "eu.vat": "EU VAT number",
    "gb.vat": "UK VAT number",
    "ch.esr": "Swiss payment reference",
    "ch.uid": "Swiss UID",
    "ch.vat": "Swiss VAT number",
    "de.vat": "German VAT number",
    "no.orgnr": "Norwegian organisation number",
    "fi.ytunnus": "Finnish business id",
    "be.vat": "Belgian VAT number",
    "us.ein": "US employer number (EIN)",
    "au.abn": "Australian business number",
    "in_.gstin": "Indian GSTIN",
    "br.cnpj": "Brazilian CNPJ",
}
MOST_RULES = 100
_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.CODE})


def rule_problems(fields: FieldSet) -> Iterator[tuple[str, str]]:
    """The field it is about and the sentence, for each rule that cannot hold or cannot be checked."""
    if len(fields.rules) > MOST_RULES:
        yield "", f"There are {len(fields.rules)} rules; {MOST_RULES} at most."
        return
    known = {".".join(names): field for names, field in leaves(fields.fields)}
    lists = {field.name for field in fields.fields if field.kind is Kind.ROWS}
    for rule in fields.rules:
        yield from _rule(rule, known, lists)


def _rule(rule: Rule, known: Mapping[str, Field], lists: set[str]) -> Iterator[tuple[str, str]]:
    targets = (rule.target,) if rule.kind in ("sum", "product") else ()
    if not rule.fields or "" in targets:
        yield "", f"A rule of the kind {rule.kind} does not say which fields it is about."
        return
    for name in (*rule.fields, *targets):
        if name not in known:
            yield name, "A rule names this field, and there is none: change the rule, or add the field."
        elif wrong := _unfit(rule, known[name].kind):
            yield name, wrong
    if rule.kind == "product" and len({_list_of(name, lists) for name in (*rule.fields, *targets)}) > 1:
        yield rule.target, "A rule multiplies fields that are not of one row."
    if rule.kind == "range":
        if rule.least is None and rule.most is None:
            yield rule.fields[0], "A rule gives a range without a lower or an upper end."
        elif rule.least is not None and rule.most is not None and rule.least > rule.most:
            yield rule.fields[0], f"A rule gives a range from {rule.least} to {rule.most}: that holds nothing."
    if rule.kind == "check_digits" and rule.scheme not in SCHEMES:
        yield rule.fields[0], f"A rule checks digits in a way that is not known; known are: {', '.join(SCHEMES)}."


def _list_of(name: str, lists: set[str]) -> str:
    first = name.split(".", maxsplit=1)[0]
    return first if first in lists else ""


def _unfit(rule: Rule, kind: Kind) -> str:
    if rule.kind in ("sum", "product", "range") and kind not in NUMBERS:
        return f"A rule calculates with this field, and it is of the kind {kind.value}: choose number or money."
    if rule.kind == "not_future" and kind is not Kind.DATE:
        return f"A rule says that this is not in the future, and it is of the kind {kind.value}: choose date."
    if rule.kind == "check_digits" and kind not in _TEXTS:
        return f"A rule checks the digits of this field, and it is of the kind {kind.value}: choose code."
    return ""
