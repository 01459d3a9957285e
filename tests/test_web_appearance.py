"""Everything can be put away behind a shopping list; by day, by night, in plain letters."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage import Storage
from tests.browser import Browser
from tests.web_house import House, open_house

PAGES = ("/", "/room", "/checkin", "/checkins", "/me", "/now", "/account", "/help", "/nothing")


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as opened:
        yield opened


def shows_the_list(browser: Browser) -> bool:
    return next(browser.page.all("title")).text == "Shopping" and browser.sees("Milk")


async def test_put_away_every_page_is_a_shopping_list_until_it_is_closed(house: House) -> None:
    ana = await house.member("Ana")
    await ana.presses("Put away")
    assert shows_the_list(ana)
    for path in (*PAGES, await house.link("invite", "home-group")):
        await ana.opens(path)
        known = path == "/nothing"
        assert shows_the_list(ana) or known, path
        assert not ana.sees("Harbour Street")
    await ana.presses("Close the list")
    await ana.opens("/room")
    assert ana.sees("Harbour Street")


async def test_while_it_is_put_away_nothing_is_done(house: House) -> None:
    ana = await house.member("Ana")
    await ana.presses("Put away")
    await ana.requests("POST", "/say", [("line", "/checkin 4"), ("cause", "a-cause-x")])
    assert shows_the_list(ana)
    assert not await house.storage.checkins.latest("ref-Ana", 1)


async def test_another_device_is_not_put_away(house: House) -> None:
    ana = await house.member("Ana")
    here = ana.cookie
    bo = await house.member("Bo")
    await bo.presses("Put away")
    ana.cookie = here
    await ana.opens("/room")
    assert ana.sees("Harbour Street")


async def test_a_stranger_puts_it_away_as_well(house: House) -> None:
    zoe = await house.stranger()
    await zoe.opens("/now")
    await zoe.presses("Put away")
    for path in ("/", "/now", "/me"):
        await zoe.opens(path)
        assert shows_the_list(zoe), path
    await zoe.presses("Close the list")
    await zoe.opens("/now")
    assert zoe.sees("You are not on your own.")


async def test_the_list_is_there_with_no_database_at_all(storage: Storage) -> None:
    async with open_house(storage, help_only=True) as house:
        zoe = await house.stranger()
        await zoe.opens("/")
        await zoe.presses("Put away")
        for path in ("/", "/now", "/room"):
            await zoe.opens(path)
            assert shows_the_list(zoe), path
        await zoe.presses("Close the list")
        assert zoe.sees("You are not on your own.")


async def test_light_and_letters_are_kept_for_this_browser(house: House) -> None:
    ana = await house.member("Ana")
    await ana.opens("/account")
    await ana.presses("Show it so", light="dark", letters="plain")
    await ana.opens("/")
    assert 'data-theme="dark"' in ana.html
    assert 'data-letters="plain"' in ana.html
    await ana.requests("POST", "/looks", [("light", 'x" onload="x'), ("letters", "")])
    await ana.opens("/")
    assert "onload" not in ana.html
