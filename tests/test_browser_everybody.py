"""The web room for everybody: by keyboard alone, on a small screen, at night, in large letters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect

from tests.browser import Browser
from tests.chromium import AXE, NO_AXE, Somebody, somebody
from tests.fuzz import fresh
from tests.room import HOME
from tests.web_house import House, open_house

pytestmark = pytest.mark.asyncio(loop_scope="session")

NEVER = {"breaks", "links", "listed", "when", "aloud", "everything"}
"""Commands of the test's own."""


@dataclass
class Home:
    """A house, with somebody in it who keeps a little of everything."""

    house: House
    ana: Browser

    @property
    def pages(self) -> list[str]:
        """Every page that somebody who is signed in can open: one for each command, and ours."""
        names = [action.spec.name for action in self.house.app.commands]
        ours = "/room", "/account", "/nowhere"
        return [*(f"/{name}" for name in names if name not in NEVER), *ours]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home() -> AsyncIterator[Home]:
    async with fresh() as storage, open_house(storage) as house:
        ana, bo = await house.member("Ana"), await house.member("Bartholomew-Christopher")
        now = storage.now()
        for person, role in (("Ana", "founder"), ("Bartholomew-Christopher", "servant")):
            until = now + timedelta(days=90)
            given = storage.roles.give(HOME.ref, f"ref-{person}", role, now, until)
            await storage.units.commit((given,))
        for mood in (3, 5, 2, 4):
            await ana.types(f"/checkin {mood} tired,lonely A note, and www.{'x' * 60}.example")
            house.later(timedelta(days=1))
        for one, words in ((ana, "Good evening."), (bo, "w" * 300), (ana, "Thank you, all.")):
            await one.opens("/room")
            await one.presses("Say it", words=words)
        await ana.opens("/room")
        yield Home(house, ana)


async def _wide(page: Page) -> str:
    """What is wider than the screen, if the page is."""
    found = await page.evaluate(
        """() => {
          const screen = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= screen) return "";
          const out = [...document.querySelectorAll("body *")].filter((one) =>
            one.getBoundingClientRect().right > screen + 1);
          return out.slice(-3).map((one) => one.outerHTML.slice(0, 160)).join(" | ") || "?";
        }"""
    )
    return str(found)


async def test_nothing_is_wider_than_a_small_screen_nor_at_twice_its_size(
    home: Home, chromium: Chromium
) -> None:
    small = {"width": 360, "height": 740}
    async with somebody(chromium, home.house.base, home.ana, viewport=small) as ana:
        for path in home.pages:
            await ana.opens(path)
            assert not await _wide(ana.page), path
            title = await ana.page.title()
            assert not [word for word in ("Harbour", "Ana", "recovery") if word in title], path
        for path in ("/", "/room", "/checkin", "/checkins", "/today", "/me", "/now"):
            await ana.opens(path)
            for width in (640, 320, 180):  # of 1280 pixels at 200 and 400 %, of 360 at 200 %
                await ana.page.set_viewport_size({"width": width, "height": 600})
                assert not await _wide(ana.page), f"{path}, {width} px"


@pytest.mark.skipif(not AXE.exists(), reason=NO_AXE)
async def test_axe_finds_nothing_on_any_page_by_day_or_by_night(
    home: Home, chromium: Chromium
) -> None:
    found, link = list[str](), await home.house.link("invite", HOME.ref)
    async with somebody(chromium, home.house.base) as stranger:
        await stranger.context.add_init_script(path=AXE)
        for path in ("/", link, "/enter/gone"):
            found += await _found(stranger, path)
    async with somebody(chromium, home.house.base, home.ana) as ana:
        await ana.context.add_init_script(path=AXE)
        for path in home.pages:
            found += await _found(ana, path)
        await ana.opens("/checkins")
        await ana.page.get_by_text("The same days as a table").click()
        found += await _found(ana)
        await ana.opens("/room")
        await ana.page.locator(".share.mine summary").first.click()
        await ana.page.keyboard.press("Escape")
        await ana.page.locator("main").press("/")
        found += await _found(ana)
        await ana.page.keyboard.press("Escape")
        await ana.puts_away()
        await expect(ana.page.locator("h1")).to_have_text("Shopping")
        found += await _found(ana)
        await ana.presses("Close the list")
    assert not found


async def _found(one: Somebody, path: str = "") -> list[str]:
    """By day everything is looked at, by night the colours alone: nothing else changes."""
    if path:
        await one.opens(path)
    found = list[str]()
    for light, only in (("light", None), ("dark", ["color-contrast"])):
        await one.page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
        rules: dict[str, object] = {"resultTypes": ["violations"]}  # what is well is long to tell
        rules |= {"runOnly": {"type": "rule", "values": only}} if only else {}
        run = "rules => axe.run(document, rules).then((said) => said.violations)"
        for trouble in await one.page.evaluate(run, rules):
            nodes = [f"{n['html'][:160]} ({n['failureSummary']})" for n in trouble["nodes"]]
            found.append(f"{one.page.url}, {light}: {trouble['help']}: {nodes}")
    return found


