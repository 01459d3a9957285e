""" "Call me" reaches the others at once, and whoever calls hears whether it did."""

from __future__ import annotations

from datetime import timedelta

from bot.core.text import plain
from cogs.pairs.calls import WAITS
from tests.pair_room import (
    agree,
    agreement,
    anywhere,
    at,
    goes_to,
    heard,
    opens,
    pair,
    person,
    sends,
)
from tests.room import WEB, Actor, Room, ref_of, words

NOON, NIGHT = at("2026-03-01T12:00"), at("2026-03-01T23:00")
MORNING = at("2026-03-02T07:00")
LOST = "It is not delivered for now."
ASKED = "Ana asks you to get in touch"


def told(who: Actor) -> list[str]:
    """What came of a call."""
    said = [plain(card.text) for card in who.seen]
    return [
        line
        for line in said
        if line.startswith(("Delivered", "It is on the page", LOST, "If a life"))
    ]


def delivered(room: Room, name: str) -> str:
    """A page that waits to be looked at rings nowhere, and that is said."""
    if room.door is WEB:
        return f"It is on the page of {name} in the web room. I cannot know whether they look."
    return f"Delivered: {name} has your message now."


async def calls(who: Actor, room: Room) -> None:
    await opens(who)
    await who.presses("Call me")


