"""The loopback provider's own token counts equal the vendors' worked examples."""

from __future__ import annotations

import pytest

from tests.wire.pictures import count


@pytest.mark.parametrize(
    ("rule", "width", "height", "word", "tokens"),
    [
        ("claude-high", 1000, 1000, None, 1296),
        ("claude-high", 1920, 1080, None, 2691),
        ("claude-standard", 1920, 1080, None, 1560),
        ("claude-high", 3840, 2160, None, 4784),
        ("claude-standard", 3840, 2160, None, 1560),
        ("claude-standard", 1075, 1520, None, 33 * 47),  # 924 x 1307
        ("claude-high", 4032, 3024, None, 79 * 60),  # 2212 x 1659
        ("claude-high", 20, 1, None, 1),
        ("patch", 1024, 1024, "high", 1229),
        ("patch", 2048, 2048, "high", 3000),
        ("patch", 1024, 1024, "low", 308),
        ("patch", 4000, 3000, "original", 14100),
        ("tile-85", 1024, 1024, "high", 765),
        ("tile-85", 2048, 4096, "high", 1105),
        ("tile-85", 4096, 8192, "low", 85),
        ("tile-70", 1024, 1024, "high", 630),
        ("budget", 10, 10, "low", 280),
        ("budget", 4000, 3000, "medium", 560),
        ("budget", 4000, 3000, None, 1120),
        ("tile-258", 384, 384, None, 258),
        ("tile-258", 960, 540, None, 6 * 258),
    ],
)
def test_worked_examples(rule: str, width: int, height: int, word: str | None, tokens: int) -> None:
    assert count(rule, width, height, word) == tokens
