"""Told to wait by Telegram, which does not say whether one chat is meant or everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cards import Card
from bot.core.errors import Later
from bot.core.model import Place
from bot.core.rooms import Post
from bot.core.text import Plain
from bot.platforms.telegram.pace import ChatGate, Traffic
from bot.platforms.telegram.places import own, shared
from bot.platforms.telegram.render import LIMITS
from storage import Storage
from tests.fakes.telegram import Limit
from tests.telegram_house import TelegramHouse, telegram_house, words

GROUP, OTHER, ANA = -1_000_000_000_001, -1_000_000_000_002, 500
LATER = timedelta(seconds=5)


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[TelegramHouse]:
    async with telegram_house(storage) as made:
        yield made


async def says(house: TelegramHouse, place: Place, text: str = "Hello") -> None:
    await house.door.do(f"{place}/{text}", place, Post(place, Card((Plain(text),))))


def hours_later(house: TelegramHouse) -> None:
    house.door._sender._time = lambda: monotonic() + 7200


def evenly(traffic: Traffic, chat: int, times: int, rest: float, end: float = 100.0) -> None:
    for n in reversed(range(times)):
        traffic.sent(chat, end - n * rest)


def test_a_chat_near_its_own_limit_is_refused_alone() -> None:
    group, burst = Traffic(28), Traffic(28)
    evenly(group, GROUP, 16, 3.0)
    assert not group.refused(GROUP, 30, 100)
    evenly(burst, ANA, 3, 0.5)
    assert not burst.refused(ANA, 2, 100)


def test_without_evidence_it_is_everything() -> None:
    quiet, fast, elsewhere = Traffic(28), Traffic(28), Traffic(28)
    evenly(quiet, GROUP, 2, 3.0)
    assert quiet.refused(GROUP, 5, 100), "nothing of ours explains it"
    evenly(fast, GROUP, 20, 0.04)
    assert fast.refused(GROUP, 5, 100), "near both limits"
    evenly(elsewhere, GROUP, 18, 3.0)
    assert elsewhere.refused(OTHER, 5, 100), "it was another chat that was near"


def test_two_chats_refused_at_once_are_everything() -> None:
    traffic = Traffic(28)
    for n in range(20):
        traffic.sent(GROUP, 60 + 2 * n)
        traffic.sent(OTHER, 61 + 2 * n)
    assert not traffic.refused(GROUP, 10, 100)
    assert not traffic.refused(GROUP, 10, 101), "the same one again is still the same one"
    assert traffic.refused(OTHER, 10, 102)
    assert not traffic.refused(OTHER, 10, 112), "the first one's time is over"


@given(st.lists(st.tuples(st.sampled_from([GROUP, OTHER, ANA]), st.floats(0, 5)), max_size=99))
def test_what_was_sent_more_than_a_minute_ago_is_no_evidence(
    sent: list[tuple[int, float]],
) -> None:
    traffic, at = Traffic(28), 0.0
    for chat, rest in sent:
        at += rest
        traffic.sent(chat, at)
    assert traffic.refused(GROUP, 5, at + 61)


def test_topics_share_what_their_chat_is_allowed() -> None:
    gate, one, two = ChatGate(LIMITS), str(shared(GROUP, 7)), str(shared(GROUP, 9))
    gate.took(one, 10)
    assert gate.slot(two, 10.5) == pytest.approx(0.5)
    gate.pause_place(two, 30, 20)
    assert gate.held(one, 25) == 25
    assert gate.held(str(shared(GROUP)), 25) == 25
    assert not gate.held(str(shared(OTHER)), 25)


async def test_a_group_that_has_had_enough_holds_up_no_other(house: TelegramHouse) -> None:
    full, other = await house.group(forum=True), await house.group(founded=None)
    for n in range(20):
        await says(house, shared(full.id), str(n))
        hour = n * 2.5
        house.door._sender._time = lambda hour=hour: monotonic() + hour  # type: ignore[misc]
    with pytest.raises(Later) as later:
        await says(house, shared(full.id))
    assert not later.value.everywhere
    assert later.value.seconds > 50
    asked = len(house.server.calls)
    with pytest.raises(Later):
        await says(house, shared(full.id), "once more")
    assert len(house.server.calls) == asked, "it is not asked again before its time"
    await says(house, shared(other.id))
    assert [words(m) for m in other.messages.values()] == ["Hello"]


async def test_a_ban_from_nowhere_is_for_all_and_to_the_second(house: TelegramHouse) -> None:
    ana, bo = await house.person("Ana"), await house.person("Bo")
    house.server.fails("sendMessage", 429, seconds=5)
    with pytest.raises(Later) as later:
        await says(house, own(ana.id))
    assert (later.value.seconds, later.value.everywhere) == (5, True)
    begun, asked = monotonic(), len(house.server.calls)
    for passed, held in ((0.0, True), (4.5, True), (5.1, False)):
        house.door._sender._time = lambda at=begun + passed: at  # type: ignore[misc]
        if held:
            with pytest.raises(Later):
                await says(house, own(bo.id))
            assert len(house.server.calls) == asked
        else:
            await says(house, own(bo.id))
    assert bo.sees()


async def test_only_what_was_on_its_way_enters_a_ban(house: TelegramHouse) -> None:
    people = [house.guest(f"Person {n}") for n in range(16)]
    house.world.started |= {one.id for one in people}
    house.server.limit = limit = Limit(4, 60.0, 5.0)
    doing = (says(house, own(one.id)) for one in people)
    done = await asyncio.gather(*doing, return_exceptions=True)
    assert sum(isinstance(each, Later) for each in done) == 12
    refused = limit.refused
    for one in people:
        with pytest.raises(Later):
            await says(house, own(one.id), "again")
    assert limit.refused == refused


async def test_now_in_a_ban_is_answered_when_it_is_over(house: TelegramHouse) -> None:
    ana, bo = await house.person("Ana"), await house.person("Bo")
    house.server.fails("sendMessage", 429, seconds=5)
    with pytest.raises(Later):
        await says(house, own(ana.id))
    bo.types("/now")
    while not await house.storage.db.read("SELECT 1 FROM inbox"):
        continue
    assert not bo.sees()
    hours_later(house)
    while await house.storage.db.read("SELECT 1 FROM inbox WHERE state <> 'done'"):
        house.storage.now.at = house.storage.now() + LATER  # type: ignore[attr-defined]
    assert "112" in words(bo.sees()[-1])
