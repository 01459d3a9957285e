"""Two months of check-ins, as different from each other as the people are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.core.cards import Call
from bot.core.work import Unit
from bot.demo.village import Part, Resident, Village, ref
from storage.checkins import CheckIn

NEEDS = ("hungry", "angry", "lonely", "tired")


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody checks in."""

    key: str
    days: float
    """On how many days of ten, and how often on such a day at most."""
    often: int
    middle: float
    """Of their moods, from 1 to 5."""
    notes: tuple[str, ...]
    hours: tuple[int, ...] = (7, 8, 12, 19, 21)


HABITS = (
    Habit(
        "mara",
        8,
        1,
        3.6,
        (
            "Slept. First time this week.",
            "The meeting ran late and I stayed for the washing up.",
            "Quiet house. Too quiet, then all right.",
            "Rang my sister before I could talk myself out of it.",
            "Work was loud. I took the long way home, along the water.",
            "Nothing to report, and that is news.",
            "A letter came that I was afraid of. It was a bill. Just a bill.",
            "Made soup for four and ate it for three days.",
        ),
    ),
    Habit(
        "joel",
        6,
        1,
        3.3,
        (
            "Early shift, fog on the bridge.",
            "Let somebody else do the talking tonight.",
            "Angry until lunch. Then I ate, and it was mostly hunger.",
            "My knee says snow.",
            "Drove the whole line without the radio.",
        ),
        (5, 14, 20),
    ),
    Habit(
        "inés",
        7,
        1,
        3.9,
        (
            "Hoy el pan salió bien.",
            "Cansada, pero en paz con eso.",
            "Llamé yo primero. No fue tan difícil.",
            "Domingo largo. Fui a ver a mi tía.",
        ),
    ),
    Habit(
        "dana",
        5,
        1,
        3.0,
        (
            "Three admissions, no break, and the sun coming up over the car park.",
            "Couldn't sleep. Listened to the neighbours live their day.",
            "A patient asked how I was. I told her.",
        ),
        (16, 18, 20),
    ),
    Habit(
        "priya", 9, 2, 3.5, ("Twenty lengths.", "Festival noise. I liked it.", "Long call home.")
    ),
    Habit(
        "wren",
        8,
        4,
        3.1,
        (
            "Exam at ten.",
            "It went.",
            "Library until they put the lights out.",
            "Everybody went out. I said no, and then I was fine.",
        ),
        (8, 11, 14, 17, 20, 22),
    ),
    Habit("tomás", 4, 1, 4.2, ("Vinieron los nietos.", "Poca cosa. Bien.")),
    Habit("lucía", 6, 1, 2.9, ("Un día.", "Otro día.", "Dije la verdad, y no pasó nada malo.")),
    Habit("aroha", 7, 1, 3.7, ("Wind from the south, washing dry in an hour.",)),
)
LAST = timedelta(minutes=50)
"""Before the demo opens nobody has checked in for so long: who does it now adds to it."""


async def puts(village: Village) -> Unit:
    unit: Unit = ()
    for habit in HABITS:
        for entry in _entries(village, habit):
            unit += village.storage.checkins.add(entry, entry.at)
    return unit


def _entries(village: Village, habit: Habit) -> list[CheckIn]:
    who, dice = village.who(habit.key), village.dice(f"check-ins of {habit.key}")
    notes, mood, made = [*habit.notes] * 2, habit.middle, []
    dice.shuffle(notes)
    for back in range(min(who.days, 62), -1, -1):
        if dice.random() * 10 > habit.days:
            continue
        day = village.today - timedelta(days=back)
        hours = sorted(dice.sample(habit.hours, dice.randint(1, habit.often)))
        for hour in hours:
            mood = min(5.0, max(1.0, mood + dice.gauss((habit.middle - mood) / 2, 0.8)))
            note = notes.pop() if notes and dice.random() < 0.3 else ""
            made.append(_entry(who, day, _hour(hour, dice), round(mood), note, dice))
    return [entry for entry in made if entry.at < village.opens - LAST]


def _hour(hour: int, dice: Random) -> time:
    return time(hour, dice.randint(2, 57))


def _entry(who: Resident, day: date, hour: time, mood: int, note: str, dice: Random) -> CheckIn:
    at = datetime.combine(day, hour, ZoneInfo(who.person.zone))
    needs = dice.sample(NEEDS, dice.choice((0, 0, 1, 2) if mood < 4 else (0, 0, 0, 1)))
    halt = tuple(need for need in NEEDS if need in needs)
    return CheckIn(ref("check-in", who.key, at.isoformat()), who.ref, at, day, mood, halt, note)


PART = Part(
    puts,
    cards=(Call("checkins.invite"), Call("checkins.checkins"), Call("checkins.weeks")),
)
