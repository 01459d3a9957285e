"""Whether somebody may be written to who did nothing to ask for it, and when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from bot.core.calendar import in_zone
from bot.core.model import Person
from bot.core.recurrence import instant
from bot.core.rooms import AnyDeed, Post, Replace
from bot.core.work import Lane

MESSAGES = "messages"
"""The purpose of the yes to being written to first."""
BY = "/by"


def by(person: str) -> str:
    """To be named in `about` where one person has something to say to another: right before it is
    sent it is looked at again whether anything may pass between the two."""
    return f"{person}{BY}"


def unasked(deed: AnyDeed, lane: Lane) -> bool:
    """Whether we write first. What is needed now and what answers somebody goes in lane NOW."""
    shows = isinstance(deed, Post | Replace)
    return shows and isinstance(deed.to, Person) and lane is not Lane.NOW


def agreed(person: Person) -> bool:
    return MESSAGES in person.consents


def quiet_until(person: Person, now: datetime) -> datetime | None:
    """When their quiet hours end, in UTC; None when it is not quiet for them. They run from the
    first time that the clocks of their zone show the one hour to the first that they show the
    other."""
    return _quiet_until(person.quiet, person.zone, now)


@lru_cache(1024)
def _quiet_until(quiet: tuple[int, int], zone: str, now: datetime) -> datetime | None:
    """Many are written to at the same moment, by the same clock."""
    start, end = quiet
    if start == end:
        return None
    try:
        today = in_zone(now, zone)
    except (KeyError, ValueError):  # a zone that is gone must not keep everybody's post back
        return None
    for day in (today - timedelta(days=1), today):
        over = day + timedelta(days=int(end < start))
        begins, ends = _at(day, start, zone), _at(over, end, zone)
        if begins and ends and begins <= now < ends:
            return ends
    return None


def _at(day: date, minutes: int, zone: str) -> datetime | None:
    return instant(datetime(day.year, day.month, day.day) + timedelta(minutes=minutes), zone)
