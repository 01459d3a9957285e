"""The group's check-in: somebody opens it in turn, and it opens in any case."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.app import App
from bot.core.model import Place
from cogs import build
from cogs.gathering.rota import (
    BY_ITSELF,
    SHORTEST,
    Do,
    Step,
    following,
    may_open,
    right,
    steps,
    turn,
)
from storage.gatherings import Gathering, Opener, State
from tests.pair_room import anywhere
from tests.room import HOME, MORNING, Actor, Room, ref_of, words

EVENING = MORNING.replace(hour=19)
NEXT = EVENING + timedelta(days=1)
PLACE = Place("door", "room")
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Auckland", "America/St_Johns"])
HOURS = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"{t[0]:02}:{t[1]:02}")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC)
)


@given(st.lists(st.sets(st.sampled_from("abcdef")), min_size=1, max_size=60))
def test_nobody_opens_it_twice_before_all_have_once(days: list[set[str]]) -> None:
    """Among those who could on every day of a stretch; whoever cannot is passed over."""
    openers = {name: Opener(name, MORNING) for name in "abcdef"}
    history: list[str] = []
    for n, away in enumerate(days):
        who = turn(openers.values(), frozenset(), set(openers) - away)
        history.append(who)
        if who:
            openers[who] = Opener(who, MORNING, MORNING + timedelta(days=n + 1))
    for start in range(len(days)):
        always, seen = set("abcdef"), set[str]()
        for n in range(start, len(days)):
            always -= days[n]
            who = history[n]
            if who in seen and who in always:
                assert always <= seen
                break
            seen.add(who)


@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef")))
def test_who_is_asked_can_and_was_not_asked_before(asked: set[str], can: set[str]) -> None:
    who = turn([Opener(name, MORNING) for name in "abcdef"], asked, can)
    assert (who == "") == (not can - asked)
    assert not who or who in can - asked


def test_new_volunteers_come_first() -> None:
    often = Opener("often", MORNING, MORNING)
    assert turn([often, Opener("new", NEXT)], set(), {"often", "new"}) == "new"


@given(HOURS, ZONES, MOMENTS)
def test_each_day_has_one_whenever_it_is_planned(hour: str, zone: str, now: datetime) -> None:
    first = following(hour, zone, now)
    assert first
    late = following(hour, zone, first + timedelta(hours=3))
    assert following(hour, zone, first) == late
    assert late
    assert timedelta(hours=22) < late - first < timedelta(hours=26)


@given(HOURS, ZONES, MOMENTS)
def test_its_steps_come_in_order_and_it_stays_open_for_a_while(
    hour: str, zone: str, now: datetime
) -> None:
    at = following(hour, zone, now)
    assert at
    planned = steps(at, zone, now)
    assert [when for _, when in planned] == sorted(when for _, when in planned)
    assert planned[-1][0] is Step.CLOSE
    assert SHORTEST <= planned[-1][1] - at <= timedelta(hours=26)
    assert (Step.OPEN, at + BY_ITSELF) in planned


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*Step, "yes", "no", "press"]), max_size=30))
def test_whatever_happens_it_is_opened_once_and_closed_once(story: list[str]) -> None:
    one, opened, closed = Gathering("g", "home", EVENING, PLACE), 0, 0
    for event in story:
        state, opener = one.state, one.opener
        if event in ("yes", "no") and state is State.WAITS:
            opener = "ana" if event == "yes" else ""
        elif event == "press" and state is State.WAITS and may_open(one, "bo", NEXT):
            state, opened = State.OPEN, opened + 1
        elif event in [*Step]:
            do = right(Step(event), one)
            assert do is not Do.CALL or opener
            if do is Do.OPEN:
                state, opened = State.OPEN, opened + 1
            if do is Do.CLOSE:
                state, closed = State.OVER, closed + 1
        one = Gathering("g", "home", EVENING, PLACE, state, opener)
    assert opened <= 1
    assert closed <= 1


async def house(room: Room, *names: str) -> list[Actor]:
    """A group whose check-in opens at seven in the evening; these open it in turn."""
    ana = await room.person("Ana")
    until = MORNING + timedelta(days=90)
    given_ = room.storage.roles.give(HOME.ref, ref_of("Ana"), "founder", MORNING, until)
    await room.storage.units.commit((given_,))
    await ana.sends(f"groups.set_gather:{HOME.ref}:19~100")
    people = [ana, *[await room.person(name) for name in names if name != "Ana"]]
    for name, person in zip(("Ana", *names), people, strict=True):
        if name in names or name != "Ana":
            await person.types("/gather")
            await person.presses("I will open it sometimes")
    await at(room, EVENING)
    await at(room, EVENING + timedelta(hours=1))
    return people


async def at(room: Room, when: datetime) -> None:
    room.now = when
    await room.passes()


def asked(actor: Actor) -> bool:
    return any("our check-in opens" in words(card) for card in actor.seen)


def opened(room: Room) -> list[str]:
    return [words(card) for card in room.posted if "How is today? Say as much" in words(card)]


async def test_who_is_willing_is_asked_the_day_before_and_opens_it(room: Room) -> None:
    _, bo = await house(room, "Bo")
    assert asked(bo)
    assert bo.sees("Would you?")
    await bo.presses("I'll do it")
    assert bo.sees("Thank you.")
    await at(room, NEXT - timedelta(minutes=1))
    assert not bo.can_press("Open it")
    await at(room, NEXT)
    assert bo.sees("It is time.")
    assert not opened(room)
    await at(room, NEXT + timedelta(minutes=15))
    assert len([card for card in bo.seen if "It is time." in words(card)]) == 2
    await bo.presses("Open it")
    await room.passes()
    [card] = opened(room)
    assert "Bo has opened it." in card
    assert not [card for card in bo.seen if "It is time." in words(card)]


async def test_not_this_time_goes_to_the_next(room: Room) -> None:
    _, bo, cy = await house(room, "Bo", "Cy")
    first, second = (bo, cy) if asked(bo) else (cy, bo)
    assert not asked(second)
    await first.presses("Not this time")
    await room.passes()
    assert asked(second)


async def test_who_does_not_answer_is_passed_over_in_four_hours(room: Room) -> None:
    _, bo, cy = await house(room, "Bo", "Cy")
    second = cy if asked(bo) else bo
    await at(room, EVENING + timedelta(hours=13))  # nobody is told in their night
    assert asked(second)


async def test_the_first_yes_counts(room: Room) -> None:
    _, bo, cy = await house(room, "Bo", "Cy")
    await at(room, EVENING + timedelta(hours=13))
    await bo.presses("I'll do it")
    await cy.presses("I'll do it")
    assert cy.sees("Somebody else has said yes.")


async def test_who_opened_it_is_asked_last(room: Room) -> None:
    _, bo, cy = await house(room, "Bo", "Cy")
    first, second = (bo, cy) if asked(bo) else (cy, bo)
    await first.presses("I'll do it")
    await at(room, NEXT)
    await first.presses("Open it")
    first.seen.clear()
    await at(room, NEXT + timedelta(hours=1))
    assert asked(second)
    assert not asked(first)


async def test_somebody_who_forgot_is_reminded_once_and_then_anyone_can(room: Room) -> None:
    ana, bo = await house(room, "Bo")
    await bo.presses("I'll do it")
    await at(room, NEXT)
    bo.seen.clear()
    await at(room, NEXT + timedelta(minutes=15))
    assert bo.sees("It is time.")
    await ana.sends(str(bo.seen[-1].buttons[0].call))
    assert ana.sees("somebody has said yes to it")
    await at(room, NEXT + timedelta(minutes=30))
    assert len(bo.seen) == 1
    assert "Anyone here can." in words(room.posted[-1])
    await ana.presses("Open it")
    await room.passes()
    assert "Ana has opened it." in opened(room)[0]
    assert not any("Anyone here can." in words(card) for card in room.posted)


@anywhere
@pytest.mark.parametrize("how", ["gathering.step_back", f"keeping.left:{HOME.ref}", ""])
async def test_who_does_it_no_more_is_not_asked_in_the_morning(room: Room, how: str) -> None:
    [_, bo] = await house(room, "Bo")
    await bo.presses("I'll do it")
    bo.here = bo.own
    await bo.sends("people.set_quiet:19~130:09~100")
    bo.seen.clear()
    await at(room, NEXT)
    await at(room, NEXT + timedelta(hours=1, minutes=1))
    if how:
        await bo.sends(how)
    await at(room, NEXT + timedelta(hours=14, minutes=5))
    assert asked(bo) is (not how)


async def test_two_who_press_at_once_open_one(room: Room) -> None:
    ana, bo = await house(room, "Bo")
    await bo.presses("Not this time")
    await at(room, NEXT)
    call = str(room.posted[-1].buttons[0].call)
    await asyncio.gather(ana.sends(call), bo.sends(call), ana.sends(call))
    await room.passes()
    assert len(opened(room)) == 1
    said = [words(card) for actor in (ana, bo) for card in actor.seen]
    assert sum("It is open. Thank you." in one for one in said) == 1
    assert sum("It is open already. Come in." in one for one in said) == 2


async def test_with_nobody_at_all_it_opens_by_itself_and_ends_with_the_day(room: Room) -> None:
    await house(room)
    for minutes in (0, 15, 30, 45):
        await at(room, NEXT + timedelta(minutes=minutes))
    assert opened(room) == [
        " How is today? Say as much or as little as you like. Listening is enough."
    ]
    await at(room, NEXT + timedelta(hours=5))
    rows = await room.storage.db.read("SELECT state FROM gatherings ORDER BY at")
    assert [row["state"] for row in rows] == ["over", "waits"]


async def test_what_was_missed_while_it_was_down_is_done_once(room: Room) -> None:
    """It was down from before the hour until long after; the day still has its end."""
    await house(room)
    for _ in range(3):
        await at(room, NEXT + timedelta(minutes=50))
    assert len(opened(room)) == 1


async def test_a_restart_between_any_two_steps_changes_nothing(room: Room) -> None:
    _, bo = await house(room, "Bo")
    storage = room.storage

    async def begins_anew() -> None:
        room.app = App(build(storage), storage.ports)
        await storage.wake_up(room.now)

    await begins_anew()
    await bo.presses("I'll do it")
    for minutes in (0, 15, 30):
        await begins_anew()
        await at(room, NEXT + timedelta(minutes=minutes))
    await begins_anew()
    await bo.presses("Open it")
    await begins_anew()
    await at(room, NEXT + timedelta(minutes=45))
    assert len(opened(room)) == 1
    await begins_anew()
    await at(room, NEXT + timedelta(hours=5))
    rows = await storage.db.read("SELECT state FROM gatherings ORDER BY at")
    assert [row["state"] for row in rows] == ["over", "waits"]


async def test_nobody_is_asked_who_would_sleep_then_or_is_not_to_be_written_to(
    room: Room,
) -> None:
    _, bo = await house(room, "Bo")
    bo.seen.clear()
    await bo.sends("people.set_quiet:18~100:23~100")
    await at(room, NEXT)
    assert not asked(bo)


async def test_who_leaves_the_list_is_not_asked(room: Room) -> None:
    ana = await room.person("Ana")
    await ana.types("/gather")
    assert ana.sees("We have no check-in together yet.")
    await ana.presses("I will open it sometimes")
    assert ana.sees("You are one of those who are asked.")
    await ana.presses("Not me any more")
    assert ana.sees("You are not asked any more.")
    assert not await room.storage.gatherings.openers(HOME.ref)


async def test_switched_off_nothing_more_comes(room: Room) -> None:
    ana, bo = await house(room, "Bo")
    await bo.presses("I'll do it")
    await ana.sends(f"groups.clear:{HOME.ref}:gather")
    bo.seen.clear()
    for minutes in (0, 15, 30, 45):
        await at(room, NEXT + timedelta(minutes=minutes))
    assert not bo.seen
    assert not opened(room)


async def test_at_another_hour_there_is_one_and_not_two(room: Room) -> None:
    ana, _ = await house(room, "Bo")
    await ana.sends(f"groups.set_gather:{HOME.ref}:20~100")
    await at(room, EVENING + timedelta(hours=1))
    for hours in (0, 1, 2):
        for minutes in (0, 45):
            await at(room, NEXT + timedelta(hours=hours, minutes=minutes))
    assert len(opened(room)) == 1


async def test_who_was_to_open_it_can_be_forgotten(room: Room) -> None:
    _, bo = await house(room, "Bo")
    await bo.presses("I'll do it")
    await bo.sends("keeping.forgotten")
    await at(room, NEXT)
    assert "Anyone here can." in words(room.posted[-1])


async def test_a_button_of_it_is_for_those_of_the_group(room: Room) -> None:
    _, bo = await house(room, "Bo")
    eve = room.guest("Eve")
    await at(room, NEXT)
    rows = await room.storage.db.read("SELECT ref FROM gatherings ORDER BY at LIMIT 1")
    await eve.sends(f"gathering.open:{rows[0]['ref']}")
    asks = await room.storage.db.read("SELECT ref FROM gathering_asks")
    ana = next(actor for actor in room.actors.values() if actor is not bo and actor is not eve)
    await ana.sends(f"gathering.yes:{asks[0]['ref']}")
    assert ana.sees("That button is no longer in use.")
    await room.passes()
    assert not opened(room)
