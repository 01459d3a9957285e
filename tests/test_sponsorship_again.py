"""Who was asked, and said no or nothing, or is with them no more, is not asked again and again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.requests import State
from tests.offering import MONTH, agreements, asks, found, house, offered, request_to
from tests.pair_room import anywhere, sends
from tests.room import HOME, Actor, Room, ref_of, words

pytestmark = anywhere


async def comes_back(room: Room, who: Actor, name: str) -> None:
    """Leaves, and joins again."""
    await sends(who, "keeping.left", HOME.ref)
    profile = await room.storage.people.profile(ref_of(name))
    assert profile
    await room.storage.units.commit(room.storage.groups.enter(HOME, profile.person, room.now))


async def test_coming_back_gives_nobody_more_questions(room: Room) -> None:
    [bo] = await house(room, "Bo")
    for name in ("Ana", "Cy", "Di", "Ed"):
        await room.person(name)
    for name in ("Ana", "Cy", "Di"):
        await asks(room, bo, await offered(room, name))
    counted = [(ref_of("Bo"), 3)]
    assert await room.storage.asks.approaches(HOME.ref, room.now, 3) == counted
    await comes_back(room, bo, "Bo")
    await asks(room, bo, await offered(room, "Ed"))
    assert bo.sees("You have asked 3 times within a week")
    assert await room.storage.asks.approaches(HOME.ref, room.now, 3) == counted
    await sends(bo, "keeping.left", HOME.ref)
    assert await room.storage.asks.approaches(HOME.ref, room.now, 3) == []


@pytest.mark.parametrize("says", [True, False], ids=["she said no", "she said nothing"])
async def test_nor_another_one_to_who_was_asked(room: Room, says: bool) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    offer = await offered(room, "Ana")
    await asks(room, bo, offer)
    await room.passes()
    if says:
        await ana.sends(f"requests.no:{await request_to(room, 'Ana')}")
    await comes_back(room, bo, "Bo")
    ana.seen.clear()
    await asks(room, bo, offer, words="You cannot get rid of me.")
    await room.passes()
    assert ana.seen == []
    [asking] = await room.storage.requests.by(ref_of("Bo"), HOME.ref)
    assert (asking.state, asking.request.words) == (State.NO, "")
    assert await room.storage.requests.to(ref_of("Ana"), HOME.ref) == []
    room.now += MONTH
    assert await found(room, "Bo") == ["Ana"]


async def test_who_asks_anew_what_they_took_back_is_not_told_of_twice(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    offer = await offered(room, "Ana")
    room.now = room.now.replace(hour=23)
    for hour, came in ((0, 0), (10, 1), (1, 1)):  # the first waits for her morning, and is dropped
        await asks(room, bo, offer)
        room.now += timedelta(hours=hour)
        await room.passes()
        assert len(ana.seen) == came
        if hour != 1:
            await bo.sends(f"sponsorship.take_back:{await request_to(room, 'Ana')}")
    await ana.types("/sponsor")
    assert ana.can_press("Answer Bo")  # it stands there all the same


@pytest.mark.parametrize("ends", ["Ana", "Bo"])
async def test_with_whom_it_ended_nobody_is_asked_again_for_a_month(room: Room, ends: str) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    offer = await offered(room, "Ana")
    await asks(room, bo, offer)
    await ana.sends(f"requests.yes:{await request_to(room, 'Ana')}")
    [one] = await agreements(room, "Ana")
    ana.seen.clear()
    await sends({"Ana": ana, "Bo": bo}[ends], "pairs.end", one.ref, "yes")
    await asks(room, bo, offer, words="Why?")
    assert bo.sees("no longer in use")
    await room.passes()  # nor does the first word come, which she did not need any more
    assert not any("would like to ask you" in words(card) for card in ana.seen)
    room.now += MONTH
    assert await found(room, "Bo") == ["Ana"]
    for table in ("parted", "asks"):
        assert await room.storage.db.read(f"SELECT * FROM {table}")
    await room.storage.tidy(room.now)
    for table in ("parted", "asks"):
        assert not await room.storage.db.read(f"SELECT * FROM {table}")


GOING = ("Ana offers.rest", "Ana offers.end", "Ana keeping.left", "Bo keeping.left", "Ana age")


@pytest.mark.parametrize("how", GOING)
async def test_a_question_that_lost_its_sense_by_the_morning_does_not_come(
    room: Room, how: str
) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    offer = await offered(room, "Ana")
    room.now = room.now.replace(hour=23)
    await asks(room, bo, offer)
    await room.passes()
    name, action = how.split()
    who = {"Ana": ana, "Bo": bo}[name]
    if action == "age":
        await sends(who, "people.set_adult", "no")
    else:
        await sends(who, action, HOME.ref if action == "keeping.left" else offer.ref)
    ana.seen.clear()
    room.now += timedelta(hours=9)
    await room.passes()
    assert [words(card) for card in ana.seen] == []
