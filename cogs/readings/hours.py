"""When a reading comes: at an hour of somebody's own clock, once on each day of it. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.calendar import in_zone
from bot.core.recurrence import Rule

GRACE = timedelta(hours=6)
"""Later than that it is skipped."""
AHEAD = 7
"""Days. A clock that was set back by no more than that shows again what was shown already; what
is further ahead was written down by a clock that was wrong."""
BACK = 366
"""Days back to which a reading can be opened."""


def daily(hour: str, zone: str, now: datetime) -> Rule:
    """At that hour of the zone's clock; one that the clocks skip comes when they go on, and one
    that comes twice comes the first time."""
    return Rule.daily(zone, datetime.combine(in_zone(now, zone), time.fromisoformat(hour)))


def had(shown: date | None, day: date) -> bool:
    """Whether that day has had its reading, or lies before one that has."""
    return shown is not None and 0 <= (shown - day).days <= AHEAD


def until(hour: str, zone: str, now: datetime) -> datetime:
    """When the reading that comes at `now`, perhaps late, is no longer worth sending."""
    midnight = datetime.combine(in_zone(now, zone), time(), ZoneInfo(zone))
    due = daily(hour, zone, now).after(midnight - timedelta(seconds=1))
    return (due if due and due <= now else now) + GRACE


def open_to(day: date, today: date) -> bool:
    """Whether the reading of a day can be opened by somebody on whose own day it is `today`:
    a group's day may be ahead of theirs."""
    return -1 <= (today - day).days <= BACK
