"""Groups on Telegram: the bot is added, promoted, moved, sent away; a group is founded there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.core.cards import Card
from bot.core.model import Place
from bot.core.rooms import Post
from bot.core.text import Plain
from bot.core.work import Sending
from bot.platforms.telegram.places import shared
from storage import Storage
from tests.fakes.telegram_people import upgrade
from tests.fakes.telegram_world import BOT, RIGHTS
from tests.room import HOME
from tests.telegram_house import TelegramHouse, labels, telegram_house, words


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[TelegramHouse]:
    async with telegram_house(storage) as made:
        yield made


async def test_a_group_is_founded_where_it_meets_by_who_leads_it(house: TelegramHouse) -> None:
    ana, bo = await house.person("Ana"), await house.person("Bo")
    chat = await house.group(ana, bo, founded=None, led_by=ana, rights=None)
    house.world.bot_becomes(chat, ana.shown, "left")
    house.world.bot_becomes(chat, ana.shown, "administrator", RIGHTS)
    await house.rests()
    assert "/setup" in words([*chat.messages.values()][-1])
    ana.here = bo.here = chat
    await house.types(bo, "/setup")
    assert "whoever looks after this place" in words(bo.sees()[-1])
    await house.types(ana, "/setup")
    await house.presses(ana, "Found a group here")
    ana.here = None
    await house.types(ana, "Tuesday Lights")
    await house.presses(ana, "English")
    await house.types(ana, "Europe/Berlin")
    while not await house.storage.groups.any():
        await house.presses(ana, labels(ana.sees()[-1])[0])
    assert await house.storage.groups.door(shared(chat.id))
    assert "Tuesday Lights" in words([*chat.messages.values()][-1])


async def test_somebody_joins_the_group_from_its_chat(house: TelegramHouse) -> None:
    cy = house.guest("Cy")
    chat = await house.group(cy)
    cy.here = chat
    await house.types(cy, "/join")
    assert "Welcome to Harbour Street" in words(cy.sees()[-1])
    await house.presses(cy, "Join", "Yes")
    assert not any(words(m).count("18") for m in chat.messages.values())


async def test_a_group_that_is_upgraded_loses_nothing(house: TelegramHouse) -> None:
    ana = house.guest("Ana")
    chat = await house.group(ana, kind="group")
    await house.person("Ana")
    waiting = Post(shared(chat.id), Card((Plain("before"),)))
    unit = house.storage.outbox.queue("k", Sending(waiting), house.storage.now())
    new = upgrade(house.world, chat, ana)
    await house.storage.units.commit(unit)
    await house.rests()
    assert [words(m) for m in new.messages.values()] == ["before"]
    assert await house.storage.groups.door(shared(new.id)) == HOME.ref
    assert not await house.storage.groups.door(shared(chat.id))
    ana.here = new
    await house.types(ana, "/checkins")
    assert ana.sees()


async def test_a_group_that_is_upgraded_while_it_is_founded_has_its_door(
    house: TelegramHouse,
) -> None:
    ana = await house.person("Ana")
    ana.here = chat = await house.group(ana, founded=None, led_by=ana, kind="group")
    await house.types(ana, "/setup")
    new = upgrade(house.world, chat, ana)
    await house.rests()
    secret = ana.sees()[-1]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    ana.sends(ana.sees()[-1], f"{secret}:Night Owls:en:UTC:general")
    await house.rests()
    assert await house.storage.groups.door(shared(new.id))
    assert "Night Owls" in words([*new.messages.values()][-1])


async def test_an_upgrade_that_nobody_told_us_of_is_noticed_by_sending(
    house: TelegramHouse,
) -> None:
    ana = house.guest("Ana")
    chat = await house.group(ana, kind="group")
    new = upgrade(house.world, chat, ana)
    house.world.updates.clear()
    place = shared(chat.id)
    await house.door.do("k", place, Post(place, Card((Plain("Hello"),))))
    assert [words(m) for m in new.messages.values()] == ["Hello"]
    assert await house.storage.groups.door(shared(new.id)) == HOME.ref


async def test_who_sent_the_bot_away_is_let_be_until_it_is_back(house: TelegramHouse) -> None:
    ana = house.guest("Ana")
    chat = await house.group(ana, led_by=ana)
    house.world.bot_becomes(chat, ana.shown, "kicked")
    await house.rests()
    place = shared(chat.id)
    await sends(house, place, "1")
    await sends(house, place, "2")
    assert not chat.messages
    house.world.bot_becomes(chat, ana.shown, "member")
    await house.rests()
    await sends(house, place, "3")
    assert [words(m) for m in chat.messages.values()] == ["3"]


async def test_in_a_topic_it_is_the_group_of_the_chat(house: TelegramHouse) -> None:
    ana = house.guest("Ana")
    chat = await house.group(ana, forum=True)
    await house.person("Ana")
    chat.topics[9] = {"name": "Evenings", "closed": False}
    ana.here, ana.topic = chat, 9
    await house.types(ana, "/leave")
    assert f"Leave {HOME.name}" in labels(ana.sees()[-1])
    assert ana.sees()[-1].get("message_thread_id") == 9


async def test_what_the_bot_may_do_is_known_anew_when_it_changes(house: TelegramHouse) -> None:
    ana = house.guest("Ana")
    chat = await house.group(ana, led_by=ana, rights=None)
    await house.person("Ana")
    ana.here = chat
    await house.types(ana, "/checkins")
    assert ana.own.messages, "a member may not whisper unasked"
    house.world.bot_becomes(chat, ana.shown, "administrator", RIGHTS)
    await house.rests()
    await house.types(ana, "/checkins")
    assert ana.sees()[-1]["message_id"] == 0
    assert BOT["id"] in chat.members


async def test_who_asks_to_be_let_in_is_greeted_alone_and_let_in_when_they_joined(
    storage: Storage,
) -> None:
    async with telegram_house(storage, requests=True) as house:
        cy, chat = house.guest("Cy"), await house.group()
        house.world.started.add(cy.id)  # for a while somebody who asks can be written to
        chat.by_request[cy.id] = "asked"
        asked = {"chat": chat.shown(), "from": cy.shown, "user_chat_id": cy.id, "date": 1}
        house.world.happens("chat_join_request", asked)
        await house.rests()
        assert "Welcome to Harbour Street" in words(cy.sees()[-1])
        assert chat.by_request[cy.id] == "asked"
        await house.presses(cy, "Join", "Yes", "English")
        await house.types(cy, "Europe/Berlin")
        while chat.by_request[cy.id] == "asked":
            await house.presses(cy, labels(cy.sees()[-1])[-2])
        assert chat.by_request[cy.id] == "approved"
        assert not chat.messages
        assert house.server.of("getUpdates")[0]["allowed_updates"][-1] == "chat_join_request"


async def test_who_has_joined_already_is_let_in_at_once(storage: Storage) -> None:
    async with telegram_house(storage, requests=True) as house:
        chat, cy = await house.group(), await house.person("Cy")
        chat.by_request[cy.id] = "asked"
        asked = {"chat": chat.shown(), "from": cy.shown, "user_chat_id": cy.id, "date": 1}
        house.world.happens("chat_join_request", asked)
        await house.rests()
        assert chat.by_request[cy.id] == "approved"
        assert not cy.sees()


async def sends(house: TelegramHouse, place: Place, text: str) -> None:
    deed = Post(place, Card((Plain(text),)))
    unit = house.storage.outbox.queue(text, Sending(deed), house.storage.now())
    await house.storage.units.commit(unit)
    await house.rests()
