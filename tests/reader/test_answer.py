"""Questions in several languages, answered from readings written by hand; and what is honestly not answered."""

from __future__ import annotations

import pytest

from tests.reader.papers import CARD, GERMAN_INVOICE, RECEIPT, SCREENSHOT, paper
from vision.messages import Turn
from vision.reader.answer import answer
from vision.reader.questions import Asks, understood
from vision.reader.reading import Code
from vision.reader.replies import Facts, ReaderAnswer

FACTS = Facts(600, 710, "image/jpeg")


def ask(question: str, rows: tuple[str, ...] = RECEIPT, history: tuple[Turn, ...] = ()) -> ReaderAnswer:
    return answer(question, paper(rows), FACTS, history)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what is the total?", "10.48"),
        ("How much did this cost?", "10.48"),
        ("Wie hoch ist die Summe?", "10.48"),
        ("Wie hoch ist der Gesamtbetrag?", "10.48"),
        ("Quel est le montant total ?", "10.48"),
        ("Combien ?", "10.48"),
        ("¿Cuánto cuesta?", "10.48"),
        ("Qual è il totale?", "10.48"),
        ("Quanto custa?", "10.48"),
        ("Hoeveel is het totaalbedrag?", "10.48"),
        ("Berapa jumlah?", "10.48"),
        ("合計はいくらですか", "10.48"),
        ("and the date?", "2018-12-25"),
        ("When was it bought?", "25 December 2018"),
        ("Was ist das Datum?", "2018-12-25"),
        ("¿Cuál es la fecha?", "2018-12-25"),
        ("what about change?", "39.52"),
        ("which shop is this?", "KEDAI BUKU SERI MAJU SDN BHD"),
        ("Wie heißt die Firma?", "KEDAI BUKU SERI MAJU SDN BHD"),
        ("where is this shop?", "JALAN MERDEKA"),
        ("phone number?", "07-351 2345"),
        ("What's the fax number?", "07-351 2346"),
        ("What is the invoice number?", "CS-00912"),
        ("How much is the pencil 2B?", "2.40"),
        ("who was the cashier?", "AMINAH"),
        ("What is the GST ID?", "000123456789"),
    ],
)
def test_a_value_with_its_source_line(question: str, expected: str) -> None:
    reply = ask(question)
    assert reply.found
    assert expected in reply.text
    assert reply.evidence
    assert all(0 <= one.box[0] < one.box[2] <= 600 and 0 <= one.box[1] < one.box[3] <= 710 for one in reply.evidence)


def test_the_evidence_is_the_row_it_was_read_from() -> None:
    (one,) = ask("What is the total?").evidence
    assert one.text == "GRAND TOTAL  RM 10.48"
    assert one.confidence == pytest.approx(0.98)
    assert one.box == (0, 10 + 16 * 30, 600, 30 + 16 * 30)


@pytest.mark.parametrize(
    "question",
    [
        "What colour is the logo?", "Describe the picture", "How many people are there?", "Is there a dog?",
        "Who is this?",
        "What is this?", "Welche Farbe hat das Auto?", "Décris l'image", "¿Qué ves?", "Cosa vedi?", "Is it signed?",
        "Translate it into German", "Summarize this receipt", "What is happening in the scene?", "Terangkan gambar ini",
        "Do the lines add up to the total?", "Which item cost the most?", "Which month was the highest?",
    ],
)  # fmt: skip
def test_what_needs_eyes_gets_the_honest_sentence(question: str) -> None:
    reply = ask(question)
    assert not reply.found
    assert "needs a model that sees" in reply.text
    assert "Settings" in reply.text
    assert reply.evidence == ()


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("What is the due date?", "due date"),
        ("What is the IBAN?", "IBAN"),
        ("What is the flight number?", "“flight number”"),
        ("What is the tip?", "tip"),
        ("date of birth?", "date of birth"),
        ("is there a barcode?", "barcode"),
        ("What is the meter reading?", "“meter reading”"),
        ("Who is the president of France?", "“president of France”"),
    ],
)
def test_what_is_not_printed_is_said_never_guessed(question: str, what: str) -> None:
    reply = ask(question)
    assert not reply.found
    assert f"I found no {what} on this picture" in reply.text


