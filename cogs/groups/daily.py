"""What comes every day: rows of the schedule, as the group's settings have them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.cards import Call
from bot.core.model import Place
from bot.core.ports import Due
from bot.core.recurrence import Rule
from bot.core.work import Lane, Unit
from storage.groups import Settings
from storage.schedule import Schedule

GRACE = timedelta(hours=3)
"""Later than that it is not this morning's question any more."""
READING_GRACE = timedelta(hours=6)
SETTINGS = frozenset({"question", "reading", "gather", "zone", "name"})
"""What they go by."""


@dataclass(frozen=True, slots=True)
class Daily:
    """What the clock calls."""

    question: Call
    reading: Call
    gather: Call


def planned(
    schedule: Schedule, daily: Daily, settings: Settings, room: Place, now: datetime
) -> Unit:
    """From now on at the group's hours, in its zone, or not at all."""
    group = settings.group
    unit: Unit = ()
    for name, call, hour, grace, lane in (
        ("daily", daily.question, settings.question, GRACE, Lane.PINGS),
        ("reading", daily.reading, settings.reading, READING_GRACE, Lane.READINGS),
        ("gather", daily.gather, settings.gather, GRACE, Lane.PINGS),
    ):
        ref = f"{name}/{settings.ref}"
        unit += (schedule.remove(ref),)
        rule = _rule(hour, settings.zone, now) if hour else None
        if rule and (first := rule.after(now)):
            due = Due(ref, call, room, first, rule, grace=grace, group=group, lane=lane)
            unit += (schedule.add(due),)
    return unit


def _rule(hour: str, zone: str, now: datetime) -> Rule:
    today = now.astimezone(ZoneInfo(zone)).date()
    return Rule.daily(zone, datetime.combine(today, time.fromisoformat(hour)))
