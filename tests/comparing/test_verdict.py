"""What an answer comes down to, in many phrasings; and that two answers agree or not, whichever comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.comparing.verdict import agree, verdict

SAID = {
    "yes": [
        "Yes.",
        "yes",
        "**Yes**, both show it.",
        "Yes — the total is on both.",
        "Answer: yes",
        "The answer is yes.",
        "Ja.",
        "Ja, auf beiden Bildern.",
        "Antwort: Ja",
        "Oui.",
        "Oui, sur les deux.",
        "Sí.",
        "Sí, en las dos.",
        "Si, se ve bien.",
        "> Yes.\n\nThe button is on both screens.",
    ],
    "no": [
        "No.",
        "no",
        "No, there is none.",
        "No it is not.",
        "**No.** The date is missing.",
        "Nein.",
        "Nein, nirgends.",
        "Non.",
        "Non, pas ici.",
        "No, en ninguna.",
        "Final answer: No.",
        "La respuesta es no.",
    ],
    "A": [
        "A",
        "A.",
        "Picture A",
        "**Picture A**",
        "Picture A is better.",
        "A is better than B.",
        "I prefer A.",
        "I would choose Picture A over Picture B.",
        "Picture B is worse than Picture A.",
        "Compared with B, A is clearer.",
        "Better: A",
        "Bild A ist besser geeignet.",
        "Ich würde Bild A wählen.",
        "Bild B ist weniger scharf als Bild A.",
        "L'image A est meilleure que l'image B.",
        "Je préfère l'image A.",
        "La imagen A es mejor.",
        "Prefiero la imagen A.",
        "Both have merits. Overall, picture A is the better choice.",
        "Yes, picture A is better.",
        "Yes. A is better.",
        "1. Picture A is clearer than picture B.",
    ],
    "B": [
        "B",
        "(B)",
        "Option B.",
        "Picture B is better for a flyer: more contrast.",
        "The better one is picture B.",
        "Better than A is B.",
        "A is not as good as B.",
        "Picture B is sharper.",
        "Picture B is slightly larger than picture A.",
        "Bild B ist schärfer als Bild A.",
        "La imagen A es menos clara que la imagen B.",
        "While A is pleasant, B is better for a flyer.",
        "Im Vergleich zu Bild A ist Bild B besser.",
        "Am besten ist Bild B.",
        "Ich empfehle Bild B.",
        "C'est l'image B qui convient le mieux.",
        "L'image A est moins nette que l'image B.",
        "La imagen B es más clara que la imagen A.",
        "Recomiendo la imagen B.",
        "A has the better light. Overall, B is better.",
        "Beide sind brauchbar. Insgesamt ist Bild B besser.",
    ],
    "F": ["Picture F is the best of the six.", "Bild F gewinnt."],
    "same": [
        "They are the same.",
        "Both pictures are identical.",
        "There is no difference.",
        "No differences.",
        "Nothing has changed.",
        "They are equally good.",
        "It's a tie.",
        "Sie sind identisch.",
        "Beide sind gleich gut.",
        "Es gibt keinen Unterschied.",
        "Elles sont identiques.",
        "Il n'y a aucune différence.",
        "Son iguales.",
        "No hay diferencias.",
        "Son la misma imagen.",
        "They are not different.",
    ],
    "different": [
        "They are not the same.",
        "The two are different items.",
        "They aren't identical.",
        "Sie sind nicht identisch.",
        "Es sind verschiedene Artikel.",
        "Elles ne sont pas identiques.",
        "Ce sont des articles différents.",
        "No son iguales.",
        "Son distintos.",
    ],
}
FREE = [
    "",
    "   \n",
    "***",
    "Picture A shows a receipt from a cafe.",
    "In picture B the button is larger.",
    "The button in picture A is smaller and less visible.",
    "The text fits in picture B.",
    "The total is the same.",
    "The date is different.",
    "They have the same layout.",
    "Beide haben dieselbe Schrift.",
    "Picture B has more buttons than picture A.",
    "Picture B shows newer prices.",
    "A receipt lies on a table.",
    "Picture A shows a door, picture B a window.",
    "Picture A: 12.50\n\nPicture B: 21.00",
    "The price went from 12.50 to 21.00.",
    "C'est une facture.",
    "Yes and no.",
    "Ja und nein: das kommt darauf an.",
    "They are almost identical.",
    "They are the same, except for the date.",
    "Sie sind fast gleich.",
    "A is not better than B.",
    "Neither A nor B is better.",
    "A has the better light. B has the better colours.",
    "The button moved to the left and the total changed.",
    "À mon avis, cela dépend.",
    "| | A | B |\n|---|---|---|\n| total | 12.50 | 21.00 |",
]


@pytest.mark.parametrize(("word", "text"), [(word, text) for word, texts in SAID.items() for text in texts])
def test_what_it_comes_down_to(word: str, text: str) -> None:
    assert verdict(text) == word


@pytest.mark.parametrize("text", FREE)
def test_what_is_not_plain_is_left_open(text: str) -> None:
    assert verdict(text) is None
    assert agree(text, "Picture A is better.") is None


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("Picture A is better.", "Picture B is better.", False),
        ("Picture A is better.", "I prefer A: more contrast.", True),
        ("Yes, they are the same.", "They are the same item.", True),
        ("No, they are different.", "They are not the same.", True),
        ("Yes.", "No.", False),
        ("Ja, beide.", "Yes, both.", True),
        ("They are the same.", "They are different.", False),
        ("Yes, A is better.", "Yes, B is better.", False),
        ("Picture A is better.", "They are equally good.", False),
        ("Yes.", "Picture A is better.", None),
        ("The door is red.", "The door is green.", None),
    ],
)
def test_two_answers_agree(one: str, other: str, told: bool | None) -> None:
    assert agree(one, other) is told
    assert agree(other, one) is told


_PIECES = st.sampled_from(
    [text for texts in SAID.values() for text in texts] + FREE + ["not ", "than B", " A ", "\n\n", "but "]
)
_TEXT = st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=4).map(" ".join))


@given(_TEXT, _TEXT)
def test_agreeing_is_symmetric(one: str, other: str) -> None:
    assert agree(one, other) is agree(other, one)


@given(_TEXT)
def test_every_answer_agrees_with_itself_or_is_left_open(text: str) -> None:
    assert verdict(text) in (*SAID, *"CDE", None)
    assert agree(text, text) is (None if verdict(text) is None else True)
