"""Who opens the group's check-in in turn."""

from __future__ import annotations

from datetime import timedelta

from bot.core.cards import Call
from bot.core.work import Unit
from bot.demo.village import Part, Village

WILLING = ("joel", "priya", "dana")


async def puts(village: Village) -> Unit:
    storage, since = village.storage, village.opens - timedelta(days=9)
    return tuple(
        storage.gatherings.volunteer(village.group.ref, village.who(key).ref, since)
        for key in WILLING
    )


PART = Part(puts, cards=(Call("gathering.gather"), Call("reports.report")))
