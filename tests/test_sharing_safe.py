"""A check-in reaches nobody who is not to see it, whatever is done while it is on its way."""

from __future__ import annotations

import pytest

from storage.agreements import Kind
from tests.meanwhile import meanwhile
from tests.pair_room import anywhere, at
from tests.room import HOME, Actor, Room, ref_of, words
from tests.test_sharing import pair, the_one, together

pytestmark = anywhere
NIGHT, DAWN = at("2026-03-01T23:00"), at("2026-03-02T07:01")
LESS = [
    *("rests.mute:{}", "rests.stop:{}", "pairs.end:{}:yes"),
    *("blocks.block:Ana", "people.set_adult:no"),
]


def shown(who: Actor) -> list[str]:
    """What of others came to them."""
    return [said for said in map(words, who.seen) if "shows you how it is" in said]


@pytest.mark.parametrize("young", ["Ana", "Bo"])
async def test_an_adult_and_somebody_under_18_are_not_shown_each_others_check_ins(
    room: Room, young: str
) -> None:
    ana, bo, _ = await pair(room)
    await {"Ana": ana, "Bo": bo}[young].sends("people.set_adult:no")
    await ana.types("/checkin 2 share:pair")
    if young == "Ana":  # she is told that there is nobody; of him she is not told that he is young
        assert ana.sees("There is nobody like that here")
    else:
        await ana.presses("Send it")
        assert ana.sees("Shared with Bo.")
    await room.passes()
    assert not shown(bo)


@pytest.mark.parametrize("how", LESS)
async def test_who_wants_no_more_of_her_while_she_sends_it_gets_nothing(
    room: Room, how: str
) -> None:
    ana, bo, one = await pair(room)
    await ana.types("/checkin 2 share:pair")
    meanwhile(room, lambda: bo.sends(how.format(one.ref)))
    await ana.presses("Send it")
    await room.passes()
    assert not shown(bo)


@pytest.mark.parametrize("how", LESS)
async def test_nor_does_who_wants_no_more_while_it_waits_for_the_morning(
    room: Room, how: str
) -> None:
    ana, bo = [await room.person(name) for name in ("Ana", "Bo")]
    await room.person("Cy")
    one = await together(room, "Ana", "Bo", "Cy", kind=Kind.CIRCLE)
    room.now = NIGHT
    await ana.types("/checkin 2 share:circle")
    await ana.presses("Send it")
    await bo.sends(how.format(one.ref))
    room.now = DAWN
    await room.passes()
    assert not shown(bo)


async def test_who_has_left_a_circle_tells_it_nothing_in_the_morning(room: Room) -> None:
    ana, bo = [await room.person(name) for name in ("Ana", "Bo")]
    await room.person("Cy")
    one = await together(room, "Ana", "Bo", "Cy", kind=Kind.CIRCLE)
    room.now = NIGHT
    await ana.types("/checkin 2 share:circle")
    await ana.presses("Send it")
    await ana.sends(f"pairs.end:{one.ref}:yes")
    room.now = DAWN
    await room.passes()
    assert not shown(bo)


async def test_who_leaves_the_group_while_she_sends_it_tells_it_nothing(room: Room) -> None:
    ana = await room.person("Ana")
    await ana.types("/checkin 2 share:group")
    meanwhile(room, lambda: ana.sends(f"keeping.left:{HOME.ref}"))
    await ana.presses("Send it")
    assert ana.sees("That has ended meanwhile. Nothing was sent.")
    await room.passes()
    assert not any("says how it is" in words(card) for card in room.posted)


@pytest.mark.parametrize("how", ["checkins.delete:{}:yes", "checkins.delete_all:yes"])
async def test_deleted_while_it_was_sent_it_does_not_come(room: Room, how: str) -> None:
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 2 share:pair")
    entry = await the_one(room)
    meanwhile(room, lambda: ana.presses("Send it"))
    await ana.sends(how.format(entry.ref))
    assert ana.sees("Deleted")
    await room.passes()
    assert not shown(bo)
    assert not await room.storage.shares.of(ref_of("Ana"))


def call(who: Actor, label: str) -> str:
    """What a button of the card at hand sends, also when another card has come after it."""
    return next(str(b.call) for b in who.seen[-1].buttons if b.label == label)


async def test_what_goes_is_what_she_looked_at(room: Room) -> None:
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 3 share:pair slept well")
    await ana.presses("With my note")
    send = call(ana, "Send it")
    await ana.types("/checkin 1 I drank")
    await ana.sends(send)
    assert ana.sees("It has changed since you looked at it.")
    assert ana.sees("I drank")
    await room.passes()
    assert not shown(bo)
    await ana.presses("Send it")
    await room.passes()
    assert "I drank" in shown(bo)[0]


@pytest.mark.parametrize("old", ["Send it", "With my note"])
async def test_a_button_under_no_note_takes_none_along(room: Room, old: str) -> None:
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 3 share:pair I drank")
    press = call(ana, old)
    await ana.presses("With my note")
    await ana.sends(press)
    assert ana.sees("It has changed since you looked at it.")
    assert ana.sees("I drank")
    await room.passes()
    assert not shown(bo)


async def test_a_change_that_was_not_looked_at_does_not_go(room: Room) -> None:
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 3 share:pair slept well")
    await ana.presses("With my note")
    await ana.presses("Send it")
    entry = await the_one(room)
    await ana.sends(f"checkins.changed:{entry.ref}:2::-")
    await ana.presses("Show the change to Bo")
    press = call(ana, "Show the change")
    await ana.sends(f"checkins.add_note:{entry.ref}:I drank")
    await ana.sends(press)
    assert ana.sees("It has changed since you looked at it.")
    await room.passes()
    assert "slept well" in shown(bo)[0]


async def test_said_anew_and_shared_she_sees_just_what_goes_before_it_does(room: Room) -> None:
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 2 share:pair slept badly")
    await ana.presses("With my note")
    await ana.types("/checkin 4 share:pair fine now")
    assert ana.sees("How it is Good Note slept badly\n\nfine now")
    assert ana.can_press("Change it")
    await room.passes()
    assert not shown(bo)
    await ana.presses("Send it")
    await room.passes()
    assert "How it is Good Note slept badly\n\nfine now" in shown(bo)[0]


async def test_a_button_that_says_nothing_of_what_she_saw_shows_it_first(room: Room) -> None:
    """As on cards of an earlier version."""
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 3 share:pair")
    [share] = await room.storage.shares.of(ref_of("Ana"))
    await ana.sends(f"sharing.send:{share.ref}")
    assert ana.sees("Bo would see this and nothing else. Nothing is sent yet.")
    await room.passes()
    assert not shown(bo)
