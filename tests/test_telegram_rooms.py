"""Meetings on Telegram: one standing topic, opened again and closed; what is said is heard."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.core.actions import Cog
from bot.core.cards import Card
from bot.core.model import Account, Context, Place
from bot.core.rooms import (
    Close,
    Done,
    DoorMoved,
    Edited,
    Event,
    Hold,
    HoldBack,
    Open,
    RoomDeed,
    Said,
)
from bot.core.text import Plain
from bot.core.work import Sending
from bot.platforms.telegram.places import shared
from storage import Storage
from tests.fakes.telegram_people import Someone, upgrade
from tests.fakes.telegram_world import Chat
from tests.telegram_house import TelegramHouse, telegram_house, words


class Ears(Cog):
    """Hears what happens."""

    name = "ears"

    def __init__(self) -> None:
        self.heard: list[Event] = []

    async def notice(self, ctx: Context, event: Event) -> None:
        self.heard.append(event)


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
async def house(storage: Storage, ears: Ears) -> AsyncIterator[TelegramHouse]:
    async with telegram_house(storage, ears) as made:
        yield made


def opening(place: Place) -> Open:
    return Open(place, "tuesday", "Tuesday, 19:00", Card((Plain("The door is open."),)))


async def does(house: TelegramHouse, deed: RoomDeed | HoldBack, key: str) -> None:
    unit = house.storage.outbox.queue(key, Sending(deed), house.storage.now())
    await house.storage.units.commit(unit)
    await house.rests()


async def meeting(house: TelegramHouse, *, forum: bool = True) -> tuple[Chat, Someone]:
    ana = house.guest("Ana")
    chat = await house.group(ana, led_by=ana, forum=forum)
    await does(house, opening(shared(chat.id)), "1")
    ana.here = chat
    return chat, ana


async def test_a_meeting_has_one_topic_that_is_opened_again(house: TelegramHouse) -> None:
    chat, _ = await meeting(house)
    [topic] = chat.topics
    assert chat.topics[topic] == {"name": "Tuesday, 19:00", "closed": False}
    assert [m["message_thread_id"] for m in chat.messages.values()] == [topic]
    place = shared(chat.id)
    await does(house, Close(place, "tuesday"), "2")
    assert chat.topics[topic]["closed"]
    await does(house, opening(place), "3")
    assert [*chat.topics] == [topic]
    assert not chat.topics[topic]["closed"]
    await does(house, Close(place, "tuesday", keep=False), "4")
    assert not chat.topics


async def test_during_silence_nobody_writes(house: TelegramHouse) -> None:
    chat, _ = await meeting(house)
    [topic] = chat.topics
    place = shared(chat.id)
    await does(house, Hold(place, "tuesday", free=False), "2")
    assert chat.topics[topic]["closed"]
    await does(house, Hold(place, "tuesday", free=False), "3")
    await does(house, Hold(place, "tuesday", free=True), "4")
    assert not chat.topics[topic]["closed"]


async def test_what_is_said_in_a_meeting_is_heard_and_elsewhere_not(
    house: TelegramHouse, ears: Ears
) -> None:
    chat, ana = await meeting(house)
    await house.types(ana, "Has anybody seen my coat?")
    assert not ears.heard[1:]
    ana.topic = next(iter(chat.topics))
    said = ana.types("I am glad to be here.")
    await house.rests()
    house.world.happens("edited_message", {**said, "text": "Glad to be here.", "edit_date": 1})
    await house.rests()
    heard = [event for event in ears.heard if isinstance(event, Said | Edited)]
    assert [(type(e), e.text) for e in heard] == [
        (Said, "I am glad to be here."),
        (Edited, "Glad to be here."),
    ]
    assert heard[0].place == shared(chat.id, ana.topic)
    await does(house, Close(shared(chat.id), "tuesday"), "9")
    await house.types(ana, "Good night.")
    assert len([e for e in ears.heard if isinstance(e, Said)]) == 1


async def test_without_topics_the_group_itself_is_the_room(
    house: TelegramHouse, ears: Ears
) -> None:
    chat, ana = await meeting(house, forum=False)
    assert [words(m) for m in chat.messages.values()] == ["The door is open."]
    await house.types(ana, "Hello, everybody.")
    assert any(isinstance(event, Said) for event in ears.heard)


async def test_a_meeting_is_heard_on_after_a_restart(storage: Storage, ears: Ears) -> None:
    async with telegram_house(storage, ears) as first:
        chat, ana = await meeting(first)
        world = first.world
    async with telegram_house(storage, ears, world=world) as second:
        ana.topic = next(iter(chat.topics))
        await second.types(ana, "Still here.")
    assert any(isinstance(event, Said) for event in ears.heard)


async def test_the_doctor_of_a_group_says_what_the_bot_may_not_do(house: TelegramHouse) -> None:
    ana = house.guest("Ana")
    chat = await house.group(ana, led_by=ana, rights=("can_delete_messages",))
    missing = [each.name for each in await house.door.examine(shared(chat.id))]
    assert missing == ["Manage topics", "Invite users"]
    await house.person("Ana")
    ana.here = chat
    await house.types(ana, "/doctor")
    assert "Manage topics: To give each meeting a topic of its own." in words(ana.sees()[-1])
    assert "Administrators, and there the bot." in words(ana.sees()[-1])
    house.world.bot_becomes(chat, ana.shown, "member")
    await house.rests()
    missing = [each.name for each in await house.door.examine(shared(chat.id))]
    assert missing[:2] == ["Administrator", "Delete messages"]


async def test_a_move_is_told_to_the_features(house: TelegramHouse, ears: Ears) -> None:
    ana = house.guest("Ana")
    chat = await house.group(ana, kind="group")
    new = upgrade(house.world, chat, ana)
    await house.rests()
    assert DoorMoved(shared(chat.id), shared(new.id)) in ears.heard


def kindly(place: Place, message: int, ana: Someone) -> HoldBack:
    word = Card((Plain("Bo has the floor. You are next."),), private=True)
    return HoldBack(place, str(message), Account("telegram", str(ana.id)), word)


async def test_what_is_out_of_turn_is_taken_away_with_a_word_for_one(
    house: TelegramHouse, ears: Ears
) -> None:
    chat, ana = await meeting(house)
    bo = house.guest("Bo")
    chat.members[bo.id] = "member"
    ana.topic = next(iter(chat.topics))
    place = shared(chat.id, ana.topic)
    said = ana.types("I just want to say")
    await house.rests()
    await does(house, kindly(place, said["message_id"], ana), "a")
    assert said["message_id"] not in chat.messages
    assert words(ana.sees()[-1]) == "Bo has the floor. You are next."
    assert ana.sees()[-1]["message_thread_id"] == ana.topic
    assert not bo.sees() or "floor" not in words(bo.sees()[-1])
    await does(house, kindly(place, said["message_id"], ana), "b")
    done = [(e.key, e.receipt) for e in ears.heard if isinstance(e, Done)]
    gone = str(said["message_id"])
    assert done[1:] == [("a", gone), ("b", gone)], "what is gone already is gone"


async def test_without_the_right_it_stands_and_they_are_told(
    house: TelegramHouse, ears: Ears
) -> None:
    chat, ana = await meeting(house, forum=False)
    said = ana.types("I just want to say")
    await house.rests()
    house.world.bot_becomes(chat, ana.shown, "administrator", ("can_manage_topics",))
    await house.rests()
    await does(house, kindly(shared(chat.id), said["message_id"], ana), "a")
    assert said["message_id"] in chat.messages
    assert words(ana.sees()[-1]) == "Bo has the floor. You are next."
    assert [e.receipt for e in ears.heard if isinstance(e, Done)][-1] == ""
    house.world.bot_becomes(chat, ana.shown, "member")
    await house.rests()
    await does(house, kindly(shared(chat.id), said["message_id"], ana), "b")
    everybody = [words(m) for m in chat.messages.values() if m["from"]["is_bot"]]
    assert not any("floor" in said for said in everybody), "nor is it said for all"
    house.world.started.add(ana.id)
    await does(house, kindly(shared(chat.id), said["message_id"], ana), "c")
    assert words([*ana.own.messages.values()][-1]) == "Bo has the floor. You are next."


async def test_topics_that_are_turned_off_in_the_middle_keep_no_meeting_open(
    house: TelegramHouse, ears: Ears
) -> None:
    chat, ana = await meeting(house)
    place, chat.forum = shared(chat.id), False
    await does(house, Hold(place, "tuesday", free=False), "a")
    await does(house, Close(place, "tuesday"), "b")
    assert await house.storage.outbox.counts() == {"sent": 3}
    ana.topic = next(iter(chat.topics))
    await house.types(ana, "Good night.")
    assert not [e for e in ears.heard if isinstance(e, Said)]


async def test_a_group_that_is_upgraded_during_a_meeting_is_heard_on_until_its_end(
    house: TelegramHouse, ears: Ears
) -> None:
    ana = house.guest("Ana")
    chat = await house.group(ana, led_by=ana, kind="group")
    await does(house, opening(shared(chat.id)), "a")
    ana.here = upgrade(house.world, chat, ana)
    await house.types(ana, "Where was I?")
    assert [e.text for e in ears.heard if isinstance(e, Said)] == ["Where was I?"]
    await does(house, Close(shared(ana.here.id), "tuesday"), "b")
    await house.types(ana, "Good night.")
    assert len([e for e in ears.heard if isinstance(e, Said)]) == 1
    assert not await house.storage.telegram_ports.kept.rooms()
