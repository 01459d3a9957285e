"""A bot that is sent away from a group on Telegram says so elsewhere, and can be let in again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.platforms.telegram.places import shared
from storage import Storage
from storage.groups import READINGS, web_room
from tests.fakes.telegram_people import Someone, group, upgrade
from tests.fakes.telegram_world import Chat
from tests.room import HOME
from tests.telegram_house import TelegramHouse, telegram_house, words


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[TelegramHouse]:
    async with telegram_house(storage) as made:
        yield made


async def served(house: TelegramHouse, kind: str = "supergroup") -> tuple[Someone, Chat]:
    """Ana looks after the group, and has a chat with the bot."""
    ana = house.guest("Ana")
    chat = await house.group(ana, led_by=ana, kind=kind)
    await house.person("Ana")
    now = house.storage.now()
    [me] = await house.storage.db.read("SELECT ref FROM people")
    term = house.storage.roles.give(HOME.ref, me["ref"], "founder", now, now + timedelta(days=90))
    await house.storage.units.commit((term,))
    return ana, chat


async def test_who_looks_after_the_group_reads_elsewhere_that_a_door_is_closed(
    house: TelegramHouse,
) -> None:
    ana, chat = await served(house)
    house.world.bot_becomes(chat, ana.shown, "kicked")
    await house.rests()
    await house.types(ana, "/doctor")
    assert "This is in the way" in words(ana.sees()[-1])
    assert "A door that is closed: Telegram: I was sent away there." in words(ana.sees()[-1])
    await house.types(ana, "/setup")
    assert "A door that is closed: Telegram" in words(ana.sees()[-1])
    house.world.bot_becomes(chat, ana.shown, "member")
    await house.rests()
    await house.types(ana, "/setup")
    assert "A door that is closed" not in words(ana.sees()[-1])
    assert not chat.messages, "it was there before, and greets nobody"


async def test_the_other_doors_are_spoken_to_meanwhile(house: TelegramHouse) -> None:
    ana, chat = await served(house)
    other = group(house.world, "Harbour, evenings", ana, led_by=ana)
    groups = house.storage.groups
    await house.storage.units.commit((groups.add_door(HOME.ref, shared(other.id)),))
    await house.storage.units.commit((groups.add_door(HOME.ref, shared(chat.id, 9), READINGS),))
    house.world.bot_becomes(chat, ana.shown, "left")
    await house.rests()
    assert await groups.room(HOME.ref) == await groups.room(HOME.ref, READINGS) == shared(other.id)
    await house.types(ana, "/setup")
    await house.presses(ana, "Change the name")
    await house.types(ana, "Harbour Lights")
    assert "Our settings have changed." in words([*other.messages.values()][-1])
    house.world.bot_becomes(other, ana.shown, "kicked")
    await house.rests()
    assert await groups.room(HOME.ref) == web_room(HOME.ref)
    house.world.bot_becomes(chat, ana.shown, "member")
    await house.rests()
    assert await groups.room(HOME.ref) == shared(chat.id)
    assert await groups.room(HOME.ref, READINGS) == shared(chat.id, 9)
    assert await groups.shut(HOME.ref) == [shared(other.id)]


async def test_what_comes_every_day_comes_elsewhere_and_back_again(house: TelegramHouse) -> None:
    ana, chat = await served(house)
    await house.types(ana, "/setup")
    await house.presses(ana, "Change the daily question")
    await house.types(ana, "19:00")
    for status, room in (("kicked", web_room(HOME.ref)), ("member", shared(chat.id))):
        house.world.bot_becomes(chat, ana.shown, status)
        await house.rests()
        later = house.storage.now() + timedelta(days=2)
        due = await house.storage.schedule.claim(later)
        assert [each.to for each in due if each.call.action == "checkins.invite"] == [room]
        await house.storage.schedule.take_back(later)


async def test_a_group_that_is_upgraded_keeps_its_door_open(house: TelegramHouse) -> None:
    ana, chat = await served(house, kind="group")
    house.world.bot_becomes(chat, ana.shown, "left")  # as some clients of Telegram have it
    new = upgrade(house.world, chat, ana)
    await house.rests()
    assert await house.storage.groups.room(HOME.ref) == shared(new.id)


async def test_in_the_own_chat_the_doctor_looks_at_the_group(house: TelegramHouse) -> None:
    ana, chat = await served(house)
    await house.types(ana, "/doctor")
    assert "Nothing is in the way" in words(ana.sees()[-1])
    house.world.bot_becomes(chat, ana.shown, "member")
    await house.rests()
    await house.types(ana, "/doctor")
    assert "Delete messages (Telegram): " in words(ana.sees()[-1])
