"""What nobody learns, and who is looked after, where people look for each other."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from storage.agreements import Agreement, Kind
from storage.offers import For
from storage.parts import Part, Role
from storage.requests import State
from tests.offering import agreements, asks, found, house, offered, request_to
from tests.room import HOME, Actor, Room, ref_of, words

DAY = timedelta(days=1)


@pytest.mark.parametrize("how", ["bo blocks ana", "ana blocks bo", "nobody"])
async def test_a_block_looks_like_no_answer(room: Room, how: str) -> None:
    ana, bo, cy = await house(room, "Ana", "Bo", "Cy")
    offer, plainly = await offered(room, "Bo"), await offered(room, "Cy")
    offers = {"Bo": offer, "Cy": plainly}
    for one in offers.values():
        await asks(room, ana, one)
    if how == "bo blocks ana":
        await bo.sends("blocks.block:Ana")
    if how == "ana blocks bo":
        await ana.sends("blocks.block:Bo")
    bo.seen.clear()
    mine: dict[str, list[str]] = {}
    for name, one in offers.items():
        before = len(ana.seen)
        asking = next(
            each
            for each in await room.storage.requests.by(ref_of("Ana"), HOME.ref)
            if each.request.asked == ref_of(name)
        )
        await ana.sends(f"sponsorship.asked:{asking.ref}")
        await asks(room, ana, one)
        mine[name] = [words(card).replace(name, "X") for card in ana.seen[before:]]
    await room.passes()
    assert mine["Bo"] == mine["Cy"]
    assert len(cy.seen) == 1
    assert len(bo.seen) == (how == "nobody")
    await bo.types("/sponsor")
    assert bo.can_press("Answer Ana") is (how == "nobody")
    await ana.types("/sponsor")
    assert ana.sees("Bo: no answer yet")
    assert ana.sees("Cy: no answer yet")
    room.now += 14 * DAY
    await room.passes()
    await ana.types("/sponsor")
    assert ana.sees("Bo: not this time")
    assert ana.sees("Cy: not this time")


async def test_whom_she_keeps_away_after_the_question_gets_nothing(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    await asks(room, ana, await offered(room, "Bo"))
    ref = await request_to(room, "Bo")
    await bo.sends(f"requests.talk:{ref}:By the lamp")
    await ana.sends("blocks.block:Bo")
    await ana.sends(f"sponsorship.introduce:{ref}:Here")
    assert ana.sees("not this time")
    assert not ana.sees("By the lamp")
    await refused(bo, ref)
    assert await agreements(room, "Ana") == []


GOING = {
    "keeps her away": "blocks.block:Ana",
    "has left": f"keeping.left:{HOME.ref}",
    "is under 18": "people.set_adult:no",
}


@pytest.mark.parametrize("how", GOING)
@pytest.mark.parametrize("talks", [True, False], ids=["talked first", "said nothing"])
async def test_who_says_no_more_after_the_question_is_silence_and_tells_nothing(
    room: Room, how: str, talks: bool
) -> None:
    """Beside Cy, who only says no more."""
    ana, bo, cy = await house(room, "Ana", "Bo", "Cy")
    refs: dict[str, str] = {}
    for name, who, says in (("Bo", bo, "By the lamp"), ("Cy", cy, "")):
        await asks(room, ana, await offered(room, name))
        refs[name] = await request_to(room, name)
        if talks:
            await who.sends(f"requests.talk:{refs[name]}:{says}")
    await room.passes()
    await bo.sends(GOING[how])
    cy.seen.clear()
    mine: dict[str, list[str]] = {"Bo": [], "Cy": []}
    for name, seen in mine.items():
        for data in ("sponsorship.asked:{ref}", "sponsorship.introduce:{ref}:Here"):
            await ana.sends(data.format(ref=refs[name]))
            seen.append(re.sub(rf"\b{name}\b", "X", words(ana.seen[-1])))
    assert mine["Bo"] == mine["Cy"]
    assert not any("By the lamp" in words(card) for card in ana.seen)
    bo.seen.clear()
    await room.passes()
    assert bo.seen == []
    assert len(cy.seen) == talks
    if how == "is under 18":  # who may still say no
        await refused(bo, refs["Bo"], "see", "yes", "talk")
    else:
        await refused(bo, refs["Bo"])
    ana.seen.clear()
    room.now += 15 * DAY
    await room.passes()
    assert [("There is an answer" in words(card)) for card in ana.seen] == [True, True]
    await ana.types("/sponsor")
    said = "wanted to talk first, and its time has passed" if talks else "not this time"
    assert ana.sees(f"Cy: {said}")
    assert ana.sees(f"Bo: {said}")
    assert await agreements(room, "Ana") == []


async def test_whom_she_asked_and_who_is_forgotten_is_silence_without_a_name(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    await asks(room, ana, await offered(room, "Bo"))
    ref = await request_to(room, "Bo")
    await bo.sends(f"requests.talk:{ref}:By the lamp")
    await room.passes()
    await bo.sends("keeping.forgotten")
    await ana.sends(f"sponsorship.introduce:{ref}:Here")
    assert ana.sees("There is no answer yet.")
    [row] = await room.storage.db.read("SELECT asked, answer FROM requests")
    assert (row["asked"], row["answer"]) == (None, None)
    room.now += 15 * DAY
    await room.passes()
    await ana.presses("Read it")
    assert ana.sees("Not this time. It says nothing about you.")


ANSWERS = ("see", "yes", "no", "talk", "ask_talk")


async def refused(who: Actor, ref: str, *answers: str) -> None:
    for answer in answers or ANSWERS:
        await who.sends(f"requests.{answer}:{ref}")
        assert who.sees("no longer in use")


async def test_resting_full_gone_and_forgotten_cannot_be_told_apart(room: Room) -> None:
    ana, bo, cy, di, ed = await house(room, "Ana", "Bo", "Cy", "Di", "Ed")
    offers = {name: await offered(room, name, capacity=1) for name in ("Bo", "Cy", "Di", "Ed")}
    await bo.sends(f"offers.rest:{offers['Bo'].ref}")
    await cy.sends(f"offers.end:{offers['Cy'].ref}")
    await di.sends("keeping.forgotten")
    await asks(room, bo, offers["Ed"])
    await ed.sends(f"requests.yes:{await request_to(room, 'Ed')}")
    for offer in offers.values():
        await asks(room, ana, offer)
    assert len({words(card) for card in ana.seen[-4:]}) == 1
    assert ana.sees("no longer in use")


async def test_nobody_answers_or_takes_back_for_another(room: Room) -> None:
    ana, bo, eve = await house(room, "Ana", "Bo", "Eve")
    offer = await offered(room, "Bo")
    await asks(room, ana, offer)
    ref = await request_to(room, "Bo")
    theirs = ["see", "go_on", "yes", "ask_talk", "talk", "no"]
    for who in (ana, eve):
        for name in theirs:
            await who.sends(f"requests.{name}:{ref}")
            assert who.sees("no longer in use")
    for who in (bo, eve):
        for name in ("asked", "ask_introduce", "introduce", "take_back"):
            await who.sends(f"sponsorship.{name}:{ref}")
            assert who.sees("no longer in use")
    for name in ("see", "rest", "end", "ask_words", "set_words:x", "met:0:yes", "resume"):
        action, _, rest = name.partition(":")
        await eve.sends(f"offers.{action}:{offer.ref}" + (f":{rest}" if rest else ""))
        assert eve.sees("no longer in use")
    await asks(room, bo, offer)
    assert bo.sees("no longer in use")
    await eve.sends(f"sponsorship.lapse:{ref}")
    await eve.sends("sponsorship.watch")
    assert eve.sees("trusted servants")
    [one] = await room.storage.requests.to(ref_of("Bo"), HOME.ref)
    assert one.state is State.OPEN


async def test_who_is_in_another_group_can_ask_nobody_here(room: Room) -> None:
    [_] = await house(room, "Bo")
    offer = await offered(room, "Bo")
    stranger = room.guest("Zed")
    stranger.here = stranger.own
    await asks(room, stranger, offer)
    assert stranger.sees("people who have joined")
    await stranger.types("/sponsor")
    assert not stranger.sees("Bo")


async def test_what_was_made_up_is_refused_kindly(room: Room) -> None:
    [ana] = await house(room, "Ana")
    for data in (
        "sponsorship.look:friend",
        "sponsorship.look:nothing",
        "sponsorship.look:sponsor:xx:any",
        "sponsorship.ask:nobody-12345:open",
        "offers.begin:friend",
        "offers.make:friend:1:any",
        "offers.make:sponsor:11:any",
        "offers.make:sponsor:0:any",
        "offers.see:x",
        "requests.yes:\0",
        "sponsorship.asked:☃",
    ):
        await ana.sends(data)
        assert not ana.sees("went wrong"), data
        ana.form = None
    assert await room.storage.offers.of(ref_of("Ana")) == []


async def test_who_is_new_reads_first_and_once_that_they_are_free(room: Room) -> None:
    await house(room, "Bo")
    await offered(room, "Bo")
    ana = await room.person("Ana")
    ana.here = ana.own
    await ana.types("/sponsor")
    await ana.presses("Look for a sponsor")
    assert ana.sees("You can say no to anyone")
    assert not ana.sees("Bo")
    await ana.presses("Go on")
    await ana.presses("Show me the first")
    assert ana.sees("Bo has room.")
    await ana.sends("sponsorship.look:sponsor")
    assert ana.sees("Bo has room.")


async def test_who_is_new_and_asked_reads_it_too(room: Room) -> None:
    [bo] = await house(room, "Bo")
    ana = await room.person("Ana")
    ana.here = ana.own
    await asks(room, bo, await offered(room, "Ana"))
    await room.passes()
    await ana.presses("Read it")
    assert ana.sees("You can say no to anyone")
    await ana.presses("Go on")
    assert ana.sees("Bo asks you to sponsor them.")
    await ana.sends(f"requests.see:{await request_to(room, 'Ana')}")
    assert ana.sees("Bo asks you to sponsor them.")


async def test_servants_see_who_asks_new_people_again_and_again_and_not_whom(room: Room) -> None:
    bo, sia = await house(room, "Bo", "Sia")
    until = room.now + 90 * DAY
    given = room.storage.roles.give(HOME.ref, ref_of("Sia"), "servant", room.now, until)
    await room.storage.units.commit((given,))
    for name in ("Ana", "Cy", "Di"):
        await room.person(name)
        await asks(room, bo, await offered(room, name))
    await bo.types("/sponsor")
    assert not bo.can_press("For trusted servants")
    await sia.types("/sponsor")
    await sia.presses("For trusted servants")
    assert sia.sees("Bo, 3 times")
    assert not any(sia.sees(name) for name in ("Ana", "Cy", "Di"))
    room.now += 31 * DAY
    await sia.sends("sponsorship.watch")
    assert sia.sees("Nobody asked people in their first 30 days again and again.")


async def test_where_others_read_nothing_of_it_is_said(room: Room) -> None:
    ana, _ = await house(room, "Ana", "Bo")
    await offered(room, "Bo", words="Ten years of Sundays.")
    ana.here = None
    await ana.types("/sponsor")
    await ana.presses("Look for a sponsor")
    await ana.presses("Ask")
    await ana.fills("open", "I like your laugh.", "")
    assert ana.sees("Asked.")
    await room.passes()
    assert room.posted == []


@pytest.mark.parametrize("gone", ["Ana", "Bo"])
@pytest.mark.parametrize("how", ["keeping.forgotten", f"keeping.left:{HOME.ref}"])
async def test_who_is_gone_leaves_nothing_open(room: Room, gone: str, how: str) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    offer = await offered(room, "Bo")
    await asks(room, ana, offer)
    ref = await request_to(room, "Bo")
    await (ana if gone == "Ana" else bo).sends(how)
    await room.passes()
    await ana.sends(f"sponsorship.asked:{ref}")
    await bo.sends(f"requests.yes:{ref}")
    for who in (ana, bo):
        assert not who.sees("went wrong")
        assert not who.sees("You sponsor")
    room.now += 20 * DAY
    await room.passes()
    assert ana.sees("There is an answer") is (gone == "Bo")
    room.now += 20 * DAY
    await room.storage.tidy(room.now)
    assert await room.storage.db.read("SELECT * FROM requests") == []


async def test_wise_friends_are_equals_and_two_or_three(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo", profile="general")
    await bo.types("/sponsor")
    await bo.presses("Offer to be a wise friend")
    assert bo.sees("Nobody leads.")
    await bo.sends("offers.make:friend:3:any")
    assert bo.sees("Wise friends are two or three")
    await bo.sends("offers.make:friend:1:any")
    await ana.types("/sponsor")
    await ana.presses("Look for a wise friend")
    await ana.presses("Ask")
    await ana.fills("open", "", "")
    await bo.sends(f"requests.yes:{await request_to(room, 'Bo')}")
    assert bo.sees("You and Ana are wise friends now.")
    [made] = await agreements(room, "Ana")
    assert made.kind is Kind.CIRCLE
    assert {part.role for part in made.parts} == {Role.PEER}
    for who, other in ((ana, "Bo"), (bo, "Ana")):
        await who.types("/sponsor")
        assert who.sees(f"Your wise friends {other}")


async def test_a_circle_is_not_shown_as_if_it_were_one_person(room: Room) -> None:
    ana, _, _ = await house(room, "Ana", "Bo", "Cy")
    parts = tuple(Part(ref_of(name), agreed=True) for name in ("Ana", "Bo", "Cy"))
    circle = Agreement("circle-12345", Kind.CIRCLE, parts, room.now, room.now + 30 * DAY, HOME.ref)
    await room.storage.units.commit(room.storage.agreements.add(circle))
    await ana.types("/sponsor")
    assert not ana.can_press("You and")
    groups = room.storage.groups
    settings = await groups.settings(HOME.ref)
    assert settings
    await room.storage.units.commit((groups.change(replace(settings, profile="general")),))
    await ana.types("/sponsor")
    assert ana.can_press("You and Bo, Cy")


async def test_a_mentor_is_called_so_wherever_they_are_named(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo", profile="secular")
    offer = await offered(room, "Bo", For.MENTOR, met=frozenset({"six months"}))
    await ana.types("/sponsor")
    await ana.presses("Look for a mentor")
    assert ana.sees("six months: met")
    await asks(room, ana, offer)
    await bo.sends(f"requests.see:{await request_to(room, 'Bo')}")
    assert bo.sees("Ana asks you to be their mentor.")
    await bo.presses("Yes")
    assert bo.sees("You are Ana's mentor now.")
    await bo.types("/sponsor")
    assert bo.sees("Whose mentor you are Ana")
    for who, other in ((ana, "Bo"), (bo, "Ana")):
        await who.types("/sponsor")
        await who.presses(f"You and {other}")
        assert "sponsor" not in words(who.seen[-1]).casefold()
    await ana.types("/checkin 4")
    await ana.presses("Share it")
    assert ana.can_press("My mentor: Bo")


WORDS = {
    "twelve-step": ("sponsorship", "a sponsor"),
    "secular": ("mentor",),
    "general": ("wise friend",),
}
"""Words that are one path's alone."""