async def test_it_is_delivered_and_said_so(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    room.now = NOON
    await calls(ana, room)
    [said] = [card for card in ana.seen if "I am trying to reach Bo." in plain(card.text)]
    assert said.buttons[0].label == "Someone to talk to now"
    await room.passes()
    assert heard(bo)[-1].startswith(ASKED)
    assert told(ana) == [delivered(room, "Bo")]
    await goes_to(room, NOON + timedelta(minutes=5))
    assert told(ana) == [delivered(room, "Bo")]


async def test_in_quiet_hours_it_waits_and_says_until_when(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    room.now = NIGHT
    await calls(ana, room)
    assert ana.sees("It is quiet time for Bo until 2026-03-02 07:00 UTC. I will try then")
    await goes_to(room, NIGHT, NIGHT + WAITS)
    assert (heard(bo), told(ana)) == ([], [])
    await goes_to(room, MORNING)
    assert heard(bo)[-1].startswith(f"{ASKED}, 2026-03-01 23:00 UTC")
    await goes_to(room, MORNING + WAITS)
    assert told(ana) == [delivered(room, "Bo")]


@anywhere
async def test_who_allowed_calls_is_told_in_quiet_hours_too(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    one = await agreement(room)
    await sends(bo, "pairs.set_terms", one.ref, "0,1,2,3,4,5,6", "20:00", "1", "yes", "no")
    room.now = NIGHT
    await calls(ana, room)
    await room.passes()
    assert heard(bo)[-1].startswith(ASKED)
    assert told(ana) == [delivered(room, "Bo")]


async def _pauses(bo: Actor, room: Room) -> None:
    await opens(bo)
    await bo.presses("Pause or end it")
    await bo.presses("Pause until I say")


async def _mutes(bo: Actor, room: Room) -> None:
    await opens(bo)
    await bo.presses("Pause or end it")
    await bo.presses("Hear nothing of them")


async def _blocks(bo: Actor, room: Room) -> None:
    await bo.types("/block Ana")


async def _is_not_to_be_written_to(bo: Actor, room: Room) -> None:
    await sends(bo, "people.withdraw", "messages")


async def _cannot_be_reached(bo: Actor, room: Room) -> None:
    await room.storage.units.commit((room.storage.people.close_account(bo.account),))


@anywhere
async def test_a_pause_a_mute_a_block_and_a_closed_door_look_the_same(room: Room) -> None:
    stories: set[tuple[str, ...]] = set()
    ways = (_pauses, _mutes, _blocks, _is_not_to_be_written_to, _cannot_be_reached)
    for number, way in enumerate(ways):
        ana, bo = await pair(room, "Ana", "Bo")
        await way(bo, room)
        room.now = at(f"2026-03-{number + 2:02}T12:00")
        seen = len(ana.seen)
        await calls(ana, room)
        await goes_to(room, room.now, room.now + WAITS - timedelta(seconds=1))
        assert not told(ana)
        await goes_to(room, room.now + timedelta(seconds=1))
        stories.add(tuple(plain(card.text) for card in ana.seen[seen + 2 :]))
        assert not [said for said in heard(bo) if ASKED in said]
        for name in ("Ana", "Bo"):
            await room.storage.units.commit(room.storage.forget(ref_of(name)))
        room.actors.clear()
    [story] = stories
    assert story[1].startswith(LOST)
    assert story[2].startswith("If a life is in danger, call first:")


@anywhere
async def test_at_night_nobody_hears_whether_the_other_pauses(room: Room) -> None:
    stories = set()
    for way in (None, _pauses, _mutes, _blocks, _is_not_to_be_written_to, _cannot_be_reached):
        ana, bo = await pair(room, "Ana", "Bo")
        if way:
            await way(bo, room)
        room.now = NIGHT
        await calls(ana, room)
        await goes_to(room, NIGHT, NIGHT + WAITS, MORNING - WAITS)
        stories.add(words(ana.seen[-1]))
        if way:
            await goes_to(room, MORNING + WAITS)
            assert told(ana)[0].startswith(LOST), "what was promised is told"
        for name in ("Ana", "Bo"):
            await room.storage.units.commit(room.storage.forget(ref_of(name)))
        room.actors.clear()
    [story] = stories
    assert "It is quiet time for Bo" in story


@anywhere
async def test_what_comes_of_it_hours_later_waits_for_ones_own_morning(room: Room) -> None:
    ana, bo = await person(room, "Ana", "America/Los_Angeles"), await person(room, "Bo")
    await agree(ana, bo)
    room.now = NIGHT
    await calls(ana, room)
    await goes_to(room, MORNING, MORNING + WAITS)
    assert (ASKED in heard(bo)[-1], told(ana)) == (True, [])
    await goes_to(room, at("2026-03-02T07:00", "America/Los_Angeles"))
    assert told(ana) == [delivered(room, "Bo")]


@anywhere
async def test_pressed_twice_it_goes_out_once(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    room.now = NOON
    await calls(ana, room)
    await calls(ana, room)
    assert ana.sees("I am on it.")
    await room.passes()
    assert len([said for said in heard(bo) if ASKED in said]) == 1
    room.now += timedelta(minutes=2)
    await calls(ana, room)
    await room.passes()
    assert len([said for said in heard(bo) if ASKED in said]) == 2


@anywhere
async def test_of_a_circle_one_who_has_it_is_enough(room: Room) -> None:
    ana, bo, _ = await pair(room, "Ana", "Bo", "Cy")
    await _pauses(bo, room)
    room.now = NOON
    await calls(ana, room)
    assert ana.sees("I am trying to reach Bo, Cy.")
    await goes_to(room, NOON, NOON + WAITS)
    assert told(ana) == [delivered(room, "Cy")]
    assert ASKED not in "".join(heard(bo))


@anywhere
async def test_what_ends_before_it_is_delivered_is_not(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    room.now = NOON
    await calls(ana, room)
    await opens(bo)
    await bo.presses("Pause or end it")
    await bo.presses("End it")
    await bo.presses("Yes, end it")
    await goes_to(room, NOON, NOON + WAITS)
    assert ASKED not in "".join(heard(bo))
    assert told(ana)[0].startswith(LOST)


@anywhere
async def test_who_keeps_the_other_away_is_told_that_nothing_goes_out(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await ana.types("/block Bo")
    room.now = NOON
    await calls(ana, room)
    assert ana.sees("Nothing passes between you now, so I sent nothing. Others answer now.")
    await room.passes()
    assert ASKED not in "".join(heard(bo))
    await opens(ana)
    assert ana.sees("Nothing passes between you now.")
    await opens(bo)
    assert not bo.sees("Nothing passes")


@anywhere
async def test_it_is_answered_in_the_language_of_each(room: Room) -> None:
    ana, _ = await pair(room, "Ana", "Bo")
    await sends(ana, "people.set_language", "es")
    room.now = NOON
    one = await agreement(room)
    await sends(ana, "calls.call", one.ref)
    await room.passes()
    assert ana.seen[-1].locale == "es"
    assert plain(ana.seen[-1].text) == (
        "Está en la página de Bo en la sala web. No puedo saber si la mira."
    )
