"""What people are asked when they agree on something with each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Annotated

from bot.core.cards import Choice, Field
from bot.core.errors import Slip, UserError
from bot.core.text import key
from storage.agreements import Kind
from storage.moods import MOODS, NEEDS
from storage.parts import Shows, Terms

ME, OTHER, BOTH = "me", "other", "both"
LONGEST = 500
"""Characters in a note to others."""
NOTHING = "-"
"""Typed where a question has no answer yet to take away, it takes the note away."""

KINDS = (
    Choice(Kind.PAIR.value, "One person: a care pair"),
    Choice(Kind.CIRCLE.value, "Up to four: a circle"),
)
ASKED = (
    Choice(ME, "I am"),
    Choice(OTHER, "The other is"),
    Choice(BOTH, "All of us are"),
)
DAYS = (
    Choice(0, "Monday"),
    Choice(1, "Tuesday"),
    Choice(2, "Wednesday"),
    Choice(3, "Thursday"),
    Choice(4, "Friday"),
    Choice(5, "Saturday"),
    Choice(6, "Sunday"),
)
SHOWN = (
    Choice(Shows.ANSWERED.value, "Only that I answered"),
    Choice(Shows.MOOD.value, "The mood"),
    Choice(Shows.ALL.value, "The mood, the boxes and the note"),
)
THEY_SHOW = (Choice(Shows.ANSWERED.value, "Only that they answered"), *SHOWN[1:])
"""The same of somebody else."""
KEPT = {
    "kind": (Choice(Kind.PAIR.value, "Care pair"), Choice(Kind.CIRCLE.value, "Circle")),
    "weekdays": tuple(Choice(day.label, day.label) for day in DAYS),
    "shown": tuple(
        Choice(shows.name.lower(), choice.label) for shows, choice in zip(Shows, SHOWN, strict=True)
    ),
}
"""How what is kept of it is read, by the names that it has there."""
KEEP = key("In a chat, Skip keeps the note as it is, and a single - empties it.")

With = Annotated[str, Field("With whom?", choices=KINDS)]
Asked = Annotated[str, Field("Who is asked how the day is?", choices=ASKED)]
Days = Annotated[tuple[int, ...], Field("On which days?", choices=DAYS)]
MyDays = Annotated[
    tuple[int, ...],
    Field(
        "On which days are you asked?",
        hint=key("None: you are not asked."),
        choices=DAYS,
        empty=True,
    ),
]
Hour = Annotated[time, Field("At what hour?", hint=key("On your own clock, like 20:00"))]
Shown = Annotated[int, Field("What do others see of an answer?", choices=SHOWN)]
MyShown = Annotated[int, Field("What do others see of your answer?", choices=SHOWN)]
Calls = Annotated[
    bool,
    Field(
        "May a “call me” come in your quiet hours?",
        hint=key("No: it waits until they are over, and whoever calls is told so."),
    ),
]
Tells = Annotated[
    bool,
    Field(
        "A gentle word when you are silent long?",
        hint=key("After three questions or two weeks the others hear it once: say hello."),
    ),
]
Typed = Annotated[
    str,
    Field(
        "The code that somebody gave you",
        hint="Left empty, you see yours.",
        private=True,
        code=True,
    ),
]
Secret = Annotated[
    str, Field("The code that somebody gave you", private=True, code=True, longest=64)
]
Stamp = Annotated[str, Field("Which terms?", longest=16)]
Asking = Annotated[date, Field("Which day?")]
Mood = Annotated[int, Field("How is today?", choices=MOODS, drawn="cups")]
Halt = Annotated[
    tuple[str, ...],
    Field(
        "Is any of this going on?", hint=key("What you choose here is what stays."), choices=NEEDS
    ),
]
Note = Annotated[str, Field("A note", long=True, private=True, longest=LONGEST)]
NewNote = Annotated[str, Field("A note", hint=KEEP, long=True, private=True, longest=LONGEST)]
Sure = Annotated[bool, Field("End it?")]


def asked_terms(
    field: Field, asked: str, days: tuple[int, ...], hour: time, shows: int
) -> tuple[Terms, Terms]:
    """What a proposal says of whoever makes it, and of the other; `field` is the one of days."""
    if not days:
        raise Slip(field, UserError("Please choose a day at least."))
    full = Terms(tuple(sorted(days)), f"{hour:%H:%M}", Shows(shows))
    none = replace(full, days=())
    return (full if asked in (ME, BOTH) else none), (full if asked in (OTHER, BOTH) else none)
