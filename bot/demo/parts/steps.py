"""A notebook that somebody writes, and a sponsor reads."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.cards import Call
from bot.core.text import translate
from bot.core.work import Unit
from bot.demo.parts.sponsorship import PAIRED
from bot.demo.village import Part, Resident, Village, ref
from cogs.steps.guides import guides
from storage.notebook import Entry, Notebook
from storage.suggestions import Suggestion

GUIDE = "twelve"
SPONSOR, AUTHOR, _ = PAIRED
UNDER = ref("sponsors", SPONSOR, AUTHOR)
"""What they have agreed on, by the part that comes before."""
OPEN = ("1", "4", "10")
WRITTEN = (
    (
        "1",
        "cost",
        16,
        "A term, the bass guitar, and the whole of my sister's patience.\n\nThe term can be done"
        " again. I saw the bass in a shop window on Park Street, with a sticker on it that was"
        " mine.",
    ),
    (
        "1",
        "evening",
        15,
        "The last tram, and the driver asking whether somebody was meeting me. I said yes. There"
        " was nobody. I think about how easily it came out.",
    ),
    (
        "1",
        "short",
        13,
        "I could stop any evening, and I never wanted it to be that one.",
    ),
    (
        "4",
        "angry",
        4,
        "My flatmate, about the washing up. My father, about the phone that does not ring. The"
        " tutor who was kind about it, which was worse.",
    ),
    ("4", "thanks", 3, "Mending bicycles. Not asking why they need it by six."),
    ("10", "well", 1, "Went to the library for two hours and did not look at my phone once."),
    ("10", "owe", 1, "Ring Dad. Tomorrow, before eleven, or I will not."),
)
"""Step, question, how many days ago, and what was written. Nobody's words but ours."""
KEPT_BACK = "thanks"
SUGGESTED = (
    "angry",
    "You could write down what each of them was afraid of. I did that on a train.",
)
ANSWERED = "I tried it for the flatmate. It came out shorter than I had thought."


async def puts(village: Village) -> Unit:
    storage, author, sponsor = village.storage, village.who(AUTHOR), village.who(SPONSOR)
    since = author.at(village.today - timedelta(days=20), "18:30")
    book = Notebook(ref("notebook", AUTHOR), author.ref, GUIDE, since, OPEN, frozenset({UNDER}))
    unit: Unit = (storage.steps.notebooks.add(book),)
    for step, question, days, text in WRITTEN:
        at = author.at(village.today - timedelta(days=days), "21:40")
        entry = _entry(author, at, step, question, text)
        unit += (storage.steps.entries.add(entry),)
    return unit + _suggested(village, author, sponsor)


def _entry(author: Resident, at: datetime, step: str, question: str, text: str) -> Entry:
    told = guides()[GUIDE].step(step)
    assert told
    asked = translate(told.questions[question], author.person.language)
    made, book = ref("page", AUTHOR, question), ref("notebook", AUTHOR)
    entry = Entry(made, book, author.ref, at, at.date(), step, question, asked, text)
    return entry.saying(UNDER, False, 0) if question == KEPT_BACK else entry


def _suggested(village: Village, author: Resident, sponsor: Resident) -> Unit:
    suggestions, (question, text) = village.storage.steps.suggestions, SUGGESTED
    page, at = ref("page", AUTHOR, question), author.at(village.today, "07:50")
    two = timedelta(days=2)
    made = Suggestion(ref("suggestion", SPONSOR), sponsor.ref, page, at - two, text)
    answer = suggestions.answer(made, author.ref, ANSWERED, at - timedelta(days=1))
    return suggestions.add(made), answer


PART = Part(puts, cards=(Call("steps.steps"),))