@pytest.mark.parametrize(
    ("question", "there"),
    [
        ("Is the word PENCIL there?", True),
        ("Is 'exercise book' on it?", True),
        ("Steht das Wort Merdeka da?", True),
        ("Does it mention Sentosa?", True),
        ("Is the word rubber there?", False),
        ("Is the word ERA there?", False),  # inside MERDEKA? no; three letters count as whole words only
    ],
)
def test_whether_a_word_is_there(question: str, there: bool) -> None:
    reply = ask(question)
    assert reply.found is there
    assert reply.text.startswith("Yes" if there else ("No", "I did not find"))


def test_a_near_miss_is_named_as_one() -> None:
    reply = ask("Is the word EXERCIZE there?")
    assert not reply.found
    assert "The closest is “EXERCISE BOOK A4”" in reply.text


def test_all_text_in_reading_order() -> None:
    reply = ask("Read all the text", CARD)
    assert reply.text == "\n".join(CARD)
    assert len(reply.evidence) == len(CARD)


@pytest.mark.parametrize(
    "question", ["Lies den Text vor", "Lis le texte", "transcribe it", "¿Qué dice?", "Baca semua teks"]
)
def test_all_text_in_other_words(question: str) -> None:
    assert ask(question, CARD).text == "\n".join(CARD)


def test_counts_only_what_can_be_counted() -> None:
    assert "8 lines" in ask("How many lines of text?", CARD).text
    assert "2 times" in ask("How many times does 9.91 appear?").text
    assert "needs a model that sees" in ask("How many people are in the picture?", CARD).text


def test_picture_facts() -> None:
    assert "600 x 710 pixels" in ask("How big is the picture?").text
    assert "portrait" in ask("Is it portrait or landscape?").text
    assert "JPEG" in ask("What file format?").text
    assert "one picture" in ask("How many pictures?").text


def test_several_values_at_once() -> None:
    reply = ask("What is the total and the invoice number?")
    assert "10.48" in reply.text
    assert "CS-00912" in reply.text
    assert len(reply.evidence) == 2


def test_names_are_said_as_what_they_are() -> None:
    reply = ask("What is the name?", CARD)
    assert "Person: Dr. Marta Rossi" in reply.text
    assert "Company: Northwind Instruments Ltd" in reply.text


def test_a_bare_follow_up_gives_the_source_of_the_answer_before() -> None:
    history = (Turn("user", "What is the total?"), Turn("assistant", "Total: 10.48 MYR"))
    reply = ask("Are you sure?", history=history)
    assert "“GRAND TOTAL  RM 10.48”" in reply.text
    assert reply.evidence[0].text == "GRAND TOTAL  RM 10.48"
    assert "no answer of mine" in ask("Are you sure?").text


def test_a_value_from_words_that_no_list_knows() -> None:
    assert "84%" in ask("What is the battery level?", SCREENSHOT).text
    assert "Out for delivery" in ask("What's the status?", SCREENSHOT).text


def test_a_german_invoice_in_german() -> None:
    assert "1178.10 EUR" in ask("Wie hoch ist der Gesamtbetrag?", GERMAN_INVOICE).text
    assert "RE-2024-0815" in ask("Wie lautet die Rechnungsnummer?", GERMAN_INVOICE).text
    assert "17 March 2024" in ask("Bis wann ist es fällig?", GERMAN_INVOICE).text
    assert "188.10" in ask("Wie viel Mehrwertsteuer?", GERMAN_INVOICE).text


def test_codes() -> None:
    reading = paper(["Scan me"], [Code("https://example.com/a", "QR Code", (10.0, 20.0, 60.0, 70.0))])
    reply = answer("What does the QR code say?", reading, FACTS)
    assert "https://example.com/a" in reply.text
    assert reply.evidence[0].box == (10, 20, 60, 70)


def test_a_blank_picture_is_said_in_words() -> None:
    for question in (
        "What is the total?",
        "Read all the text",
        "is the word cash there?",
        "what is the flight number?",
    ):
        reply = answer(question, paper([]), FACTS)
        assert not reply.found
        assert "no text at all" in reply.text


@pytest.mark.parametrize("question", ["", "?", "   ", "🤔", "\u202e", "a" * 5000, "total " * 500, "((((", "<script>"])
def test_any_question_gets_some_answer(question: str) -> None:
    assert ask(question).text


def test_hello_says_what_it_can_do() -> None:
    assert understood("Hello!").asks is Asks.HELLO
    assert "ask for the whole text" in ask("Hello!").text
