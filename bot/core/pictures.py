"""What a picture on a card shows, as plain values; how it looks is settled in `bot.pictures`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from bot.core.text import Text


@dataclass(frozen=True, slots=True)
class MoodDay:
    """One day of somebody, as a calendar shows it."""

    on: date
    moods: tuple[int, ...] = ()
    """1 is the lowest; the day's first one first."""
    marks: int = 0
    """How many boxes were ticked that day."""
    within: bool = True
    """Whether something could stand here: not before the first one, and not in days to come."""


@dataclass(frozen=True, slots=True)
class MoodWeek:
    """Seven days of it, and the month that begins among them."""

    days: tuple[MoodDay, ...]
    """Seven, one after the other."""
    month: str = ""
    """What the month is called that begins in it, or that the first week lies in."""


@dataclass(frozen=True, slots=True)
class MoodCalendar:
    """Weeks of days, oldest first, with all words in the language of whoever reads them."""

    title: str
    weekdays: tuple[str, ...]
    """The seven days of a week, two letters or so each."""
    weeks: tuple[MoodWeek, ...]
    levels: tuple[str, ...]
    """What each mood is called, the lowest first."""
    today: date
    marked: str = ""
    """What a mark means, where there are any."""
    several: str = ""
    """How several moods of one day are drawn, where there are any."""


@dataclass(frozen=True, slots=True)
class MoodSpan:
    """One week of somebody, as a trend shows it."""

    start: date
    """Its first day."""
    moods: tuple[int, ...] = ()
    """All of that week; none leaves a gap."""
    ticked: tuple[int, ...] = ()
    """Which of the boxes were ticked at least once, the first one being 0."""
    month: str = ""
    """What the month is called that begins in it, or that the first week lies in."""


@dataclass(frozen=True, slots=True)
class MoodTrend:
    """Weeks beside each other, oldest first, with all words in the reader's language."""

    title: str
    weeks: tuple[MoodSpan, ...]
    levels: tuple[str, ...]
    """What each mood is called, the lowest first."""
    boxes: tuple[str, ...]
    """What each box is called."""
    middle: str
    """What the dot of a week means."""
    spread: str
    """What its bar means."""


Drawing: TypeAlias = MoodCalendar | MoodTrend
"""Whatever can be drawn; another kind of picture joins with its dataclass and its layout."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, and the same in words for whoever cannot see it."""

    alt: Text
    drawing: Drawing
