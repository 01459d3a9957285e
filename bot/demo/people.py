"""The twelve of Harbour Street. Nobody is meant; what they say is nobody's."""

from __future__ import annotations

from bot.core.errors import FOUND
from bot.core.model import Person
from bot.core.text import key
from bot.demo.village import Resident, ref

CHECKINS, DATES, READINGS, MESSAGES = "checkins", "dates", "readings", "messages"
STEPS = "steps"
ALL = (CHECKINS, DATES, READINGS, MESSAGES, FOUND)


def _one(
    name: str,
    zone: str,
    about: str,
    days: int,
    consents: tuple[str, ...] = ALL,
    language: str = "en",
    quiet: tuple[int, int] = (22, 7),
) -> Resident:
    word = name.lower()
    hours = quiet[0] * 60, quiet[1] * 60
    person = Person(ref("person", word), name, zone, language, hours, consents=frozenset(consents))
    return Resident(word, person, about, days)


PEOPLE = (
    _one(
        "Mara",
        "America/Halifax",
        key("Founded the group and looks after it. Two months of check-ins."),
        63,
    ),
    _one(
        "Joel",
        "America/Halifax",
        key("A trusted servant, whom anybody can turn to. Drives a bus."),
        61,
        consents=(*ALL, STEPS),
    ),
    _one(
        "Inés",
        "Europe/Madrid",
        key("Reads in Spanish. Her afternoon is the group's morning."),
        58,
        language="es",
    ),
    _one(
        "Dana",
        "America/Vancouver",
        key("Works at night and sleeps by day, so her quiet hours are by day."),
        55,
        quiet=(8, 15),
    ),
    _one(
        "Priya",
        "Asia/Kolkata",
        key("Keeps two dates, many check-ins and a notebook, which Joel reads."),
        51,
        consents=(*ALL, STEPS),
    ),
    _one(
        "Tomás",
        "America/Mexico_City",
        key("Reads in Spanish, and is a grandfather. He keeps his favourites."),
        44,
        language="es",
    ),
    _one(
        "Wren",
        "Europe/London",
        key("A student who checks in when there is a minute, sometimes five times a day."),
        38,
    ),
    _one(
        "Ngozi",
        "Africa/Lagos",
        key("Writes a few lines about many readings, for herself alone."),
        33,
    ),
    _one(
        "Lucía",
        "America/Argentina/Buenos_Aires",
        key("Came back three weeks ago. Her former date is kept beside the new one."),
        29,
        language="es",
    ),
    _one(
        "Aroha",
        "Pacific/Auckland",
        key("Where she lives it is tomorrow already."),
        21,
    ),
    _one(
        "Bo",
        "Europe/Oslo",
        key("Likes to listen. He is not written to first, and nothing is kept of him."),
        12,
        consents=(),
    ),
    _one(
        "Samir",
        "Africa/Cairo",
        key("Joined three days ago. His pages are as empty as yours will be at first."),
        3,
        consents=(CHECKINS,),
    ),
)
