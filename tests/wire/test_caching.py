"""The prompt caches of the loopback provider read and write what the services' own pages say, no more and no less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.wire.caching import Block, Caches, Prompt


def prompt(*pieces: tuple[str, int] | tuple[str, int, bool], least: int = 100, **more: object) -> Prompt:
    """Pieces are (text, tokens, kept); ``kept`` False when left out."""
    blocks, total = [], 0
    for said, tokens, *kept in pieces:
        total += tokens
        blocks.append(Block(said, total, bool(kept and kept[0])))
    return Prompt("model", tuple(blocks), least, **more)  # type: ignore[arg-type]


def test_a_moving_mark_reads_what_was_written_and_writes_what_is_new() -> None:
    caches = Caches()
    assert caches.serve(prompt(("picture", 500, True), ("q1", 10, True))) == (0, 510)
    assert caches.serve(prompt(("picture", 500, True), ("q1", 10), ("a1", 50), ("q2", 20, True))) == (510, 70)
    third = prompt(("picture", 500, True), ("q1", 10), ("a1", 50), ("q2", 20), ("a2", 5), ("q3", 5, True))
    assert caches.serve(third) == (580, 10)
    assert caches.serve(third) == (590, 0)


def test_a_changed_byte_before_the_mark_is_another_prompt() -> None:
    caches = Caches()
    first = prompt(("picture", 500), ("q1", 10, True))
    caches.serve(first)
    assert caches.serve(prompt(("Picture", 500), ("q1", 10, True))) == (0, 510)
    assert caches.serve(replace(first, scope="other model")) == (0, 510)
    caches.clear()
    assert caches.serve(first) == (0, 510)


def test_after_a_changed_text_the_mark_on_the_picture_still_reads() -> None:
    caches = Caches()
    caches.serve(prompt(("picture", 500, True), ("q1", 10, True)))
    assert caches.serve(prompt(("picture", 500, True), ("q2", 10, True))) == (500, 10)


def test_without_marks_or_below_the_least_nothing_is_kept() -> None:
    caches = Caches()
    for one in (prompt(("picture", 500)), prompt(("picture", 99, True))):
        assert [caches.serve(one) for _ in range(2)] == [(0, 0)] * 2
    assert caches.serve(prompt(("picture", 100, True))) == (0, 100)


@pytest.mark.parametrize(("between", "read"), [(18, 510), (19, 510), (20, 0)])
def test_an_entry_is_looked_for_so_many_blocks_before_the_mark(between: int, read: int) -> None:
    caches = Caches()
    caches.serve(prompt(("picture", 510, True), lookback=20))
    pieces = [(f"p{number}", 1, False) for number in range(between)]
    assert caches.serve(prompt(("picture", 510), *pieces, ("q", 1, True), lookback=20))[0] == read


def test_whole_steps_only() -> None:
    caches = Caches()
    steps = {"least": 1024, "step": 128}
    assert caches.serve(prompt(("a", 1023, True), **steps)) == (0, 0)
    assert caches.serve(prompt(("a", 1500, True), **steps)) == (0, 1024 + 3 * 128)
    assert caches.serve(prompt(("a", 1500), ("b", 100, True), **steps)) == (1408, 128)


def test_what_is_kept_for_nobody_is_written_but_never_read() -> None:
    caches = Caches()
    lonely = replace(prompt(("a", 500, True)), scope=None)
    assert [caches.serve(lonely) for _ in range(2)] == [(0, 500)] * 2


def test_writing_that_is_free_is_not_told() -> None:
    caches = Caches()
    free = prompt(("a", 500, True), charged=False)
    assert [caches.serve(free) for _ in range(2)] == [(0, 0), (500, 0)]
