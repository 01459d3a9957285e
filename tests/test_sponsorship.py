"""Being found, looking and asking, from the first card to the end of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.core.text import plain
from storage.offers import For
from storage.requests import State
from tests.offering import (
    MONTH,
    agreements,
    asks,
    house,
    offered,
    request_to,
    says_their_age,
    sponsors,
)
from tests.room import HOME, Actor, Room, ref_of, words

DAY = timedelta(days=1)


async def opens_note(who: Actor) -> None:
    await who.presses("Read it")


async def test_an_offer_begins_with_what_it_is_not(room: Room) -> None:
    [bo] = await house(room, "Bo")
    await bo.types("/sponsor")
    await bo.presses("Offer to sponsor")
    assert bo.sees("It is not therapy, not money, not control")
    assert bo.sees("a year")
    await bo.presses("Go on")
    await bo.fills("2", "anyone", "en", "Ten years of Sundays.", "In the evening")
    assert bo.sees("Thank you. From now on you can be found.")
    assert bo.sees("0 of 2")
    assert bo.sees("a year: not yet")
    await bo.presses("Met: a year")
    assert bo.sees("a year: met")
    await bo.types("/sponsor")
    assert bo.sees("Sponsorship: 0 of 2 places taken")
    await bo.presses("Your offer: Sponsorship")
    await bo.presses("Offer it no longer")
    assert bo.sees("Taken back, and your words with it.")
    assert await room.storage.offers.of(ref_of("Bo")) == []


async def test_nothing_is_shown_to_others_without_a_yes_to_it(room: Room) -> None:
    [bo] = await house(room, "Bo")
    await bo.sends("people.withdraw:found")
    await bo.sends("offers.make:sponsor:2:any:en:Words:")
    assert bo.sees("May I show this to people of your group")
    assert await room.storage.offers.of(ref_of("Bo")) == []
    await bo.presses("Yes")
    assert bo.sees("From now on you can be found.")
    await bo.sends("people.withdraw:found")
    await bo.types("/sponsor")
    await bo.presses("Your offer")
    assert bo.sees("Nobody sees it: you took back your yes")
    await bo.presses("Let it be seen again")
    assert bo.sees("Allowed: Show my group what I offer")


@pytest.mark.parametrize("ends", ["Ana", "Bo"])
async def test_either_ends_it_at_any_time_without_a_reason(room: Room, ends: str) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    offer = await offered(room, "Bo", capacity=1)
    await asks(room, ana, offer)
    ref = await request_to(room, "Bo")
    await bo.sends(f"requests.yes:{ref}")
    [made] = await agreements(room, "Ana")
    who, other = (ana, "Bo") if ends == "Ana" else (bo, "Ana")
    await who.types("/sponsor")
    await who.presses(f"You and {other}")
    assert not who.sees("no longer in use")
    await who.sends(f"pairs.end:{made.ref}:yes")
    assert await agreements(room, "Ana") == []
    for one in (ana, bo):
        await one.types("/sponsor")
        assert not one.can_press("You and")
    await ana.sends(f"sponsorship.asked:{ref}")
    assert ana.sees("That has ended.")
    await bo.sends(f"requests.yes:{ref}")
    assert bo.sees("That has ended.")
    assert await agreements(room, "Bo") == []
    room.now += MONTH
    await asks(room, ana, offer)
    assert ana.sees("Asked.")


async def test_for_ninety_days_ends_unless_both_go_on(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    offer = await offered(room, "Bo")
    await asks(room, ana, offer, "days")
    await bo.sends(f"requests.see:{await request_to(room, 'Bo')}")
    assert bo.sees("90 days, then you both decide")
    await bo.presses("Yes")
    [made] = await agreements(room, "Ana")
    assert made.until == room.now + 90 * DAY
    assert made.review_at == room.now + 30 * DAY


async def test_a_no_and_no_answer_read_the_same(room: Room) -> None:
    ana, bo, cy = await house(room, "Ana", "Bo", "Cy")
    for name in ("Bo", "Cy"):
        await asks(room, ana, await offered(room, name))
    await cy.sends(f"requests.see:{await request_to(room, 'Cy')}")
    await cy.presses("Not this time")
    assert cy.sees("nobody else is")
    await room.passes()
    no = words(ana.seen[-1])
    await opens_note(ana)
    said_no = words(ana.seen[-1])
    room.now += 14 * DAY
    await room.passes()
    assert words(ana.seen[-1]) == no
    await opens_note(ana)
    assert words(ana.seen[-1]) == said_no.replace("Cy", "Bo")
    await ana.types("/sponsor")
    assert ana.sees("Bo: not this time")
    await bo.types("/sponsor")
    assert not bo.can_press("Answer Ana")


async def test_nobody_is_asked_twice_within_a_month_after_a_no(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    offer = await offered(room, "Bo")
    await asks(room, ana, offer)
    ref = await request_to(room, "Bo")
    await bo.sends(f"requests.no:{ref}")
    await asks(room, ana, offer)
    assert ana.sees("no longer in use")
    await ana.sends(f"sponsorship.take_back:{ref}")
    await asks(room, ana, offer)
    assert ana.sees("no longer in use")
    await ana.sends("sponsorship.look:sponsor")
    assert ana.sees("Nobody who sponsors has room just now.")
    room.now += 30 * DAY
    await asks(room, ana, offer)
    assert ana.sees("Asked.")


async def test_one_is_shown_at_a_time_until_everybody_was(room: Room) -> None:
    [ana, *_] = await house(room, "Ana", "Bo", "Cy", "Di")
    for name in ("Bo", "Cy", "Di"):
        await offered(room, name)
    await ana.sends("sponsorship.look:sponsor")
    shown = []
    for more in (True, True, False):
        shown.append(plain(ana.seen[-1].text).split()[0])
        assert ana.can_press("Another") is more
        if more:
            await ana.presses("Another")
    assert sorted(shown) == ["Bo", "Cy", "Di"]
    await ana.sends("sponsorship.look:sponsor:any:any:zzzzzzzzzzzz")
    assert ana.sees("That was everybody for today.")
    await ana.presses("Begin again")
    assert ana.sees(f"{shown[0]} has room.")


async def test_the_one_who_looks_chooses_the_language_and_for_whom(room: Room) -> None:
    [ana, *_] = await house(room, "Ana", "Bo", "Cy", "Di")
    await offered(room, "Bo", languages=("es",))
    await offered(room, "Cy", languages=("en",), meant="women", wish="Who works at night")
    await offered(room, "Di", languages=("en",), meant="men")
    await ana.sends("sponsorship.look:sponsor")
    await ana.presses("Say whom I look for")
    await ana.fills("en", "women")
    assert ana.sees("Cy has room.")
    assert ana.sees("Women. Who works at night")
    assert ana.can_press("It is meant for me: ask")
    assert not ana.can_press("Another")
    await ana.sends("sponsorship.narrow:sponsor:de:any")
    assert ana.sees("Nobody who sponsors has room just now.")


async def test_two_who_are_let_in_at_once_do_not_both_get_the_last_place(room: Room) -> None:
    ana, bo, cy = await house(room, "Ana", "Bo", "Cy")
    offer = await offered(room, "Bo", capacity=1)
    await asyncio.gather(asks(room, ana, offer), asks(room, cy, offer))
    waiting = await room.storage.requests.to(ref_of("Bo"), HOME.ref)
    assert len(waiting) == 2
    await asyncio.gather(*(bo.sends(f"requests.yes:{one.ref}") for one in waiting))
    assert len(await agreements(room, "Bo")) == 1
    last = [words(card) for card in bo.seen[-2:]]
    assert sum("You have no room for more" in said for said in last) == 1
    assert sum("You sponsor" in said for said in last) == 1
    await bo.sends(f"offers.set_room:{offer.ref}:2")
    for one in waiting:
        await bo.sends(f"requests.yes:{one.ref}")
    assert len(await agreements(room, "Bo")) == 2


async def test_pressing_twice_or_at_once_is_once(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    offer = await offered(room, "Bo")
    await asyncio.gather(asks(room, ana, offer), asks(room, ana, offer))
    await asks(room, ana, offer)
    assert {words(card) for card in ana.seen[-3:]} == {words(ana.seen[-1])}
    ref = await request_to(room, "Bo")
    await asyncio.gather(*(bo.sends(f"requests.yes:{ref}") for _ in range(2)))
    await bo.sends(f"requests.yes:{ref}")
    assert {words(card) for card in bo.seen[-3:]} == {words(bo.seen[-1])}
    assert bo.sees("You sponsor Ana now.")
    assert len(await agreements(room, "Ana")) == 1
    await bo.sends(f"requests.no:{ref}")
    [asking] = await room.storage.requests.by(ref_of("Ana"), HOME.ref)
    assert asking.state is State.YES


async def test_only_so_many_are_asked_in_a_week(room: Room) -> None:
    [ana, *_] = await house(room, "Ana", "Bo", "Cy", "Di", "Ed")
    offers = [await offered(room, name) for name in ("Bo", "Cy", "Di", "Ed")]
    for offer in offers[:3]:
        await asks(room, ana, offer)
        await ana.presses("Take it back")
        assert ana.sees("Taken back. They are not told.")
    await asks(room, ana, offers[3])
    assert ana.sees("You have asked 3 times within a week.")
    room.now += 7 * DAY
    await asks(room, ana, offers[3])
    assert ana.sees("Asked.")


async def test_what_is_taken_back_does_not_arrive(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    await asks(room, ana, await offered(room, "Bo"))
    ref = await request_to(room, "Bo")
    await ana.presses("Take it back")
    await room.passes()
    assert bo.seen == []
    await bo.sends(f"requests.yes:{ref}")
    assert bo.sees("no longer in use")
    room.now += 20 * DAY
    await room.passes()
    assert not ana.sees("There is an answer")


async def test_who_rests_is_not_found_until_they_say_so(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    offer = await offered(room, "Bo")
    await bo.sends(f"offers.see:{offer.ref}")
    await bo.presses("Rest")
    assert bo.sees("until you say so")
    await asks(room, ana, offer)
    assert ana.sees("no longer in use")
    await bo.presses("Be found again")
    await bo.sends(f"offers.rest_until:{offer.ref}:{(room.now + 3 * DAY).date()}")
    await ana.sends("sponsorship.look:sponsor")
    assert ana.sees("Nobody who sponsors has room just now.")
    room.now += 4 * DAY
    await ana.sends("sponsorship.look:sponsor")
    assert ana.sees("Bo has room.")
    await bo.sends(f"offers.rest_until:{offer.ref}:2020-01-01")
    assert bo.sees("Please choose a day that is still to come.")


async def test_several_sponsors_and_one_for_service(room: Room) -> None:
    ana, bo, _ = await house(room, "Ana", "Bo", "Cy")
    await sponsors(room, "Cy", "Ana")
    await asks(room, ana, await offered(room, "Bo"))
    await bo.sends(f"requests.yes:{await request_to(room, 'Bo')}")
    await asks(room, ana, await offered(room, "Bo", For.SERVICE, capacity=1))
    waiting = await room.storage.requests.to(ref_of("Bo"), HOME.ref)
    [service] = [one.ref for one in waiting if one.kind is For.SERVICE]
    await bo.sends(f"requests.yes:{service}")
    assert bo.sees("You sponsor Ana in service now.")
    await ana.types("/sponsor")
    said = {label: plain(value) for label, value in ana.seen[-1].facts}
    assert said["Your service sponsors"] == "Bo"
    assert sorted(said["Your sponsors"].split()) == ["Bo", "Cy"]


async def test_nobody_under_18_is_brought_together_with_an_adult(room: Room) -> None:
    kim, bo = await house(room, "Kim", "Bo")
    await says_their_age(room, "Kim", adult=False)
    offer = await offered(room, "Bo")
    await kim.types("/sponsor")
    assert kim.sees("You are under 18, so nobody over 18 is brought together with you here.")
    assert kim.sees("a trusted servant")
    await kim.presses("Look for a sponsor")
    assert not kim.sees("Bo")
    await asks(room, kim, offer)
    assert kim.sees("no longer in use")
    await says_their_age(room, "Kim", adult=True)
    await asks(room, kim, offer)
    await says_their_age(room, "Kim", adult=False)
    await bo.sends(f"requests.yes:{await request_to(room, 'Bo')}")
    assert bo.sees("no longer in use")
    assert await agreements(room, "Kim") == []
