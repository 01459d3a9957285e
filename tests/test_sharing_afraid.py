"""What the words of sharing say to whoever is afraid of somebody, or has a hard day."""

from __future__ import annotations

from storage.agreements import Kind
from tests.pair_room import anywhere
from tests.room import Room, ref_of, words
from tests.test_checkins import TALK
from tests.test_sharing import pair, together

pytestmark = anywhere


async def test_whom_she_keeps_away_no_word_of_hers_names(room: Room) -> None:
    ana, _, cy = [await room.person(name) for name in ("Ana", "Bo", "Cy")]
    await together(room, "Ana", "Bo", "Cy", kind=Kind.CIRCLE)
    await ana.types("/checkin 3 share:circle")
    assert ana.sees("Bo, Cy would see this and nothing else.")
    await ana.types("/block Cy")
    looked_at = ana.seen[-2].buttons[0]
    await ana.sends(str(looked_at.call))
    assert ana.sees("It has changed since you looked at it.\nBo would see this and nothing else.")
    await ana.presses("Send it")
    assert ana.sees("Shared with Bo.")
    await ana.presses("My check-in")
    assert not any("Cy" in words(card) for card in ana.seen[-3:])
    await cy.types("/checkin 3 share:circle")
    assert cy.sees("Ana, Bo would see this")  # a block is not told
    await ana.types("/block Bo")
    await ana.types("/checkin 3 share:circle")
    assert not ana.can_press("Send it")


async def test_what_stands_with_somebody_kept_away_since_is_still_said(room: Room) -> None:
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 4 share:pair")
    await ana.presses("Send it")
    await room.passes()
    await ana.types("/block Bo")
    await ana.types("/checkin 2")
    assert not ana.can_press("Show the change")
    await ana.sends(f"checkins.one:{(await room.storage.checkins.latest(ref_of('Ana'), 1))[0].ref}")
    assert ana.sees("Shared with Bo")
    await ana.presses("Take it back")
    await room.passes()
    assert not bo.seen


async def test_who_is_shown_it_answers_with_a_press_or_a_few_words(room: Room) -> None:
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 2 share:pair")
    await ana.presses("Send it")
    await room.passes()
    ana.seen.clear()
    await bo.presses("I am getting in touch")
    await bo.presses("Answer with a few words")
    await bo.fills("I am at the corner")
    await room.passes()
    assert "Bo is getting in touch with you." in words(ana.seen[0])
    assert "I am at the corner" in words(ana.seen[1])
    await ana.types("/checkin 4 share:group")
    await ana.presses("Send it")
    await room.passes()
    assert not room.posted[-1].buttons


async def test_on_a_hard_day_somebody_to_talk_to_stands_first_however_it_is_shared(
    room: Room,
) -> None:
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 1 share:sponsor")
    assert ana.sees("There is nobody like that here")
    assert ana.can_press("Bo")
    presses = ("Not now", "Share it", "Bo", "Send it", "Take it back")
    for press in presses:
        assert ana.seen[-1].buttons[0].label == TALK, press
        await ana.presses(press)
    assert ana.seen[-1].buttons[0].label == TALK
    await ana.types("/checkin 3 share:pair")
    assert not ana.can_press(TALK)
    assert not bo.seen
