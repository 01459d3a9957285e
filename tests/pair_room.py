"""People in a room who have agreed on something with each other."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.cards import Card
from bot.core.text import plain
from storage.agreements import Agreement
from tests.room import WEB, Actor, Room, ref_of, words

EVERY = "0,1,2,3,4,5,6"
anywhere = pytest.mark.parametrize("door", [WEB], indirect=True, ids=["web"])
"""Marks what no door has a part in, so that it is tried at one of them."""
QUESTION = "A note from your group. How is today?"


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


async def person(room: Room, name: str, zone: str = "UTC", language: str = "en") -> Actor:
    """Somebody with the bot in a chat of their own."""
    actor = await room.person(name, zone, language)
    actor.here = actor.own
    return actor


async def proposes(
    who: Actor,
    asked: str = "both",
    days: str = EVERY,
    hour: str = "20:00",
    shows: str = "1",
    calls: str = "no",
    kind: str = "pair",
) -> None:
    given = (kind, asked, days, hour, shows, calls)
    await sends(who, "proposals.propose", *given)


async def sends(who: Actor, action: str, *args: str) -> None:
    escaped = (arg.replace("~", "~0").replace(":", "~1") for arg in args)
    await who.sends(":".join((action, *escaped)))


async def code_of(who: Actor) -> str:
    """The line that they read to somebody else."""
    await who.presses("A code to hand over")
    said = plain(who.seen[-1].text)
    return said[said.index("/pairs ") :].split()[1].rstrip(",")


async def pair(room: Room, *names: str, **terms: str) -> list[Actor]:
    """Two who agreed, or a circle of more; asked every day at 20:00 unless `terms` say other."""
    people = [await person(room, name) for name in names]
    await agree(people[0], *people[1:], **terms)
    return people


async def agree(one: Actor, *others: Actor, **terms: str) -> None:
    if len(others) > 1:
        terms["kind"] = "circle"
    await proposes(one, **terms)
    for number, other in enumerate(others):
        await opens(one)
        code = await code_of(one)
        await other.types(f"/pairs {code}")
        await other.presses("Yes, I agree")
        for before in others[:number]:
            await opens(before)
            await before.presses("Yes to that")


async def opens(who: Actor, number: int = 1) -> None:
    await who.types("/pairs")
    await who.presses(f"Open {number}")


async def goes_to(room: Room, *times: datetime) -> None:
    for time in times:
        room.now = time
        await room.passes()


async def agreement(room: Room, name: str = "Ana") -> Agreement:
    [found] = await room.storage.agreements.of(ref_of(name))
    return found


def questions(who: Actor) -> list[Card]:
    """Those that came."""
    return [card for card in who.seen if plain(card.text) == QUESTION]


def heard(who: Actor) -> list[str]:
    """What came to them without their asking, but for the questions."""
    notes = [words(card) for card in who.seen if plain(card.text).startswith("A note from your")]
    return [note.strip().partition("\n")[2] for note in notes if "How is today" not in note]
