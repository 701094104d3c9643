"""Who answers, how closely it looks and what follow-ups send. The choice belongs to the talk and is kept with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from pages.parts.plan import draw_plan, draw_reasons, in_short, plan_of
from pages.parts.saying import done
from pages.parts.session import mine, owner, runtime, today, typed
from vision.answering.choosing import default_choice
from vision.answering.requesting import description_shape, earlier_pictures, shape_of_next
from vision.choices import Choosable, choosable
from vision.markdown import safe_markdown
from vision.messages import Detail, FollowUp
from vision.models.catalog import READER
from vision.routing.levels import AUTO, LEVEL_WORDS, LEVELS
from vision.routing.plan import Plan
from vision.settings import credentials
from vision.store.records import Conversation, StoredAnswer, StoredPicture, StoredTurn

DETAIL_WORDS = {Detail.GLANCE: "Glance", Detail.NORMAL: "Normal", Detail.FINE: "Fine print"}
DETAIL_HELP = "How many pixels the model gets. Fine print reads small type and costs more; a glance is quick and cheap."
READER_WORDS = (
    "The on-device reader reads printed text, dates, amounts and codes on this machine, for nothing. "
    "It does not see objects, people or scenes."
)
ONE_MODEL = "model"
LEVEL_NAMES: Mapping[str, str] = {
    AUTO: "Auto",
    **{level: LEVEL_WORDS[level] for level in LEVELS},
    ONE_MODEL: "One model",
}
OTHER_CAPTIONS = {AUTO: "by the question", ONE_MODEL: "your choice"}
LEVEL_HELP = (
    "Quick is cheapest, Best looks and thinks hardest. Auto decides by the question. The cheapest provider is asked "
    "first, and another one when it cannot answer. One model is asked as it is, and nobody else."
)
FOLLOW_UP_WORDS = {
    FollowUp.LOOK: "Look again",
    FollowUp.DESCRIBE: "Go on from its description",
    FollowUp.DROP: "Drop the picture",
}
FOLLOW_UP_HELP = (
    "What the next questions send of the pictures above. Looking again answers best. A description is written once and "
    "sent instead: cheaper, but only what it says is known. Left out, the talk goes on by its words alone."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """``model`` is the choice word: a level, "auto" or a model."""

    model: str
    detail: Detail
    follow_up: FollowUp = FollowUp.LOOK


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the talk remembers, and what the next question there would send."""

    talk: Conversation
    turns: Sequence[StoredTurn]
    waiting: Sequence[StoredPicture]
    word: str
    detail: Detail

    def price(self, follow_up: FollowUp) -> str:
        """Of the next question, and of the description that must be written before it."""
        described = mine().descriptions(self.talk.id)
        new = earlier_pictures(self.turns, described) if follow_up is FollowUp.DESCRIBE else ()
        found = in_short(self.plan(self.word, follow_up))
        if not new:
            return found
        shape = description_shape(new[0], self.detail)
        once = in_short(plan_of(partial(runtime().engine.plan, owner(), self.word, shape, typed=typed())))
        return f"{found}, and once {once}{f' for each of {len(new)}' if len(new) > 1 else ''}"

    def plan(self, word: str, follow_up: FollowUp | None = None) -> Plan | None:
        policy = follow_up or self.talk.follow_up
        described = {key: one.text for key, one in mine().descriptions(self.talk.id).items()}
        shape = shape_of_next(
            self.turns, self.waiting, self.detail, follow_up=policy, described=described, kind=self.talk.kind
        )
        return plan_of(partial(runtime().engine.plan, owner(), word, shape, typed=typed()))


def choose(talk: Conversation, turns: Sequence[StoredTurn], waiting: Sequence[StoredPicture]) -> Choice:
    """The pickers, with the price of the next question. A talk keeps what was chosen; a new one has her default.

    Only her own choice is written: looking at a talk whose model cannot be asked just now changes nothing.
    """
    word = talk.model or default_choice(credentials(typed()), mine().preferences())
    kept = _Kept(talk, turns, waiting, word, talk.detail or Detail.NORMAL)
    if not turns:
        word, detail = _pickers(kept)
    else:  # once there is a talk it needs the room: one button that says what was chosen, the pickers behind it
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key="chosen"):
            with st.popover(safe_markdown(_said(kept)), key=f"choices_{talk.id}"):
                word, detail = _pickers(kept)
            draw_reasons(kept.plan(word), key=talk.id)
    st.caption(READER_WORDS) if word == READER else draw_plan(kept.plan(word))
    return Choice(word, detail, talk.follow_up)


def _said(kept: _Kept) -> str:
    """What was chosen, in one line."""
    model = runtime().catalogue.models.get(kept.word)
    name = LEVEL_NAMES.get(kept.word) or (model.label if model else kept.word)
    if kept.word == READER:
        return name
    follow_up = "" if kept.talk.follow_up is FollowUp.LOOK else FOLLOW_UP_WORDS[kept.talk.follow_up]
    return " · ".join(filter(None, (name, in_short(kept.plan(kept.word)), DETAIL_WORDS[kept.detail], follow_up)))