def page(who: Actor) -> str:
    """All that can be read on a card, but for what there is not."""
    labels = " ".join(button.label for button in who.seen[-1].buttons)
    return f"{words(who.seen[-1])} {labels}".casefold().replace("nobody has a sponsor", "")


@pytest.mark.parametrize(
    ("profile", "said", "button"),
    [
        ("twelve-step", "Sponsorship", "Look for a sponsor"),
        ("secular", "Mentors", "Look for a mentor"),
        ("general", "Wise friends", "Look for a wise friend"),
        ("open-room", "nobody has a sponsor", "Look for somebody to check in with"),
    ],
)
async def test_each_path_has_its_own_words(
    room: Room, profile: str, said: str, button: str
) -> None:
    [ana] = await house(room, "Ana")
    until = room.now + 90 * DAY
    given = room.storage.roles.give(HOME.ref, ref_of("Ana"), "founder", room.now, until)
    await room.storage.units.commit((given,))
    await ana.sends(f"groups.set_profile:{HOME.ref}:{profile}")
    await ana.types("/sponsor")
    assert ana.sees(said)
    assert ana.can_press(button)
    for one, others in WORDS.items():
        assert one == profile or not any(word in page(ana) for word in others)


async def test_you_may_ask_me_is_said_found_and_taken_up(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo", profile="open-room")
    await ana.types("/sponsor")
    await ana.presses("Say: you may ask me")
    assert ana.sees("Each time you can say no")
    await ana.presses("Go on")
    await ana.fills("any", "en", "Mornings are best.")
    assert ana.sees("From now on you can be found.")
    assert await found(room, "Bo", For.PAIR) == ["Ana"]
    await bo.types("/sponsor")
    await bo.presses("Look for somebody to check in with")
    await bo.presses("Ask")
    await bo.fills("open", "Weekdays?", "")
    await ana.types("/sponsor")
    await ana.presses("Answer Bo")
    assert ana.sees("Bo would like to check in with you.")
    await ana.presses("Yes")
    [made] = await agreements(room, "Bo")
    assert made.kind is Kind.PAIR
    assert not any(part.terms.days for part in made.parts)
    await bo.types("/sponsor")
    await bo.presses("You and Ana")
    assert bo.sees("Ana")
    assert not bo.sees("no longer in use")


async def test_a_group_suggests_what_it_likes(room: Room) -> None:
    ana, bo = await house(room, "Ana", "Bo")
    offer = await offered(room, "Bo", met=frozenset({"a year"}))
    await ana.sends("sponsorship.look:sponsor")
    assert ana.sees("a year: met")
    assert ana.sees("worked steps: not yet")
    until = room.now + 90 * DAY
    given = room.storage.roles.give(HOME.ref, ref_of("Bo"), "founder", room.now, until)
    await room.storage.units.commit((given,))
    await bo.sends(f"groups.set_suggested:{HOME.ref}:a phone, patience")
    assert bo.sees("a phone, patience")
    await ana.sends("sponsorship.look:sponsor")
    assert ana.sees("patience: not yet")
    assert not ana.sees("a year")
    await bo.sends(f"offers.met:{offer.ref}:1:yes")
    await ana.sends("sponsorship.look:sponsor")
    assert ana.sees("patience: met")
    await bo.sends(f"offers.met:{offer.ref}:7:yes")
    assert bo.sees("The group suggests something else by now.")
