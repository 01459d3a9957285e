"""Whose turn it is to open the group's check-in, and what is to be done about it when: pure."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from bot.core.calendar import in_zone
from bot.core.recurrence import Rule, instant
from storage.gatherings import Gathering, Opener, State

NEVER = datetime.min.replace(tzinfo=UTC)
FIRST_ASKED = timedelta(hours=23)
"""Before the hour: by then it is known who opened the last one."""
ASKED = timedelta(hours=4)
"""After so long without a word the next one is asked."""
LAST_ASKED = timedelta(hours=1)
"""Nobody is asked later than this before the hour."""
REMINDED, OFFERED, BY_ITSELF = (timedelta(minutes=15 * n) for n in (1, 2, 3))
"""After the hour."""
APART = timedelta(hours=6)
"""Two are at least so far from each other; a plan that is made later is for the same one."""
SHORTEST = timedelta(hours=3)
"""It stays open for so long, also where the day ends before."""


class Step(StrEnum):
    """A moment at which is looked how it stands."""

    ASK = "ask"
    HOUR = "hour"
    REMIND = "remind"
    OFFER = "offer"
    OPEN = "open"
    CLOSE = "close"


class Do(StrEnum):
    """What is right then."""

    NOTHING = "nothing"
    ASK = "ask"
    CALL = "call"
    """Whoever said yes gets their button."""
    REMIND = "remind"
    OFFER = "offer"
    """Anyone present gets it."""
    OPEN = "open"
    CLOSE = "close"


def turn(openers: Iterable[Opener], asked: Set[str], can: Set[str]) -> str:
    """Who opened it longest ago, of those who can and were not asked; new ones come first. "" for
    nobody."""
    free = [one for one in openers if one.person in can and one.person not in asked]
    longest = min(free, key=lambda one: (one.last or NEVER, one.since, one.person), default=None)
    return longest.person if longest else ""


def following(hour: str, zone: str, now: datetime) -> datetime | None:
    """The group's hour a day ahead, on its own clock; `now` is about the hour itself."""
    today = in_zone(now - APART, zone)
    start = datetime.combine(today, time.fromisoformat(hour))
    return Rule.daily(zone, start).after(now + APART)


def steps(at: datetime, zone: str, now: datetime) -> list[tuple[Step, datetime]]:
    """All moments of one, in their order; those that have passed are left out."""
    planned = [(Step.ASK, at - FIRST_ASKED + ASKED * n) for n in range(6)]
    planned += [
        (Step.HOUR, at),
        (Step.REMIND, at + REMINDED),
        (Step.OFFER, at + OFFERED),
        (Step.OPEN, at + BY_ITSELF),
        (Step.CLOSE, max(_midnight(at, zone), at + SHORTEST)),
    ]
    return [(step, when) for step, when in planned if when > now]


def right(step: Step, one: Gathering) -> Do:
    if step is Step.CLOSE:
        return Do.NOTHING if one.state is State.OVER else Do.CLOSE
    if one.state is not State.WAITS:
        return Do.NOTHING
    match step:
        case Step.ASK:
            return Do.NOTHING if one.opener else Do.ASK
        case Step.HOUR:
            return Do.CALL if one.opener else Do.OFFER
        case Step.REMIND:
            return Do.REMIND if one.opener else Do.NOTHING
        case Step.OFFER:
            return Do.OFFER
        case Step.OPEN:
            return Do.OPEN


def may_open(one: Gathering, person: str, now: datetime) -> bool:
    """Whoever said yes from the hour on; anyone else once it is offered to all."""
    if now < one.at:
        return False
    return person == one.opener or not one.opener or now >= one.at + OFFERED


def _midnight(at: datetime, zone: str) -> datetime:
    """The end of the day on the group's own clock."""
    day = in_zone(at, zone) + timedelta(days=1)
    return instant(datetime(day.year, day.month, day.day), zone) or at
