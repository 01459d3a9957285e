"""Two care pairs and a circle, a month old, and what some of them answered yesterday."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.core.calendar import in_zone
from bot.core.cards import Call, Card
from bot.core.model import Place
from bot.core.work import Unit
from bot.demo.village import Happens, Part, Resident, Village, before, ref
from cogs.pairs import Plans
from storage.agreements import Agreement, Kind
from storage.parts import Part as Share
from storage.parts import Shows, Terms
from storage.pings import Ping

EVERY, WORKDAYS = tuple(range(7)), tuple(range(5))
SINCE = timedelta(days=31)
REVIEW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Bond:
    """Who agreed on what with whom."""

    kind: Kind
    terms: dict[str, Terms]

    @property
    def ref(self) -> str:
        return ref("agreement", *self.terms)


BONDS = (
    Bond(
        Kind.PAIR,
        {
            "mara": Terms(EVERY, "21:00", Shows.MOOD, calls=True),
            "joel": Terms(WORKDAYS, "20:30", Shows.MOOD, calls=True),
        },
    ),
    Bond(
        Kind.PAIR,
        {
            "inés": Terms(EVERY, "20:30", Shows.ALL, tells=True),
            "tomás": Terms((), "20:00", Shows.ALL, calls=True),
        },
    ),
    Bond(
        Kind.CIRCLE,
        {
            "wren": Terms(EVERY, "21:30", Shows.ALL),
            "priya": Terms(EVERY, "08:00", Shows.MOOD),
            "ngozi": Terms((2, 6), "19:00", Shows.ANSWERED),
        },
    ),
)
ANSWERS = (
    ("mara", -1, "21:20", 4, (), ""),
    ("joel", -1, "20:41", 3, ("tired",), ""),
    ("inés", -1, "20:50", 4, (), "Hoy llamé yo. Luego hice pan."),
    ("wren", -1, "21:35", 2, ("tired", "hungry"), "Exam tomorrow. Toast is not a dinner."),
    ("priya", 0, "08:06", 4, (), ""),
)
"""Who, on which day and at which hour of their own, what, with what beside it."""


async def puts(village: Village) -> Unit:
    storage, start = village.storage, before(village.opens)
    plans = Plans(storage.schedule, storage.agreements)
    made: Unit = ()
    for bond in BONDS:
        agreement = _agreement(village, bond)
        people = {village.who(key).ref: village.who(key).person for key in bond.terms}
        made += storage.agreements.add(agreement) + plans.all(agreement, people, start)
        for key, terms in bond.terms.items():
            if terms.days:
                made += (storage.pings.ask(_earlier(village, bond, key, terms)),)
    return made


def happens(village: Village) -> Sequence[Happens]:
    found = []
    for key, day, hour, mood, halt, note in ANSWERS:
        who = village.who(key)
        at = datetime.combine(
            in_zone(village.opens, who.person.zone) + timedelta(days=day),
            time.fromisoformat(hour),
            ZoneInfo(who.person.zone),
        )
        if before(village.opens) < at < village.opens:
            found.append(Happens(at, partial(_answers, village, key, mood, halt, note)))
    return found


async def _answers(village: Village, key: str, mood: int, halt: tuple[str, ...], note: str) -> None:
    """What they pressed when it came."""
    storage, who = village.storage, village.who(key)
    bond = next(bond for bond in BONDS if key in bond.terms)
    if ping := await storage.pings.last(bond.ref, who.ref):
        new = replace(ping, answered=True, told=True, mood=mood, halt=halt, note=note)
        held = storage.pings.hold(ping.ref, ping.version)
        await storage.units.commit((held, storage.pings.change(new)))
        await _is_settled(village, who, ping)


async def _is_settled(village: Village, who: Resident, ping: Ping) -> None:
    """The question does not stand there any more as if it had no answer; /pairs has it."""
    feed, own = village.storage.web.feed, Place("web", who.account.id, private=True)
    now, last = village.storage.now(), await village.storage.web.feed.last()
    for one in await feed.shown(own, own, now, last):
        calls = [button.call for button in one.body.buttons] if isinstance(one.body, Card) else []
        if any(call.args[:1] == (ping.ref,) for call in calls):
            await feed.keep(ref("settled", one.anchor), own, None, now, one.anchor)


def _agreement(village: Village, bond: Bond) -> Agreement:
    """Begun a month ago, and asked about once since: they said nothing, so it went on."""
    since = village.opens - SINCE
    parts = tuple(
        Share(village.who(key).ref, terms, agreed=True) for key, terms in bond.terms.items()
    )
    review = since + 2 * REVIEW
    return Agreement(bond.ref, bond.kind, parts, since, review, village.group.ref)


def _earlier(village: Village, bond: Bond, key: str, terms: Terms) -> Ping:
    """The question before the last, answered and long read."""
    who = village.who(key)
    day = in_zone(before(village.opens), who.person.zone) - timedelta(days=1)
    while day.weekday() not in terms.days:
        day -= timedelta(days=1)
    at = who.at(day, terms.hour)
    mood = village.dice(f"answers of {key}").randint(2, 5)
    made = Ping(ref("ping", bond.ref, key), bond.ref, who.ref, at, day, version=0)
    return replace(made, answered=True, told=True, mood=mood)


PART = Part(puts, happens, cards=(Call("pairs.pairs"),))
