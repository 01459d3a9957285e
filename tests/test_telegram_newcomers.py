"""Somebody new on Telegram, with a bot that may do little: each way leads in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.platforms.telegram.places import shared
from storage import Storage
from tests.fakes.telegram_people import Someone
from tests.fakes.telegram_world import World
from tests.room import HOME
from tests.telegram_house import TelegramHouse, labels, telegram_house, words


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[TelegramHouse]:
    """A server that knows no ephemeral messages: private answers go to the own chat."""
    async with telegram_house(storage, world=World(ephemeral=False)) as made:
        yield made


async def joins(house: TelegramHouse, who: Someone) -> None:
    """From the greeting on."""
    who.here = None
    await house.presses(who, "Join", "Yes", "English")
    await house.types(who, "Europe/Berlin")
    await house.presses(who, "None", "Skip")
    assert words(who.sees()[-1]).startswith("Welcome, ")


async def test_who_adds_the_bot_and_types_setup_is_led_to_the_first_check_in(
    house: TelegramHouse,
) -> None:
    ana = house.guest("Ana")
    house.world.started.add(ana.id)
    chat = await house.group(ana, founded=None, led_by=ana, rights=None)
    ana.here = chat
    await house.types(ana, "/setup")
    await house.presses(ana, "Join")
    assert words(ana.sees()[-1]).startswith("Welcome\n")
    await joins(house, ana)
    assert "Type /setup where your group is to meet." in words(ana.sees()[-1])
    ana.here = chat
    await house.types(ana, "/setup")
    await house.presses(ana, "Found a group here")
    ana.here = None
    await house.types(ana, "Tuesday Lights")
    await house.presses(ana, "English")
    await house.types(ana, "Berlin")
    await house.presses(ana, "Any path", "Skip")
    assert await house.storage.groups.door(shared(chat.id))
    assert "Tuesday Lights is founded." in words(ana.sees()[-2]) + words(ana.sees()[-1])
    assert not any("Everything: with everything else" in words(m) for m in ana.sees())
    await house.types(ana, "/checkin 4 none")
    assert "keep this?" in words(ana.sees()[-1])
    await house.presses(ana, "Yes, keep it")
    assert "Thank you" in words(ana.sees()[-1])


async def test_a_command_can_be_typed_on_several_lines(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/checkin\n2 lonely\nIt rains.")
    assert "Thank you for telling me" in words(ana.sees()[-1])
    await house.types(ana, "/checkins")
    assert "It rains." in words(ana.sees()[-1])


async def test_help_shows_setup_to_whoever_looks_after_the_group(house: TelegramHouse) -> None:
    ana, bo = await house.person("Ana"), await house.person("Bo")
    ana.here = bo.here = await house.group(ana, bo, led_by=ana, rights=None)
    for who, leads in ((ana, True), (bo, False)):
        await house.types(who, "/help")
        shown = words(who.own.messages[max(who.own.messages)])
        assert "What there is" in shown
        assert ("/setup" in shown) is ("/place" in shown) is leads


@pytest.mark.parametrize("topic", [0, 9])
async def test_who_tries_a_command_first_joins_by_the_button_that_they_are_shown(
    house: TelegramHouse, topic: int
) -> None:
    cy = house.guest("Cy")
    house.world.started.add(cy.id)
    cy.here, cy.topic = await house.group(cy, rights=None, forum=True), topic
    cy.here.topics[9] = {"name": "Evenings", "closed": False}
    await house.types(cy, "/checkins")
    assert "for people who have joined" in words(cy.own.messages[max(cy.own.messages)])
    await house.presses(cy, "Join")
    assert "Welcome to Harbour Street" in words(cy.sees()[-1])
    await joins(house, cy)
    [row] = await house.storage.db.read("SELECT grp FROM members")
    assert row["grp"] == HOME.ref


async def test_who_opens_the_chat_by_the_way_in_joins_there(house: TelegramHouse) -> None:
    cy = house.guest("Cy")
    cy.here, cy.topic = await house.group(cy, rights=None, forum=True), 9
    cy.here.topics[9] = {"name": "Evenings", "closed": False}
    await house.types(cy, "/checkin 2")
    await house.presses(cy, "Answer me in private", "Join")
    assert "Welcome to Harbour Street" in words(cy.sees()[-1])


async def test_the_button_is_theirs_alone_and_over_after_a_day(house: TelegramHouse) -> None:
    cy, bo = house.guest("Cy"), house.guest("Bo")
    house.world.started |= {cy.id, bo.id}
    cy.here = await house.group(cy, bo, rights=None)
    await house.types(cy, "/checkin 2")
    shown = cy.sees()[-1]
    [[button]] = shown["reply_markup"]["inline_keyboard"]
    bo.starts()
    await house.rests()
    bo.sends(bo.sees()[-1], button["callback_data"])
    await house.rests()
    assert "too long ago" in words(bo.sees()[-1])
    for made_up in ("there", "there:", "there:x:y", "there:\u00e9", "there:abcdefghijkl"):
        cy.sends(shown, made_up)
        await house.rests()
        assert "too long ago" in words(cy.sees()[-1]), made_up
    await house.storage.units.commit(house.storage.codes.end("telegram from"))
    cy.sends(shown, button["callback_data"])
    await house.rests()
    assert "too long ago" in words(cy.sees()[-1])


async def test_what_is_in_the_way_of_the_group_is_looked_at_again_from_the_own_chat(
    house: TelegramHouse,
) -> None:
    ana = await house.person("Ana")
    chat = await house.group(ana, led_by=ana, rights=())
    ana.here = chat
    await house.types(ana, "/doctor")
    assert "Delete messages" in words(ana.own.messages[max(ana.own.messages)])
    await house.presses(ana, "Look again")
    assert "Delete messages" in words(ana.own.messages[max(ana.own.messages)])
    await house.presses(ana, "Where things come")
    assert "One place for everything" in words(ana.sees()[-1])
    assert labels(ana.sees()[-1]) == []
    await house.types(ana, "/doctor")
    chat.members[ana.id] = "member"
    await house.presses(ana, "Look again")
    assert "whoever looks after this place" in words(ana.sees()[-1])
