"""What each feature adds to the demo: a module with a `PART`, and a line here."""

from __future__ import annotations

from bot.demo.parts import (
    checkins,
    dates,
    gathering,
    group,
    pairs,
    readings,
    room,
    sponsorship,
    steps,
)
from bot.demo.village import Part

PARTS: tuple[Part, ...] = (
    group.PART,
    checkins.PART,
    dates.PART,
    pairs.PART,
    readings.PART,
    gathering.PART,
    sponsorship.PART,
    steps.PART,
    room.PART,
)
"""In the order in which they are put in: the people first."""
