"""Two who work with each other, and what they write; for the tests of step work."""

from __future__ import annotations

from typing import Any

from bot.core.cards import Call, Page
from bot.core.model import Place, Via
from storage.agreements import Agreement, Kind
from storage.notebook import Entry
from tests.agreed import UNDER, agree
from tests.room import Actor, Room, ref_of


async def pair(
    room: Room, one: str, other: str, kind: Kind = Kind.SPONSOR, ref: str = UNDER
) -> Agreement:
    """They agree: the first is the sponsor where there is one."""
    return await agree(room.storage, ref_of(one), ref_of(other), kind=kind, ref=ref)


async def begins(one: Actor, guide: str = "Twelve steps", step: str = "Saying how it is") -> None:
    """A notebook, and a step that is open."""
    one.here = one.own
    await one.types("/steps")
    await one.presses("Yes, begin" if one.can_press("Yes, begin") else "Another guide")
    await one.presses(guide)
    await one.presses(step)


async def writes(one: Actor, text: str, question: int = 1) -> None:
    """From the step, and back to it."""
    await one.presses(f"Question {question}")
    await one.presses("Write")
    await one.fills(text)
    await one.presses("All questions")


async def entries(room: Room, name: str) -> list[Entry]:
    """The oldest first."""
    return list(reversed(await room.storage.steps.entries.of(ref_of(name))))


async def page(one: Actor, call: str) -> Any:
    """What the web would make a page of."""
    answer = await one.room.app.perform(Call.parse(call), one.origin(Via.PRESSED))
    assert isinstance(answer, Page)
    return answer.data


def told(one: Actor) -> list[Any]:
    """What came by itself."""
    return [card for card in one.seen if "A note from your group" in str(card.text)]


def own(one: Actor) -> Place:
    return Place(one.room.name, one.account.id, private=True)
