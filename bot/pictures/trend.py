"""A trend of moods: a column for each week, and what was ticked in it beneath."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.core.pictures import MoodSpan, MoodTrend
from bot.pictures.desk import WIDE, Desk, mark
from bot.pictures.shapes import LINE, Anchor, Ink, Letters, Path, Sheet, lines, width

NAMES = 124.0
"""The names at the side take no more than this, and are broken where they are longer."""
WIDEST = 40.0
"""Of a column, where there are few."""
HEAD = 24.0
ROW = 30.0
UNDER = 10.0
"""Between the moods and the boxes, and before what explains them."""
BAR, DOT, MARK = 5.0, 4.6, 3.6
"""Half the width of each."""


def trend(drawing: MoodTrend) -> Sheet:
    desk = Desk()
    names = [*drawing.levels, *drawing.boxes]
    side = min(NAMES, 8 + max((width(name) for name in names), default=0))
    column = min(WIDEST, (WIDE - side) / max(len(drawing.weeks), 1))
    centres = [side + column * (at + 0.5) for at in range(len(drawing.weeks))]
    end = side + column * len(drawing.weeks)
    desk.y = HEAD
    levels = _rows(desk, list(reversed(drawing.levels)), side, end)[::-1]
    ticked = any(week.ticked for week in drawing.weeks)
    desk.y += UNDER
    boxes = _rows(desk, drawing.boxes, side, end) if ticked else []
    _months(desk, drawing.weeks, side, column)
    for week, x in zip(drawing.weeks, centres, strict=True):
        desk.paths += _moods(week, x, levels)
        desk.paths += (mark(x, boxes[box], MARK) for box in week.ticked)
    desk.y += UNDER
    desk.explain([_dot(12, desk.y + 13)], drawing.middle)
    if any(len(set(week.moods)) > 1 for week in drawing.weeks):
        desk.explain([_bar(12, desk.y + 2, desk.y + 24)], drawing.spread)
    return desk.sheet()


def _rows(desk: Desk, names: Sequence[str], side: float, end: float) -> list[float]:
    """A line across for each, as far as there are weeks, its name at the side; their heights."""
    heights = []
    for name in names:
        said = lines(name, side - 8)
        high = max(ROW, LINE * len(said) + 6)
        middle = desk.y + high / 2
        desk.write(said, 0, middle + 5 - LINE * (len(said) - 1) / 2)
        desk.paths.append(Path(Ink.RULE, (side, middle), ((end, middle),), closed=False))
        heights.append(middle)
        desk.y += high
    return heights


def _months(desk: Desk, weeks: Sequence[MoodSpan], side: float, column: float) -> None:
    """A line where each begins, and its name as far as the next one leaves room for it."""
    begins = [(side + column * at, week.month) for at, week in enumerate(weeks) if week.month]
    ends = [*(x for x, _ in begins), WIDE][1:]
    for (x, name), end in zip(begins, ends, strict=True):
        desk.paths.append(Path(Ink.RULE, (x, 4), ((x, desk.y),), closed=False))
        if x + 4 + width(name) <= end:
            desk.letters.append(Letters(name, x + 4, 16, strong=True))
        elif (x, name) == begins[-1]:
            short = lines(name, WIDE - side)[0]
            desk.letters.append(Letters(short, WIDE, 16, Anchor.END, strong=True))


def _moods(week: MoodSpan, x: float, levels: Sequence[float]) -> Iterator[Path]:
    """Nothing for a week with none: no line leads over it."""
    if not week.moods:
        return
    least, most = min(week.moods), max(week.moods)
    if least < most:
        yield _bar(x, levels[most - 1] - BAR, levels[least - 1] + BAR)
    mean = sum(week.moods) / len(week.moods) - 1
    under = min(int(mean), len(levels) - 2) if len(levels) > 1 else 0
    over = min(under + 1, len(levels) - 1)
    yield _dot(x, levels[under] + (levels[over] - levels[under]) * (mean - under))


def _dot(x: float, y: float, r: float = DOT) -> Path:
    k = r * 0.552  # a quarter of a circle, as near as a curve comes to it
    return Path(
        Ink.FILL,
        (x, y - r),
        (
            (x + k, y - r, x + r, y - k, x + r, y),
            (x + r, y + k, x + k, y + r, x, y + r),
            (x - k, y + r, x - r, y + k, x - r, y),
            (x - r, y - k, x - k, y - r, x, y - r),
        ),
    )


def _bar(x: float, top: float, bottom: float, r: float = BAR) -> Path:
    k = r * 0.552
    return Path(
        Ink.BODY,
        (x - r, top + r),
        (
            (x - r, top + r - k, x - k, top, x, top),
            (x + k, top, x + r, top + r - k, x + r, top + r),
            (x + r, bottom - r),
            (x + r, bottom - r + k, x + k, bottom, x, bottom),
            (x - k, bottom, x - r, bottom - r + k, x - r, bottom - r),
        ),
    )
