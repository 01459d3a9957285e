"""Who was there before the first kill: people who joined, and questions that come every hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks.kills.doings import TABLE
from benchmarks.kills.people import DOORS, MUSTS, everyone, rooms
from bot.core.cards import Call
from bot.core.model import Account, Group, Person, Place
from bot.core.ports import Due
from bot.core.recurrence import Rule
from bot.core.rooms import To
from bot.core.work import Must, Write
from storage import Storage

GROUP = Group("harbour-st__", "Harbour Street")
PURPOSES = frozenset({"checkins", "dates", "messages"})
NEVER = (0, 0)
"""Quiet hours, so that what is sent to somebody is due at once whatever time it is."""
HOURLY = "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24)))
"""Less often than the clock jumps, so that no occurrence is passed over."""


async def settle_in(storage: Storage, now: datetime) -> None:
    units, groups = storage.units, storage.groups
    places = [Place(door, room) for door in DOORS for room in rooms(door)]
    await units.commit((Write(TABLE, {}),))
    await units.commit(groups.found(GROUP, places[0], now))
    await units.commit(tuple(groups.add_door(GROUP.ref, place) for place in places[1:]))
    for number, one in enumerate(everyone()):
        person = Person(one.ref, f"Guest {number}", quiet=NEVER, consents=PURPOSES)
        joined = storage.people.join(Account(one.door, one.account), person)
        await units.commit(joined + groups.enter(GROUP, person, now))
    await units.commit(tuple(map(storage.schedule.add, questions(now))))


def questions(now: datetime) -> Iterator[Due]:
    """At each door, for each class, to a room and to a person; every minute another one."""
    first = now.replace(second=0, microsecond=0) + timedelta(minutes=2)
    people = everyone()
    for number in range(24):
        door, must = DOORS[number % 2], MUSTS[number // 2 % 2]
        theirs = [one for one in people if one.door == door]
        to: To = Place(door, rooms(door)[number % len(rooms(door))])
        if number // 4 % 2:
            to = Person(theirs[number % len(theirs)].ref, "", quiet=NEVER)
        at = first + timedelta(minutes=2 * number)
        rule = Rule(f"{HOURLY};BYMINUTE={at.minute}", "UTC", f"{at:%Y-%m-%dT%H:%M}")
        ref = f"daily {door} {must} {number}"
        yield Due(ref, Call("checkins.invite"), to, at, rule, must=Must(must))


def hours(begun: datetime, until: datetime) -> dict[str, tuple[str, str]]:
    """The occurrences of those questions, counted without the rules: for each the door and the
    class, by the start of its deed's key."""
    asked: dict[str, tuple[str, str]] = {}
    for due in questions(begun):
        _, door, must, _ = due.ref.split()
        at = due.at.astimezone(UTC)
        while at <= until:
            asked[f"{due.ref}@{at.timestamp():.0f}/checkins.invite/0"] = (door, must)
            at += timedelta(hours=1)
    return asked
