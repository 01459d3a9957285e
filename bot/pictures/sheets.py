"""Which layout is made for which drawing."""

from __future__ import annotations

from bot.core.pictures import Drawing, MoodCalendar
from bot.pictures.calendar import calendar
from bot.pictures.shapes import Sheet
from bot.pictures.trend import trend


def sheet(drawing: Drawing) -> Sheet:
    return calendar(drawing) if isinstance(drawing, MoodCalendar) else trend(drawing)
