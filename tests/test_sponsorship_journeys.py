"""From the first card to a yes, typed, pressed and filled in: at the real doors, too."""

from __future__ import annotations

from datetime import timedelta

from storage.agreements import Kind
from storage.parts import Role
from tests.offering import agreements, house, offered
from tests.pair_room import anywhere
from tests.room import Actor, Room, ref_of, words


async def opens_note(who: Actor) -> None:
    await who.presses("Read it")


async def test_a_sponsor_is_found_asked_and_says_yes(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    await offered(room, "Bo", words="Ten years of Sundays.", reached="In the evening")
    await ana.types("/sponsor")
    await ana.presses("Look for a sponsor")
    assert ana.sees("Bo has room.")
    assert ana.sees("Ten years of Sundays.")
    assert not ana.sees("In the evening")
    await ana.presses("Ask")
    await ana.fills("open", "I like your laugh.", "After work")
    assert ana.sees("Asked.")
    await room.passes()
    assert words(bo.seen[-1]).strip().startswith("A note from your group.")
    assert not bo.sees("Ana")
    await opens_note(bo)
    assert bo.sees("Ana asks you to sponsor them.")
    assert bo.sees("I like your laugh.")
    assert not bo.sees("After work")
    await bo.presses("Yes")
    assert bo.sees("You sponsor Ana now.")
    assert bo.sees("After work")
    await room.passes()
    assert words(ana.seen[-1]).strip().startswith("A note from your group.")
    await opens_note(ana)
    assert ana.sees("Bo sponsors you now.")
    assert ana.sees("In the evening")
    [made] = await agreements(room, "Ana")
    assert (made.kind, made.live, made.until) == (Kind.SPONSOR, True, None)
    assert made.part(ref_of("Bo")).role is Role.SPONSOR
    assert made.part(ref_of("Ana")).role is Role.SPONSEE
    assert not any(part.terms.days for part in made.parts)
    await bo.presses("You and Ana")
    assert bo.sees("Ana")
    assert bo.can_press("What Ana lets me read")
    await bo.presses("Back to the overview")
    assert bo.sees("Whom you sponsor")
    await ana.types("/sponsor")
    assert ana.sees("Your sponsors Bo")
    await bo.types("/sponsor")
    assert bo.sees("Whom you sponsor Ana")


async def talking_first(room: Room) -> tuple[Actor, Actor]:
    """Ana has asked Bo, who would like to talk first."""
    ana, bo = await house(room, "Ana", "Bo")
    await offered(room, "Bo")
    await ana.types("/sponsor")
    await ana.presses("Look for a sponsor")
    await ana.presses("Ask")
    await ana.fills("open", "", "")
    await bo.types("/sponsor")
    await bo.presses("Answer Ana")
    await bo.presses("Talk first")
    await bo.fills("By the lamp")
    return ana, bo


async def test_talking_first_introduces_only_when_both_want_it(room: Room) -> None:
    ana, bo = await talking_first(room)
    assert bo.sees("I ask Ana whether they would like that, too.")
    await bo.types("/sponsor")
    await bo.presses("Answer Ana")
    assert not bo.sees("How to reach")
    assert bo.sees("You would like to talk first. Ana has not answered to that yet.")
    await room.passes()
    await opens_note(ana)
    assert ana.sees("Bo would like to talk first.")
    assert not ana.sees("By the lamp")
    await ana.presses("Introduce us")
    await ana.fills("Under the clock")
    assert ana.sees("By the lamp")
    await room.passes()
    await opens_note(bo)
    assert bo.sees("Under the clock")
    assert bo.sees("Both of you are still free.")
    assert await agreements(room, "Ana") == []
    await bo.presses("Yes")
    assert len(await agreements(room, "Ana")) == 1


@anywhere
async def test_a_wish_to_talk_first_that_passes_is_no_no(room: Room) -> None:
    ana, bo = await talking_first(room)
    room.now += timedelta(days=14)
    await room.passes()
    await ana.types("/sponsor")
    assert ana.sees("wanted to talk first, and its time has passed")
    assert not ana.sees("not this time")
    await bo.types("/sponsor")
    assert not bo.can_press("Answer Ana")
