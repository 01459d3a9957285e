"""Somebody who is forgotten is named in no room any more, on no page and to nobody who listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.cards import Card
from bot.core.model import Place
from bot.core.rooms import Post, Replace
from bot.core.text import Plain
from storage import Storage
from storage.offers import For
from storage.requests import Request
from tests.agreed import agree
from tests.room import HOME, MORNING
from tests.test_web_events import opened, rendered
from tests.web_house import House, open_house

ROOM = Place("web", HOME.ref)


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as there:
        yield there


async def serves(house: House, name: str) -> None:
    """By a code, so that the group is told."""
    now, storage = house.storage.now(), house.storage
    given = storage.roles.give(HOME.ref, "ref-Ana", "founder", now, now + timedelta(days=90))
    secret, kept = storage.codes.make("servant", "ref-Ana", HOME.ref, now, timedelta(days=1))
    await storage.units.commit((given, kept))
    [browser] = [b for b in house.browsers if await _is(house, b.cookie, name)]
    await browser.types(f"/roles {secret}")
    assert browser.sees("You are a trusted servant")
    await house.delivers()


async def _is(house: House, token: str, name: str) -> bool:
    visit = await house.storage.web.visit(token, house.storage.now())
    return visit is not None and await house.storage.people.known(visit.account) == f"ref-{name}"


async def test_nobody_reads_the_name_of_somebody_who_was_forgotten(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    start = await rendered(ana)
    await house.posts_card("good evening")
    await serves(house, "Bo")
    await ana.opens("/room")
    assert ana.sees("Bo is a trusted servant now")
    async with opened(ana, before=start) as page:
        await asyncio.wait_for(page.until("is a trusted servant now"), 5)
        await bo.types("/forgetme")
        await bo.presses("Yes, forget me")
        await asyncio.wait_for(page.until("gone "), 5)
    await ana.opens("/room")
    assert ana.sees("good evening")
    assert not ana.sees("Bo is")
    async with opened(ana, before=start) as page:
        await house.posts_card("the last")
        await asyncio.wait_for(page.until("the last"), 5)
        assert not any("trusted servant" in html for html in page.seen)
    assert not await house.storage.db.read("SELECT * FROM web_event_about")


async def test_what_was_on_its_way_when_somebody_was_forgotten_is_not_shown(house: House) -> None:
    ana = await house.member("Ana")
    card = Card((Plain("Bo is here"),))
    deed = Post(ROOM, card)
    receipt = await house.room.do("late/1", ROOM, deed, about=("ref-Bo",))
    assert receipt == await house.room.do("late/1", ROOM, deed, about=("ref-Bo",))
    await ana.opens("/room")
    assert not ana.sees("Bo is here")


async def test_what_comes_under_an_agreement_is_shown_as_long_as_there_is_one(
    house: House,
) -> None:
    ana = await house.member("Ana")
    await house.member("Bo")
    one = await agree(house.storage, "ref-Ana", "ref-Bo")
    for words in ("this is shown", "this is not"):
        deed = Post(ROOM, Card((Plain(words),)))
        await house.room.do(words, ROOM, deed, about=(one.ref, "ref-Bo"))
        if words == "this is shown":
            await house.storage.units.commit(house.storage.agreements.end(one))
        await ana.opens("/room")
    assert ana.sees("this is shown")
    assert not ana.sees("this is not")


async def test_what_comes_about_something_that_was_asked_is_shown(house: House) -> None:
    ana = await house.member("Ana")
    await house.member("Bo")
    one = Request("asked-123456", "ref-Bo", "ref-Ana", HOME.ref, For.PAIR, MORNING)
    await house.storage.units.commit(house.storage.requests.add(one))
    card = Card((Plain("there is an answer"),))
    await house.room.do("told/1", ROOM, Post(ROOM, card), about=(one.ref, "ref-Bo"))
    await ana.opens("/room")
    assert ana.sees("there is an answer")


async def test_a_standing_card_that_names_somebody_else_by_now_stays(house: House) -> None:
    ana = await house.member("Ana")
    await house.member("Bo")
    for name in ("Bo", "Ana"):
        card = Card((Plain(f"{name} is in the chair"),))
        deed = Replace(ROOM, "chair", card)
        await house.room.do(f"chair/{name}", ROOM, deed, about=(f"ref-{name}",))
    await house.storage.units.commit(house.storage.forget("ref-Bo"))
    await ana.opens("/room")
    assert ana.sees("Ana is in the chair")


async def authors(house: House) -> list[str]:
    rows = await house.storage.db.read("SELECT author FROM web_events WHERE author <> ''")
    return [row["author"] for row in rows]


async def test_who_said_something_is_known_for_a_day(house: House) -> None:
    ana = await house.member("Ana")
    await ana.presses("Say it", words="The kettle is on.")
    assert await authors(house) == ["ref-Ana"]
    house.later(timedelta(days=1))
    await house.storage.tidy(house.storage.now())
    assert await authors(house) == []


async def test_that_somebody_spoke_is_forgotten_with_them(house: House) -> None:
    ana = await house.member("Ana")
    await ana.presses("Say it", words="The kettle is on.")
    await ana.types("/forgetme")
    await ana.presses("Yes, forget me")
    assert await authors(house) == []
