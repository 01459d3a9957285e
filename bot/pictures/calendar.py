"""A calendar of moods, week under week, on a sheet that a narrow phone can show."""

from __future__ import annotations

from bot.core.pictures import MoodCalendar, MoodDay, MoodWeek
from bot.pictures.cups import HIGH, cup
from bot.pictures.desk import BESIDE, ENTRY, WIDE, Desk, mark
from bot.pictures.shapes import LINE, Anchor, Ink, Letters, Path, Sheet, Step, lines, width

CELL = WIDE / 7
WEEK = 54.0
NUMBER = 16.0
"""From the top of a week to the line its numbers stand on."""
BRIM = 22.0
MONTH = 28.0
"""What the name of a month takes above the week in which it begins."""
HEAD = 22.0
SCALE = 0.92
AFTER = 14.0
"""Between the calendar and what explains it."""


def calendar(drawing: MoodCalendar) -> Sheet:
    desk = Desk()
    for column, name in enumerate(drawing.weekdays):
        short = lines(name, CELL)[0]
        desk.letters.append(Letters(short, CELL * (column + 0.5), NUMBER, Anchor.MIDDLE))
    desk.y = HEAD
    for row, week in enumerate(drawing.weeks):
        _month(desk, week, row)
        for column, day in enumerate(week.days):
            _day(desk, drawing, day, column)
        desk.y += WEEK
    desk.y += AFTER
    _legend(desk, drawing)
    return desk.sheet()


def _month(desk: Desk, week: MoodWeek, row: int) -> None:
    """Its name where it begins, and a line around what lies before."""
    if not week.month:
        return
    begins = next((at for at, day in enumerate(week.days) if day.on.day == 1), 0)
    desk.y += MONTH
    x, wide = begins * CELL, width(week.month)
    if x + wide <= WIDE:
        desk.letters.append(Letters(week.month, x + 4, desk.y - 8, strong=True))
    else:
        short = lines(week.month, WIDE)[0]
        desk.letters.append(Letters(short, WIDE - 4, desk.y - 8, Anchor.END, strong=True))
    bottom = desk.y + WEEK
    before: tuple[Step, ...] = ((x, desk.y), (x, bottom), (0, bottom)) if begins else ((0, desk.y),)
    desk.paths.append(Path(Ink.RULE, (WIDE, desk.y), before, closed=False))


def _day(desk: Desk, drawing: MoodCalendar, day: MoodDay, column: int) -> None:
    x, y = CELL * (column + 0.5), desk.y
    today = day.on == drawing.today
    if today:
        desk.paths.append(_frame(x, y + 1.5, CELL - 3, WEEK - 3))
    desk.letters.append(Letters(str(day.on.day), x, y + NUMBER, Anchor.MIDDLE, strong=today))
    if day.moods or day.within:
        shift = 2.5 if day.moods else 0  # a handle on one side: the whole of it in the middle
        desk.paths += cup(day.moods, len(drawing.levels), x - shift, y + BRIM, SCALE)
    desk.paths += (
        mark(x + 15 + 6 * (at % 2), y + 7.5 + 6 * (at // 2)) for at in range(min(day.marks, 4))
    )


def _frame(x: float, y: float, wide: float, high: float, r: float = 6) -> Path:
    left, right, bottom = x - wide / 2, x + wide / 2, y + high
    k = r * 0.45  # near enough to a quarter of a circle
    return Path(
        Ink.TODAY,
        (left + r, y),
        (
            (right - r, y),
            (right - k, y, right, y + k, right, y + r),
            (right, bottom - r),
            (right, bottom - k, right - k, bottom, right - r, bottom),
            (left + r, bottom),
            (left + k, bottom, left, bottom - k, left, bottom - r),
            (left, y + r),
            (left, y + k, left + k, y, left + r, y),
        ),
    )


def _legend(desk: Desk, drawing: MoodCalendar) -> None:
    """As many beside each other as there is room for, in as many lines as they need."""
    longest = max(map(width, drawing.levels), default=0)
    columns = next((n for n in (3, 2) if longest <= WIDE / n - BESIDE), 1)
    for at, level in enumerate(drawing.levels):
        x = WIDE / columns * (at % columns)
        desk.paths += _cup((at + 1,), len(drawing.levels), x, desk.y)
        said = lines(level, WIDE / columns - BESIDE)
        desk.write(said, x + BESIDE, desk.y + 18)
        if (at + 1) % columns == 0 or at + 1 == len(drawing.levels):
            desk.y += ENTRY + LINE * (len(said) - 1)
    days = [day for week in drawing.weeks for day in week.days]
    if drawing.several and any(len(day.moods) > 1 for day in days):
        some = (2, min(4, len(drawing.levels)))
        desk.explain(_cup(some, len(drawing.levels), 0, desk.y), drawing.several)
    if drawing.marked and any(day.marks for day in days):
        desk.explain([mark(12, desk.y + 13, 3.4)], drawing.marked)


def _cup(moods: tuple[int, ...], of: int, x: float, y: float) -> list[Path]:
    return cup(moods, of, x + 12, y + 3, 20 / HIGH)
