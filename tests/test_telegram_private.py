"""In a group, what is for one person is shown to them alone, or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage import Storage
from tests.fakes.telegram_people import Someone
from tests.fakes.telegram_world import Chat, World
from tests.telegram_house import TelegramHouse, labels, telegram_house, words


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[TelegramHouse]:
    """A server that knows ephemeral messages."""
    async with telegram_house(storage) as made:
        yield made


@pytest.fixture
async def old(storage: Storage) -> AsyncIterator[TelegramHouse]:
    """A server that does not."""
    async with telegram_house(storage, world=World(ephemeral=False)) as made:
        yield made


async def in_group(house: TelegramHouse, *names: str, leads: bool = True) -> tuple[Chat, Someone]:
    people = [house.guest(name) for name in names]
    chat = await house.group(*people, **({} if leads else {"rights": None}))
    for name in names:
        await house.person(name)
        house.guest(name).here = chat
    return chat, people[0]


def said(chat: Chat) -> str:
    """All that the bot has shown to everyone there."""
    return " ".join(words(m) for m in chat.messages.values() if m["from"]["is_bot"])


async def test_an_answer_in_a_group_is_ephemeral_where_the_server_knows_how(
    house: TelegramHouse,
) -> None:
    chat, ana = await in_group(house, "Ana", "Bo")
    await house.types(ana, "/checkins")
    assert "check" in words(ana.sees()[-1])
    assert ana.sees()[-1]["message_id"] == 0
    assert not said(chat)
    assert not house.guest("Bo").sees()
    assert not ana.own.messages


async def test_it_is_probed_once_with_words_that_are_nobodys(house: TelegramHouse) -> None:
    _, ana = await in_group(house, "Ana")
    await house.types(ana, "/help", "/me", "/help")
    first = house.server.of("sendMessage")[0]
    assert first["text"] == "One moment."
    assert len(house.server.of("deleteEphemeralMessage")) <= 2
    assert [m["text"] for m in house.server.of("sendMessage")].count("One moment.") == 1


async def test_a_press_in_a_group_is_answered_by_its_own_ephemeral_message(
    house: TelegramHouse,
) -> None:
    chat, ana = await in_group(house, "Ana", leads=False)
    ana.whispers("/help")
    await house.rests()
    await house.presses(ana, "Check in")
    assert "How are you right now?" in words(ana.sees()[-1])
    assert not said(chat)
    await house.presses(ana, "Good", "None", "Skip")
    assert "Thank you" in words(ana.sees()[-1])
    assert not said(chat)


async def test_words_are_asked_for_in_the_own_chat_if_there_is_one(house: TelegramHouse) -> None:
    chat, ana = await in_group(house, "Ana")
    await house.types(ana, "/time")
    await house.presses(ana, "Keep a date")
    assert words([*ana.own.messages.values()][-1])
    ana.here = None
    await house.types(ana, "The lake")
    assert "counted" in words(ana.sees()[-1])
    await house.presses(ana, "In days, months and years")
    await house.types(ana, "2020-03-02", "/time")
    assert "The lake" in " ".join(map(words, ana.sees()))
    assert not said(chat)


async def test_without_ephemeral_messages_the_own_chat_has_it(old: TelegramHouse) -> None:
    chat, ana = await in_group(old, "Ana")
    await old.types(ana, "/checkins")
    assert not said(chat)
    assert ana.own.messages
    assert not old.server.of("editEphemeralMessageText")


async def test_who_never_opened_a_chat_is_shown_the_way_to_one(old: TelegramHouse) -> None:
    chat, ana = await in_group(old, "Ana", "Bo")
    old.world.started.discard(ana.id)
    await old.types(ana, "/checkin 2")
    assert said(chat) == "I have an answer for you alone. It waits here:"
    assert labels([*chat.messages.values()][-1]) == ["Answer me in private"]
    assert not await old.storage.db.read("SELECT * FROM checkins"), "not done unseen"
    ana.presses("Answer me in private")
    await old.rests()
    assert "Is it one of these?" in words(ana.sees()[-1]) or "Thank you" in words(ana.sees()[-1])


async def test_the_way_is_for_one_person_and_once(old: TelegramHouse) -> None:
    _, ana = await in_group(old, "Ana", "Bo")
    bo = old.guest("Bo")
    old.world.started -= {ana.id, bo.id}
    await old.types(ana, "/checkin 2 none")
    way = ana.sees()[-1]["reply_markup"]["inline_keyboard"][0][0]["url"]
    payload = way.partition("?start=")[2]
    assert len(payload) <= 64
    assert "2" not in payload or "checkin" not in payload
    bo.starts(payload)
    await old.rests()
    assert "What there is" in words(bo.sees()[-1])
    ana.starts(payload)
    await old.rests()
    assert len(await old.storage.db.read("SELECT * FROM checkins")) == 1
    ana.starts(payload)
    await old.rests()
    assert "What there is" in words(ana.sees()[-1])


async def test_private_words_typed_for_all_to_read_are_taken_away_and_asked_for(
    house: TelegramHouse,
) -> None:
    chat, ana = await in_group(house, "Ana")
    await house.types(ana, "/checkin 2 lonely my very own words")
    assert not any("very own" in words(m) for m in chat.messages.values())
    assert "very own" not in " ".join(map(words, ana.sees()))
    rows = await house.storage.db.read("SELECT * FROM checkins")
    assert not rows, "asked for once more, where nobody else reads"


async def test_an_ephemeral_command_takes_private_words(house: TelegramHouse) -> None:
    chat, ana = await in_group(house, "Ana", leads=False)
    ana.whispers("/checkin 2 lonely my very own words")
    await house.rests()
    assert "Thank you" in words(ana.sees()[-1])
    assert not said(chat)
    ana.here = None
    await house.types(ana, "/checkins")
    assert "very own" in words(ana.sees()[-1])


async def test_now_in_a_group_is_as_private_as_anything(old: TelegramHouse) -> None:
    chat, ana = await in_group(old, "Ana")
    old.world.started.discard(ana.id)
    ana.types("/now")
    await old.rests()
    assert "112" not in said(chat)
    ana.presses("Answer me in private")
    await old.rests()
    assert "112" in words(ana.sees()[-1])


async def test_what_may_be_passed_on_is_not_locked(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/now")
    assert "has_protected_content" not in ana.sees()[-1]
    await house.types(ana, "/checkins")
    assert ana.sees()[-1]["has_protected_content"]


async def test_who_speaks_as_the_group_is_told_to_speak_as_themselves(
    house: TelegramHouse,
) -> None:
    chat, _ = await in_group(house, "Ana")
    hidden = Someone(house.world, 1087968824, "Group", here=chat)
    await house.types(hidden, "/checkins")
    assert "as yourself" in said(chat)


async def test_commands_are_offered_by_chat_and_language_and_only_when_they_changed(
    storage: Storage,
) -> None:
    async with telegram_house(storage) as first:
        await first.server.until(lambda: len(first.server.of("setMyCommands")) == 6)
        menus = first.server.methods.commands
        names = [c["command"] for c in menus["all_group_chats"]]
        assert "setup" not in names
        assert "cancel" in [c["command"] for c in menus["all_private_chats es"]]
        admins = {c["command"]: c for c in menus["all_chat_administrators"]}
        assert admins["setup"]
        assert admins["checkin"]["is_ephemeral"]
        await first.rests()
        while not await storage.db.read("SELECT * FROM told"):
            continue
    async with telegram_house(storage) as second:
        await second.types(await second.person("Ana"), "/help")
        assert not second.server.of("setMyCommands")


async def test_words_that_are_asked_for_unseen_are_answered_by_a_reply(
    house: TelegramHouse,
) -> None:
    chat, ana = await in_group(house, "Ana")
    house.world.started.discard(ana.id)
    ana.whispers("/time")
    await house.rests()
    await house.presses(ana, "Keep a date")
    [asked] = [
        m for m in house.server.of("sendMessage") if "force_reply" in (m.get("reply_markup") or {})
    ]
    assert asked["reply_markup"] == {"force_reply": True, "selective": True}
    assert asked["ephemeral_message_parameters"]["receiver_user_id"] == ana.id
    ana.whispers("The lake")
    await house.rests()
    assert "counted" in words(ana.sees()[-1])
    assert not said(chat)


async def test_what_comes_to_stand_in_an_open_message_is_locked_all_the_same(
    house: TelegramHouse,
) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/me")
    shown = ana.sees()[-1]
    shown.pop("has_protected_content")  # as an earlier version of ours may have sent it
    await house.presses(ana, "Take back: Keep my check-ins")
    assert shown["message_id"] not in ana.own.messages
    assert ana.sees()[-1]["has_protected_content"]


async def test_without_the_right_words_typed_for_all_stay_and_are_not_taken(
    house: TelegramHouse,
) -> None:
    ana = house.guest("Ana")
    ana.here = chat = await house.group(ana, rights=("can_manage_topics",))
    await house.person("Ana")
    await house.types(ana, "/checkin 2 lonely my very own words")
    assert any("very own" in words(m) for m in chat.messages.values())
    assert not await house.storage.db.read("SELECT * FROM checkins")
    assert not said(chat)
