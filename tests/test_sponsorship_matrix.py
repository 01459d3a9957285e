"""Who may do what where people look for each other: every action, for everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.actions import Action
from bot.core.cards import Call, Card
from bot.core.decide import Who
from storage.offers import Offer, Opening
from storage.requests import Asking, Request
from tests.offering import asks, house, offered, request_to
from tests.room import HOME, WEB, Actor, Room, ref_of, words

pytestmark = pytest.mark.parametrize("door", [WEB], indirect=True)
COGS = {"sponsorship", "offers", "requests"}
EVERYBODY = {"Ana", "Bo", "Cy", "Sia"}
ALLOWED = {
    Who.GROUP: EVERYBODY,
    Who.SERVANTS: {"Sia"},
    Who.CLOCK: set(),
    Offer: {"Bo"},
    Opening: EVERYBODY - {"Bo"},
    Request: {"Bo"},
    Asking: {"Ana"},
}
"""Ana has asked Bo, who offers; Cy is somebody else of the group, and Sia serves it."""
REFUSED = (
    "That is for people who have joined.",
    "That is for people in a group.",
    "That is for people who belong to this group.",
    "That button is no longer in use.",
    "That is for the group's trusted servants.",
)


def whose(action: Action[...]) -> set[str]:
    named = action.spec.object
    return ALLOWED[named.kind if named and action.spec.who is Who.THEIRS else action.spec.who]


async def test_every_cell_is_as_it_stands_in_the_table(room: Room) -> None:
    ana, bo, cy, sia = await house(room, "Ana", "Bo", "Cy", "Sia")
    until = room.now + timedelta(days=90)
    given = room.storage.roles.give(HOME.ref, ref_of("Sia"), "servant", room.now, until)
    await room.storage.units.commit((given,))
    offer = await offered(room, "Bo", capacity=5)
    await asks(room, ana, offer)
    asked = await request_to(room, "Bo")
    refs: dict[type, str] = {Offer: offer.ref, Opening: offer.ref, Request: asked, Asking: asked}
    guest = room.guest("Zed")
    people = {"Ana": ana, "Bo": bo, "Cy": cy, "Sia": sia, "Zed": guest}
    seen = 0
    for action in room.app.actions.values():
        if action.id.partition(".")[0] not in COGS:
            continue
        named = action.spec.object
        call = Call(action.id, (refs[named.kind],) if named else ())
        for name, who in people.items():
            may = await allowed(room, who, call)
            assert may is (name in whose(action)), (action.id, name)
            seen += 1
    assert seen > 150


async def allowed(room: Room, who: Actor, call: Call) -> bool:
    """Nothing of it is kept."""
    who.here = who.own
    answer = await room.app.look(call, who.origin())
    said = words(answer) if isinstance(answer, Card) else ""
    return not any(refusal in said for refusal in REFUSED)
