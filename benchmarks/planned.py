"""Schedules by the hundred thousand, as groups plan them: every day at nine, or only in years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from benchmarks.house import MORNING, fill, guest, house, settling
from bot.core.actions import Cog, action
from bot.core.cards import Answer, Call, Card
from bot.core.decide import Who
from bot.core.model import Context, Group
from bot.core.ports import Due
from bot.core.recurrence import Rule
from bot.core.work import Unit
from storage import Storage
from storage.groups import web_room

ZONE = "Europe/Berlin"
NINE = datetime(2026, 3, 2, 9)
DUE = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""Nine o'clock on that zone's clocks."""
SINCE, AHEAD = 700, timedelta(days=1400)
"""Days over which they were planned; how far ahead those are that are not due."""


class Bell(Cog):
    name = "bell"

    @action("Ring", who=Who.CLOCK, shared=True)
    async def ring(self, ctx: Context) -> Answer:
        """Costs as little as counting does; an action with more to say costs more."""
        return Card(ctx.t("The meeting begins."))


async def lay(folder: Path, rows: int, due: int, groups: int, people: int = 0) -> None:
    """Schedules of as many groups, each for the group's own room; or for as many people."""
    async with house(folder) as storage:
        await fill(storage, _founded(storage, groups))
        if people:
            await fill(storage, settling(storage, people))
        planned = (_planned(n, _group(n % groups), n < due, people) for n in range(rows))
        await fill(storage, ((storage.schedule.add(one),) for one in planned))


def _founded(storage: Storage, groups: int) -> Iterator[Unit]:
    for group in map(_group, range(groups)):
        yield storage.groups.found(group, web_room(group.ref), MORNING)


def _group(n: int) -> Group:
    return Group(f"g{n}".ljust(12, "_"), f"Group {n}", ZONE)


def _planned(n: int, group: Group, is_due: bool, people: int) -> Due:
    to = guest(n % people)[1] if people else web_room(group.ref)
    rule, at = _daily(n % SINCE, is_due)
    return Due(f"s{n:07}".ljust(12, "_"), Call("bell.ring"), to, at, rule, group=group)


@cache
def _daily(days: int, is_due: bool) -> tuple[Rule, datetime]:
    """Planned so many days ago, and when it is due next."""
    first = NINE - timedelta(days=days)
    rule = Rule.daily(ZONE, first if is_due else first + AHEAD)
    at = rule.after(DUE - timedelta(seconds=1))
    if at is None:
        raise RuntimeError("a daily rule has no end")
    return rule, at
