"""What was said in the room since yesterday evening, and what anybody there can ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from bot.core.cards import NOW, Call
from bot.core.rooms import Line
from bot.demo.village import Happens, Part, Village, ref

SAID = (
    ("mara", -1, "18:20", "Question answered, supper on. Who is about this evening?"),
    ("joel", -1, "18:41", "Here. Feet up. The number 7 broke down twice and so did I, nearly."),
    ("priya", -1, "18:44", "It is four in the morning here and I am awake, so: good evening."),
    ("mara", -1, "18:46", "Good morning, Priya. The kettle is on in two places, then."),
    ("samir", -1, "19:05", "May I just read along for now?"),
    ("joel", -1, "19:06", "Of course. Nobody has to speak. Good that you are here."),
    ("aroha", -1, "23:10", "Afternoon tea here. The room is quiet and I like it quiet."),
    ("inés", 0, "05:40", "Buenos días. Llueve en Madrid y la cafetera hace más ruido que yo."),
    ("wren", 0, "06:55", "Exam at two. Saying it here so that it is said somewhere."),
    ("dana", 0, "07:40", "Just off shift. Going to sleep while you all have your coffee."),
    (
        "mara",
        0,
        "07:52",
        "Sleep well, Dana. Wren, one page at a time. The page does not know you are nervous.",
    ),
    (
        "tomás",
        0,
        "08:15",
        "Leí la de hoy con mi nieto. Dice que la pregunta es para mí, no para él.",
    ),
    ("ngozi", 0, "08:33", "I missed my stop because of the reading. Again."),
    ("lucía", 0, "09:02", "Aquí estoy. Un día más, y café."),
)
"""Who, on which day, at which hour of the group's clock, what."""


def happens(village: Village) -> Sequence[Happens]:
    return [
        Happens(village.at(village.today + timedelta(days=day), hour), partial(_say, village, n))
        for n, (_, day, hour, _) in enumerate(SAID)
    ]


async def _say(village: Village, number: int) -> None:
    key, _, _, words = SAID[number]
    who, feed = village.who(key), village.storage.web.feed
    line, about = Line(who.person.name, words), (who.ref,)
    cause = ref("said", str(number))
    await feed.keep(cause, village.room, line, village.storage.now(), "", about, who.ref)


PART = Part(happens=happens, cards=(NOW, Call("people.me"), Call("help.help")))
