"""What is asked of whoever reports, and of the two who read it."""

from __future__ import annotations

from typing import Annotated

from bot.core.cards import Field

LONGEST = 3000

What = Annotated[
    str,
    Field(
        "What happened?",
        hint="Two whom you choose read it. Left empty, you see what there is.",
        long=True,
        private=True,
        longest=LONGEST,
    ),
]
Words = Annotated[
    str,
    Field(
        "What happened?",
        hint="Two whom you choose read it, and nobody else. Nothing is sent before you say so.",
        long=True,
        private=True,
        longest=LONGEST,
    ),
]
More = Annotated[
    str,
    Field(
        "What would you like to add?",
        hint="The two who have it read this too. It goes to them when you send it.",
        long=True,
        private=True,
        longest=LONGEST,
    ),
]
UpTo = Annotated[int, Field("Up to which text?", least=1, most=99)]
Nth = Annotated[int, Field("Which one?", least=0, most=99)]
Reply = Annotated[
    str,
    Field(
        "Your answer",
        hint="Whoever wrote to the two of you reads it, with your name.",
        long=True,
        private=True,
        longest=LONGEST,
    ),
]
