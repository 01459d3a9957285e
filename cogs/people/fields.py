"""What people are asked about themselves."""

from __future__ import annotations

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from bot.core.cards import MAX_CALL_BYTES, Choice, Field
from bot.core.errors import FOUND
from bot.core.text import LANGUAGES
from bot.core.writing import MESSAGES
from storage.names import LONGEST

PURPOSES = (
    Choice("checkins", "Keep my check-ins"),
    Choice("dates", "Keep dates that matter to me"),
    Choice("readings", "Keep my reflections and favourites"),
    Choice(MESSAGES, "Write to me first"),
    Choice(FOUND, "Show my group what I offer"),
    Choice("steps", "Keep my step work"),
)
AT_FIRST = PURPOSES[:4]
"""What newcomers are asked; the others are for later, when they offer something to others, or
begin a notebook."""
TONGUES = tuple(Choice(tag, name) for tag, name in LANGUAGES.items())

Adult = Annotated[bool, Field("Are you 18 or over?")]
Tongue = Annotated[str, Field("Which language suits you?", choices=TONGUES)]
Zone = Annotated[ZoneInfo, Field("Your time zone", hint="A large city near you: Europe/Berlin")]
Purposes = Annotated[
    tuple[str, ...],
    Field(
        "What may I do for you?",
        hint="Each is your choice. /me takes it back at any time.",
        choices=AT_FIRST,
    ),
]
Purpose = Annotated[str, Field("Which of these?", choices=PURPOSES)]
Back = Annotated[str, Field("Where were you?", longest=MAX_CALL_BYTES)]
"""A call; a button carries it."""
Sure = Annotated[bool, Field("Delete all of it?")]
NewName = Annotated[
    str,
    Field(
        "What shall we call you?",
        hint="Left empty, you get the name I suggested. Better none that gives you away.",
        longest=LONGEST,
    ),
]
Name = Annotated[
    str,
    Field(
        "What shall we call you?",
        hint="It is seen in your groups. Better none that gives you away.",
        longest=LONGEST,
    ),
]
From = Annotated[time, Field("Quiet from", hint="On your own clock, like 22:00")]
Until = Annotated[time, Field("Quiet until", hint="The same time twice means never quiet.")]
