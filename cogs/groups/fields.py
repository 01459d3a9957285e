"""What a group is asked about itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from bot.core.cards import Choice, Field
from bot.core.text import LANGUAGES, key
from cogs.groups.fellowships import choices

TONGUES = tuple(Choice(tag, name) for tag, name in LANGUAGES.items())
PATHS = choices()

Called = Annotated[str, Field("What is the group called?", longest=60)]
Tongue = Annotated[str, Field("Which language is spoken there?", choices=TONGUES)]
Zone = Annotated[ZoneInfo, Field("The group's time zone", hint="A large city: Europe/Berlin")]
Path = Annotated[str, Field("Which path is it for?", choices=PATHS)]
Question = Annotated[
    time | None,
    Field("When shall I ask how the day is?", hint="Like 08:00. Left empty, I do not ask."),
]
Cleared = Annotated[
    str,
    Field(
        "What shall be empty?",
        choices=(
            Choice("question", "Ask no daily question"),
            Choice("reading", "Bring no daily reading"),
            Choice("gather", "Hold no group check-in"),
            Choice("agreement", "Your words"),
        ),
    ),
]
Time = Annotated[time, Field("When shall I ask how the day is?", hint="Like 08:00")]
Gather = Annotated[
    time,
    Field(
        "When shall somebody open our check-in?",
        hint="Like 19:00. It begins tomorrow or the day after.",
    ),
]
Keeps = Annotated[
    bool, Field("Does it stay when its day ends?", hint="Else the thread or topic is deleted.")
]
Hour = Annotated[time, Field("When shall the reading of the day come?", hint="Like 07:30")]
Pack = Annotated[str, Field("Which readings?", longest=20)]
Contact = Annotated[
    str,
    Field(
        "Whom to turn to when something is wrong?",
        hint="A name and a way to reach them; newcomers and people under 18 are told.",
        longest=200,
    ),
]
Agreement = Annotated[
    str,
    Field(
        "What do you ask of each other?",
        hint="Newcomers read it before they join. Left empty, it is ours.",
        long=True,
        longest=1000,
    ),
]
Suggested = Annotated[
    str,
    Field(
        "What do you suggest to sponsors?",
        hint="Like: a year, worked steps. Left empty, what your path suggests.",
        longest=200,
    ),
]

LABELS: Mapping[str, str] = {
    "name": key("Name"),
    "language": key("Language"),
    "zone": key("Time zone"),
    "profile": key("Path"),
    "question": key("Daily question"),
    "reading": key("Daily reading"),
    "pack": key("Readings"),
    "gather": key("Group check-in"),
    "keeps": key("What is said in it"),
    "contact": key("Whom to turn to"),
    "agreement": key("What you ask of each other"),
    "suggested": key("Suggested to sponsors"),
}
"""What can be changed, as people call it."""
