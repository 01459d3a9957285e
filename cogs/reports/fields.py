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
