"""When readings come to whom, and what was liked and written about them."""

from __future__ import annotations

from datetime import timedelta

from bot.core.cards import Call
from bot.core.work import Unit
from bot.demo.village import Part, Village, before, ref
from cogs.readings import Hours
from cogs.readings.library import FIRST, Library
from storage.reading_hours import Chosen
from storage.readings import Favourite, Reflection

OWN = ("inés", "priya", "tomás", "wren", "ngozi", "lucía", "aroha")
HOUR = "07:30"
NIGHT = ("dana", "17:00")
"""Her morning."""
LIKED = (
    ("mara", 2),
    ("mara", 9),
    ("mara", 16),
    ("tomás", 1),
    ("tomás", 5),
    ("tomás", 12),
    ("tomás", 20),
    ("ngozi", 3),
    ("ngozi", 4),
    ("wren", 6),
    ("inés", 8),
    ("aroha", 10),
)
"""Who, and how many days ago."""
WRITTEN = (
    ("ngozi", 1, "I read it on the bus and missed my stop. I did not mind the walk."),
    (
        "ngozi",
        3,
        "My mother would have laughed at this one. I read it aloud in the kitchen anyway.",
    ),
    ("ngozi", 4, "I know the answer, and I do not like it yet."),
    ("ngozi", 8, "Nothing today. Only that the rain has stopped and the yard smells of it."),
    ("mara", 2, "Somebody left the light on for me once. I never found out who."),
    ("mara", 13, "Ask Joel about the spare key."),
    ("inés", 8, "La leí dos veces. La segunda, en voz alta, sonaba a mi abuela."),
    ("tomás", 5, "Se la voy a contar a mi nieto, que pregunta más que yo."),
)


async def puts(village: Village) -> Unit:
    storage = village.storage
    unit: Unit = ()
    hours, start = Hours(storage), before(village.opens)
    for key, hour in (*((key, HOUR) for key in OWN), NIGHT):
        who = village.who(key)
        unit += (storage.reading_hours.choose(Chosen(who.ref, hour)),)
        unit += hours.planned(who.person, hour, start)
    return unit + _liked(village) + _written(village)


def _liked(village: Village) -> Unit:
    unit: Unit = ()
    for key, days in LIKED:
        who, day = village.who(key), village.today - timedelta(days=days)
        if read := Library().reading(FIRST, who.person.language, day):
            named, at = ref("liked", key, str(days)), who.at(day, "08:05")
            reading = read.reading
            one = Favourite(named, who.ref, at, FIRST, reading.key, day, reading.title)
            unit += (village.storage.readings.like(one),)
    return unit


def _written(village: Village) -> Unit:
    unit: Unit = ()
    for key, days, note in WRITTEN:
        who, day = village.who(key), village.today - timedelta(days=days)
        if read := Library().reading(FIRST, who.person.language, day):
            named, at = ref("written", key, str(days)), who.at(day, "08:10")
            one = Reflection(named, who.ref, at, FIRST, day, read.reading.title, note)
            unit += (village.storage.readings.write(one),)
    return unit


PART = Part(puts, cards=(Call("readings.today"),))
