"""What people do in the web room, each in a real browser, with scripts and without."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from tests.browser import Browser
from tests.chromium import Somebody, line, somebody
from tests.fuzz import fresh
from tests.room import HOME
from tests.web_house import PASS, WORD, House, open_house

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house() -> AsyncIterator[House]:
    async with fresh() as storage, open_house(storage) as opened:
        await opened.founded()
        yield opened


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
async def test_somebody_comes_by_a_link_joins_and_finds_their_check_in_in_the_calendar(
    house: House, chromium: Chromium, script: bool
) -> None:
    link, name = await house.link("invite", HOME.ref), f"Mara {'K' if script else 'W'}."
    async with somebody(chromium, house.base, java_script_enabled=script) as mara:
        await _comes_in(mara, link, f"{WORD}-{script}".lower())
        await mara.presses("Join")
        await mara.sees("No command shows it to them")
        await mara.presses("Join")
        await mara.page.get_by_role("group", name="Are you 18 or over?").get_by_label("Yes").check()
        await mara.page.get_by_label("English").check()
        await mara.page.get_by_label("Your time zone").fill("Europe/Dublin")
        await mara.page.get_by_label("Keep my check-ins").check()
        await mara.page.get_by_label("What shall we call you?").fill(name)
        await mara.presses("Send")
        await mara.sees(f"Welcome, {name}")
        await mara.opens("/checkin")
        await mara.page.get_by_role("radio", name="Good", exact=True).check()
        await mara.page.get_by_label("Tired").check()
        await mara.page.get_by_label("A note to yourself").fill("Long shift. Quiet flat.")
        await mara.presses("Send")
        await mara.sees("Thank you for telling me.")
        await mara.opens("/checkins")
        await mara.sees("Long shift. Quiet flat.")
        drawn = mara.page.get_by_role("figure").first.get_by_role("img")
        assert "good" in (await drawn.locator("desc").inner_html()).casefold()
        await mara.page.get_by_text("The same days as a table").click()
        row = mara.page.locator("details[open] .data tbody tr", has_text="Good")
        await expect(row).to_be_visible()
        assert "K." not in await mara.page.title()


async def _comes_in(one: Somebody, link: str, word: str) -> None:
    await one.opens(link)
    await one.page.get_by_label("Your new sign-in word").fill(word)
    await one.page.get_by_label("Your new passphrase").fill(PASS)
    await one.presses("Come in")


async def test_two_people_in_a_room_see_what_the_other_says_mends_and_takes_back(
    house: House, chromium: Chromium
) -> None:
    known = await house.member("Ana"), await house.member("Bo")
    async with (
        somebody(chromium, house.base, known[0]) as ana,
        somebody(chromium, house.base, known[1]) as bo,
    ):
        await ana.opens("/room")
        await bo.opens("/room")
        await ana.says("I nearly did not come tonight.")
        await bo.sees("I nearly did not come tonight.")
        await bo.says("I am glad that you did. <b>Tea?</b>")
        await ana.sees("I am glad that you did. <b>Tea?</b>")
        said = ["I nearly did not come tonight.", "I am glad that you did. <b>Tea?</b>"]
        assert await ana.room() == await bo.room() == said
        assert not await bo.page.locator(".share", has_text="nearly").get_by_role("button").count()

        mine = ana.page.locator(".share.mine")
        await mine.get_by_text("Mend it or take it back").click()
        await mine.get_by_label("In other words").fill("I nearly stayed at home.")
        await mine.get_by_role("button", name="Mend it", exact=True).click()
        await bo.sees("I nearly stayed at home.")
        assert await bo.room() == ["I nearly stayed at home.", said[1]]
        assert await bo.page.locator(".share").first.locator(".mark").inner_text() == "mended"

        await ana.page.locator(".share.mine summary").click()
        await ana.presses("Take it back")
        await expect(bo.page.locator("#feed .words")).to_have_count(1)
        await expect(ana.page.locator("#feed .words")).to_have_count(1)
        await bo.opens("/room")
        assert await bo.room() == said[1:]


async def test_nothing_is_lost_and_nothing_doubled_when_the_line_goes(
    house: House, chromium: Chromium
) -> None:
    known, bo = await house.member("Cleo"), await house.member("Dov")
    async with (
        line(house.room.port) as cable,
        somebody(chromium, f"http://127.0.0.1:{cable.port}", known) as cleo,
    ):
        await cleo.opens("/room")
        await _says(bo, "good evening")
        await cleo.sees("good evening")
        cable.cut()
        await expect(cleo.page.locator("#line-state")).to_have_text("Catching up…")
        await _says(bo, "while it was gone")
        await cleo.says("mine, not sent yet")
        await cleo.sees("Not sent yet. What you wrote is still here.")
        assert await cleo.words.input_value() == "mine, not sent yet"
        cable.mend()
        await cleo.sees("while it was gone")
        await expect(cleo.page.locator("#line-state")).to_have_text("")
        await cleo.presses("Say it")
        await expect(cleo.words).to_have_value("")
        heard = ["good evening", "while it was gone", "mine, not sent yet"]
        assert (await cleo.room())[-3:] == heard

        cable.is_deaf = True  # it arrives, and nobody hears that it did
        await cleo.says("said once, sent twice")
        await cleo.sees("Not sent yet. What you wrote is still here.")
        cable.mend()
        await cleo.presses("Say it")
        await expect(cleo.words).to_have_value("")
        await _says(bo, "good night")
        await cleo.sees("good night")
        heard += ["said once, sent twice", "good night"]
        assert (await cleo.room())[-5:] == heard
        await cleo.opens("/room")
        assert (await cleo.room())[-5:] == heard


async def _says(one: Browser, words: str) -> None:
    await one.opens("/room")
    await one.presses("Say it", words=words)
