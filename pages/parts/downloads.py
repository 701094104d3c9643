"""A row of files to save, each under an address of our own that stays good however often the page is run.

``st.download_button`` is not used: its file belongs to one run of the script and is dropped when the next one begins,
so a press in between finds nothing. These are links: a press re-runs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import streamlit as st

_HTML = '<div class="row"></div><p class="said" role="status"></p>'
_CSS = """
.row { display: flex; flex-wrap: wrap; gap: .5rem }
a {
  box-sizing: border-box; display: inline-flex; align-items: center; justify-content: center;
  min-height: 2.5rem; padding: .25rem .75rem; line-height: 1.6; text-decoration: none; white-space: nowrap;
  color: var(--st-text-color); background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius); font-family: var(--st-font); font-size: .875rem;
}
a:hover { color: var(--st-link-color); border-color: var(--st-link-color) }
a:focus-visible { outline: 3px solid var(--st-link-color); outline-offset: 2px }
.said { margin: .5rem 0 0; font-size: .875rem; color: var(--st-text-color) }
.said:empty { display: none }
@media (pointer: coarse) { a { min-height: 2.75rem } }
"""
# A link is changed in place and never replaced: a press is lost when its link goes between button down and button up.
# The browser says of a file that did not come only that it did not; why is asked of the same address.
_JS = """
export default function ({ data, parentElement }) {
  const row = parentElement.querySelector('.row')
  const said = parentElement.querySelector('.said')
  const why = async address => {
    said.textContent = ''
    try {
      const head = await fetch(address, { method: 'HEAD', cache: 'no-store' })
      if (head.ok) return
      const known = [404, 503].includes(head.status)
      said.textContent = known ? await (await fetch(address, { cache: 'no-store' })).text()
        : 'The file could not be made. Reload the page and try again.'
    } catch {
      said.textContent = 'Loupe does not answer. Look whether it still runs, then try again.'
    }
  }
  while (row.children.length > data.links.length) row.lastChild.remove()
  while (row.children.length < data.links.length) row.append(document.createElement('a'))
  data.links.forEach((link, number) => {
    const a = row.children[number]
    if (a.textContent !== link.label) a.textContent = link.label
    a.href = new URL(link.address, document.baseURI).href
    a.download = ''
    a.title = link.help
    a.onclick = () => { why(a.href) }
  })
}
"""

_component = st.components.v2.component("loupe_downloads", html=_HTML, css=_CSS, js=_JS)


@dataclass(frozen=True, slots=True)
class Download:
    """A file to save: ``address`` is one of our routes, from the root, and names the file itself."""

    label: str
    address: str
    help: str = ""


def downloads(files: Sequence[Download], *, key: str) -> None:
    """Links that look like buttons, side by side. Why a file did not come is said below them."""
    _component(key=key, data={"links": [asdict(file) for file in files]})
