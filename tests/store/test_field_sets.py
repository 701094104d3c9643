"""Sets of fields: versioned, seen by the whole installation, never gone from under a result."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fields.sets import HARD, SETS
from tests.store.conftest import open_store
from vision.errors import NotThere
from vision.fields.model import Field, FieldSet
from vision.fields.problems import FieldsInvalid
from vision.fields.ready import ready_sets
from vision.store import OwnedStore, Store

OTHER = replace(HARD, name="cargo list")


@pytest.fixture
def owned(store: Store) -> OwnedStore:
    return store.of("ann")


def test_a_set_comes_back_as_it_was(owned: OwnedStore) -> None:
    saved = owned.save_set(HARD)
    assert (saved.name, saved.number, saved.fields, saved.owner) == ("Delivery note", 1, HARD, "ann")
    assert owned.set_version(saved.version_id) == saved
    assert owned.sets() == (saved,)


def test_a_new_version_only_where_something_differs(owned: OwnedStore) -> None:
    first = owned.save_set(HARD)
    assert owned.save_set(HARD, first.id) == first
    changed = replace(HARD, instruction="Stamps do not count.")
    second = owned.save_set(changed, first.id)
    assert (second.id, second.number, second.fields) == (first.id, 2, changed)
    assert owned.sets() == (second,)
    assert owned.set_version(first.version_id).fields == HARD
    back = owned.save_set(HARD, first.id)
    assert [one.number for one in owned.set_versions(first.id)] == [3, 2, 1]
    assert back.version_id != first.version_id


def test_the_order_of_fields_is_a_difference(owned: OwnedStore) -> None:
    first = owned.save_set(HARD)
    turned = replace(HARD, fields=HARD.fields[::-1])
    assert owned.save_set(turned, first.id).number == 2
    assert owned.sets()[0].fields == turned


def test_everybody_sees_and_changes_them(store: Store, owned: OwnedStore) -> None:
    first = owned.save_set(HARD)
    bob = store.of("bob")
    second = bob.save_set(replace(HARD, decimals="point"), first.id)
    assert owned.sets() == (second,)
    assert (owned.set_version(second.version_id).owner, owned.set_version(first.version_id).owner) == ("bob", "ann")


def test_the_list_is_by_name(owned: OwnedStore) -> None:
    for name in ("b", "C", "a"):
        owned.save_set(replace(HARD, name=name))
    assert [one.name for one in owned.sets()] == ["a", "b", "C"]


def test_a_deleted_set_is_off_the_list_and_its_versions_stay(store: Store, owned: OwnedStore) -> None:
    saved = owned.save_set(HARD)
    owned.delete_set(saved.id)
    assert owned.sets() == store.of("bob").sets() == ()
    assert owned.set_version(saved.version_id) == saved
    for gone in (lambda: owned.delete_set(saved.id), lambda: owned.save_set(OTHER, saved.id)):
        with pytest.raises(NotThere, match="no longer there"):
            gone()


def test_what_is_not_there(owned: OwnedStore) -> None:
    for call in (owned.set_version, owned.delete_set, lambda key: owned.save_set(HARD, key)):
        with pytest.raises(NotThere):
            call("no-such-set")
    assert owned.set_versions("no-such-set") == ()


def test_a_set_with_a_problem_is_not_kept(owned: OwnedStore) -> None:
    broken = FieldSet("Broken", (Field("a.b"),))
    for keep in (owned.save_set, owned.version_of):
        with pytest.raises(FieldsInvalid, match="letters, digits"):
            keep(broken)
    assert owned.sets() == ()


def test_a_result_names_a_version_also_of_a_set_nobody_saved(store: Store, owned: OwnedStore) -> None:
    kept = owned.version_of(HARD)
    assert owned.sets() == ()
    assert owned.version_of(HARD) == store.of("bob").version_of(HARD) == kept
    assert owned.set_version(kept.version_id).fields == HARD
    saved = owned.save_set(HARD)
    assert owned.version_of(HARD) == saved  # the one in the list goes before
    assert owned.version_of(OTHER).id not in (kept.id, saved.id)


def test_the_ready_sets_can_be_kept(owned: OwnedStore) -> None:
    for ready in ready_sets():
        assert owned.version_of(ready.fields).fields == ready.fields


def test_two_who_save_at_once_make_two_versions(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first = store.of("ann").save_set(HARD)
    changed = [replace(HARD, instruction=f"number {number}") for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda one: store.of("ann").save_set(one, first.id), changed))
    assert sorted(one.number for one in made) == list(range(2, 10))
    store.close()


def test_sets_outlive_their_maker_where_others_use_them(store: Store, owned: OwnedStore) -> None:
    saved = owned.save_set(HARD)
    store.of("bob").create_conversation()
    owned.delete_everything()
    (kept,) = store.of("bob").sets()
    assert (kept.version_id, kept.fields, kept.owner) == (saved.version_id, HARD, "bob")
    store.of("bob").delete_everything()
    assert store.of("carol").sets() == ()
    with pytest.raises(NotThere):
        store.of("carol").set_version(saved.version_id)


@given(fields=SETS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_set_comes_back_as_it_was(store: Store, fields: FieldSet) -> None:
    owned = store.of("ann")
    assert owned.set_version(owned.save_set(fields).version_id).fields == fields
