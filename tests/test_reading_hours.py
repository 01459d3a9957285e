"""Readings that come by themselves come at their hour, at every door, and once a day."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.app import App
from bot.core.cards import Card
from bot.core.model import Place
from cogs import build
from cogs.readings.hours import AHEAD, GRACE, daily, had, until
from storage.groups import web_room
from tests.fuzz import ZONES
from tests.reading_room import pack, with_packs
from tests.room import HOME, Actor, Room, ref_of

TERM = timedelta(days=365)
ASKS = "Keep this one"
"""What stands under a reading that comes by itself."""


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def came(cards: list[Card]) -> list[str]:
    """The titles of readings that came."""
    return [card.title for card in cards if any(b.label == ASKS for b in card.buttons)]


def here(room: Room) -> list[str]:
    """Those that came to the room; on the web a group has two doors in these tests."""
    found = came(room.posted)
    if room.name != "web":
        return found
    assert found[::2] == found[1::2]
    return found[::2]


async def servant(room: Room, zone: str = "UTC") -> Actor:
    """Who looks after a group whose reading comes at 07:30 of that zone."""
    ana = await room.person("Ana", zone)
    term = room.storage.roles.give(HOME.ref, ref_of("Ana"), "founder", room.now, room.now + TERM)
    await room.storage.units.commit((term,))
    ana.here = ana.own
    await ana.sends(f"groups.set_zone:{HOME.ref}:{zone}")
    await ana.sends(f"groups.set_reading:{HOME.ref}:07~130")
    return ana


async def goes_to(room: Room, *times: datetime) -> None:
    for time in times:
        room.now = time
        await room.passes()


@pytest.mark.unwired(telegram="no button can say that much")
async def test_a_group_that_is_founded_gets_it_at_half_past_seven(room: Room) -> None:
    room.group = None
    ana = room.guest("Ana")
    ana = await room.person("Ana")
    ana.hosts = True
    await ana.types("/setup")
    await ana.sends(f"{ana.seen[-1].buttons[0].call}:Harbour Street:en:Europe/Berlin:general")
    assert ana.sees("Daily reading 07:30")
    await goes_to(room, at("2026-03-02T07:29", "Europe/Berlin"))
    assert not here(room)
    await goes_to(room, at("2026-03-02T07:30", "Europe/Berlin"))
    assert here(room) == ["Forty seconds"]


@pytest.mark.unwired(discord="a room has one place there", telegram="a room has one place there")
async def test_it_comes_to_every_door_of_the_group(room: Room) -> None:
    await servant(room)
    other = Place(room.name, "second")
    await room.storage.units.commit((room.storage.groups.add_door(HOME.ref, other),))
    await goes_to(room, at("2026-03-02T07:30"))
    doors = {room.place, other, web_room(HOME.ref)}
    assert len(came(room.posted)) == len([d for d in doors if d.platform == room.name])


async def test_its_buttons_answer_whoever_presses_alone(room: Room) -> None:
    await servant(room)
    bo = await room.person("Bo")
    await goes_to(room, at("2026-03-02T07:30"))
    before = len(room.posted)
    card = next(c for c in reversed(room.posted) if c.title)
    for button in card.buttons:
        await bo.sends(str(button.call))
        assert bo.form or bo.seen[-1].private
        assert not bo.seen or not bo.seen[-1].replaces
        if button.label == "Reflect":
            await bo.fills("A note.")
            assert bo.sees("It is kept, for you alone.")
            bo.here = None
    assert len(room.posted) == before
    assert await room.storage.readings.count(ref_of("Bo")) == 2


async def test_late_by_less_than_six_hours_it_comes_and_later_not(room: Room) -> None:
    await servant(room)
    await goes_to(room, at("2026-03-02T13:29"))
    assert here(room) == ["Forty seconds"]
    await goes_to(room, at("2026-03-03T13:31"))
    assert here(room) == ["Forty seconds"]
    await goes_to(room, at("2026-03-04T07:30"))
    assert here(room) == ["Forty seconds", "Dough"]


async def test_an_hour_that_is_changed_after_it_came_brings_no_second(room: Room) -> None:
    ana = await servant(room)
    await goes_to(room, at("2026-03-02T07:30"))
    await ana.sends(f"groups.set_reading:{HOME.ref}:09~100")
    await goes_to(room, at("2026-03-02T09:00"), at("2026-03-02T12:00"))
    assert here(room) == ["Forty seconds"]
    await goes_to(room, at("2026-03-03T07:30"), at("2026-03-03T09:00"))
    assert here(room) == ["Forty seconds", "The pause"]
    await ana.sends(f"groups.clear:{HOME.ref}:reading")
    await goes_to(room, at("2026-03-04T09:00"))
    assert len(here(room)) == 2


async def test_a_group_that_moves_west_gets_one_on_each_day(room: Room) -> None:
    ana = await servant(room, "Asia/Tokyo")
    await goes_to(room, at("2026-03-02T07:30", "Asia/Tokyo"))
    await ana.sends(f"groups.set_zone:{HOME.ref}:America/New_York")
    await goes_to(room, *(at("2026-03-01T18:00") + timedelta(hours=n) for n in range(48)))
    assert here(room) == ["Forty seconds", "The pause"]


async def test_a_clock_that_is_set_back_brings_no_second(room: Room) -> None:
    ana = await servant(room)
    await goes_to(room, at("2026-03-02T07:30"), at("2026-03-03T07:30"), at("2026-03-04T07:30"))
    assert here(room) == ["Forty seconds", "The pause", "Dough"]
    room.now = at("2026-03-03T06:00")
    await ana.sends(f"groups.set_reading:{HOME.ref}:07~100")
    await goes_to(room, at("2026-03-03T07:00"), at("2026-03-04T07:00"), at("2026-03-04T07:30"))
    assert len(here(room)) == 3
    await goes_to(room, at("2026-03-05T07:00"))
    assert here(room)[3:] == ["Returned"]


async def test_a_restart_in_between_brings_no_second(room: Room) -> None:
    await servant(room)
    await goes_to(room, at("2026-03-02T07:30"))
    room.app = App(build(room.storage), room.storage.ports)
    await room.storage.wake_up(room.now)
    await goes_to(room, room.now, room.now + timedelta(minutes=5))
    assert here(room) == ["Forty seconds"]


async def test_two_that_look_at_once_bring_one(room: Room) -> None:
    await servant(room)
    room.now = at("2026-03-02T07:30")
    await asyncio.gather(room.passes(), room.passes())
    await room.passes()
    assert here(room) == ["Forty seconds"]


async def test_in_spring_an_hour_that_is_skipped_comes_at_the_next(room: Room) -> None:
    ana = await servant(room, "Europe/Berlin")
    await ana.sends(f"groups.set_reading:{HOME.ref}:02~130")
    await goes_to(room, at("2026-03-29T00:59"))
    room.posted.clear()
    await goes_to(room, at("2026-03-29T01:00"))
    assert here(room) == ["Too much sky"], "it is three o'clock there"
    await goes_to(room, at("2026-03-29T01:30"))
    assert len(here(room)) == 1


async def test_in_autumn_an_hour_that_comes_twice_brings_one(room: Room) -> None:
    ana = await servant(room, "Europe/Berlin")
    await ana.sends(f"groups.set_reading:{HOME.ref}:02~130")
    await goes_to(room, at("2026-10-24T23:00"))
    room.posted.clear()
    await goes_to(room, at("2026-10-25T00:30"), at("2026-10-25T01:30"), at("2026-10-25T02:30"))
    assert here(room) == ["Forty-one degrees"]


async def test_summer_time_leaves_half_past_seven_where_it_is(room: Room) -> None:
    await servant(room, "Europe/Berlin")
    friday = at("2026-03-27T06:30")  # what would have come on all the days before is passed over
    await goes_to(room, friday, friday, at("2026-03-28T06:30"), at("2026-03-29T05:29"))
    assert here(room)[-1:] == ["Two opinions"]
    await goes_to(room, at("2026-03-29T05:30"))
    assert here(room)[-1:] == ["Too much sky"]


async def test_two_trusted_servants_settle_the_hour_together(room: Room) -> None:
    ana = await servant(room)
    bo = await room.person("Bo")
    bo.here = bo.own
    term = room.storage.roles.give(HOME.ref, ref_of("Bo"), "servant", room.now, room.now + TERM)
    await room.storage.units.commit((term,))
    await ana.sends(f"groups.set_reading:{HOME.ref}:21~100")
    await room.passes()
    assert bo.sees("Daily reading: 21:00 (it was: 07:30)")
    await bo.presses("Agree")
    await goes_to(room, at("2026-03-02T07:30"))
    assert not here(room)
    await goes_to(room, at("2026-03-02T21:00"))
    assert here(room) == ["Forty seconds"]


@pytest.mark.unwired(
    discord="the door was opened before the packs came",
    telegram="the door was opened before the packs came",
)
async def test_a_group_chooses_among_the_packs_of_its_host(room: Room, tmp_path: Path) -> None:
    with_packs(room, pack(tmp_path))
    ana = await servant(room)
    await ana.types("/setup")
    assert ana.sees("Readings First light")
    await ana.sends(f"groups.settings:{HOME.ref}")
    await ana.presses("Read: Quiet")
    assert ana.sees("Readings Quiet")
    await goes_to(room, at("2026-03-02T07:30"))
    assert here(room) == ["Quiet 2"]
    await ana.sends(f"groups.set_pack:{HOME.ref}:nothing")
    assert ana.sees("Please choose one of: First light, Quiet.")


async def test_somebody_gets_it_at_their_own_hour(room: Room) -> None:
    ana = await room.person("Ana", "Asia/Tokyo", "es")
    ana.here = ana.own
    await ana.sends("bringing.own")
    await ana.sends("bringing.set_hour:7~115")
    assert ana.sees("07:15")
    await goes_to(room, at("2026-03-02T07:14", "Asia/Tokyo"))
    assert not came(ana.seen)
    await goes_to(room, at("2026-03-02T07:15", "Asia/Tokyo"))
    card = ana.seen[-1]
    assert card.private
    assert card.locale == "es"
    assert not room.posted
    await ana.sends("bringing.no_hour")
    seen = len(ana.seen)
    await goes_to(room, at("2026-03-03T07:15", "Asia/Tokyo"))
    assert len(ana.seen) == seen


async def test_it_moves_with_whoever_moves_and_comes_once_a_day(room: Room) -> None:
    ana = await room.person("Ana", "Asia/Tokyo")
    ana.here = ana.own
    await ana.sends("bringing.set_hour:07~130")
    await goes_to(room, at("2026-03-02T07:30", "Asia/Tokyo"))
    assert came(ana.seen) == ["Forty seconds"]
    await ana.sends("people.set_zone:America/New_York")
    await goes_to(room, *(room.now + timedelta(hours=n) for n in range(1, 48)))
    assert came(ana.seen) == ["Forty seconds", "The pause"]
    await ana.sends("bringing.set_hour:23~100")
    await goes_to(room, at("2026-03-03T23:00", "America/New_York"))
    assert came(ana.seen) == ["Forty seconds", "The pause"], "that day has had its reading"


async def test_nobody_is_written_to_who_has_taken_back_their_yes(room: Room) -> None:
    ana = await room.person("Ana")
    ana.here = ana.own
    await ana.sends("people.withdraw:messages")
    await ana.sends("bringing.set_hour:07~130")
    assert ana.sees("First I need your yes to write to you without being asked.")
    await goes_to(room, at("2026-03-02T07:30"))
    assert not came(ana.seen)
    await ana.sends("bringing.own")
    await ana.presses("Allow it")
    await ana.presses("Back")
    assert ana.sees("It comes to you at 07:30, by your own clock.")
    await goes_to(room, at("2026-03-03T07:30"))
    assert came(ana.seen) == ["The pause"]


async def test_in_quiet_hours_it_waits_for_their_end_and_says_so(room: Room) -> None:
    ana = await room.person("Ana")
    ana.here = ana.own
    await ana.sends("bringing.set_hour:06~100")
    assert ana.sees("That is in your quiet hours: it waits for their end.")
    await goes_to(room, at("2026-03-02T06:00"))
    assert not came(ana.seen)
    await goes_to(room, at("2026-03-02T07:00"))
    assert came(ana.seen) == ["Forty seconds"]
    await ana.sends("bringing.own")
    await ana.presses("Change my quiet hours")
    await ana.fills("22:00", "05:00")
    await goes_to(room, at("2026-03-03T06:00"))
    assert came(ana.seen) == ["Forty seconds", "The pause"]


async def test_what_is_to_come_can_be_told(room: Room) -> None:
    ana = await servant(room)
    await ana.sends("bringing.set_hour:06~115")
    schedule, me = room.storage.schedule, ref_of("Ana")

    async def coming(group: str) -> list[tuple[datetime, str]]:
        found = await schedule.coming(me, group, room.now)
        return [(at, room.app.actions[name].spec.summary) for at, name in found]

    mine = (at("2026-03-02T06:15"), "Your reading")
    assert await coming(HOME.ref) == [mine, (at("2026-03-02T07:30"), "The reading of the group")]
    assert await coming("") == [mine]
    await ana.sends("people.withdraw:messages")
    assert await coming("") == [], "what would not be sent is not announced"
    await ana.sends("people.allow:messages")
    assert await coming("") == [mine]


async def test_to_whom_the_same_comes_alone_the_groups_is_not_announced_as_well(
    room: Room,
) -> None:
    ana = await servant(room)
    await ana.types("/home")
    assert ana.sees("The reading of the group")
    await ana.sends("bringing.set_hour:06~115")
    await ana.types("/home")
    assert ana.sees("Your reading")
    assert not ana.sees("The reading of the group")


async def test_nobody_but_the_clock_brings_it(room: Room) -> None:
    ana = await servant(room)
    for action in ("share", "bring"):
        await ana.sends(f"bringing.{action}")
        assert ana.sees("That button is no longer in use.")
    assert not came(room.posted)


DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
HOURS = st.times().map(lambda time: f"{time:%H:%M}")


@given(DAYS, HOURS, st.sampled_from(ZONES[:-1]))
def test_each_day_has_one_hour_for_it(day: date, hour: str, zone: str) -> None:
    start = datetime.combine(day, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    rule, found, now = daily(hour, zone, start), [], start - timedelta(seconds=1)
    for _ in range(4):
        after = rule.after(now)
        assert after
        found.append(after)
        now = after
    days = [time.astimezone(ZoneInfo(zone)).date() for time in found]
    assert days == [day + timedelta(n) for n in range(4)]
    for time in found:
        assert time <= until(hour, zone, time) - GRACE + timedelta(seconds=1) <= now + GRACE


@given(DAYS, st.integers(-800, 800))
def test_a_day_has_one_reading_and_a_wrong_clock_ends_none_for_ever(day: date, off: int) -> None:
    assert had(day, day)
    assert had(None, day) is False
    assert had(day + timedelta(off), day) == (0 <= off <= AHEAD)
