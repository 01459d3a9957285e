"""A web room that really listens, with people in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.config.settings import Web as Config
from bot.core.actions import Cog
from bot.core.app import App
from bot.core.cards import Card
from bot.core.model import Group, Person, Place
from bot.core.rooms import Post
from bot.core.text import Plain
from bot.platforms.web import WebRoom
from bot.platforms.web.words import passphrase
from cogs import build
from storage import Storage
from tests.browser import Browser
from tests.room import HOME, PURPOSES, Hour

LONG = timedelta(days=1)


class Watch:
    """The test's clock, as the port wants it."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def now(self) -> datetime:
        return self._storage.now()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@dataclass
class House:
    """The web room, its storage, and whoever comes."""

    room: WebRoom
    storage: Storage
    browsers: list[Browser] = field(default_factory=list)
    posts: int = 0

    @property
    def base(self) -> str:
        return self.room.address

    def later(self, by: timedelta) -> None:
        assert isinstance(self.storage.now, Hour)
        self.storage.now.at += by

    async def stranger(self, language: str = "en") -> Browser:
        """Somebody nobody knows."""
        browser = await Browser(self.base, language).__aenter__()
        self.browsers.append(browser)
        return browser

    async def link(self, kind: str, group: str = "") -> str:
        """The path of a new one-time link."""
        made = self.storage.codes.make(kind, "", group, self.storage.now(), LONG)
        await self.storage.units.commit((made[1],))
        return self.room.link(made[0]).removeprefix(self.base)

    async def guest(self, group: Group = HOME, word: str = "", language: str = "en") -> Browser:
        """Somebody who came in by an invitation and has not joined."""
        await self.founded(group)
        browser = await self.stranger(language)
        await browser.opens(await self.link("invite", group.ref))
        fields: dict[str, str | list[str]] = {"new": passphrase()}
        await browser.presses("Come in", **fields | ({"word": word} if word else {}))
        assert browser.status == 200, browser.html
        return browser

    async def member(
        self, name: str, group: Group = HOME, zone: str = "UTC", language: str = "en"
    ) -> Browser:
        """Somebody who has joined."""
        browser = await self.guest(group)
        visit = await self.storage.web.visit(browser.cookie, self.storage.now())
        assert visit
        person = Person(f"ref-{name}", name, zone, language, consents=PURPOSES)
        unit = self.storage.people.join(visit.account, person)
        unit += self.storage.groups.enter(group, person, self.storage.now())
        await self.storage.units.commit(unit)
        await browser.opens("/")
        return browser

    async def founded(self, group: Group = HOME) -> None:
        if not await self.storage.groups.door(Place("web", group.ref)):
            unit = self.storage.groups.found(group, Place("web", group.ref), self.storage.now())
            await self.storage.units.commit(unit)

    async def account(self, browser: Browser) -> str:
        """The id of whoever is signed in there."""
        visit = await self.storage.web.visit(browser.cookie, self.storage.now())
        assert visit
        return visit.account.id

    async def posts_card(self, words: str, to: Place | None = None) -> str:
        """The outbox brings a card to a place; the key of the deed."""
        self.posts += 1
        place, key = to or Place("web", HOME.ref), f"test/{self.posts}"
        await self.room.do(key, place, Post(place, Card((Plain(words),), private=place.private)))
        return key


@asynccontextmanager
async def open_house(
    storage: Storage, *more: Cog, config: Config | None = None, help_only: bool = False
) -> AsyncIterator[House]:
    room = WebRoom(
        config or Config(port=0), None if help_only else storage.web_ports, Watch(storage)
    )
    app = App([*build(storage), *more], storage.ports)
    serving = asyncio.create_task(room.serve(app))
    ready = asyncio.create_task(room.ready.wait())
    await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
    house = House(room, storage)
    try:
        if serving.done():
            serving.result()
        yield house
    finally:
        ready.cancel()
        for browser in house.browsers:
            await browser.__aexit__(None, None, None)
        serving.cancel()
        await asyncio.wait({serving})
