"""What the outbox brings to Telegram: paced, once, and quietly at night."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

import pytest
from telegram.error import NetworkError

from bot.core.cards import Button, Call, Card
from bot.core.errors import Later, Unreachable
from bot.core.model import Person, Place
from bot.core.pictures import Picture
from bot.core.rooms import Deed, Post, Remove, Replace
from bot.core.text import Moment, Plain, t
from bot.core.work import Sending
from bot.platforms.telegram.places import own, shared
from storage import Storage
from tests.drawings import calendar
from tests.fakes.telegram import Limit
from tests.room import MORNING, Hour, ref_of
from tests.telegram_house import TelegramHouse, telegram_house, words


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[TelegramHouse]:
    async with telegram_house(storage) as made:
        yield made


def card(text: str, private: bool = False) -> Card:
    return Card((Plain(text),), buttons=(Button("ok", Call("help.help")),), private=private)


async def sends(house: TelegramHouse, deed: Deed, key: str) -> None:
    unit = house.storage.outbox.queue(key, Sending(deed), house.storage.now())
    await house.storage.units.commit(unit)
    await house.rests()


async def state(house: TelegramHouse, key: str) -> str:
    [row] = await house.storage.db.read("SELECT state FROM outbox WHERE key = :k", k=key)
    return str(row["state"])


def at(storage: Storage, now: datetime) -> None:
    assert isinstance(storage.now, Hour)
    storage.now.at = now


async def test_at_night_a_person_is_told_without_a_sound(house: TelegramHouse) -> None:
    ana = await house.person("Ana", zone="Asia/Tokyo")
    to = Person(ref_of("Ana"), "Ana", consents=frozenset({"messages"}))
    at(house.storage, MORNING)  # 17:00 in Tokyo
    await house.door.do("1", own(ana.id), Post(replace(to, zone="Asia/Tokyo"), card("Day")))
    at(house.storage, MORNING + timedelta(hours=6))
    await house.door.do("2", own(ana.id), Post(replace(to, zone="Asia/Tokyo"), card("Night")))
    assert [bool(m.get("silent")) for m in ana.sees()] == [False, True]


async def test_who_blocked_the_bot_is_remembered_and_let_be(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    ana.blocks()
    await house.rests()
    assert await house.storage.people.reach(ref_of("Ana")) is None
    ana.unblocks()
    await house.rests()
    assert await house.storage.people.reach(ref_of("Ana")) == own(ana.id)
    house.world.blocked.add(ana.id)  # and this time nobody told us
    await sends(house, Post(Place("telegram", str(ana.id), private=True), card("Hello")), "k")
    assert await house.storage.people.reach(ref_of("Ana")) is None
    assert await state(house, "k") == "failed"


@pytest.mark.parametrize("how", ["lost", "reset", 500, 502])
async def test_an_answer_that_got_lost_is_uncertain_and_the_outbox_decides(
    house: TelegramHouse, how: str | int
) -> None:
    chat = await house.group()
    house.server.fails("sendMessage", how)
    with pytest.raises(NetworkError):
        await house.door.do("k", shared(chat.id), Post(shared(chat.id), card("Hello")))
    assert len(chat.messages) == (how == "lost")


async def test_a_pause_that_telegram_asks_for_is_for_everything(house: TelegramHouse) -> None:
    chat = await house.group()
    house.server.fails("sendMessage", 429, seconds=7)
    with pytest.raises(Later) as later:
        await house.door.do("k", shared(chat.id), Post(shared(chat.id), card("Hello")))
    assert (later.value.seconds, later.value.everywhere) == (7, True)


async def test_a_server_that_was_not_reached_sent_surely_nothing(house: TelegramHouse) -> None:
    chat = await house.group()
    house.door.line._base_url = "http://127.0.0.1:9/bot"
    with pytest.raises(Later):
        await house.door.do("k", shared(chat.id), Post(shared(chat.id), card("Hello")))


async def test_what_is_longer_than_a_message_is_several_and_comes_once(
    house: TelegramHouse,
) -> None:
    chat = await house.group()
    long = "One day at a time. 🌱\n" * 500
    sent = await house.door.do("k", shared(chat.id), Post(shared(chat.id), card(long)))
    assert len(sent.split(",")) == len(chat.messages) > 2
    assert "".join(words(m) for m in chat.messages.values()).count("🌱") == 500
    assert ["reply_markup" in m for m in chat.messages.values()][-1]


async def test_a_pause_in_the_middle_of_several_repeats_none_of_them(house: TelegramHouse) -> None:
    chat = await house.group()
    long, place = "A line.\n" * 1200, shared(chat.id)
    post = Post(place, card(long))
    await house.door.do("first", place, post)
    whole = len(chat.messages)
    chat.messages.clear()
    house.server.limit = Limit(1, 60.0, 5.0)
    with pytest.raises(Later):
        await house.door.do("k", place, post)
    house.server.limit = None
    house.door._sender._time = lambda: monotonic() + 60
    await house.door.do("k", place, post)
    assert len(chat.messages) == whole


async def test_a_standing_card_is_changed_and_taken_away(house: TelegramHouse) -> None:
    chat = await house.group()
    place = shared(chat.id)
    await sends(house, Replace(place, "panel", card("One")), "1")
    await sends(house, Replace(place, "panel", card("Two")), "2")
    assert [words(m) for m in chat.messages.values()] == ["Two"]
    await sends(house, Replace(place, "panel", card("Two")), "3")
    chat.messages.clear()  # somebody deleted it
    await sends(house, Replace(place, "panel", card("Three")), "4")
    assert [words(m) for m in chat.messages.values()] == ["Three"]
    await sends(house, Remove(place, "panel"), "5")
    assert not chat.messages


async def test_what_a_person_was_shown_is_taken_away_or_covered(house: TelegramHouse) -> None:
    """After two days Telegram deletes nothing; then other words stand in its place."""
    ana = await house.person("Ana")
    to, gone = Person(ref_of("Ana"), "Ana"), Card(t("This was taken back."))
    for number in (1, 2):
        await sends(house, Replace(to, f"shared {number}", card(f"Note {number}")), f"{number}")
    assert [words(m) for m in ana.sees()][-2:] == ["Note 1", "Note 2"]
    ana.sees()[-1]["date"] -= 3 * 86_400
    for number in (1, 2):
        await sends(house, Remove(to, f"shared {number}", gone), f"-{number}")
    assert [words(m) for m in ana.sees()][-1] == "This was taken back."
    assert not any(words(m).startswith("Note") for m in ana.sees())
    assert not await house.storage.db.read("SELECT * FROM panels")


async def test_a_picture_that_was_taken_back_is_seen_no_more(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    to, gone = Person(ref_of("Ana"), "Ana"), Card(t("This was taken back."))
    week = Picture((Plain("One week"),), calendar("4 - 23! - 5 - -"))
    for n, said in enumerate(("My week", "My week, at length. " * 60)):
        await sends(house, Replace(to, f"week {n}", replace(card(said), picture=week)), f"{n}")
    shown = {m["photo"][0]["file_id"] for m in ana.sees() if "photo" in m}
    assert len(shown) == 2
    for message in ana.sees():
        message["date"] -= 3 * 86_400
    for n in (0, 1):
        await sends(house, Remove(to, f"week {n}", gone), f"-{n}")
    assert {words(m) for m in ana.sees()} == {"This was taken back."}
    assert not shown & {m["photo"][0]["file_id"] for m in ana.sees() if "photo" in m}


async def test_a_topic_that_is_gone_takes_nothing(house: TelegramHouse) -> None:
    chat = await house.group(forum=True)
    place = shared(chat.id, 77)
    with pytest.raises(Unreachable):
        await house.door.do("k", place, Post(place, card("Hello")))
    chat.topics[77] = {"name": "Tuesday", "closed": False}
    await house.door.do("k2", place, Post(place, card("Hello")))
    assert [*chat.messages.values()][-1]["message_thread_id"] == 77


async def test_hours_are_shown_in_the_clock_of_whoever_reads(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    at_eight = Card(t("At {at}.", at=Moment(MORNING)))
    await house.door.do("k", own(ana.id), Post(own(ana.id), at_eight))
    [entity] = ana.sees()[-1]["entities"]
    assert (entity["type"], entity["unix_time"]) == ("date_time", int(MORNING.timestamp()))
    assert "08:00" in words(ana.sees()[-1])


async def test_a_persons_own_account_is_found_by_the_outbox(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    to = Person(ref_of("Ana"), "Ana")
    await sends(house, Post(to, card("A note from your group", private=True)), "k")
    assert words(ana.sees()[-1]) == "A note from your group"


async def test_a_picture_comes_as_a_photo_with_the_text_beneath(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/checkin 4", "/checkins")
    photo = ana.sees()[-1]
    assert photo["photo"]
    assert 0 < len(words(photo)) <= 1024
    assert photo["has_protected_content"]


async def test_a_picture_is_changed_in_place(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    month = Picture((Plain("One week"),), calendar("4 - 23! - 5 - -"))
    next_one = Picture((Plain("Another"),), calendar("4 - 23! - 5 - 1"))
    cards = (
        replace(card("A month"), picture=month),
        replace(card("Another month"), picture=next_one),
        replace(card("In other words"), picture=next_one),
    )
    seen: list[tuple[str, bool, int]] = []
    for n, one in enumerate((card("No month"), *cards, card("No month again"), cards[0])):
        await sends(house, Replace(own(ana.id), "panel", one), str(n))
        [message] = ana.own.messages.values()
        seen.append((words(message), "photo" in message, message["message_id"]))
    assert [each[:2] for each in seen] == [
        ("No month", False),
        ("A month", True),
        ("Another month", True),
        ("In other words", True),
        ("No month again", False),
        ("A month", True),
    ]
    first, last = seen[0][2], seen[-1][2]
    assert [each[2] for each in seen] == [first] * 4 + [last] * 2, (
        "words are not put over a picture"
    )
    assert len(house.server.of("editMessageMedia")) == 3
    assert len(house.server.of("editMessageCaption")) == 1, "the same is not drawn and sent again"
    ana.own.messages.clear()
    await sends(house, Replace(own(ana.id), "panel", cards[1]), "gone")
    assert [words(m) for m in ana.own.messages.values()] == ["Another month"]


async def test_a_calendar_that_is_looked_through_stays_one_message(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/checkin 4", "/checkins")
    photo, before = ana.sees()[-1], ana.sees()[-1]["photo"]
    await house.presses(ana, "Week by week")
    assert words(ana.sees()[-1]).startswith("Week by week")
    assert ana.sees()[-1]["message_id"] == photo["message_id"]
    assert ana.sees()[-1]["photo"] != before
