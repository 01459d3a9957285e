"""What people are asked when they offer, look or ask."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from bot.core.cards import Choice, Field
from storage.offers import For

ANY = "any"
MOST, FRIENDS = 10, 2
"""How many at a time; of wise friends, beside oneself."""

TONGUES = (
    Choice("en", "English"),
    Choice("es", "Spanish"),
    Choice("pt", "Portuguese"),
    Choice("fr", "French"),
    Choice("de", "German"),
    Choice("it", "Italian"),
    Choice("nl", "Dutch"),
    Choice("pl", "Polish"),
    Choice("ru", "Russian"),
    Choice("ar", "Arabic"),
    Choice("hi", "Hindi"),
    Choice("ja", "Japanese"),
    Choice("sw", "Swahili"),
)
"""What people speak with each other, whatever is written here in."""
MEANT = (
    Choice(ANY, "Anyone"),
    Choice("women", "Women"),
    Choice("men", "Men"),
    Choice("queer", "LGBTQ+ people"),
    Choice("young", "Young people"),
    Choice("new", "People who are new"),
)
TIMES = (
    Choice("open", "As long as it suits us both"),
    Choice("days", "For 90 days, then we both decide"),
)
KINDS = (
    Choice(For.SPONSOR.value, "A sponsor"),
    Choice(For.MENTOR.value, "A mentor"),
    Choice(For.SERVICE.value, "A sponsor in service"),
    Choice(For.FRIEND.value, "A wise friend"),
    Choice(For.PAIR.value, "Somebody to check in with"),
)

Kind = Annotated[str, Field("What is it about?", choices=KINDS)]
Capacity = Annotated[int, Field("For how many at a time?", hint="1 to 10", least=1, most=MOST)]
Languages = Annotated[
    tuple[str, ...],
    Field("In which languages?", hint="None means any that you both speak.", choices=TONGUES),
]
Meant = Annotated[
    str,
    Field(
        "Who may ask you?",
        hint="Whoever asks says for themselves that it is meant for them. I keep nothing of it.",
        choices=MEANT,
    ),
]
About = Annotated[
    str,
    Field(
        "A few words about you",
        hint="Your group can read them. Better nothing that gives you away.",
        long=True,
        private=True,
        longest=600,
    ),
]
Wish = Annotated[
    str,
    Field(
        "Who may ask you, in your own words?",
        hint="Left empty, nothing more is said.",
        private=True,
        longest=200,
    ),
]
Reached = Annotated[
    str,
    Field(
        "How do you like to be reached?",
        hint="Told only after you both said yes. Left empty, nothing is told.",
        private=True,
        longest=200,
    ),
]
Tongue = Annotated[
    str, Field("In which language?", choices=(Choice(ANY, "Any language"), *TONGUES))
]
MeantFor = Annotated[
    str,
    Field(
        "Whom is it for?",
        hint="You see what is for them, and what is for anyone. I keep nothing of it.",
        choices=MEANT,
    ),
]
Words = Annotated[
    str,
    Field(
        "A few words with it",
        hint="Only the one you ask reads them, and sees your name here.",
        long=True,
        private=True,
        longest=600,
    ),
]
Time = Annotated[str, Field("For how long?", choices=TIMES)]
After = Annotated[str, Field("After which?", longest=12)]
Until = Annotated[date, Field("Rest until which day?", hint="Like 2030-01-31")]
Number = Annotated[int, Field("Which of them?", least=0, most=9)]
So = Annotated[bool, Field("Is it so?")]
