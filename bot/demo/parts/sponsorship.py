"""Who offers to be asked, who sponsors whom, and one question that waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.core.cards import Call
from bot.core.work import Unit
from bot.demo.village import Part, Village, before, ref
from cogs.pairs.plans import Plans
from cogs.sponsorship import Waiting
from storage.agreements import Agreement, Kind
from storage.offers import For, Offer
from storage.parts import FOR_NOW, Role
from storage.parts import Part as Half
from storage.requests import Request

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody offers."""

    key: str
    kind: For
    capacity: int
    words: str
    languages: tuple[str, ...] = ("en",)
    met: frozenset[str] = frozenset()
    reached: str = ""
    wish: str = ""
    rests: bool = False


OFFERS = (
    Offered(
        "mara",
        For.SPONSOR,
        3,
        "I have the kettle on from six. I ask more than I answer.",
        met=frozenset({"a year", "worked steps"}),
        reached="Say so in the room, or ring before eight in the evening.",
    ),
    Offered(
        "joel",
        For.SPONSOR,
        2,
        "Shift work, so I am up at odd hours. Good with people who hate mornings.",
        met=frozenset({"a year"}),
        reached="A line in the room; I read it between two stops.",
        wish="Somebody who can bear a short answer",
    ),
    Offered(
        "inés",
        For.SPONSOR,
        1,
        "Acompaño despacio, y con café.",
        ("es", "en"),
        frozenset({"a year"}),
        rests=True,
    ),
    Offered("joel", For.SERVICE, 2, "Ask me what a servant does all day. Mostly: put chairs back."),
    Offered("ngozi", For.PAIR, 0, "Evenings in Lagos. A line a day would do us both good."),
    Offered("tomás", For.PAIR, 0, "Por las tardes, con paciencia.", ("es",)),
)
PAIRED = ("joel", "priya", 40)
"""Who sponsors whom, and since how many days."""
ASKS = ("wren", "mara", "I finish exams in May and would like somebody to ring on Sundays.")


async def puts(village: Village) -> Unit:
    storage = village.storage
    unit: Unit = ()
    for one in OFFERS:
        offer = Offer(
            ref("offer", one.key, one.kind.value),
            village.who(one.key).ref,
            village.group.ref,
            one.kind,
            one.capacity,
            one.languages,
            one.words,
            one.reached,
            wish=one.wish,
            rests=FOR_NOW if one.rests else None,
            met=one.met,
        )
        unit += (storage.offers.put(offer),)
    return unit + _paired(village) + _asked(village)


def _paired(village: Village) -> Unit:
    sponsor, sponsee, days = PAIRED
    since = village.at(village.today - timedelta(days=days), "19:30")
    parts = (
        Half(village.who(sponsor).ref, role=Role.SPONSOR, agreed=True),
        Half(village.who(sponsee).ref, role=Role.SPONSEE, agreed=True),
    )
    named, review = ref("sponsors", sponsor, sponsee), since + 2 * MONTH
    made = Agreement(named, Kind.SPONSOR, parts, since, review, village.group.ref)
    both = village.who(sponsor), village.who(sponsee)
    people = {one.person.ref: one.person for one in both}
    plans = Plans(village.storage.schedule, village.storage.agreements)
    reviews = plans.all(made, people, before(village.opens))
    return village.storage.agreements.add(made) + reviews


def _asked(village: Village) -> Unit:
    key, asked, words = ASKS
    who, other = village.who(key), village.who(asked)
    at = village.at(village.today - timedelta(days=1), "21:05")
    made = Request(
        ref("asks", key, asked), who.ref, other.ref, village.group.ref, For.SPONSOR, at, words=words
    )
    storage = village.storage
    noted = storage.asks.note(made, newcomer=False)
    waiting = Waiting(storage.schedule).begin(made, who.person, at)
    return (*storage.requests.add(made), noted, waiting)


PART = Part(puts, cards=(Call("sponsorship.sponsor"), Call("sponsorship.look", ("sponsor",))))
