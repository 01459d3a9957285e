"""A sheet of paper in a real browser: what was begun comes back, what was not sent stays."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from tests.agreed import agree
from tests.browser import Browser
from tests.chromium import AXE, Somebody, line, somebody
from tests.fuzz import fresh
from tests.web_house import House, open_house

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG = "Sophia-Charlotte"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house() -> AsyncIterator[House]:
    async with fresh() as storage, open_house(storage) as opened:
        yield opened


async def works_with_somebody(house: House, name: str) -> Browser:
    """Who also has somebody with a long name to let read."""
    one, other = await house.member(name), await house.member(f"{name} {LONG}")
    people = (f"ref-{name}", f"ref-{name} {LONG}")
    await agree(house.storage, *people, ref=f"agreed-{name}")
    assert other.status == 200
    return one


async def to_paper(one: Somebody, first: bool) -> None:
    await one.opens("/steps")
    for label in ("Yes, begin", "Twelve steps") if first else ("Twelve steps",):
        await one.presses(label)
    await one.presses("4. Writing down what I carry")
    await one.sees("A list without haste")
    await one.presses("Question 1")
    await one.page.locator("textarea.paper").wait_for()


async def test_what_was_begun_comes_back_and_what_was_not_sent_stays(
    house: House, chromium: Chromium
) -> None:
    ana = await works_with_somebody(house, "Ana")
    async with line(int(house.base.rpartition(":")[2])) as wire:
        base = f"http://127.0.0.1:{wire.port}"
        async with somebody(chromium, base, ana) as one:
            paper = one.page.locator("textarea.paper")
            await to_paper(one, first=True)
            async with one.page.expect_response("**/keep"):
                await paper.fill("Half a sentence")
            await to_paper(one, first=False)
            await one.sees("What you had begun is here again.")
            await expect(paper).to_have_value("Half a sentence")
            await paper.fill("A whole sentence.")
            wire.cut()
            await one.presses("Keep it")
            await one.sees("Not sent yet. What you wrote is still here.")
            await expect(paper).to_have_value("A whole sentence.")
            wire.mend()
            await one.presses("Keep it")
            await one.sees("It is kept, and only you can read it.")
            await to_paper(one, first=False)
            await one.sees("A whole sentence.")
            await expect(paper).to_have_value("")


async def test_its_pages_fit_a_small_screen_and_axe_finds_nothing(
    house: House, chromium: Chromium
) -> None:
    cy, found = await works_with_somebody(house, "Cy"), list[str]()
    small = {"width": 360, "height": 740}
    async with somebody(chromium, house.base, cy, viewport=small) as one:

        async def looks(what: str) -> None:
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            if await one.page.evaluate(wide) > 0:
                found.append(f"{what} is too wide")
            if AXE.exists():
                await one.page.evaluate(AXE.read_text() + "; 0")
                for light in ("light", "dark"):
                    await one.page.emulate_media(color_scheme=light)
                    said = await one.page.evaluate("axe.run(document)")
                    found.extend(f"{what}, {light}: {one['help']}" for one in said["violations"])

        await one.opens("/steps")
        await looks("before the first word")
        await one.presses("Yes, begin")
        await one.sees("Ten themes in any order")
        await looks("guides")
        await to_paper(one, first=True)
        await looks("a sheet of paper")
        await one.page.locator("textarea.paper").fill(f"www.{'x' * 60}.example\n\n" * 3)
        await one.presses("Keep it")
        await one.presses("Open it")
        await one.sees("Who may read this")
        await one.page.get_by_text("Change it").click()
        await looks("a page")
        await one.presses(f"Let Cy {LONG} read this")
        await one.sees("can read this from now on")
        await one.opens("/steps")
        await looks("the desk")
        await one.presses("Take a copy")
        await one.sees("Take it along as one page")
        await looks("all of it")
    assert not found
