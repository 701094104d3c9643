"""How B lies over A, in words for the person who looks at both."""

from __future__ import annotations

SAME = "the same size and place"
_ALL = 0.97  # share of A from which on it is as good as all of it


def placed(scale: float, dx: float, dy: float, shared: float) -> str:
    """``scale``, ``dx``, ``dy`` as in ``Registration``; ``shared`` is the part (0 to 1) of A that B shows too."""
    size = _size(1 / scale)
    right, down = round(-dx / scale), round(-dy / scale)
    said = [f"B is {size}"] if size else []
    moves = [_pixels(right, "right", "left"), _pixels(down, "down", "up")]
    if moved := " and ".join(move for move in moves if move):
        said.append(moved if size else f"B lies {moved}")
    words = " and ".join(said) if len(said) < 2 or " and " not in said[1] else ", ".join(said)
    if shared < _ALL:
        words = f"{words or SAME}; B shows {max(1, round(100 * shared))} % of A"
    return words or SAME


def _size(larger: float) -> str:
    """``larger``: by which factor B is. Empty where it is the same."""
    if abs(larger - 1) < 0.0005:
        return ""
    if larger >= 1.9:
        return f"{larger:.2g} times as large"
    percent = abs(larger - 1) * 100
    return f"{percent:.1f} % ".replace(".0 ", " ") + ("larger" if larger > 1 else "smaller")


def _pixels(count: int, positive: str, negative: str) -> str:
    if not count:
        return ""
    way = positive if count > 0 else negative
    pixels = "1 pixel" if abs(count) == 1 else f"{abs(count)} pixels"
    return f"{pixels} to the {way}" if way in {"right", "left"} else f"{pixels} further {way}"
