"""Auto: the level a question needs, in the languages people ask in, and the reason that is shown."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vision.routing.auto as auto
from vision.messages import Detail, Json
from vision.models.catalog import Level
from vision.reader.text import is_wide, words_of
from vision.routing.auto import Decision, decide, field_count
from vision.routing.estimating import Shape

PHOTO = Shape(((4032, 3024),), Detail.NORMAL, ())
PRINTED = Decision(True, "quick", "a question about printed text")
SHORT = Decision(False, "quick", "a short factual question")


def pictures(count: int) -> Shape:
    return replace(PHOTO, pictures=((800, 600),) * count)


def fields(count: int) -> Json:
    return {"type": "object", "properties": {f"field_{n}": {"type": "string"} for n in range(count)}}


@pytest.mark.parametrize(
    "question",
    [
        "What is the total?",
        "When was this issued?",
        "What is the invoice number?",
        "Read the text",
        "What does it say?",
        "Scan the barcode",
        "What's the phone number?",
        "Who is the vendor?",
        'Does it say "organic"?',
        "How many words are there?",
        "Was ist der Gesamtbetrag?",
        "Wie hoch ist die Summe?",
        "Lies den Text vor",
        "Quelle est la date ?",
        "Quel est le montant total ?",
        "¿Cuál es la fecha?",
        "¿Qué pone?",
        "合計はいくらですか",
    ],
)
def test_printed_text_is_read_here_first(question: str) -> None:
    assert decide(question, PHOTO) == PRINTED


@pytest.mark.parametrize(
    "question",
    [
        "What colour is the car?",
        "What is this?",
        "How many people are there?",
        "How many bottles are on the shelf?",
        "Is the door open?",
        "Find the red button",
        "What brand is this?",
        "How tall is the Eiffel tower?",
        "Where was this taken?",
        "Welche Farbe hat das Auto?",
        "Was ist das?",
        "De quelle couleur est la voiture ?",
        "¿De qué color es el coche?",
        "hello",
        "",
    ],
)
def test_a_short_question_is_quick(question: str) -> None:
    assert decide(question, PHOTO) == SHORT


def test_a_fact_of_the_file_is_known_here() -> None:
    assert decide("How many pixels does the picture have?", PHOTO) == Decision(
        True, "quick", "a question about the picture file"
    )


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What is the average of the three prices?", "arithmetic over what is shown"),
        ("Does the total match the items? Calculate it.", "arithmetic over what is shown"),
        ("Wie viel Prozent sind das?", "arithmetic over what is shown"),
        ("Calcule la somme des lignes", "arithmetic over what is shown"),
        ("¿Cuál es el promedio?", "arithmetic over what is shown"),
        ("平均はいくつですか", "arithmetic over what is shown"),
        ("Which bar of the chart is blue?", "a chart or diagram"),
        ("Was zeigt das Diagramm?", "a chart or diagram"),
        ("Que montre ce graphique ?", "a chart or diagram"),
        ("¿Qué muestra el gráfico?", "a chart or diagram"),
        ("这个图表显示什么？", "a chart or diagram"),
        ("What does the handwritten note say?", "small or handwritten text"),
        ("Was steht im Kleingedruckten?", "small or handwritten text"),
        ("Why is the floor wet?", "a question that takes reasoning"),
        ("Warum ist der Boden nass?", "a question that takes reasoning"),
        ("Pourquoi le sol est-il mouillé ?", "a question that takes reasoning"),
        ("¿Por qué está mojado el suelo?", "a question that takes reasoning"),
        ("Describe everything you see", "more than a short answer asked for"),
        ("Translate the menu", "more than a short answer asked for"),
        ("Beschreibe das Bild ausführlich", "more than a short answer asked for"),
        (" ".join(["word"] * 41), "a long question"),
        ("图" * 90, "a long question"),
        ("What is the total? " * 5000, "a long question"),
    ],
)
def test_harder_questions_are_balanced(question: str, reason: str) -> None:
    assert decide(question, PHOTO) == Decision(False, "balanced", reason)


@pytest.mark.parametrize(
    ("question", "shape", "level", "reason"),
    [
        ("What is on them?", pictures(2), "balanced", "several pictures"),
        ("What is the total?", pictures(2), "balanced", "several pictures"),
        ("What changed?", pictures(2), "balanced", "several pictures to compare"),
        ("Was ist der Unterschied?", pictures(3), "balanced", "several pictures to compare"),
        ("Compare them", pictures(4), "best", "many pictures to compare"),
        ("What is on them?", pictures(9), "balanced", "several pictures"),
        ("Compare them and explain", pictures(2), "best", "a comparison that takes reasoning"),
        ("Explain the trend in this chart", PHOTO, "best", "a chart and a question that takes reasoning"),
        ("Why? " + "word " * 41, PHOTO, "best", "a long question that takes reasoning"),
        ("What colour is it?", replace(PHOTO, detail=Detail.FINE), "balanced", "fine print asked for"),
        ("Fill the fields", replace(PHOTO, schema=fields(12)), "quick", "a short factual question"),
        ("Fill the fields", replace(PHOTO, schema=fields(13)), "balanced", "many fields to fill"),
        ("Fill the fields", replace(PHOTO, schema=fields(31)), "best", "very many fields to fill"),
        (
            "Fill the fields and explain",
            replace(PHOTO, schema=fields(13)),
            "best",
            "many fields and a question that takes reasoning",
        ),
    ],
)
def test_the_shape_counts_too(question: str, shape: Shape, level: Level, reason: str) -> None:
    assert decide(question, shape) == Decision(False, level, reason)


def test_printed_text_in_fine_print_is_read_here_and_then_balanced() -> None:
    found = decide("What is the total?", replace(PHOTO, detail=Detail.FINE))
    assert found == replace(PRINTED, level="balanced")


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("What is it used as?", SHORT),  # Dutch "as" is an axis
        ("Could I lose this?", SHORT),  # German "löse" is solve
        ("What colour is this resume?", SHORT),  # French "résume" is summarise
        ("Que planta es?", SHORT),  # Portuguese "planta" is a floor plan
        ("What is the nombre completo?", PRINTED),  # "completo" is no wish for completeness
    ],
)
def test_words_of_one_language_are_not_taken_for_another(question: str, meant: Decision) -> None:
    assert decide(question, PHOTO) == meant


@pytest.mark.parametrize(
    ("schema", "count"),
    [
        (None, 0),
        ({"type": "object"}, 1),
        ({"type": "object", "properties": {}}, 0),
        (fields(5), 5),
        ({"type": "object", "properties": {"lines": {"type": "array", "items": fields(3)}, "date": {}}}, 4),
        ({"type": "object", "properties": {"seller": fields(2), "total": {"type": ["number", "null"]}}}, 3),
        ({"type": "object", "properties": {"buyer": {"anyOf": [fields(4), {"type": "null"}]}}}, 4),
        ({"type": "object", "properties": {"total": {"anyOf": [{"type": "number"}, {"type": "null"}]}}}, 1),
        ({"type": "object", "properties": {"tags": {"type": "array", "items": {"type": "string"}}}}, 1),
    ],
)
def test_fields_of_a_schema(schema: Json | None, count: int) -> None:
    assert field_count(schema) == count


def test_every_phrase_of_the_word_lists_can_be_found() -> None:
    table = tomllib.loads(Path(auto.__file__).with_name("words.toml").read_text(encoding="utf-8"))
    for section, languages in table.items():
        for language, phrases in languages.items():
            assert len(phrases) == len(set(phrases)), (section, language)
            for phrase in phrases:
                assert is_wide(phrase[0]) or " ".join(words_of(phrase)) == phrase, (section, phrase)


@given(
    question=st.text(max_size=200),
    count=st.integers(0, 6),
    detail=st.sampled_from(list(Detail)),
    schema=st.sampled_from([None, fields(1), fields(20), fields(50)]),
)
def test_any_question_gets_a_level_and_a_reason(question: str, count: int, detail: Detail, schema: Json | None) -> None:
    shape = Shape(((640, 480),) * count, detail, (question,), schema)
    found = decide(question, shape)
    assert found.level in ("quick", "balanced", "best")
    assert found.reason
    if found.reader_first:
        assert count == 1
        assert schema is None
