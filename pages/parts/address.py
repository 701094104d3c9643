"""What is chosen on a page stands in its address, so that a reload keeps it; the session keeps a copy, for another page
clears the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True, slots=True)
class Address:
    """``names`` are those of the page's query parameters, ``kept`` is where the session keeps the copy."""

    names: tuple[str, ...]
    kept: str

    def restore(self) -> None:
        """What was chosen before another page was shown stands there again; in each run, before anything is read."""
        if not any(name in st.query_params for name in self.names):
            for name, value in st.session_state.get(self.kept, {}).items():
                st.query_params[name] = value
        self._keep()

    def put(self, **changes: str | Sequence[str]) -> None:
        """Changes the address: good for callbacks. "" and () take a name out."""
        for name, value in changes.items():
            if value:
                st.query_params[name] = value if isinstance(value, str) else list(dict.fromkeys(value))
            else:
                st.query_params.pop(name, None)
        self._keep()

    def go(self, **changes: str | Sequence[str]) -> None:
        """The same, and the page is drawn anew."""
        self.put(**changes)
        st.session_state.pop("failure", None)
        st.rerun()

    def clear(self) -> None:
        """Nothing is chosen any more."""
        self.put(**dict.fromkeys(self.names, ""))
        st.session_state.pop("failure", None)

    def _keep(self) -> None:
        found: Mapping[str, list[str]] = {name: st.query_params.get_all(name) for name in self.names}
        st.session_state[self.kept] = {name: values for name, values in found.items() if values}
