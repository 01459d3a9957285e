"""Two people agree to check in with each other, on terms that both have seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.parts import Shows
from tests.pair_room import (
    agree,
    agreement,
    anywhere,
    at,
    code_of,
    goes_to,
    heard,
    opens,
    pair,
    person,
    proposes,
    questions,
    sends,
)
from tests.room import Room, ref_of, words

NOTHING = "That code does not open anything."


async def test_two_people_agree_by_a_code_and_are_asked_and_told(room: Room) -> None:
    ana, bo = await person(room, "Ana"), await person(room, "Bo")
    await proposes(ana)
    assert ana.sees("Nobody in it is responsible for another's recovery.")
    code = await code_of(ana)
    await bo.types(f"/pairs {code.lower().replace('-', ' ')}")
    assert bo.sees("Ana proposes to check in with each other.")
    assert bo.sees("Nobody in it is responsible for another's recovery.")
    assert bo.sees("Ana Asked: every day, 20:00 on their own clock.")
    assert bo.sees("You Asked: every day, 20:00 on your own clock.")
    await bo.presses("Yes, I agree")
    assert bo.sees("It begins now.")
    await room.passes()
    assert heard(ana) == ["Bo said yes to checking in with you."]
    await goes_to(room, at("2026-03-01T20:00"))
    assert len(questions(ana)) == len(questions(bo)) == 1
    await ana.presses("Good")
    assert ana.sees("Thank you for telling me. Bo can see the mood, and no more.")
    await room.passes()
    assert heard(bo)[-1] == "Ana: Good"


async def test_a_proposal_is_one_form_that_is_filled_in(room: Room) -> None:
    ana = await person(room, "Ana")
    await ana.types("/pairs")
    await ana.presses("Propose it to one person")
    if ana.form:
        await ana.fills("me", "Monday,Friday", "7:30 am", "0", "no")
    else:
        await ana.presses("I am")
        for word in ("Monday", "Friday", "That's all"):
            await ana.presses(word)
        await ana.types("7:30 am")
        await ana.presses("Only that I answered")
        await ana.presses("No")
    assert ana.sees("Asked: Monday, Friday, 07:30 on your own clock.")
    assert ana.sees("Whoever says yes Not asked.")


@anywhere
async def test_who_looked_at_a_code_may_look_again_and_nobody_else(room: Room) -> None:
    ana, bo, cy = [await person(room, name) for name in ("Ana", "Bo", "Cy")]
    await proposes(ana)
    code = await code_of(ana)
    for who, said in ((bo, "Ana proposes"), (cy, NOTHING), (bo, "Ana proposes")):
        await who.types(f"/pairs {code}")
        assert who.sees(said)
    await bo.presses("No, thank you")
    await bo.types(f"/pairs {code}")
    assert bo.sees(NOTHING)


@anywhere
async def test_a_day_at_least_is_chosen(room: Room) -> None:
    ana = await person(room, "Ana")
    await proposes(ana, days="")
    assert ana.sees("Please choose a day at least.")
    assert await room.storage.agreements.of(ref_of("Ana")) == []


async def test_none_of_the_days_is_an_answer_where_somebody_may_go_unasked(room: Room) -> None:
    ana, _ = await pair(room, "Ana", "Bo")
    await opens(ana)
    await ana.presses("Change my terms")
    if ana.form:
        await ana.fills("", "20:00", "1", "no", "no")
    else:
        await ana.presses("None")
        await ana.types("20:00")
        for word in ("The mood", "No", "No"):
            await ana.presses(word)
    assert ana.sees("You Not asked.")


@anywhere
async def test_pressed_twice_it_is_proposed_once(room: Room) -> None:
    ana = await person(room, "Ana")
    await proposes(ana)
    await proposes(ana)
    assert len(await room.storage.agreements.of(ref_of("Ana"))) == 1


async def test_whoever_is_asked_can_name_another_hour(room: Room) -> None:
    ana, bo = await person(room, "Ana"), await person(room, "Bo")
    await proposes(ana, asked="other")
    await bo.types(f"/pairs {await code_of(ana)}")
    await bo.presses("Yes, at another hour")
    await bo.fills("06:45")
    one = await agreement(room)
    assert one.part(ref_of("Bo")).terms.hour == "06:45"
    assert not one.part(ref_of("Ana")).terms.days


async def test_an_hour_that_is_none_is_asked_again_and_nothing_else(room: Room) -> None:
    ana, bo = await person(room, "Ana"), await person(room, "Bo")
    await proposes(ana)
    await bo.types(f"/pairs {await code_of(ana)}")
    await bo.presses("Yes, at another hour")
    await bo.fills("25:99")
    if again := bo.form:
        assert [field.label for field in again.fields] == ["At what hour?"]
        assert again.given == ("25:99",)
    await bo.fills("19:30")
    assert bo.sees("It begins now.")


async def test_a_no_is_kind_and_has_no_reason(room: Room) -> None:
    ana, bo = await person(room, "Ana"), await person(room, "Bo")
    await proposes(ana)
    await bo.types(f"/pairs {await code_of(ana)}")
    await bo.presses("No, thank you")
    await room.passes()
    assert heard(ana) == ["Your proposal has a kind no: not this time. It says nothing about you."]
    assert (await agreement(room)).belongs_to == {ref_of("Ana")}
    await bo.presses("Yes, I agree")
    assert bo.sees("That button is no longer in use.")


@anywhere
async def test_a_code_opens_once_and_for_a_week(room: Room) -> None:
    ana, bo, cy = [await person(room, name) for name in ("Ana", "Bo", "Cy")]
    await proposes(ana)
    code = await code_of(ana)
    await bo.types(f"/pairs {code}")
    await cy.types(f"/pairs {code}")
    assert cy.sees(NOTHING)
    await opens(ana)
    late = await code_of(ana)
    room.now += timedelta(days=7, seconds=1)
    await cy.types(f"/pairs {late}")
    assert cy.sees(NOTHING)


@anywhere
async def test_who_came_first_is_the_pair_and_the_other_sees_nothing_of_it(room: Room) -> None:
    ana, bo, cy = [await person(room, name) for name in ("Ana", "Bo", "Cy")]
    await proposes(ana)
    for other in (bo, cy):
        await opens(ana)
        await other.types(f"/pairs {await code_of(ana)}")
    await bo.presses("Yes, I agree")
    await cy.presses("Yes, I agree")
    assert cy.sees("That button is no longer in use.")
    assert (await agreement(room)).belongs_to == {ref_of("Ana"), ref_of("Bo")}


@anywhere
async def test_a_yes_is_to_the_terms_that_were_seen(room: Room) -> None:
    ana, bo = await person(room, "Ana"), await person(room, "Bo")
    await proposes(ana)
    await bo.types(f"/pairs {await code_of(ana)}")
    one = await agreement(room)
    await sends(ana, "pairs.set_terms", one.ref, "0", "09:00", "2", "no", "no")
    await bo.presses("Yes, I agree")
    assert bo.sees("The terms have changed since you saw them.")
    assert bo.sees("Asked: Monday, 09:00 on their own clock.")
    await bo.presses("Yes, I agree")
    assert bo.sees("It begins now.")


@anywhere
async def test_a_block_looks_like_a_code_that_opens_nothing(room: Room) -> None:
    ana, bo, cy = [await person(room, name) for name in ("Ana", "Bo", "Cy")]
    await ana.types("/block Bo")
    await cy.types("/block Ana")
    await proposes(ana)
    for other in (bo, cy):
        await opens(ana)
        await other.types(f"/pairs {await code_of(ana)}")
        assert other.sees(NOTHING)
    assert (await agreement(room)).belongs_to == {ref_of("Ana")}


@anywhere
async def test_adults_are_not_paired_with_who_is_not_18(room: Room) -> None:
    ana, bo = await person(room, "Ana"), await person(room, "Bo")
    await bo.types("/me")
    await sends(bo, "people.set_adult", "no")
    await proposes(ana)
    await bo.types(f"/pairs {await code_of(ana)}")
    assert bo.sees(NOTHING)


@anywhere
async def test_guessing_codes_ends_after_ten_tries(room: Room) -> None:
    bo = await person(room, "Bo")
    for _ in range(10):
        await bo.types("/pairs AAAA-AAAA")
    await bo.types("/pairs AAAA-AAAA")
    assert bo.sees("That was often. Please wait an hour.")


@anywhere
async def test_codes_are_limited_in_a_week(room: Room) -> None:
    ana = await person(room, "Ana")
    await proposes(ana)
    one = await agreement(room)
    for _ in range(10):
        await sends(ana, "proposals.code", one.ref)
        assert ana.sees("/pairs ")
    await sends(ana, "proposals.code", one.ref)
    assert ana.sees("Those were many codes for one week.")
    room.now += timedelta(days=7)
    await sends(ana, "proposals.code", one.ref)
    assert ana.sees("/pairs ")


async def test_a_circle_lets_in_whom_all_said_yes_to(room: Room) -> None:
    ana, bo, cy = [await person(room, name) for name in ("Ana", "Bo", "Cy")]
    await agree(ana, bo, kind="circle")
    await opens(ana)
    await cy.types(f"/pairs {await code_of(ana)}")
    assert cy.sees("So far 2 people are in it.")
    assert not cy.sees("Bo")
    await cy.presses("Yes, I agree")
    assert cy.sees("It begins for you when those who are in it said yes, too.")
    await opens(cy)
    assert not cy.sees("Bo")
    await room.passes()
    assert heard(bo)[-1].startswith("Cy would like to join your circle:")
    await bo.presses("Yes to that")
    await room.passes()
    assert heard(cy)[-1] == "You are in the circle now: all of them said yes."
    await goes_to(room, at("2026-03-01T20:00"))
    assert [len(questions(who)) for who in (ana, bo, cy)] == [1, 1, 1]


@anywhere
async def test_one_no_keeps_somebody_out_of_a_circle_kindly(room: Room) -> None:
    ana, bo, cy = [await person(room, name) for name in ("Ana", "Bo", "Cy")]
    await agree(ana, bo, kind="circle")
    await opens(ana)
    await cy.types(f"/pairs {await code_of(ana)}")
    await cy.presses("Yes, I agree")
    await room.passes()
    await bo.presses("Not this time")
    await room.passes()
    assert heard(cy) == ["The circle has a kind no for now. It says nothing about you."]
    assert (await agreement(room)).belongs_to == {ref_of("Ana"), ref_of("Bo")}


@anywhere
@pytest.mark.parametrize("yes", [True, False])
async def test_who_is_asked_into_a_circle_is_so_for_two_weeks(room: Room, yes: bool) -> None:
    ana, bo, cy = [await person(room, name) for name in ("Ana", "Bo", "Cy")]
    await agree(ana, bo, kind="circle")
    room.now += timedelta(days=20)
    await opens(ana)
    await cy.types(f"/pairs {await code_of(ana)}")
    room.now += timedelta(days=13)
    await room.storage.tidy(room.now)
    if yes:
        await cy.presses("Yes, I agree")
        room.now += timedelta(days=13)
    for _ in range(2):
        await room.storage.tidy(room.now)
        await cy.types("/pairs")
        assert cy.can_press("Open 1")
        room.now += timedelta(hours=20)
    room.now += timedelta(days=1)
    await room.storage.tidy(room.now)
    await cy.types("/pairs")
    assert not cy.can_press("Open 1")
    await opens(bo)
    assert not bo.can_press("Yes to that")
    await opens(ana)
    await cy.types(f"/pairs {await code_of(ana)}")
    assert cy.can_press("Yes, I agree")


async def test_more_waits_for_a_yes_and_less_holds_at_once(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    one = await agreement(room)
    await opens(ana)
    await ana.presses("Change my terms")
    if ana.form:
        assert ana.form.given == ("0,1,2,3,4,5,6", "20:00", "1", "no", "no")
    await sends(ana, "pairs.set_terms", one.ref, "0,1", "20:00", "2", "no", "no")
    assert ana.sees("What is more waits for the yes of the others.")
    part = (await agreement(room)).part(ref_of("Ana"))
    assert (part.terms.days, part.terms.shows) == ((0, 1), Shows.MOOD)
    await room.passes()
    assert heard(bo)[-1].startswith("Ana would like to share more with you:")
    await bo.presses("Yes to that")
    await room.passes()
    assert heard(ana)[-1] == "Bo said yes to what you proposed."
    part = (await agreement(room)).part(ref_of("Ana"))
    assert (part.terms.shows, part.wish) == (Shows.ALL, None)


@anywhere
async def test_a_yes_to_a_wish_is_not_one_to_another(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", days="0", shows="0")
    one = await agreement(room)
    await sends(ana, "pairs.set_terms", one.ref, "0", "20:00", "1", "no", "no")
    await room.passes()
    await sends(ana, "pairs.set_terms", one.ref, "0", "20:00", "2", "no", "no")
    await bo.presses("Yes to that")
    assert bo.sees("That wish is not there any more, or it is another by now.")
    assert (await agreement(room)).part(ref_of("Ana")).terms.shows is Shows.ANSWERED
    await opens(ana)
    await ana.presses("Take my wish back")
    assert (await agreement(room)).part(ref_of("Ana")).wish is None


@anywhere
async def test_two_who_agreed_on_nothing_yet_say_yes_to_new_terms_at_once(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    one = await agreement(room)
    bare = tuple(replace(p, terms=replace(p.terms, days=())) for p in one.parts)
    unit = room.storage.agreements.change(one, replace(one, parts=bare))
    await room.storage.units.commit(unit)
    await sends(ana, "wishes.suggest", one.ref, "other", "2", "08:00", "1")
    await room.passes()
    assert "For you:\nAsked: Wednesday, 08:00 on your own clock." in heard(bo)[-1]
    await bo.presses("Yes to that")
    one = await agreement(room)
    assert one.part(ref_of("Bo")).terms.days == (2,)
    assert one.part(ref_of("Ana")).terms.days == ()


@anywhere
async def test_the_list_shows_what_each_shows_and_ways_on(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", shows="0")
    await goes_to(room, at("2026-03-01T20:00"))
    await bo.presses("Very good")
    await ana.types("/pairs")
    assert ana.sees("Bo, 2026-03-01: answered")
    assert not ana.sees("Very good")
    assert "missed" not in words(ana.seen[-1])
