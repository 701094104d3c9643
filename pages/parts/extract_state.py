"""What is chosen on the Extract page. It stands in the address, so that a reload keeps it; the session keeps a copy,
for another page clears the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.parts.address import Address
from pages.parts.session import mine
from vision.errors import NotThere
from vision.extracting.setup import Together
from vision.store import StoredPicture

EXTRACT_PAGE = "extract.py"
# set: the word of the set. of: the saved set it is edited from. p: pictures. how: what is one document. who: the choice
# word. look: how closely. t: the run that was tried. r: the run that is shown.
NAMES = ("set", "of", "p", "how", "who", "look", "t", "r")
_address = Address(NAMES, "extract_address")
put, go, anew = _address.put, _address.go, _address.clear


@dataclass(frozen=True, slots=True)
class Desk:
    """What the address says; "" and () for what it does not."""

    set: str
    of: str
    pictures: tuple[StoredPicture, ...]
    together: Together
    who: str
    look: str
    tried: str
    run: str


def desk() -> Desk:
    _address.restore()
    how = st.query_params.get("how", "")
    return Desk(
        set=st.query_params.get("set", ""),
        of=st.query_params.get("of", ""),
        pictures=_pictures(),
        together=Together(how) if how in set(Together) else Together.FILE,
        who=st.query_params.get("who", ""),
        look=st.query_params.get("look", ""),
        tried=st.query_params.get("t", ""),
        run=st.query_params.get("r", ""),
    )


def _pictures() -> tuple[StoredPicture, ...]:
    found = []
    for picture_id in st.query_params.get_all("p"):
        try:
            found.append(mine().picture(picture_id))
        except NotThere:
            continue
    return tuple(found)
