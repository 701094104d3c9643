"""Loupe: questions about pictures, answered by Claude, Gemini, OpenAI, local models or the on-device reader.

Nothing below this package knows Streamlit; the browser pages live in ``pages/``.
"""
