"""Who is asked in which order, and why the others are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.messages import Detail
from vision.models.catalog import Catalogue, Level, Model, Tariff, load_catalogue
from vision.routing.candidates import Situation, Standing, limits_differ, standings
from vision.routing.estimating import Shape
from vision.routing.levels import wanted
from vision.routing.plan import plan
from vision.store.money_records import Preferences

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CATALOGUE = load_catalogue()
CLOUD = frozenset({"anthropic", "openai", "gemini"})
ALL = CLOUD | {"compatible"}
LLAVA = Preferences(local_model="llava")
PHOTO = Shape(((4032, 3024),), Detail.NORMAL, ("What is the total?",))
CHEAP, PLENTY = Decimal("0.0001"), Decimal(100)


def healthy(_model: Model) -> str | None:
    return None


def situation(
    set_up: frozenset[str] = CLOUD,
    preferences: Preferences = Preferences(),  # noqa: B008 - frozen
    catalogue: Catalogue = CATALOGUE,
    cap_left: Decimal | None = None,
    local_address: bool = True,
) -> Situation:
    return Situation(
        catalogue, set_up, preferences, NOW.date(), NOW, healthy, cap_left=cap_left, local_address=local_address
    )


def with_model(id: str, **changes: object) -> Catalogue:
    model = replace(CATALOGUE.models[id], **changes)  # type: ignore[arg-type]
    return replace(CATALOGUE, models={**CATALOGUE.models, id: model})


def by_provider(found: tuple[Standing, ...]) -> dict[str, Standing]:
    return {one.model.provider: one for one in found}


def asked(found: tuple[Standing, ...]) -> list[str]:
    return [one.model.provider for one in found if one.candidate]


@pytest.mark.parametrize(
    ("level", "detail", "ids"),
    [
        # the same photo: who is cheapest depends on how each one counts it
        ("quick", Detail.GLANCE, ["gpt-6-luna", "claude-haiku-5-5", "gemini-3.5-flash-lite"]),
        ("quick", Detail.NORMAL, ["claude-haiku-5-5", "gpt-6-luna", "gemini-3.5-flash-lite"]),
        ("quick", Detail.FINE, ["claude-haiku-5-5", "gemini-3.5-flash-lite", "gpt-6-luna"]),
        ("balanced", Detail.NORMAL, ["gemini-3.8-flash", "gpt-6.1-terra", "claude-sonnet-5-5"]),
        ("balanced", Detail.FINE, ["gemini-3.8-flash", "claude-sonnet-5-5", "gpt-6.1-terra"]),
        ("best", Detail.NORMAL, ["gemini-4-argon", "gpt-6.2-sol", "claude-opus-5-5"]),
    ],
)
def test_cheapest_first_for_this_very_request(level: Level, detail: Detail, ids: list[str]) -> None:
    found = standings(level, replace(PHOTO, detail=detail), situation())
    assert [one.model.id for one in found] == [*ids, "reader"]
    assert [one.reason for one in found][:3] == ["cheapest", "2nd by price", "3rd by price"]
    assert [one.code for one in found] == ["in", "in", "in", "not_alone"]


def test_a_price_that_rises_moves_its_model_back() -> None:
    dearer = with_model("gemini-3.8-flash", tariffs=tariff("10"))
    assert asked(standings("balanced", PHOTO, situation(catalogue=dearer)))[-1] == "gemini"


def tariff(price: str) -> tuple[Tariff, ...]:
    return (Tariff(date(2026, 1, 1), Decimal(price), Decimal(price)),)


CODES = [
    # what is different, the provider looked at, code, part of the reason
    (situation(CLOUD - {"anthropic"}), PHOTO, "anthropic", "no_key", "no key: set ANTHROPIC_API_KEY"),
    (situation(CLOUD - {"gemini"}), PHOTO, "gemini", "no_key", "no key: set GOOGLE_API_KEY"),
    (situation(CLOUD, LLAVA), PHOTO, "compatible", "no_address", "no address: set LOUPE_COMPATIBLE_URL"),
    (situation(ALL), PHOTO, "compatible", "no_local_model", "name one in Settings"),
    (situation(preferences=Preferences(local_only=True)), PHOTO, "openai", "local_only", "switched off: Local only"),
    (
        situation(ALL, replace(LLAVA, local_only=True), local_address=False),
        PHOTO,
        "compatible",
        "local_only",
        "its address is not in this network",
    ),
    (
        situation(catalogue=with_model("gemini-3.8-flash", retires=date(2026, 11, 22))),
        PHOTO,
        "gemini",
        "ended",
        "ended on 22 November 2026, and its provider names no successor",
    ),
    (
        situation(catalogue=with_model("gpt-6.1-terra", pictures=False)),
        PHOTO,
        "openai",
        "no_pictures",
        "cannot look at pictures",
    ),
    (
        situation(catalogue=with_model("gpt-6.1-terra", schema=False)),
        replace(PHOTO, schema={"type": "object"}),
        "openai",
        "no_schema",
        "cannot fill a set of fields",
    ),
    (
        situation(catalogue=with_model("gpt-6.1-terra", max_pictures=2)),
        replace(PHOTO, pictures=((10, 10),) * 3),
        "openai",
        "too_many_pictures",
        "takes at most 2 pictures at once, and this would be 3",
    ),
    (
        situation(),
        replace(PHOTO, pictures=((4032, 3024),) * 21, detail=Detail.FINE),
        "anthropic",
        "would_shrink",
        "would shrink the pictures below Fine print",
    ),
    (
        situation(catalogue=with_model("gpt-6.1-terra", context_tokens=5000)),
        PHOTO,
        "openai",
        "too_long",
        "holds 5,000 tokens",
    ),
    (
        replace(situation(), out=lambda model: "failed five times running" if model.provider == "gemini" else None),
        PHOTO,
        "gemini",
        "unhealthy",
        "failed five times running",
    ),
    (
        situation(cap_left=PLENTY, catalogue=with_model("gpt-6.1-terra", tariffs=tariff("1"))),
        replace(PHOTO, texts=("word " * 10,)),
        "openai",
        "in",
        "by price",
    ),
    (
        situation(ALL, LLAVA, cap_left=PLENTY, local_address=False),
        PHOTO,
        "compatible",
        "price_unknown_under_cap",
        "cannot keep your cap: price unknown",
    ),
    (situation(ALL, LLAVA, cap_left=CHEAP), PHOTO, "compatible", "in", "price unknown, so last"),
    (situation(cap_left=CHEAP), PHOTO, "openai", "over_cap", "would pass your cap: it can cost up to $0.0"),
    (situation(cap_left=CHEAP), PHOTO, "openai", "over_cap", "and $0.00010 is left"),
    (situation(cap_left=Decimal(0)), PHOTO, "openai", "over_cap", "and $0 is left"),
    (
        situation(ALL, replace(LLAVA, order=("compatible",), own_order_first=True)),
        PHOTO,
        "gemini",
        "after_local",
        "Settings must allow going on to the cloud",
    ),
    (situation(), PHOTO, "reader", "not_alone", "answers by itself only"),
]


@pytest.mark.parametrize(("now", "shape", "provider", "code", "reason"), CODES)
def test_why_one_is_in_or_out(now: Situation, shape: Shape, provider: str, code: str, reason: str) -> None:
    found = by_provider(standings("balanced", shape, now))[provider]
    assert found.code == code
    assert found.candidate == (code == "in")
    assert reason in found.reason


def test_a_price_that_no_list_names_is_last_and_cannot_keep_a_cap() -> None:
    # above 272,000 tokens the price of gpt-6.2-sol is not known
    long = replace(PHOTO, texts=("word " * 300_000,))
    found = by_provider(standings("best", long, situation()))
    assert (found["openai"].code, found["openai"].reason) == ("in", "price unknown, so last")
    assert asked(standings("best", long, situation()))[-1] == "openai"
    capped = by_provider(standings("best", long, situation(cap_left=PLENTY)))
    assert capped["openai"].code == "price_unknown_under_cap"
    assert capped["gemini"].code == "in"


def test_a_cap_takes_the_bound_and_not_the_guess() -> None:
    free = by_provider(standings("balanced", PHOTO, situation()))["gemini"]
    assert free.estimate is not None
    assert free.estimate.upper is not None
    assert free.estimate.high is not None
    assert free.estimate.high < free.estimate.upper
    enough, short = free.estimate.upper, free.estimate.upper - Decimal("0.000001")
    assert by_provider(standings("balanced", PHOTO, situation(cap_left=enough)))["gemini"].code == "in"
    kept_short = by_provider(standings("balanced", PHOTO, situation(cap_left=short)))["gemini"]
    assert kept_short.candidate
    assert kept_short.output_cap is not None
    assert kept_short.output_cap < kept_short.model.max_output_tokens
    assert f"room for {kept_short.output_cap:,} tokens" in kept_short.reason


@pytest.mark.parametrize("level", ["quick", "balanced", "best"])
def test_a_tight_cap_leaves_less_room_for_the_answer_until_there_is_none(level: Level) -> None:
    for name, free in by_provider(standings(level, PHOTO, situation())).items():
        if not free.candidate or free.estimate is None or free.estimate.upper is None:
            continue
        rooms = []
        for share in (Decimal("0.9"), Decimal("0.7"), Decimal("0.5"), Decimal("0.3"), Decimal("0.05")):
            left = free.estimate.upper * share
            kept = by_provider(standings(level, PHOTO, situation(cap_left=left)))[name]
            if not kept.candidate:
                assert kept.code == "over_cap"
                rooms.append(0)
                continue
            assert kept.estimate is not None
            assert kept.estimate.upper is not None
            assert kept.estimate.upper <= left
            assert kept.output_cap is not None
            assert kept.output_cap >= (1000 if kept.model.thinks else 200)
            rooms.append(kept.output_cap)
        assert rooms == sorted(rooms, reverse=True)
        assert rooms[0] > rooms[-1] == 0


def test_a_model_that_ended_gives_way_to_its_successor() -> None:
    ended = with_model("claude-sonnet-5-5", retires=date(2026, 11, 20), successor="claude-opus-5-5")
    found = by_provider(standings("balanced", PHOTO, situation(catalogue=ended)))["anthropic"]
    assert found.candidate
    assert found.model.id == "claude-opus-5-5"
    assert found.note == "Claude Sonnet 5.5 ended on 20 November 2026: Claude Opus 5.5 stands in for it."
    keyless = by_provider(standings("balanced", PHOTO, situation(frozenset(), catalogue=ended)))["anthropic"]
    assert (keyless.code, keyless.note) == ("no_key", found.note)


def test_the_crowd_shrinks_only_what_is_large() -> None:
    small = replace(PHOTO, pictures=((1600, 1200),) * 21, detail=Detail.FINE)
    assert by_provider(standings("balanced", small, situation()))["anthropic"].candidate
    normal = replace(PHOTO, pictures=((4032, 3024),) * 21)
    assert by_provider(standings("balanced", normal, situation()))["anthropic"].candidate


@pytest.mark.parametrize(
    ("preferences", "order", "reasons"),
    [
        (
            Preferences(order=("anthropic", "openai"), own_order_first=True),
            ["anthropic", "openai", "gemini"],
            ["1st in your order", "2nd in your order", "cheapest"],
        ),
        (Preferences(order=("anthropic", "openai")), ["gemini", "openai", "anthropic"], ["cheapest"]),
        (replace(LLAVA, order=("compatible",)), ["gemini", "openai", "anthropic", "compatible"], ["cheapest"]),
        (
            replace(LLAVA, order=("compatible",), own_order_first=True, local_to_cloud=True),
            ["compatible", "gemini", "openai", "anthropic"],
            ["1st in your order", "cheapest", "2nd by price", "3rd by price"],
        ),
        (replace(LLAVA, order=("compatible",), own_order_first=True), ["compatible"], ["1st in your order"]),
    ],
)
def test_her_own_order(preferences: Preferences, order: list[str], reasons: list[str]) -> None:
    found = standings("balanced", PHOTO, situation(ALL, preferences))
    assert asked(found) == order
    assert [one.reason for one in found][: len(reasons)] == reasons


def test_her_own_order_breaks_a_tie() -> None:
    models = dict(CATALOGUE.models)
    for id in ("gpt-6.1-terra", "gemini-3.8-flash", "claude-sonnet-5-5"):
        models[id] = replace(models[id], tariffs=tariff("0"))
    free = replace(CATALOGUE, models=models)
    for order in (("openai", "gemini", "anthropic"), ("gemini", "anthropic", "openai")):
        assert asked(standings("balanced", PHOTO, situation(CLOUD, Preferences(order=order), free))) == list(order)


def test_the_reader_stands_alone_or_not_at_all() -> None:
    alone = standings("balanced", PHOTO, situation(frozenset()))
    assert asked(alone) == ["reader"]
    assert alone[0].reason == "nothing else is set up"
    assert asked(standings("balanced", PHOTO, situation(preferences=Preferences(local_only=True)))) == ["reader"]
    # set up, but unable just now: then the failure is told, nobody is fobbed off with printed text
    for now in (situation(cap_left=Decimal(0)), replace(situation(), out=lambda model: "overloaded")):
        assert asked(standings("balanced", PHOTO, now)) == []


def test_the_reader_fills_fields_only_where_nothing_else_is_set_up() -> None:
    fields = replace(PHOTO, schema={"type": "object", "properties": {"total": {"type": "number"}}})
    assert asked(standings("balanced", fields, situation(frozenset()))) == ["reader"]
    assert asked(standings("balanced", fields, situation(preferences=Preferences(local_only=True)))) == ["reader"]
    everyone = standings("balanced", fields, situation())
    assert by_provider(everyone)["reader"].code == "not_alone"
    assert asked(everyone)
    # set up, but unable just now: the failure is told, and rules do not stand in for what was asked
    for now in (situation(cap_left=Decimal(0)), replace(situation(), out=lambda model: "overloaded")):
        assert asked(standings("balanced", fields, now)) == []


def test_auto_gives_no_fields_to_the_reader_but_a_person_may() -> None:
    text = "What is the total?"
    fields = replace(PHOTO, schema={"type": "object", "properties": {"total": {"type": "number"}}})
    assert plan(wanted("auto"), text, PHOTO, situation()).reader is not None
    found = plan(wanted("auto"), text, fields, situation())
    assert found.reader is None
    assert "reader" not in asked(found.standings)
    assert asked(plan(wanted("reader"), text, fields, situation()).standings) == ["reader"]
    assert asked(plan(wanted("auto"), text, fields, situation(frozenset())).standings) == ["reader"]


def test_limits_that_differ() -> None:
    sonnet, terra = CATALOGUE.models["claude-sonnet-5-5"], CATALOGUE.models["gpt-6.1-terra"]
    assert limits_differ(sonnet, terra)
    assert not limits_differ(sonnet, CATALOGUE.models["claude-opus-5-5"])
    assert limits_differ(sonnet, CATALOGUE.models["claude-haiku-4-5"])


@pytest.mark.parametrize("trouble", ["sick", "too many pictures"])
def test_behind_a_local_model_that_cannot_be_asked_just_now_nothing_goes_to_the_cloud(trouble: str) -> None:
    mine = Preferences(order=("compatible", "anthropic"), own_order_first=True, local_model="llava")
    now = situation(ALL, mine, local_address=True)
    shape = PHOTO
    if trouble == "sick":
        now = replace(now, out=lambda model: "failed five times running" if model.provider == "compatible" else None)
    else:
        shape = replace(PHOTO, pictures=PHOTO.pictures * 21)
    found = by_provider(standings("balanced", shape, now))
    assert not any(one.candidate for one in found.values())
    assert found["anthropic"].code == "after_local"
    allowed = replace(now, preferences=replace(mine, local_to_cloud=True))
    assert by_provider(standings("balanced", shape, allowed))["anthropic"].candidate


# -- what holds of every situation ---------------------------------------------------------------------------------

shapes = st.builds(
    Shape,
    pictures=st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 5000)), max_size=3).map(tuple)
    | st.sampled_from([((3000, 2000),) * 21, ((3000, 2000),) * 101]),
    detail=st.sampled_from(list(Detail)),
    texts=st.lists(st.text(max_size=40), max_size=2).map(tuple),
    schema=st.sampled_from([None, {"type": "object"}]),
)
preferences = st.builds(
    Preferences,
    order=st.permutations(sorted(ALL)).flatmap(lambda order: st.integers(0, 4).map(lambda n: tuple(order[:n]))),
    own_order_first=st.booleans(),
    local_only=st.booleans(),
    local_to_cloud=st.booleans(),
    local_model=st.sampled_from(["", "llava"]),
)
OUT = st.frozensets(st.sampled_from(sorted(ALL)))


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    out = draw(OUT)
    return Situation(
        catalogue=CATALOGUE,
        set_up=draw(st.frozensets(st.sampled_from(sorted(ALL)))),
        preferences=draw(preferences),
        today=draw(st.sampled_from([NOW.date(), date(2027, 2, 1)])),
        at=NOW,
        out=lambda model: "had trouble" if model.provider in out else None,
        cap_left=draw(st.none() | st.decimals(0, 1, places=4)),
        local_address=draw(st.booleans()),
    )


levels = st.sampled_from(["quick", "balanced", "best"])


@given(level=levels, shape=shapes, now=situations())
def test_what_holds_of_every_situation(level: Level, shape: Shape, now: Situation) -> None:
    found = standings(level, shape, now)
    flags = [one.candidate for one in found]
    assert flags == sorted(flags, reverse=True), "nothing that is out comes before a candidate"
    assert all((one.code == "in") == one.candidate for one in found)
    assert all(one.reason for one in found)
    assert [one.model.provider for one in found].count("reader") == 1
    candidates = [one for one in found if one.candidate]
    assert {one.model.provider for one in candidates} <= now.set_up | {"reader"}
    if any(one.model.provider == "reader" for one in candidates):
        assert len(candidates) == 1
    if now.preferences.local_only:
        assert not {one.model.provider for one in candidates} & CLOUD
        assert now.local_address or all(one.model.provider == "reader" for one in candidates)
    if now.cap_left is not None:
        for one in candidates:
            assert one.estimate is not None
            local = one.model.provider == "compatible" and now.local_address
            assert local or (one.estimate.upper is not None and one.estimate.upper <= now.cap_left)


@given(level=levels, shape=shapes, now=situations())
def test_candidates_are_sorted(level: Level, shape: Shape, now: Situation) -> None:
    candidates = [one for one in standings(level, shape, now) if one.candidate and one.model.provider != "reader"]
    order = now.preferences.order
    own = [order.index(one.model.provider) if one.model.provider in order else len(order) for one in candidates]
    prices = [one.estimate.middle for one in candidates if one.estimate]
    keys = [(price is None, price or Decimal(0), place) for price, place in zip(prices, own, strict=True)]
    if now.preferences.own_order_first:
        assert own == sorted(own)
        keys = [key for key, place in zip(keys, own, strict=True) if place == len(order)]
    assert keys == sorted(keys)


@given(level=levels, shape=shapes, now=situations(), added=st.sampled_from(sorted(ALL)))
def test_another_key_takes_no_candidate_away(level: Level, shape: Shape, now: Situation, added: str) -> None:
    if added == "compatible":  # a local model may be the end of the line: that is what local_to_cloud is for
        now = replace(now, preferences=replace(now.preferences, local_to_cloud=True))
    before, after = (
        {one.model.word for one in standings(level, shape, one_now) if one.candidate} - {"reader"}
        for one_now in (now, replace(now, set_up=now.set_up | {added}))
    )
    assert before <= after
