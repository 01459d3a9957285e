"""What people count: days, calendar months and years since a date, and the ones they mark."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, timedelta
from enum import StrEnum
from heapq import merge
from itertools import count, takewhile
from zoneinfo import ZoneInfo

DAYS_ALONE = 90
"""Until then people count days; after it, months and years."""


class Leap(StrEnum):
    """The day on which a date of 29 February is marked in other years: the person's choice."""

    FEB_28 = "feb28"
    MAR_1 = "mar1"


@dataclass(frozen=True, slots=True)
class Span:
    """The time from one date to another: whole years, months beside them, days beside those."""

    years: int
    months: int
    days: int
    days_total: int

    @property
    def in_days(self) -> bool:
        """Whether people would say it in days alone."""
        return self.days_total <= DAYS_ALONE


@dataclass(frozen=True, slots=True)
class Marks:
    """Which milestones are marked, counted in days or in calendar months."""

    days: tuple[int, ...]
    months: tuple[int, ...]
    yearly: bool


GENERAL = Marks(days=(1, 30, 60, 90), months=(6, 9, 12, 18), yearly=True)
"""24 hours is the next day: a date has no hour."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day on which so many days, or else so many months, are complete."""

    on: date
    days: int = 0
    months: int = 0


def in_zone(instant: datetime, zone: str) -> date:
    """The day that it is there. The instant has an offset, else ValueError."""
    if instant.tzinfo is None:
        raise ValueError("an instant has an offset")
    return instant.astimezone(ZoneInfo(zone)).date()


def cldr(locale: str) -> str:
    """Whose manner of writing days a language has: English as most of the world, 24 November."""
    return "en_GB" if locale in ("", "en") else locale.replace("-", "_")


def in_months(start: date, months: int, leap: Leap = Leap.FEB_28) -> date:
    """That many calendar months later, or on the last day of a month that is too short.

    Always counted from the start: from 31 January one month is 28 or 29 February, and two
    are 31 March. OverflowError after the year 9999.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > MAXYEAR:
        raise OverflowError("after the year 9999")
    length = monthrange(year, month + 1)[1]
    if (start.month, start.day, month + 1) == (2, 29, 2) and length < 29 and leap is Leap.MAR_1:
        return date(year, 3, 1)
    return date(year, month + 1, min(start.day, length))


def span(start: date, today: date, leap: Leap = Leap.FEB_28) -> Span:
    """How long it has been. A start that is still ahead counts nothing.

    It can be ahead by a day without a mistake: for somebody who flew west since they set it.
    """
    if today <= start:
        return Span(0, 0, 0, 0)
    months = (today.year - start.year) * 12 + today.month - start.month
    if in_months(start, months, leap) > today:
        months -= 1
    days = (today - in_months(start, months, leap)).days
    return Span(months // 12, months % 12, days, (today - start).days)


def milestones(
    start: date, leap: Leap = Leap.FEB_28, marks: Marks = GENERAL
) -> Iterator[Milestone]:
    """All of them, in order, until the calendar ends."""
    days = [n for n in sorted(marks.days) if n <= (date.max - start).days]
    by_days = (Milestone(start + timedelta(n), days=n) for n in days)
    return merge(by_days, _by_months(start, leap, marks), key=lambda milestone: milestone.on)


def _by_months(start: date, leap: Leap, marks: Marks) -> Iterator[Milestone]:
    years = count(12, 12) if marks.yearly else ()
    last = 0
    for n in merge(sorted(marks.months), years):
        if start.year + (start.month - 1 + n) // 12 > MAXYEAR:
            return
        if n != last:
            yield Milestone(in_months(start, n, leap), months=n)
        last = n


def next_milestone(
    start: date, today: date, leap: Leap = Leap.FEB_28, marks: Marks = GENERAL
) -> Milestone | None:
    """The first after today; None if there are no more."""
    return next((one for one in milestones(start, leap, marks) if one.on > today), None)


def reached(
    start: date, today: date, leap: Leap = Leap.FEB_28, marks: Marks = GENERAL
) -> list[Milestone]:
    """Those up to today, in order; the last of them may be today's."""
    return list(takewhile(lambda one: one.on <= today, milestones(start, leap, marks)))
