"""Putting away, in a real browser: what was there is gone at once, and stays so until it is asked
for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect

from tests.chromium import line, somebody
from tests.fuzz import fresh
from tests.web_house import House, open_house

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house() -> AsyncIterator[House]:
    async with fresh() as storage, open_house(storage) as opened:
        yield opened


async def _is_a_list(page: Page) -> None:
    await expect(page.locator("h1")).to_have_text("Shopping")
    await expect(page).to_have_title("Shopping")
    seen = await page.inner_text("body")
    assert not [word for word in ("Harbour", "Ana", "someone", "Homegroup") if word in seen]


async def test_what_is_put_away_is_a_list_at_once_in_every_tab_until_it_is_closed(
    house: House, chromium: Chromium
) -> None:
    async with somebody(chromium, house.base, await house.member("Ana")) as ana:
        other = await ana.context.new_page()
        await other.goto("/room")
        await ana.opens("/me")
        await ana.opens("/")
        await ana.puts_away()
        await _is_a_list(ana.page)
        await _is_a_list(other)
        await ana.page.go_back()
        await _is_a_list(ana.page)
        await ana.page.reload()
        await _is_a_list(ana.page)
        third = await ana.context.new_page()
        for path in ("/room", "/checkins", "/account", "/nowhere-at-all", "/now"):
            await third.goto(path)
            await _is_a_list(third)
        await ana.page.get_by_label("Onions").check()
        await ana.presses("Close the list")
        await expect(ana.page.get_by_role("link", name="Harbour Street")).to_be_visible()
        for tab in (other, third):
            await tab.reload()
            await expect(tab.locator("h1")).not_to_have_text("Shopping")


async def test_without_a_line_it_is_put_away_at_once_and_the_house_is_told_when_it_can_be(
    house: House, chromium: Chromium
) -> None:
    known = await house.member("Bo")
    async with (
        line(house.room.port) as cable,
        somebody(chromium, f"http://127.0.0.1:{cable.port}", known) as bo,
    ):
        await bo.opens("/room")
        cable.cut()
        await bo.page.get_by_role("button", name="Put away").click()
        await _is_a_list(bo.page)
        async with bo.page.expect_event("load"), bo.page.expect_response("**/away"):
            cable.mend()
        visit = await house.storage.web.visit(known.cookie, house.storage.now())
        assert visit
        assert visit.away
        await bo.opens("/room")
        await _is_a_list(bo.page)


async def test_without_scripts_it_is_put_away_as_well(house: House, chromium: Chromium) -> None:
    known = await house.member("Cleo")
    async with somebody(chromium, house.base, known, java_script_enabled=False) as cleo:
        await cleo.opens("/room")
        await cleo.puts_away()
        await _is_a_list(cleo.page)
        await cleo.page.go_back()
        await _is_a_list(cleo.page)
        await cleo.presses("Close the list")
        await expect(cleo.page.get_by_role("link", name="Harbour Street")).to_be_visible()


async def test_somebody_who_is_not_signed_in_puts_away_a_link_they_opened(
    house: House, chromium: Chromium
) -> None:
    async with somebody(chromium, house.base) as guest:
        await guest.opens("/")
        await guest.puts_away()
        await _is_a_list(guest.page)
        await guest.opens("/now")
        await _is_a_list(guest.page)
        await guest.presses("Close the list")
        await guest.sees("You have been here before")
