"""The reader's sentences for the person. No rules, no look-ups."""

from __future__ import annotations

from datetime import date

from vision.reader.candidates import Candidate
from vision.reader.reading import Reading

CAN_DO = (
    "I read printed text: ask for the whole text, a value on it (total, date, number, name, address, phone, barcode), "
    "or whether a word is there."
)
HELLO = "I am the on-device reader: nothing leaves this computer."
NEEDS_EYES = (
    "I can’t answer that: it needs a model that sees and thinks, and I only read print. I can read out the text, find "
    "dates, amounts, names, addresses, phone numbers and barcodes in it, and say where each stands; I read {lines} "
    "lines of text on this picture. To ask about what the picture shows, add a key for Claude, Gemini or OpenAI (or a "
    "local model) in Settings, then ask again."
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NAMES = {
    "total": "Total",
    "subtotal": "Subtotal",
    "tax": "Tax",
    "date": "Date",
    "due_date": "Due date",
    "company": "Company",
    "address": "Address",
    "person": "Person",
    "phone": "Phone",
    "fax": "Fax",
    "email": "E-mail",
    "website": "Website",
    "code": "Barcode",
    "iban": "IBAN",
    "invoice_number": "Invoice number",
    "receipt_number": "Receipt number",
    "order_number": "Order number",
    "customer_number": "Customer number",
    "customer": "Customer",
    "tax_number": "Tax number",
    "company_number": "Company number",
    "change": "Change",
    "cash": "Cash",
    "card": "Paid by card",
    "discount": "Discount",
    "rounding": "Rounding",
    "service_charge": "Service charge",
    "tip": "Tip",
    "shipping": "Shipping",
    "balance": "Balance",
    "heading": "Heading",
    "job_title": "Job title",
    "time": "Time",
    "order_date": "Order date",
    "cashier": "Cashier",
}


def named(kind: str, said: str) -> str:
    """The kind in words, or the person's own words for it."""
    return _NAMES.get(kind) or said[:1].upper() + said[1:]


def value_text(one: Candidate) -> str:
    """The value for reading: dates in words and ISO, amounts with their currency, what is uncertain behind it."""
    text = one.value
    if one.kind in {"date", "due_date", "order_date"}:
        day = date.fromisoformat(one.value)
        text = f"{day.day} {_MONTHS[day.month - 1]} {day.year} ({one.value})"
    elif one.currency:
        text = f"{one.value} {one.currency}"
    return f"{text} – {one.note}" if one.note else text


def source(one: Candidate) -> str:
    """The line it was read from; a warning where the print was hard to read."""
    line = f"Read from: “{one.text}”"
    return line if one.confidence >= 0.8 else line + " – hard to read there, so check it."


def not_found(what: str, reading: Reading) -> str:
    plain = what[:1].lower() + what[1:] if what[1:2].islower() else what
    return f"I found no {plain} on this picture ({len(reading.rows)} lines of text read)."


def almost_nothing(reading: Reading) -> str:
    """For pictures without text: says so, and what would help."""
    if reading.codes:
        return (
            "I read no text on this picture, only "
            + ", ".join(f"a {c.kind} that says “{c.text}”" for c in reading.codes)
            + "."
        )
    note = f" {reading.note}" if reading.note else ""
    read = f"only “{reading.text}”" if reading.lines else "no text at all"
    return (
        f"I read {read} on this picture, so there is nothing to answer from.{note} If there is print on it, try a "
        "sharper or larger picture; to ask about what the picture shows, add a model in Settings."
    )
