"""The occurrences of a recurrence rule on a wall clock, from any moment on, in bounded time.

dateutil has the same calendar, and the tests hold this one against it. It is not used here
because it walks from the first occurrence (a daily rule three years old costs a thousand
steps each time it is asked) and, for a date that never comes, on to the year 9999.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, product

SEARCH = {"DAILY": 60 * 366, "WEEKLY": 60 * 53, "MONTHLY": 60 * 12, "YEARLY": 60}
"""Periods without an occurrence after which there is none: sixty years of them. The rarest
day that does come, a 29 February on a given weekday, takes forty."""
IN_DAYS = [timedelta(days=n) for n in range(7)]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule without its start. Empty lists say nothing; weekdays count from Monday, 0."""

    freq: str
    every: int = 1
    wkst: int = 0
    count: int | None = None
    until: datetime | None = None
    months: frozenset[int] = frozenset()
    weeks: frozenset[int] = frozenset()
    yeardays: frozenset[int] = frozenset()
    monthdays: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    nth: frozenset[tuple[int, int]] = frozenset()
    """Such as (2, 1), the second Tuesday, of the month or else of the year."""
    positions: frozenset[int] = frozenset()
    hours: frozenset[int] = frozenset()
    minutes: frozenset[int] = frozenset()
    seconds: frozenset[int] = frozenset()
    plain: bool = False
    """Days or weeks at the time of the start: found by arithmetic, without a search."""

    def walls(self, start: datetime, since: datetime) -> Iterator[datetime]:
        """The occurrences of the rule that begins at `start`, in order, from `since` on.

        COUNT counts from the start, whatever `since` is. UNTIL is a time of the same clock.
        """
        last = _last(self, start) if self.count else self.until or datetime.max
        for wall in self.endless(start, max(start, since)):
            if wall > last:
                return
            yield wall

    def endless(self, start: datetime, since: datetime) -> Iterator[datetime]:
        """The same without COUNT or UNTIL; `since` is not before `start`."""
        if self.plain:
            return self._steps(start, since)
        return self._anchored(start)._search(start, since)

    def _steps(self, start: datetime, since: datetime) -> Iterator[datetime]:
        first, step, ahead = start, self.every * IN_DAYS[1], IN_DAYS[:1]
        if self.freq == "WEEKLY":
            days = self.weekdays or (start.weekday(),)
            ahead = [IN_DAYS[n] for n in sorted([(day - self.wkst) % 7 for day in days])]
            first, step = start - IN_DAYS[(start.weekday() - self.wkst) % 7], step * 7
        if since > first:
            first += (since - first) // step * step
        with suppress(OverflowError):  # the calendar's last day
            while True:
                for days_ahead in ahead:
                    wall = first + days_ahead
                    if wall >= since:
                        yield wall
                first += step

    def _anchored(self, start: datetime) -> Pattern:
        """With what the rule leaves to its start: the day of the week, month or year."""
        if self.freq == "DAILY" or self.weekdays or self.nth or self.monthdays or self.yeardays:
            return self
        if self.freq == "WEEKLY" or self.weeks:
            return replace(self, weekdays=frozenset((start.weekday(),)))
        months = self.months or frozenset((start.month,) if self.freq == "YEARLY" else ())
        return replace(self, months=months, monthdays=frozenset((start.day,)))

    def _search(self, start: datetime, since: datetime) -> Iterator[datetime]:
        """Period by period, until the calendar or our patience ends."""
        hours, minutes = self.hours or (start.hour,), self.minutes or (start.minute,)
        seconds = self.seconds or (start.second,)
        times = [time(*parts) for parts in sorted(product(hours, minutes, seconds))]
        quiet, patience = 0, SEARCH[self.freq]
        for days in self._periods(start.date(), since.date()):
            found = [datetime.combine(day, at) for day in days for at in times]
            if self.positions:
                kept = {found[p - (p > 0)] for p in self.positions if abs(p) <= len(found)}
                found = sorted(kept)
            quiet = 0 if found else quiet + 1
            if quiet > patience:
                return
            for wall in found:
                if wall >= since:
                    yield wall

    def _periods(self, start: date, since: date) -> Iterator[Sequence[date]]:
        """The matching days of every period that has its turn, from the one of `since` on."""
        number = self._period(start)
        number += max(0, self._period(since) - number) // self.every * self.every
        while (days := self._days(number)) is not None:
            yield [day for day in days if self._matches(day)]
            number += self.every

    def _period(self, day: date) -> int:
        """The number of the day's period, counted from the beginning of the calendar."""
        match self.freq:
            case "DAILY":
                return day.toordinal()
            case "WEEKLY":
                return (day.toordinal() - 1 - self.wkst) // 7  # day 1 was a Monday
            case "MONTHLY":
                return day.year * 12 + day.month - 1
            case _:
                return day.year

    def _days(self, number: int) -> Sequence[date] | None:
        """The days of a period that are worth looking at; None after the calendar's end."""
        match self.freq:
            case "DAILY" | "WEEKLY":
                week = self.freq == "WEEKLY"
                first = number * 7 + 1 + self.wkst if week else number
                days = range(first, min(first + (7 if week else 1), date.max.toordinal() + 1))
                return [date.fromordinal(n) for n in days] or None
            case "MONTHLY":
                year, month = divmod(number, 12)
                return None if year > MAXYEAR else _month(year, month + 1)
            case _:
                months = sorted(self.months) or range(1, 13)
                days_of = (_month(number, month) for month in months if number <= MAXYEAR)
                return [day for days in days_of for day in days] or None

    def _matches(self, day: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        if self.monthdays:
            length = len(_month(day.year, day.month))
            if self.monthdays.isdisjoint((day.day, day.day - length - 1)):
                return False
        if self.weekdays or self.nth:
            weekday = day.weekday()
            numbered = any(weekday == of and self._is_nth(day, n) for n, of in self.nth)
            if weekday not in self.weekdays and not numbered:
                return False
        if self.yeardays:
            of_year, length = _of_year(day)
            if self.yeardays.isdisjoint((of_year, of_year - length - 1)):
                return False
        return not self.weeks or not self.weeks.isdisjoint(self._week(day))

    def _is_nth(self, day: date, n: int) -> bool:
        """Whether the day is the nth of its weekday, from either end of the month or year."""
        place, length = _of_year(day)
        if self.freq == "MONTHLY" or self.months:
            place, length = day.day, len(_month(day.year, day.month))
        return n in ((place - 1) // 7 + 1, -((length - place) // 7 + 1))

    def _week(self, day: date) -> tuple[int, int]:
        """The number of the day's week, and the same from the year's end.

        A week belongs to the year that has four days of it, hence its fourth.
        """
        fourth = day.toordinal() - (day.weekday() - self.wkst) % 7 + 3
        of_year, length = _of_year(date.fromordinal(min(fourth, date.max.toordinal())))
        return (of_year - 1) // 7 + 1, -((length - of_year) // 7 + 1)


@lru_cache(1200)
def _month(year: int, month: int) -> Sequence[date]:
    return tuple(date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1))


def _of_year(day: date) -> tuple[int, int]:
    """The day's place in its year, and the year's length."""
    before = date(day.year, 1, 1).toordinal() - 1
    return day.toordinal() - before, date(day.year, 12, 31).toordinal() - before


@lru_cache(4096)
def _last(pattern: Pattern, start: datetime) -> datetime:
    """The last occurrence of a rule that counts them, or an instant before the first."""
    return max(islice(pattern.endless(start, start), pattern.count), default=datetime.min)
