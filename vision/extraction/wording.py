"""What each kind of value looks like in the JSON, said to a model and to a person."""

from __future__ import annotations

from collections.abc import Mapping

from vision.fields.model import Kind

# For a model: how the value is to be written. "" where the name and the meaning say enough.
KIND_WORDS: Mapping[Kind, str] = {
    Kind.TEXT: "Text, as printed",
    Kind.LONG_TEXT: "Text, as printed, with its line breaks",
    Kind.WHOLE: "A whole number",
    Kind.NUMBER: "A number with a point before decimals, such as 1234.5",
    Kind.MONEY: "An amount of money as a plain number with a point before the cents, such as 1234.50, without currency",
    Kind.DATE: "A date as YYYY-MM-DD",
    Kind.TIME: "A time as HH:MM or HH:MM:SS, of 24 hours",
    Kind.YES_NO: "Yes or no",
    Kind.CHOICE: "",
    Kind.ROWS: "A list of rows",
    Kind.EMAIL: "An e-mail address",
    Kind.PHONE: "A telephone number, as printed",
    Kind.CODE: "A code, character by character as printed",
    Kind.GROUP: "",
}

# For a repair turn and for a person: what was expected in place of what came.
EXPECTED: Mapping[Kind, str] = {
    Kind.TEXT: "text",
    Kind.LONG_TEXT: "text",
    Kind.WHOLE: "a whole number such as 12",
    Kind.NUMBER: "a number such as 1234.5",
    Kind.MONEY: "an amount such as 1234.50",
    Kind.DATE: "a whole date such as 2026-03-31",
    Kind.TIME: "a time such as 14:05",
    Kind.YES_NO: "true or false",
    Kind.CHOICE: "one of the choices",
    Kind.ROWS: "a list of rows",
    Kind.EMAIL: "an e-mail address such as ann@example.com",
    Kind.PHONE: "a telephone number such as +49 30 1234567",
    Kind.CODE: "a code in one piece of text",
    Kind.GROUP: "an object with its fields",
}