async def test_all_of_it_is_done_by_keyboard_alone(home: Home, chromium: Chromium) -> None:
    async with somebody(chromium, home.house.base, home.ana, reduced_motion="reduce") as ana:
        keys = ana.page.keyboard
        await ana.opens("/")
        await keys.press("Tab")
        assert await ana.focused() == "Go to what is here"
        await _is_seen(ana.page)
        await keys.press("Enter")
        await keys.press("/")
        await expect(ana.page.get_by_role("dialog")).to_be_visible()
        assert await ana.focused() == "What would you like to do?"
        await keys.press("Escape")
        await expect(ana.page.get_by_role("dialog")).to_have_count(0)
        assert await ana.page.evaluate("document.activeElement.id") == "main"
        await keys.press("/")
        await keys.type("checkin")
        await keys.press("ArrowDown")
        await keys.press("ArrowDown")
        await keys.press("ArrowUp")
        chosen = ana.page.get_by_role("option", selected=True)
        await expect(chosen).to_contain_text("/checkin")
        await keys.press("Enter")
        await ana.sees("How are you right now?")
        for _ in range(3):
            await keys.press("Tab")
            if await ana.page.evaluate("document.activeElement.type") == "radio":
                break
        await keys.press("ArrowDown")
        await keys.press("ArrowDown")
        await _reaches(ana, "Send")
        await keys.press("Enter")
        await ana.sees("Thank you for telling me.")
        assert "Thank you for telling me." in await ana.focused()


async def test_the_room_is_spoken_in_and_mended_by_keyboard_alone(
    home: Home, chromium: Chromium
) -> None:
    async with somebody(chromium, home.house.base, home.ana) as ana:
        keys = ana.page.keyboard
        await ana.opens("/room")
        log = ana.page.get_by_role("log", name="The room")
        await expect(log).to_be_visible()
        await keys.press("Tab")
        await keys.press("Tab")
        assert await ana.focused() == "Go to where you write"
        await keys.press("Enter")
        await keys.type("By keyboard.")
        await _reaches(ana, "Say it")
        await keys.press("Enter")
        await expect(log.locator(".words").last).to_have_text("By keyboard.")
        await expect(ana.words).to_be_focused()
        for _ in range(4):
            await keys.press("Shift+Tab")
            if "Mend it or take it back" in await ana.focused():
                break
        await _is_seen(ana.page)
        await keys.press("Enter")
        await _reaches(ana, "Take it back")
        await keys.press("Enter")
        await expect(log.get_by_text("By keyboard.")).to_have_count(0)
        assert await ana.page.evaluate("document.activeElement !== document.body")


async def _reaches(one: Somebody, label: str) -> None:
    for _ in range(20):
        await one.page.keyboard.press("Tab")
        await _is_seen(one.page)
        if await one.focused() == label:
            return
    raise AssertionError(f"{label} is not reached by Tab")


async def _is_seen(page: Page) -> None:
    """What has the focus has a ring around it, and no bar lies over it."""
    seen = await page.evaluate(
        """() => {
          const at = document.activeElement;
          const near = [at, ...(at.parentElement ? at.parentElement.children : [])];
          const ringed = near.some((one) => {
            const style = getComputedStyle(one);
            return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
          });
          const box = at.getBoundingClientRect();
          const x = box.left + box.width / 2, y = box.top + Math.min(box.height, 40) / 2;
          const over = document.elementFromPoint(x, y);
          return { ringed, shown: !!over && (at.contains(over) || over.contains(at)),
                   what: at.outerHTML.slice(0, 120) };
        }"""
    )
    assert seen["ringed"], f"nobody sees that the focus is on {seen['what']}"
    assert seen["shown"], f"something lies over {seen['what']}"


async def test_whoever_wants_stillness_sees_nothing_move(home: Home, chromium: Chromium) -> None:
    async with somebody(chromium, home.house.base, home.ana, reduced_motion="reduce") as ana:
        for path in ("/", "/room", "/checkin", "/now"):
            await ana.opens(path)
            assert not await ana.page.evaluate("document.getAnimations().length"), path
            moved = await ana.page.evaluate(
                "Math.max(...[...document.querySelectorAll('*')].map((one) =>"
                " parseFloat(getComputedStyle(one).transitionDuration)))"
            )
            assert moved == 0, path


async def test_closed_and_opened_in_one_breath(home: Home, chromium: Chromium) -> None:
    async with somebody(chromium, home.house.base, home.ana, reduced_motion="reduce") as ana:
        await ana.opens("/")
        await ana.page.keyboard.press("/")
        await expect(ana.page.get_by_role("dialog")).to_be_visible()
        await ana.page.evaluate(
            "() => { const key = (of, key) => of.dispatchEvent("
            "new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));"
            " document.querySelector('dialog.palette').close(); document.activeElement.blur();"
            " key(document.body, '/'); }"
        )
        await expect(ana.page.get_by_role("dialog").get_by_role("combobox")).to_have_value("/")
        await ana.page.keyboard.type("checkin")
        await ana.page.keyboard.press("ArrowDown")
        await expect(ana.page.get_by_role("option", selected=True)).to_contain_text("/checkin")
