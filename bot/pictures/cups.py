"""A mood as a cup: how high the tea stands says it, so that no colour has to."""

from __future__ import annotations

from bot.pictures.shapes import Ink, Path, Step

HIGH = 28
"""From brim to foot; the brim is at 0, and the middle of the cup at x 0."""
BODY = Path(
    Ink.BODY,
    (-16, 0),
    ((16, 0), (13, 23), (12.5, 26, 11, 28, 8, 28), (-8, 28), (-11, 28, -12.5, 26, -13, 23)),
)
HANDLE = Path(Ink.HANDLE, (14, 6), ((23, 4, 23, 17, 12, 17),), closed=False)
BLANK = Path(
    Ink.BLANK,
    (-15, 0),
    ((15, 0), (12.2, 22), (11.6, 25, 10, 27, 7.5, 27), (-7.5, 27), (-10, 27, -11.6, 25, -12.2, 22)),
)
LOW, HIGHEST, FLOOR = 22.0, 3.5, 26.0
"""Where the tea stands for the lowest and for the highest mood, and where it ends."""
LEFT: tuple[Step, ...] = ((-8.8, FLOOR), (-9.8, FLOOR, -10.8, 25, -10.8, 24))
RIGHT: tuple[Step, ...] = ((10.8, 24), (10.8, 25, 9.8, FLOOR, 8.8, FLOOR))
"""The corners at the foot, on the way round from the brim's right."""


def cup(moods: tuple[int, ...], of: int, x: float, y: float, scale: float = 1) -> list[Path]:
    """Filled for each mood from 1 to `of`, the first on the left; an outline where there is none.

    The middle of its brim is at x, y.
    """
    if not moods:
        return [BLANK.moved(x, y, scale)]
    tea = [_tea(mood, of, at, len(moods)) for at, mood in enumerate(moods)]
    return [part.moved(x, y, scale) for part in (HANDLE, BODY, *tea)]


def _tea(mood: int, of: int, at: int, number: int) -> Path:
    """One mood's share of the width, a gap away from the next."""
    part = 2 / number
    gap = min(0.055, part / 6)
    left = -1 + at * part + (gap if at else 0)
    right = -1 + (at + 1) * part - (gap if at < number - 1 else 0)
    top = LOW - (LOW - HIGHEST) * (mood - 1) / max(of - 1, 1)
    steps: list[Step] = [(right * _wall(top), top)]
    steps += RIGHT if at == number - 1 else ((right * _wall(FLOOR), FLOOR),)
    steps += LEFT if at == 0 else ((left * _wall(FLOOR), FLOOR),)
    return Path(Ink.FILL, (left * _wall(top), top), tuple(steps))


def _wall(y: float) -> float:
    """How far the inside reaches from the middle at that height."""
    return 13.9 - y * 0.129
