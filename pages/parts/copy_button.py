"""A button that puts a text on the clipboard. Streamlit has one only inside code blocks."""

from __future__ import annotations

import streamlit as st

_HTML = '<button type="button" class="copy">Copy</button>'
_CSS = """
.copy {
  font: inherit; font-size: .875rem; line-height: 1.6; min-height: 2rem; padding: .2rem .75rem; cursor: pointer;
  color: var(--st-text-color); background: transparent; border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius);
}
.copy:hover { color: var(--st-primary-color); border-color: var(--st-primary-color) }
.copy:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px }
"""
_JS = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector('.copy')
  button.textContent = data.label
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(data.text)
      button.textContent = 'Copied'
    } catch {
      button.textContent = 'The browser did not allow it'
    }
    setTimeout(() => { button.textContent = data.label }, 1600)
  }
}
"""

_component = st.components.v2.component("loupe_copy", html=_HTML, css=_CSS, js=_JS)


def copy_button(text: str, *, key: str, label: str = "Copy") -> None:
    """Copies ``text`` as it is. The label says for a moment whether it worked."""
    _component(key=key, data={"text": text, "label": label}, width="content")
