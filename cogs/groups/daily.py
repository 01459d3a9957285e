"""The daily question: a row of the schedule, as the group's settings have it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.cards import Call
from bot.core.model import Place
from bot.core.ports import Due
from bot.core.recurrence import Rule
from bot.core.work import Unit
from storage.groups import Settings
from storage.schedule import Schedule

GRACE = timedelta(hours=3)
"""Later than that it is not this morning's question any more."""


def asked_daily(
    schedule: Schedule, question: Call, settings: Settings, room: Place, now: datetime
) -> Unit:
    """From now on at the group's hour, in its zone, or not at all."""
    ref = f"daily/{settings.ref}"
    gone = schedule.remove(ref)
    if not settings.question:
        return (gone,)
    today = now.astimezone(ZoneInfo(settings.zone)).date()
    hour = time.fromisoformat(settings.question)
    rule = Rule.daily(settings.zone, datetime.combine(today, hour))
    first = rule.after(now)
    if first is None:
        return (gone,)
    due = Due(ref, question, room, first, rule, grace=GRACE, group=settings.group)
    return (gone, schedule.add(due))