def _pickers(kept: _Kept) -> tuple[str, Detail]:
    """The choice word and the detail."""
    word, levels = kept.word, LEVEL_NAMES.keys() - {ONE_MODEL}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="choices"):
        if credentials(typed()) or word in levels:
            word = _level(kept)
        if word not in levels:
            word = _one_model(kept)
        if word == READER:
            return word, kept.detail
        detail = _detail(kept)
        _follow_up(kept)
        if not kept.turns:
            draw_reasons(kept.plan(word), key=kept.talk.id)
    return word, detail


def _level(kept: _Kept) -> str:
    """The level chosen, with the price of the next question beside each; "model" for an exact one."""
    prices: dict[str, str] = {level: in_short(kept.plan(level)) for level in LEVELS}
    current = kept.word if kept.word in LEVEL_NAMES else ONE_MODEL
    return st.radio(
        "Who answers",
        list(LEVEL_NAMES),
        index=list(LEVEL_NAMES).index(current),
        format_func=LEVEL_NAMES.__getitem__,
        captions=[safe_markdown(prices.get(name, OTHER_CAPTIONS.get(name, ""))) for name in LEVEL_NAMES],
        horizontal=True,
        key=f"level_{kept.talk.id}",
        on_change=_keep_level,
        args=(kept,),
        help=LEVEL_HELP,
    )


def _keep_level(kept: _Kept) -> None:
    level = st.session_state[f"level_{kept.talk.id}"]
    if level != ONE_MODEL:
        _keep(kept, level)
    elif kept.word in LEVEL_NAMES:  # the one that the level would have asked first
        plan = kept.plan(kept.word)
        first = plan.candidates[0].model.word if plan and plan.candidates else READER
        _keep(kept, first)


def set_choice(talk_id: str, word: str) -> None:
    """What the pickers show from the next run on, for a choice that was made elsewhere on the page."""
    st.session_state[f"level_{talk_id}"] = word if word in LEVEL_NAMES else ONE_MODEL
    if word not in LEVEL_NAMES:
        st.session_state[f"model_{talk_id}"] = word


def _one_model(kept: _Kept) -> str:
    word = kept.word if kept.word not in LEVEL_NAMES else READER
    options = {
        option.word: option
        for option in choosable(runtime().catalogue, typed(), today(), word, local_only=mine().preferences().local_only)
    }
    words = list(options)
    model = st.selectbox(
        "Model",
        words,
        index=words.index(word),
        format_func=lambda one: options[one].label,
        key=f"model_{kept.talk.id}",
        on_change=lambda: _keep(kept, st.session_state[f"model_{kept.talk.id}"]),
        width=270,
    )
    _link_to_settings(options[model], only=len(options) == 1)
    return model


def _keep(kept: _Kept, word: str) -> None:
    """What she chose just now, for the next visit."""
    detail = st.session_state.get(f"detail_{kept.talk.id}", kept.detail)
    done(lambda: mine().set_choice(kept.talk.id, model=word, detail=detail))


def _detail(kept: _Kept) -> Detail:
    options = list(Detail)
    return st.selectbox(
        "How closely to look",
        options,
        index=options.index(kept.detail),
        format_func=DETAIL_WORDS.__getitem__,
        key=f"detail_{kept.talk.id}",
        on_change=lambda: _keep(kept, kept.word),
        help=DETAIL_HELP,
        width=190,
    )


def _follow_up(kept: _Kept) -> None:
    """What later questions send of the pictures: offered once there is a picture that was asked about."""
    if not any(turn.pictures and turn.shown and turn.shown.text for turn in kept.turns):
        return
    options = list(FollowUp)
    key = f"follow_up_{kept.talk.id}"
    # Prices are captions and never part of a label: by its label the browser names what was chosen.
    st.radio(
        "Follow-up questions",
        options,
        index=options.index(kept.talk.follow_up),
        format_func=FOLLOW_UP_WORDS.__getitem__,
        captions=[safe_markdown(kept.price(policy)) for policy in options],
        horizontal=True,
        key=key,
        on_change=_keep_follow_up,
        args=(kept.talk.id, key),
        help=FOLLOW_UP_HELP,
    )


def _keep_follow_up(talk_id: str, key: str) -> None:
    done(partial(mine().set_follow_up, talk_id, st.session_state[key]))


def _link_to_settings(chosen: Choosable, *, only: bool) -> None:
    if not chosen.ready:
        st.page_link("settings.py", label="Set it up in Settings", icon=":material/key:")
    elif only:
        st.page_link("settings.py", label="Add a key for Claude, Gemini or OpenAI", icon=":material/key:")


def others(answer: StoredAnswer, choice: Choice) -> tuple[Choosable, ...]:
    """Who else may be asked the question that ``answer`` does not answer: the levels, then the models by themselves."""
    levels = [Choosable(level, f"{LEVEL_WORDS[level]} (whoever can)", "") for level in LEVELS if level != choice.model]
    models = choosable(runtime().catalogue, typed(), today(), local_only=mine().preferences().local_only)
    return (
        *(levels if credentials(typed()) else ()),
        *(one for one in models if one.word != answer.model and one.ready),
    )
