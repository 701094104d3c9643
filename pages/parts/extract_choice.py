"""Who reads the documents and how closely, with the price of all of them beside each level."""

from __future__ import annotations

from pages.parts.extract_state import Desk, put
from pages.parts.who import Work, choose_who, usable_word
from vision.extracting.setup import papers, shapes
from vision.fields.model import FieldSet
from vision.messages import Detail

READER_FILLS = (
    "The on-device reader fills in what it can find by its label, on this machine and for nothing; what it cannot find "
    "stays empty."
)


def choose_reader(state: Desk, fields: FieldSet) -> tuple[str, Detail]:
    """The choice word and the detail, drawn with what they cost for these pictures."""
    detail = Detail(state.look) if state.look in set(Detail) else Detail.NORMAL
    work = Work(
        key="extract",
        label="Who reads",
        counted=shapes(fields, papers(state.pictures, state.together), detail),
        one="this document",
        all="all {} documents",
        reader=READER_FILLS,
        keep=put,
    )
    return choose_who(work, usable_word(state.who), detail)
