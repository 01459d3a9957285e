"""Whoever is asked to get in touch can answer, and learns nothing of whether the other listens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.text import plain
from tests.pair_room import agreement, anywhere, at, heard, opens, pair, sends
from tests.room import Actor, Room, ref_of, words

NOON, NIGHT = at("2026-03-01T12:00"), at("2026-03-01T23:00")
ASKED = "Ana asks you to get in touch"


async def call(room: Room, who: Actor) -> None:
    await opens(who)
    await who.presses("Call me")
    await room.passes()


async def called(room: Room) -> tuple[Actor, Actor]:
    """Two, of whom Ana has called at noon."""
    ana, bo = await pair(room, "Ana", "Bo")
    room.now = NOON
    await call(room, ana)
    return ana, bo


async def test_who_is_called_says_that_they_are_on_their_way(room: Room) -> None:
    ana, bo = await called(room)
    await bo.presses("I am getting in touch")
    assert bo.sees("Thank you. I pass it on.")
    await room.passes()
    assert heard(ana)[-1] == "Bo is getting in touch with you."


async def test_who_cannot_is_let_go_kindly_and_the_other_has_a_way(room: Room) -> None:
    ana, bo = await called(room)
    await bo.presses("Not just now")
    assert bo.sees("That is all right.")
    await room.passes()
    assert heard(ana)[-1] == "Bo cannot just now. That says nothing about you."
    assert ana.can_press("Someone to talk to now")


async def test_two_who_meet_nowhere_else_write_a_few_words(room: Room) -> None:
    ana, bo = await called(room)
    await bo.presses("Answer with a few words")
    await bo.fills("I am in the room. *Come* along.")
    await room.passes()
    assert heard(ana)[-1] == "Bo writes:\nI am in the room. *Come* along."
    await ana.presses("Answer with a few words")
    await ana.fills("There in a minute.")
    await room.passes()
    assert heard(bo)[-1] == "Ana writes:\nThere in a minute."


async def test_who_sends_nothing_but_spaces_is_asked_for_words_and_for_nothing_else(
    room: Room,
) -> None:
    ana, bo = await called(room)
    await bo.presses("Answer with a few words")
    await bo.fills("   ")
    if again := bo.form:
        assert [field.label for field in again.fields] == ["What would you like to say?"]
    await bo.fills("I am here.")
    await room.passes()
    assert heard(ana)[-1] == "Bo writes:\nI am here."


@anywhere
async def test_pressed_twice_it_is_told_once_and_a_change_of_mind_is_told(room: Room) -> None:
    ana, bo = await called(room)
    for _ in range(2):
        await sends(bo, *await under(room, "replies.cannot"))
    await sends(bo, *await under(room, "replies.coming"))
    await room.passes()
    assert [said.split(".")[0] for said in heard(ana)[1:]] == [
        "Bo cannot just now",
        "Bo is getting in touch with you",
    ]


async def under(room: Room, action: str) -> tuple[str, ...]:
    """The call of a button under what came to Bo last."""
    buttons = [b.call for card in room.actors["bo kowalska"].seen for b in card.buttons]
    call = next(call for call in reversed(buttons) if call.action == action)
    return call.action, *call.args


@anywhere
async def test_at_night_an_answer_comes_at_once_to_who_called_and_else_in_the_morning(
    room: Room,
) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    one = await agreement(room)
    await sends(bo, "pairs.set_terms", one.ref, "0,1,2,3,4,5,6", "20:00", "1", "yes", "no")
    room.now = NIGHT
    await call(room, ana)
    await bo.presses("I am getting in touch")
    await room.passes()
    assert heard(ana)[-1] == "Bo is getting in touch with you."
    room.now = NIGHT + timedelta(hours=2)
    await bo.presses("Not just now")
    await room.passes()
    assert heard(ana)[-1] == "Bo is getting in touch with you."
    room.now = at("2026-03-02T07:00")
    await room.passes()
    assert heard(ana)[-1].startswith("Bo cannot just now.")


@anywhere
@pytest.mark.parametrize("way", ["Pause until I say", "Hear nothing of them", "/block Bo"])
async def test_who_answers_is_not_told_that_nobody_listens(room: Room, way: str) -> None:
    ana, bo = await called(room)
    if way.startswith("/"):
        await ana.types(way)
    else:
        await opens(ana)
        await ana.presses("Pause or end it")
        await ana.presses(way)
    before = heard(ana)
    await bo.presses("I am getting in touch")
    assert bo.sees("Thank you. I pass it on.")
    await room.passes()
    assert heard(ana) == before


@anywhere
async def test_in_a_circle_it_goes_to_who_called(room: Room) -> None:
    ana, bo, cy = await pair(room, "Ana", "Bo", "Cy")
    room.now = NOON
    await call(room, ana)
    before = len(heard(cy))
    await bo.presses("I am getting in touch")
    await room.passes()
    assert (heard(ana)[-1], len(heard(cy))) == ("Bo is getting in touch with you.", before)
    await sends(cy, "rests.mute", (await agreement(room)).ref)
    await room.storage.units.commit(room.storage.forget(ref_of("Ana")))
    await bo.presses("Not just now")
    assert bo.sees("That button is no longer in use.")


@anywhere
async def test_after_the_end_an_old_button_says_so_and_nothing_goes_out(room: Room) -> None:
    ana, bo = await called(room)
    await sends(ana, "pairs.end", (await agreement(room)).ref, "yes")
    await bo.presses("I am getting in touch")
    assert bo.sees("That button is no longer in use.")
    await room.passes()
    assert not [card for card in ana.seen if "getting in touch with you" in plain(card.text)]


@anywhere
async def test_an_answer_in_ones_own_pause_is_a_quiet_day_to_the_others(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    room.now = at("2026-03-01T20:00")
    await room.passes()
    await opens(ana)
    await ana.presses("Pause or end it")
    await ana.presses("Pause a week")
    await opens(ana)
    await ana.presses("Answer the last question")
    await ana.presses("Hard")
    assert ana.sees("You pause, so nobody else sees it.")
    await room.passes()
    await opens(bo)
    assert heard(bo) == []
    assert "Hard" not in words(bo.seen[-1])
    await opens(ana)
    await ana.presses("End my pause")
    await ana.presses("Change my answer")
    await ana.fills("2", "", "")
    await room.passes()
    assert heard(bo) == ["Ana: Hard"]


@anywhere
async def test_one_call_at_night_is_no_open_door(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    one = await agreement(room)
    await sends(bo, "pairs.set_terms", one.ref, "0,1,2,3,4,5,6", "20:00", "1", "yes", "no")
    room.now = NIGHT
    await call(room, ana)
    action, *named = await under(room, "replies.line")
    for number in range(22):
        await sends(bo, action, *named, f"line {number}")
    assert bo.sees("That was often. Please wait an hour.")
    await room.passes()
    assert len([said for said in heard(ana) if said.startswith("Bo writes")]) == 3
    room.now = at("2026-03-02T07:00")
    await room.passes()
    assert len([said for said in heard(ana) if said.startswith("Bo writes")]) == 20


@anywhere
async def test_a_call_that_was_not_delivered_in_time_is_not_delivered_later(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    room.now = NOON
    await opens(ana)
    await ana.presses("Call me")
    room.now = NOON + timedelta(minutes=1)
    await room.passes()
    assert ana.sees("If a life is in danger")
    assert not [said for said in heard(bo) if ASKED in said]


@anywhere
async def test_who_hears_nothing_is_not_reached_by_wishes_and_nobody_by_many(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", shows="0")
    one = await agreement(room)
    await room.passes()
    for hour in ("19:00", "20:00", "21:00"):
        await sends(ana, "pairs.set_terms", one.ref, "0,1,2,3,4,5,6", hour, "2", "no", "no")
    await room.passes()
    assert len([said for said in heard(bo) if "share more with you" in said]) == 1
    await sends(bo, "rests.mute", one.ref)
    room.now += timedelta(hours=2)
    await sends(ana, "pairs.set_terms", one.ref, "0,1,2,3,4,5,6", "22:00", "2", "no", "no")
    await room.passes()
    assert len([said for said in heard(bo) if "share more with you" in said]) == 1


@anywhere
async def test_a_yes_to_showing_more_does_not_reach_back(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", shows="0")
    one = await agreement(room)
    room.now = at("2026-03-01T20:00")
    await room.passes()
    await ana.presses("Hard")
    await sends(ana, "pairs.set_terms", one.ref, "0,1,2,3,4,5,6", "20:00", "2", "no", "no")
    await opens(bo)
    await bo.presses("Yes to that")
    await opens(bo)
    assert "answered" in words(bo.seen[-1])
    assert "Hard" not in words(bo.seen[-1])
