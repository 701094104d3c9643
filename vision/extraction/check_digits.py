"""Check digits by python-stdnum. The table is closed: a rule's scheme is looked up in it and never imported by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stdnum import bic, ean, iban, imei, isbn, isin, iso11649, issn, lei, luhn
from stdnum.au import abn
from stdnum.be import vat as be_vat
from stdnum.br import cnpj
from stdnum.ch import esr, uid
from stdnum.ch import vat as ch_vat
from stdnum.de import vat as de_vat
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fi import ytunnus
from stdnum.gb import vat as gb_vat
from stdnum.in_ import gstin
from stdnum.no import orgnr
from stdnum.us import ein

_VALIDATE: Mapping[str, Callable[[str], str]] = {
    "iban": iban.validate,
    "bic": bic.validate,
    "ean": ean.validate,
    "isbn": isbn.validate,
    "issn": issn.validate,
    "imei": imei.validate,
    "lei": lei.validate,
    "luhn": luhn.validate,
    "iso11649": iso11649.validate,
    "isin": isin.validate,
    "eu.vat": eu_vat.validate,
    "gb.vat": gb_vat.validate,
    "ch.esr": esr.validate,
    "ch.uid": uid.validate,
    "ch.vat": ch_vat.validate,
    "de.vat": de_vat.validate,
    "no.orgnr": orgnr.validate,
    "fi.ytunnus": ytunnus.validate,
    "be.vat": be_vat.validate,
    "us.ein": ein.validate,
    "au.abn": abn.validate,
    "in_.gstin": gstin.validate,
    "br.cnpj": cnpj.validate,
}
LONGEST = 100  # no such number is longer


def schemes() -> frozenset[str]:
    """The schemes that can be checked."""
    return frozenset(_VALIDATE)


def wrong_digits(scheme: str, text: str) -> str:
    """What is wrong with ``text`` as such a number: "its check digits do not fit", "it is not formed like one"; "" when
    nothing is, or when the scheme is not known."""
    validate = _VALIDATE.get(scheme)
    if validate is None:
        return ""
    if len(text) > LONGEST:
        return "it is not formed like one"
    try:
        # stdnum takes spaces and signs out for most schemes, not for luhn
        validate("".join(text.split()).replace("-", "") if scheme == "luhn" else text)
    except InvalidChecksum:
        return "its check digits do not fit"
    except ValidationError:
        return "it is not formed like one"
    return ""
