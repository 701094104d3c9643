"""What a person sets for herself in Settings: who is asked, in which order, and what it may cost. Saved at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import streamlit as st

from pages.parts.saying import done, failed, say
from pages.parts.session import mine, runtime, typed
from vision.choices import local_models
from vision.errors import SettingsError
from vision.markdown import safe_markdown
from vision.routing.connecting import is_local_address
from vision.routing.levels import AUTO, LEVEL_WORDS, LEVELS
from vision.settings import Credential
from vision.spending import cap_of
from vision.store.caps import dollars
from vision.store.money_records import Preferences

CHOICES = {**{str(level): LEVEL_WORDS[level] for level in LEVELS}, AUTO: "Auto"}
CHOICE_CAPTIONS = ("Cheapest, and fast", "Right for most", "Looks and thinks hardest", "Decides by your question")
PROVIDERS = {"anthropic": "Claude", "openai": "OpenAI", "gemini": "Gemini", "compatible": "Local server"}
PLACES = ("First", "Second", "Third", "Fourth")
CAPS = {"question_cap": "A question", "run_cap": "A batch run", "day_cap": "A day"}
NAME_LENGTH = 200
PREFIX = "prefer_"  # of the keys of all widgets here


def forget() -> None:
    """The widgets show again what is stored, after everything was deleted."""
    for key in [key for key in st.session_state if str(key).startswith(PREFIX)]:
        del st.session_state[key]


def who_is_asked() -> None:
    """The level that a talk begins with, the order of fallback, and what may leave this network."""
    kept = mine().preferences()
    st.radio(
        "A new talk begins with",
        list(CHOICES),
        format_func=CHOICES.__getitem__,
        captions=CHOICE_CAPTIONS,
        horizontal=True,
        key=_key("choice", kept.choice if kept.choice in CHOICES else "balanced"),
        on_change=_take,
        args=("choice",),
    )
    _order(kept)
    with st.container(border=True, key="where"):
        st.toggle(
            "Local only",
            key=_key("local_only", kept.local_only),
            on_change=_take,
            args=("local_only",),
            help="Pictures and words never leave this network.",
        )
        if kept.local_only:
            st.caption("Claude, OpenAI and Gemini are not asked, whatever keys are set up.")
        st.toggle(
            "When the local model fails, go on to a cloud service",
            key=_key("local_to_cloud", kept.local_to_cloud),
            on_change=_take,
            args=("local_to_cloud",),
            disabled=kept.local_only,
        )
        if kept.local_only:
            st.caption("Not while Local only is on.")


def local_model(found: Credential | None) -> None:
    """Which of the local server's models stands at Quick, Balanced and Best."""
    kept = mine().preferences()
    if found is None and not kept.local_model:
        return
    default = runtime().settings.local_model
    names = dict.fromkeys([*local_models(typed()), *filter(None, [kept.local_model])])
    st.selectbox(
        "Its model for Quick, Balanced and Best",
        list(names),
        index=None,
        key=_key("local_model", kept.local_model or None),
        on_change=_take_local_model,
        placeholder=f"{default} (LOUPE_LOCAL_MODEL)" if default else "None: it is asked only when you choose it",
        accept_new_options=True,
        help="Choose one, or type its name. It is then asked at every level, in its place by price.",
    )
    if found is not None and not is_local_address(found):
        st.caption("This address is not in this network: Local only leaves it out, and what it bills is not known.")


