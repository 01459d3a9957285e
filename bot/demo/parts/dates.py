"""Dates that some of them keep."""

from __future__ import annotations

from datetime import timedelta

from bot.core.cards import Call
from bot.core.work import Unit
from bot.demo.village import Part, Village, ref
from storage.clocks import Clock, Counts, Shows, Stretch

KEPT = (
    ("mara", "The kettle on at six", 1190, Counts.CALENDAR),
    ("joel", "Day one", 402, Counts.DAYS),
    ("priya", "My date", 131, Counts.CALENDAR),
    ("priya", "Swimming again", 47, Counts.DAYS),
    ("inés", "El día que llamé", 233, Counts.CALENDAR),
    ("aroha", "First evening here", 21, Counts.DAYS),
)
"""Whose, its name, and how many days before the first morning."""
AGAIN = ("lucía", "Mi fecha", 196, 21)


async def puts(village: Village) -> Unit:
    clocks = village.storage.clocks
    unit: Unit = ()
    for key, name, days, counts in KEPT:
        who, since = village.who(key), village.today - timedelta(days=days)
        made = Clock(ref("date", key, name), who.ref, name, since, counts, ahead=key == "joel")
        unit += clocks.add(made)
    key, name, first, again = AGAIN
    who, since = village.who(key), village.today - timedelta(days=again)
    former = (Stretch(village.today - timedelta(days=first), since),)
    made = Clock(ref("date", key), who.ref, name, since, shows=Shows.ALL, past=former)
    return unit + clocks.add(made)


PART = Part(puts, cards=(Call("time.time"),))
