"""How our own components are brought to the page: a few inline lines that load the script from /kit, and its style."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from vision.web.kit import asset, asset_url

# A blob: module (which an inline script becomes) cannot import a relative path, so the address is made absolute.
# Height and mode are set before the script arrives, so that nothing moves when it does.
LOADER = """
let mod
export default function (c) {
  const root = c.parentElement.querySelector('.root')
  if (c.data.height) root.style.setProperty('--h', `${c.data.height}px`)
  if (c.data.mode) root.dataset.mode ??= c.data.mode
  mod ??= import(new URL('%(url)s', document.baseURI).href)
  let off, dead = false
  mod.then(m => { if (!dead) off = m.default(c) }, () => { root.textContent = '%(failed)s' })
  return () => { dead = true; off?.() }
}
"""


def component(name: str, script: str, what: str) -> Callable[..., Any]:
    """Registers the component ``name`` whose script and style are kit files; ``what`` names it in words."""
    return st.components.v2.component(
        name,
        html=f"<div class='root'>\n<p class='wait' role='status'>Loading {what}…</p></div>",
        css=asset(f"{script}.css")[0].decode(),
        js=LOADER % {"url": asset_url(f"{script}.js"), "failed": f"Could not load {what}. Reload the page."},
    )


def nothing() -> None:
    """A trigger of a component exists only when it has a callback."""