def caps() -> None:
    """How much may be spent; empty fields are no cap."""
    kept = mine().preferences()
    with st.container(horizontal=True, gap="small", key="cap_fields"):
        for field, words in CAPS.items():
            amount: Decimal | None = getattr(kept, field)
            st.text_input(
                words,
                key=_key(field, "" if amount is None else dollars(amount).removeprefix("$")),
                on_change=_take_cap,
                args=(field,),
                placeholder="No cap",
                icon=":material/attach_money:",
                autocomplete="off",
                width=200,
            )
    for field, words in CAPS.items():
        wrong = st.session_state.get(f"{PREFIX}wrong_{field}")
        if wrong:
            stays = _cap_words(getattr(kept, field))
            say(f"{words}: {wrong} Until then {stays} holds.")
    st.caption(safe_markdown(_in_force(kept)))
    installation = runtime().settings.installation_day_cap
    if installation is not None:
        sentence = f"Everybody here together: {dollars(installation)} a day, set with LOUPE_INSTALLATION_DAY_CAP."
        st.caption(safe_markdown(sentence))


def _order(kept: Preferences) -> None:
    shown = _whole(kept.order)
    with st.container(border=True, key="order"):
        st.radio(
            "Of those at a level, who is asked first, and who next when that fails",
            [False, True],
            format_func=lambda own: "My own order first" if own else "Cheapest first",
            captions=("My order decides between equal prices", "Whatever each one costs"),
            horizontal=True,
            key=_key("own_order_first", kept.own_order_first),
            on_change=_take_order_first,
        )
        # Nobody's box moves when the order does: what is moved in a page loses the keyboard.
        with st.container(horizontal=True, gap="small", key="places"):
            for name, label in PROVIDERS.items():
                st.session_state[f"{PREFIX}place_{name}"] = shown.index(name)
                st.selectbox(
                    label,
                    range(len(shown)),
                    format_func=PLACES.__getitem__,
                    key=f"{PREFIX}place_{name}",
                    on_change=_put_at,
                    args=(name,),
                    width=140,
                )


def _whole(order: tuple[str, ...]) -> tuple[str, ...]:
    """Her order, those that she has not named last."""
    return tuple(dict.fromkeys([*(name for name in order if name in PROVIDERS), *PROVIDERS]))


def _in_force(kept: Preferences) -> str:
    each = ", ".join(f"{words.lower()} {_cap_words(getattr(kept, field))}" for field, words in CAPS.items())
    return f"US dollars. In force: {each}. A day begins at midnight UTC."


def _cap_words(amount: Decimal | None) -> str:
    return "no cap" if amount is None else f"{dollars(amount)}"


def _key(field: str, stored: object) -> str:
    """The key of a widget that shows what is stored, until she changes it."""
    key = f"{PREFIX}{field}"
    st.session_state.setdefault(key, stored)
    return key


def _set(**values: Any) -> None:
    _change(lambda kept: replace(kept, **values))


def _change(change: Callable[[Preferences], Preferences]) -> None:
    done(lambda: mine().set_preferences(change(mine().preferences())))


def _take(field: str) -> None:
    _set(**{field: st.session_state[f"{PREFIX}{field}"]})


def _take_order_first() -> None:
    own = bool(st.session_state[f"{PREFIX}own_order_first"])
    _change(lambda kept: replace(kept, own_order_first=own, order=_whole(kept.order)))


def _put_at(name: str) -> None:
    """``name`` takes the place that was chosen; those behind it make room."""
    place = int(st.session_state[f"{PREFIX}place_{name}"])

    def moved(kept: Preferences) -> Preferences:
        order = [one for one in _whole(kept.order) if one != name]
        order.insert(place, name)
        return replace(kept, order=tuple(order))

    _change(moved)


def _take_local_model() -> None:
    name = (st.session_state[f"{PREFIX}local_model"] or "").strip()
    if len(name) > NAME_LENGTH:
        failed(f"A model's name has at most {NAME_LENGTH} characters: nothing was changed.")
    else:
        _set(local_model=name)


def _take_cap(field: str) -> None:
    wrong = f"{PREFIX}wrong_{field}"
    st.session_state.pop(wrong, None)
    try:
        _set(**{field: cap_of(st.session_state[f"{PREFIX}{field}"])})
    except SettingsError as error:
        st.session_state[wrong] = error.sentence
