"""How the bot comes to a place: by a link that is pressed, or a code that is carried over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.app import App
from bot.core.model import Group, Place
from bot.platforms.telegram.places import shared
from cogs import build
from storage import Storage
from storage.roles import SERVANT
from tests.fakes.telegram_people import Someone, group
from tests.fakes.telegram_world import BOT, Chat, World
from tests.room import DISCORD, HOME, TELEGRAM, Actor, Hour, Room, ref_of, words
from tests.telegram_house import TelegramHouse, labels, telegram_house
from tests.telegram_house import words as written

FOUND, OTHER = "Found a group on Telegram", "Another door of Harbour Street on Telegram"
OVER = "That link is over"


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[TelegramHouse]:
    async with telegram_house(storage, world=World(ephemeral=False)) as made:
        yield made


def elsewhere(house: TelegramHouse, *people: Someone, led_by: Someone) -> Chat:
    """A group on Telegram that the bot has not been added to."""
    chat = group(house.world, "Elsewhere", *people, led_by=led_by, rights=None)
    chat.members[BOT["id"]] = "left"
    return chat


async def ways(house: TelegramHouse, who: Someone) -> dict[str, str]:
    """Where the links on the card of /door lead."""
    who.here = None
    await house.types(who, "/door")
    card = who.sees()[-1]
    units = written(card).encode("utf-16-le")
    return {
        units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"): e["url"]
        for e in card["entities"]
        if e["type"] == "text_link"
    }


async def serves(storage: Storage, name: str) -> None:
    until = storage.now() + timedelta(days=90)
    role = storage.roles.give(HOME.ref, ref_of(name), SERVANT, storage.now(), until)
    await storage.units.commit((role,))


async def test_who_presses_the_link_founds_a_group_where_they_picked(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    chat = elsewhere(house, led_by=ana)
    ana.adds((await ways(house, ana))[FOUND], chat)
    await house.rests()
    assert chat.may("can_manage_topics")
    assert labels(ana.sees()[-1])[0] == "Found a group here"
    await house.presses(ana, "Found a group here")
    ana.here = None
    await house.types(ana, "Night Owls")
    await house.presses(ana, "English")
    await house.types(ana, "UTC")
    while not await house.storage.groups.any():
        await house.presses(ana, labels(ana.sees()[-1])[0])
    assert await house.storage.groups.door(shared(chat.id))


async def test_a_link_is_for_one_person_once_and_for_a_while(house: TelegramHouse) -> None:
    ana, eve = await house.person("Ana"), await house.person("Eve")
    chat, way = elsewhere(house, ana, eve, led_by=ana), (await ways(house, ana))[FOUND]
    chat.members[eve.id] = "administrator"
    eve.adds(way, chat)
    await house.rests()
    assert OVER in written(eve.sees()[-1])
    ana.adds(way, chat)
    await house.rests()
    assert "Found a group here" in labels(ana.sees()[-1])
    ana.adds(way, chat)
    await house.rests()
    assert OVER in written(ana.sees()[-1])
    forged = way.replace(way.partition("startgroup=")[2].partition("&")[0], "made-up-by-me")
    ana.adds(forged, chat)
    await house.rests()
    assert OVER in written(ana.sees()[-1])
    late = (await ways(house, ana))[FOUND]
    assert isinstance(house.storage.now, Hour)
    house.storage.now.at += timedelta(hours=2)
    ana.adds(late, chat)
    await house.rests()
    assert OVER in written(ana.sees()[-1])


async def test_who_does_not_lead_the_group_may_press_again_when_they_do(
    house: TelegramHouse,
) -> None:
    ana, bo = await house.person("Ana"), await house.person("Bo")
    chat, way = elsewhere(house, ana, led_by=bo), (await ways(house, ana))[FOUND]
    ana.adds(way, chat)
    await house.rests()
    assert "whoever looks after this place" in written(ana.sees()[-1])
    chat.members[ana.id] = "administrator"
    ana.adds(way, chat)
    await house.rests()
    assert "Found a group here" in labels(ana.sees()[-1])


async def test_a_guest_has_a_link_for_their_account_alone(house: TelegramHouse) -> None:
    zoe = house.guest("Zoe")
    zoe.starts()
    await house.rests()
    chat, way = elsewhere(house, zoe, led_by=zoe), (await ways(house, zoe))[FOUND]
    zoe.adds(way, chat)
    await house.rests()
    assert "Join" in labels(zoe.sees()[-1])
    await house.person("Eve")
    eve = house.guest("Eve")
    chat.members[eve.id] = "administrator"
    eve.adds(way, chat)
    await house.rests()
    assert OVER in written(eve.sees()[-1])


async def test_a_trusted_servant_opens_another_door_by_a_link(house: TelegramHouse) -> None:
    first, bo = await house.group(), house.guest("Bo")
    for name in ("Cy", "Bo"):
        await house.person(name)
    await serves(house.storage, "Cy")
    cy = house.guest("Cy")
    chat = elsewhere(house, cy, led_by=cy)
    assert OTHER not in await ways(house, bo)
    way = (await ways(house, cy))[OTHER]
    assert f"?startgroup={way.partition('=')[2].partition('&')[0]}&admin=delete_messages" in way
    cy.adds(way, chat)
    await house.rests()
    assert any("has one more door" in written(m) for m in cy.own.messages.values())
    assert await house.storage.groups.door(shared(chat.id)) == HOME.ref
    assert "a door of Harbour Street" in [written(m) for m in chat.messages.values()][-1]
    assert "another door" in [written(m) for m in first.messages.values()][-1]
    assert await house.storage.groups.room(HOME.ref) == shared(first.id)


async def test_who_serves_no_more_opens_no_door(house: TelegramHouse) -> None:
    ana = house.guest("Ana")
    await house.group(ana)
    await house.person("Ana")
    await serves(house.storage, "Ana")
    chat, way = elsewhere(house, led_by=ana), (await ways(house, ana))[OTHER]
    ended = house.storage.groups.leave(HOME.ref, ref_of("Ana"))
    await house.storage.units.commit(ended)
    ana.adds(way, chat)
    await house.rests()
    assert OVER in written(ana.sees()[-1])
    assert not await house.storage.groups.door(shared(chat.id))


async def test_start_without_a_word_in_a_group_is_nothing_to_us(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    ana.here = await house.group(ana, founded=None)
    await house.types(ana, "/start@the_door_bot")
    assert not ana.sees()


# --- a code that is carried over, whatever the doors are ---


@pytest.fixture
async def rooms(storage: Storage, tmp_path: Path) -> tuple[Room, Room]:
    """Where Harbour Street meets, and a place elsewhere that has no group yet."""
    app = App(build(storage), storage.ports)
    there = Room(app, storage, DISCORD, group=None, id="elsewhere")
    return Room(app, storage, TELEGRAM), there


async def code_of(there: Room, name: str = "Di") -> str:
    """What whoever looks after that place is given for a servant."""
    joined = await there.person(name)
    joined.hosts = True
    await joined.types("/setup")
    await joined.presses("Another door of a group")
    return words(joined.seen[-1]).partition("group: ")[2].partition(". They")[0]


async def servant(room: Room, name: str = "Ana") -> Actor:
    ana = await room.person(name)
    await serves(room.storage, name)
    ana.here = ana.own
    await ana.types("/door")
    return ana


async def test_a_code_from_another_place_makes_it_a_door(rooms: tuple[Room, Room]) -> None:
    home, there = rooms
    ana, code = await servant(home), await code_of(there)
    await ana.presses("I have a code")
    await ana.fills(code.lower())
    assert ana.sees("Harbour Street has one more door")
    await home.passes()
    assert "another door from now on, on Discord" in words(home.posted[-1])
    assert await home.storage.groups.door(there.place) == HOME.ref
    assert await home.storage.groups.room(HOME.ref) == home.place
    await ana.presses("I have a code")
    await ana.fills(code)
    assert ana.sees("That code opens no door.")


async def test_a_code_is_guessed_ten_times_an_hour_and_not_more(rooms: tuple[Room, Room]) -> None:
    home, there = rooms
    ana, code = await servant(home), await code_of(there)
    for n in range(10):
        await ana.sends(f"arriving.admit:WRONG-{n:03}")
        assert ana.sees("That code opens no door.")
    await ana.sends(f"arriving.admit:{code}")
    assert ana.sees("That was often.")


async def test_only_who_serves_can_confirm_and_only_who_asked_has_the_code(
    rooms: tuple[Room, Room],
) -> None:
    home, there = rooms
    code = await code_of(there)
    bo = await home.person("Bo")
    await bo.types("/door")
    assert not bo.can_press("I have a code")
    await bo.sends(f"arriving.admit:{code}")
    assert bo.sees("trusted servants")
    [di] = there.actors.values()
    secret = str(di.seen[-2].buttons[0].call).partition(":")[2]
    eve = await there.person("Eve")
    await eve.sends(f"arriving.here:{secret}")
    assert eve.sees("That is done, or too long ago.")


async def test_a_place_that_has_a_group_by_now_becomes_no_other_groups_door(
    rooms: tuple[Room, Room],
) -> None:
    home, there = rooms
    ana, code = await servant(home), await code_of(there)
    owls = Group("night-owls-x", "Night Owls")
    founded = home.storage.groups.found(owls, Place("discord", "elsewhere"), home.now)
    await home.storage.units.commit(founded)
    await ana.sends(f"arriving.admit:{code}")
    assert ana.sees("That code opens no door.")
    assert await home.storage.groups.door(there.place) == owls.ref
