"""What two said of each other holds also when it is said at the same moment, and by old cards."""

from __future__ import annotations

import pytest

from tests.meanwhile import meanwhile
from tests.offering import agreements, asks, found, house, offered, request_to, sponsors
from tests.pair_room import anywhere, code_of, person, proposes, sends
from tests.room import HOME, Room, ref_of, words

pytestmark = anywhere


async def test_who_turns_out_to_be_under_18_while_an_adult_says_yes_has_no_sponsor(
    room: Room,
) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    await asks(room, bo, await offered(room, "Ana"))
    ref = await request_to(room, "Ana")
    meanwhile(room, lambda: sends(bo, "people.set_adult", "no"))
    await ana.sends(f"requests.yes:{ref}")
    assert await agreements(room, "Bo") == []
    assert ana.sees("no longer in use")


async def test_nor_does_what_they_proposed_begin(room: Room) -> None:
    ana, bo = await person(room, "Ana"), await person(room, "Bo")
    await proposes(ana)
    await bo.types(f"/pairs {await code_of(ana)}")
    meanwhile(room, lambda: sends(ana, "people.set_adult", "no"))
    await bo.presses("Yes, I agree")
    assert not any(one.live for one in await agreements(room, "Bo"))


async def test_a_block_while_they_are_introduced_keeps_the_number(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    await asks(room, bo, await offered(room, "Ana"))
    ref = await request_to(room, "Ana")
    await ana.sends(f"requests.talk:{ref}:My number")
    meanwhile(room, lambda: ana.sends("blocks.block:Bo"))
    await bo.sends(f"sponsorship.introduce:{ref}:Here")
    assert bo.sees("You and Ana are introduced")
    assert not bo.sees("My number")
    [kept] = await room.storage.db.read("SELECT answer FROM requests")
    assert kept["answer"] is None


@pytest.mark.parametrize("blocks", [False, True], ids=["she changes it", "she keeps him away"])
async def test_an_old_card_shows_what_was_told_at_the_yes(room: Room, blocks: bool) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    offer = await offered(room, "Ana", reached="Old number")
    await asks(room, bo, offer)
    ref = await request_to(room, "Ana")
    await ana.sends(f"requests.yes:{ref}")
    if blocks:
        await ana.types("/block Bo")
    await ana.sends(f"offers.set_reached:{offer.ref}:New number")
    await bo.sends(f"sponsorship.asked:{ref}")
    assert bo.sees("Old number") is not blocks
    assert not bo.sees("New number")


async def test_a_block_is_not_told_from_a_rest_by_a_card_of_yesterday(room: Room) -> None:
    ana, bo, cy, di, _, fay = await house(room, "Ana", "Bo", "Cy", "Di", "Ed", "Fay")
    offers = {n: await offered(room, n, capacity=1) for n in ("Bo", "Cy", "Di", "Ed", "Fay")}
    await bo.sends("blocks.block:Ana")
    await cy.sends(f"offers.rest:{offers['Cy'].ref}")
    await di.sends(f"offers.end:{offers['Di'].ref}")
    await sponsors(room, "Ed", "Fay")
    await sends(fay, "keeping.left", HOME.ref)
    assert await found(room, "Ana") == []
    said = []
    for offer in offers.values():
        await asks(room, ana, offer)
        said.append(words(ana.seen[-1]))
    assert len({*said}) == 1
    assert await room.storage.requests.by(ref_of("Ana"), offers["Bo"].group) == []
