"""Which layout is made for which drawing."""

from __future__ import annotations

from bot.core.pictures import Drawing
from bot.pictures.calendar import calendar
from bot.pictures.shapes import Sheet


def sheet(drawing: Drawing) -> Sheet:
    return calendar(drawing)
