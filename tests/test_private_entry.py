"""What is private is asked on Discord and written on a one-time page of the web room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.settings import Discord as Config
from bot.config.settings import Web
from bot.platforms.web import WebRoom
from storage import Storage
from storage.database import Database
from storage.keys import Keys
from tests.browser import Browser
from tests.discord_house import Home, at_home
from tests.fakes.discord import TOKEN, FakeDiscord, Someone, fake_discord
from tests.fakes.discord.world import EPHEMERAL, Json, every
from tests.instance import HOUSE, INSTANCE_KEY, KEYS
from tests.room import Hour, ref_of
from tests.web_house import Watch

PUBLIC = "https://room.example.org"


@dataclass
class Both:
    """Both doors of one house."""

    home: Home
    room: WebRoom

    def later(self, **by: float) -> None:
        assert isinstance(self.home.storage.now, Hour)
        self.home.storage.now.at += timedelta(**by)

    @asynccontextmanager
    async def browser(self, language: str = "en") -> AsyncIterator[Browser]:
        async with Browser(self.room.address, language) as browser:
            yield browser


@asynccontextmanager
async def both(
    fake: FakeDiscord,
    storage: Storage,
    folder: Path,
    guild: Json | None = None,
    public: str = PUBLIC,
) -> AsyncIterator[Both]:
    config = Config(token=TOKEN, address=fake.address, private_entry="web")
    async with at_home(fake, storage, folder, config=config, public=public, guild=guild) as home:
        room = WebRoom(Web(port=0, public_url=public), storage.web_ports, Watch(storage))
        serving = asyncio.create_task(room.serve(home.app))
        await room.ready.wait()
        try:
            yield Both(home, room)
        finally:
            serving.cancel()
            await asyncio.wait({serving})


@pytest.fixture
async def here(storage: Storage, tmp_path: Path) -> AsyncIterator[Both]:
    async with fake_discord() as fake, both(fake, storage, tmp_path) as here:
        yield here
    assert not fake.world.wrong, "\n".join(sorted(set(fake.world.wrong)))


def link(somebody: Someone) -> str:
    """Where the newest button leads that opens an address: the path of it."""
    assert not somebody.dialog, "it was asked in a dialog"
    [url] = [part["url"] for part in every(somebody.shown()[-1]["components"]) if "url" in part]
    assert url.startswith(f"{PUBLIC}/")
    return str(url.removeprefix(PUBLIC))


async def opened(browser: Browser, path: str) -> None:
    await browser.opens(path)
    await browser.presses("Open it")


async def test_a_check_in_is_asked_on_discord_and_written_on_a_page(here: Both) -> None:
    ana = await here.home.member("Ana")
    await ana.types("/checkin")
    assert ana.shown()[-1]["flags"] & EPHEMERAL
    assert ana.sees("it opens once, within ten minutes")
    async with here.browser() as browser:
        for _ in range(3):  # a preview that looks changes nothing
            await browser.opens(link(ana))
            assert browser.status == 200
        await browser.presses("Open it")
        note = "a long day, and a bus that did not come"
        await browser.presses("Send", **{"How are you right now?": "2", "A note to yourself": note})
        assert browser.sees("Thank you")
        assert browser.sees("You can close this page.")
        assert not browser.cookie
    await ana.types("/checkins")
    assert ana.sees(note)
    assert note not in str(
        [body for _, path, body in here.home.fake.world.log if "gateway" in path]
    )


async def test_a_page_speaks_the_language_of_whoever_was_asked(here: Both) -> None:
    ana = await here.home.member("Ana", language="es")
    await ana.types("/checkin")
    async with here.browser("en") as browser:
        await browser.opens(link(ana))
        assert browser.sees("Se abre una sola vez")
        await browser.presses("Abrir")
        assert browser.sees("¿Cómo estás ahora?")


async def test_what_is_private_cannot_be_typed_beside_a_command(here: Both) -> None:
    options = {c["name"]: [o["name"] for o in c["options"]] for c in here.home.fake.world.commands}
    assert "mood" in options["checkin"]
    assert "note" not in options["checkin"]
    assert options["time"] == options["block"] == []
    assert options["link"] == ["code"], "it is worth nothing in ten minutes"


async def test_what_is_not_private_is_asked_where_it_was(here: Both) -> None:
    ana = await here.home.member("Ana")
    await ana.types("/checkin", mood=4)
    assert ana.sees("Thank you")
    await ana.types("/me")
    await ana.presses("Change my name")
    assert ana.dialog


async def test_a_slip_is_mended_on_the_page(here: Both) -> None:
    ana = await here.home.member("Ana")
    await ana.types("/time")
    await ana.presses("Keep a date")
    async with here.browser() as browser:
        await opened(browser, link(ana))
        asked = {"What is it the date of?": "the door", "How would you like it counted?": "days"}
        await browser.presses("Send", **asked, **{"Which day?": "2999-01-01"})
        assert browser.page.text.count("the door") == 0
        [kept] = [
            n.attrs["value"] for n in browser.page.all("input") if n.attrs.get("name") == "f.called"
        ]
        assert kept == "the door"
        await browser.presses("Send", **{"Which day?": "2020-01-01"})
        assert browser.sees("the door")
    await ana.types("/time")
    assert ana.sees("the door")


async def test_what_is_left_out_is_asked_again(here: Both) -> None:
    ana = await here.home.member("Ana")
    await ana.types("/checkin")
    async with here.browser() as browser:
        await opened(browser, link(ana))
        await browser.presses("Send")
        assert browser.sees("Please fill this in.")


async def test_a_link_opens_once_and_its_page_is_filled_in_once(here: Both) -> None:
    ana = await here.home.member("Ana")
    await ana.types("/checkin")
    async with here.browser() as first, here.browser() as second:
        await first.opens(link(ana))
        await second.opens(link(ana))
        await first.presses("Open it")
        await second.presses("Open it")
        assert (first.status, second.status) == (200, 410)
        await second.opens(link(ana))
        assert second.status == 410
        form = first.html
        await first.presses("Send", **{"How are you right now?": "2"})
        first.html = form
        await first.presses("Send", **{"How are you right now?": "5"})
        assert first.status == 410
    assert len(await here.home.storage.checkins.latest(ref_of("Ana"), 9)) == 1


async def test_both_pages_of_one_link_at_once_are_one(here: Both) -> None:
    ana = await here.home.member("Ana")
    await ana.types("/checkin")
    async with here.browser() as first, here.browser() as second:
        await asyncio.gather(first.opens(link(ana)), second.opens(link(ana)))
        await asyncio.gather(first.presses("Open it"), second.presses("Open it"))
        assert {first.status, second.status} == {200, 410}


async def test_a_link_lasts_ten_minutes_and_its_page_an_hour(here: Both) -> None:
    ana = await here.home.member("Ana")
    await ana.types("/checkin")
    async with here.browser() as browser:
        await browser.opens(link(ana))
        here.later(minutes=11)
        await browser.presses("Open it")
        assert browser.status == 410
        await ana.types("/checkin")
        await opened(browser, link(ana))
        here.later(minutes=61)
        await browser.presses("Send", **{"How are you right now?": "2"})
        assert browser.status == 410


async def test_what_was_made_up_opens_nothing(here: Both) -> None:
    ana = await here.home.member("Ana")
    await ana.types("/checkin")
    secret = link(ana).removeprefix("/errand/").partition("?")[0]
    async with here.browser() as browser:
        for made_up in ("x", secret[:-1], f"{secret}x", "%F0%9F"):
            await browser.opens(f"/errand/{made_up}")
            assert browser.status == 410
        for path, name in (("/errand/fill", "errand"), ("/errand/agree", "errand")):
            await browser.requests("POST", path, [(name, secret), ("f.mood", "1")])
            assert browser.status == 410, "the secret of a link is not that of a page"
        await browser.requests(
            "POST", "/errand", [("secret", secret)], Origin="https://evil.example"
        )
        assert browser.status == 403
        await opened(browser, link(ana))
        page = browser.html
        [key] = {
            n.attrs["value"] for n in browser.page.all("input") if n.attrs.get("name") == "errand"
        }
        for call in ("people.leave", "agree:messages:people.leave", "agree:checkins", "now.now"):
            await browser.requests("POST", "/errand/agree", [("errand", key), ("call", call)])
            assert browser.status == 400, "the page is for one action"
        browser.html = page
        sent = [("errand", key), ("call", "people.leave:1"), ("f.mood", "3")]
        await browser.requests("POST", "/errand/fill", sent)
        assert browser.sees("Thank you"), "what it is for is not taken from the page"


async def test_links_of_two_things_and_of_two_people_do_not_meet(here: Both) -> None:
    ana, bo = await here.home.member("Ana"), await here.home.member("Bo")
    links = []
    for words in ("first", "second"):
        await ana.types("/checkin", mood=2)
        await ana.presses("Add a note")
        links.append((words, link(ana)))
        here.later(minutes=6)
    await bo.types("/checkin")
    async with here.browser() as browser:
        await opened(browser, links[1][1])
        await browser.presses("Send", **{"A note to yourself": "second"})
        assert browser.sees("second") or browser.status == 200
        await opened(browser, link(bo))
        await browser.presses("Send", **{"How are you right now?": "5", "A note": "third"})
    kept = await here.home.storage.checkins.latest(ref_of("Ana"), 9)
    assert [entry.note for entry in sorted(kept, key=lambda entry: entry.at)] == ["", "second"]
    assert [e.note for e in await here.home.storage.checkins.latest(ref_of("Bo"), 9)] == ["third"]


async def test_a_page_outlives_the_process(tmp_path: Path) -> None:
    async with fake_discord() as fake:
        async with kept_in(tmp_path) as storage, both(fake, storage, tmp_path) as here:
            ana = await here.home.member("Ana")
            await ana.types("/checkin")
            guild, path = here.home.guild, link(ana)
        async with kept_in(tmp_path) as storage, both(fake, storage, tmp_path, guild) as here:
            browser = await Browser(here.room.address).__aenter__()
            await opened(browser, path)
            page = browser.html
            await browser.__aexit__(None, None, None)
        async with kept_in(tmp_path) as storage, both(fake, storage, tmp_path, guild) as here:
            async with here.browser() as browser:
                browser.html = page
                await browser.presses("Send", **{"How are you right now?": "2"})
                assert browser.sees("Thank you")
            assert len(await storage.checkins.latest(ref_of("Ana"), 9)) == 1


@pytest.mark.parametrize("stage", ["the link", "the page"])
async def test_who_is_forgotten_meanwhile_has_no_page(here: Both, stage: str) -> None:
    ana = await here.home.member("Ana")
    await ana.types("/checkin")
    async with here.browser() as browser:
        await browser.opens(link(ana))
        if stage == "the page":
            await browser.presses("Open it")
        await here.home.storage.units.commit(here.home.storage.forget(ref_of("Ana")))
        await browser.presses("Send" if stage == "the page" else "Open it")
        assert browser.status == 410
    assert not await here.home.storage.db.read("SELECT 1 FROM errands")


async def test_a_yes_that_was_taken_back_meanwhile_is_asked_for_once_more(here: Both) -> None:
    ana = await here.home.member("Ana")
    await ana.types("/checkin")
    path = link(ana)
    async with here.browser() as browser:
        await opened(browser, path)
        await ana.clicks(ana.shown()[-1], "people.withdraw:checkins")
        await browser.presses("Send", **{"How are you right now?": "2", "A note": "still here"})
        await browser.presses("Yes, keep it")
        assert browser.sees("Thank you")
    await ana.types("/checkins")
    assert ana.sees("still here")


async def test_what_is_put_away_stays_away(here: Both) -> None:
    ana = await here.home.member("Ana")
    await ana.types("/checkin")
    async with here.browser() as browser:
        await browser.opens("/")
        await browser.presses("Put away")
        await browser.opens(link(ana))
        assert not browser.sees("Open it")


async def test_without_an_address_nothing_private_is_asked(
    storage: Storage, tmp_path: Path
) -> None:
    async with fake_discord() as fake, both(fake, storage, tmp_path, public="") as here:
        ana = await here.home.member("Ana")
        await ana.types("/checkin")
        assert not ana.dialog
        assert ana.sees("a page of our own only")
        assert ana.can_press("Someone to talk to now")


@asynccontextmanager
async def kept_in(folder: Path) -> AsyncIterator[Storage]:
    """As a process has it, from its start to its end."""
    keys = Keys(folder / KEYS, INSTANCE_KEY)
    await keys.open()
    db = Database(folder / HOUSE, keys.main)
    await db.open()
    storage = Storage(db, keys, Hour())
    await storage.wake_up(storage.now())
    try:
        yield storage
    finally:
        await db.close()
        await keys.close()
