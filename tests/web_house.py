"""A web room that really listens, with people in it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from bot import outbox
from bot.config import Config as Whole
from bot.config.settings import Web as Config
from bot.core.actions import Cog, action, command
from bot.core.app import App
from bot.core.cards import Answer, Button, Call, Card, Choice, Field, Page
from bot.core.decide import Who
from bot.core.model import Account, Context, Group, Person, Place
from bot.core.rooms import Post
from bot.core.text import Day, Link, Moment, Plain, Strong
from bot.platforms.web import WebRoom, passphrase
from bot.platforms.web.passphrase import NOBODY
from bot.platforms.web.sessions import new_token
from bot.platforms.web.words import sign_in_word
from cogs import build
from storage import Storage
from tests.browser import Browser
from tests.room import HOME, PURPOSES, Hour

passphrase.COST = 2**4  # a try takes no time; what it takes in earnest test_web_words.py knows

LONG = timedelta(days=1)
WORD, PASS = "quiet-lamp-42", "four small words here"
MONTHS = tuple(Choice(n, f"Month {n}") for n in range(1, 13))


class Toy(Cog):
    """Everything that a page must be able to ask and to show."""

    name = "toy"

    def __init__(self) -> None:
        self.causes: list[str] = []
        self.fields: dict[str, object] = {}

    @command("Ask for everything", who=Who.ANYONE)
    async def everything(
        self,
        ctx: Context,
        word: Annotated[str, Field("One word?", hint="Any word.", longest=20)],
        often: Annotated[int, Field("How often?", least=1, most=9)],
        day: Annotated[date, Field("Which day?")],
        hour: Annotated[time, Field("At what time?")],
        zone: Annotated[ZoneInfo, Field("In which zone?")],
        sure: Annotated[bool, Field("Are you sure?")],
        month: Annotated[int, Field("Which month?", choices=MONTHS)],
        more: Annotated[str, Field("Anything else?", long=True, private=True)] = "",
    ) -> Answer:
        self.fields = {k: v for k, v in locals().items() if k not in ("self", "ctx")}
        self.causes.append(ctx.cause)
        return Card(ctx.t("All of it is here."))

    @command("Say it to all", who=Who.ANYONE, shared=True)
    async def aloud(self, ctx: Context, words: Annotated[str, Field("What?")]) -> Answer:
        return Card((Plain(words),), words, ((words, (Strong(words),)),))

    @action("Settle it for all", who=Who.ANYONE, shared=True)
    async def settle(self, ctx: Context) -> Answer:
        return Card((Plain("It is settled."),), replaces=True)

    @action("Keep it to myself", who=Who.ANYONE)
    async def keep(self, ctx: Context) -> Answer:
        return Card((Plain("It is kept."),), replaces=True)

    @command("When is it", who=Who.ANYONE)
    async def when(self, ctx: Context) -> Answer:
        return Card((Moment(datetime(2026, 7, 1, 18, tzinfo=UTC)), Day(date(2026, 7, 1))))

    @command("Links", who=Who.ANYONE)
    async def links(self, ctx: Context) -> Answer:
        urls = ("https://example.org/a", "javascript:alert(1)", "//evil.example", "/now")
        return Card(tuple(Link(url, url) for url in urls))

    @command("A list", who=Who.ANYONE)
    async def listed(self, ctx: Context) -> Answer:
        return Page("listed", {"rows": ["one"], "day": ctx.today}, Card((Plain("One row."),)))

    @command("It breaks", who=Who.ANYONE)
    async def breaks(self, ctx: Context) -> Answer:
        raise RuntimeError("a secret that nobody may read")


class Watch:
    """The test's clock, as the port wants it. Nobody sleeps by it: whoever would lets the others
    go first, and looks what time the test has made it."""

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
    toy: Toy
    app: App
    serving: asyncio.Task[None]
    browsers: list[Browser] = field(default_factory=list)
    posts: int = 0

    @property
    def base(self) -> str:
        return self.room.address

    async def closes(self) -> None:
        """As at the end of the process."""
        self.serving.cancel()
        await asyncio.wait({self.serving})

    async def delivers(self) -> None:
        """The outbox does what it finds."""
        doors = {self.room.name: self.room}
        while await outbox.deliver(self.app, self.storage.outbox, doors, self.storage.now()):
            pass

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

    async def guest(self, group: Group = HOME, language: str = "en") -> Browser:
        """Somebody who came in by an invitation, a while ago, and has not joined."""
        await self.founded(group)
        browser, now, web = await self.stranger(language), self.storage.now(), self.storage.web
        account, browser.cookie = Account("web", secrets.token_urlsafe(9)), new_token()
        unit = (web.make(account, sign_in_word(), NOBODY, now), web.admit(account, group.ref))
        begun = web.begin(browser.cookie, account, group.ref, now)
        await self.storage.units.commit((*unit, begun))
        await browser.opens("/room")
        return browser

    async def member(
        self, name: str, group: Group = HOME, zone: str = "UTC", language: str = "en"
    ) -> Browser:
        """Somebody who has joined."""
        browser = await self.guest(group)
        visit = await self.storage.web.visit(browser.cookie, self.storage.now())
        assert visit
        ref = f"ref-{name}".replace("/", "-")  # which a reference never has in it
        person = Person(ref, name, zone, language, consents=PURPOSES)
        unit = self.storage.people.join(visit.account, person)
        unit += self.storage.groups.enter(group, person, self.storage.now())
        await self.storage.units.commit(unit)
        await browser.opens("/room")
        return browser

    async def founded(self, group: Group = HOME) -> None:
        if not await self.storage.groups.door(Place("web", group.ref)):
            unit = self.storage.groups.found(group, Place("web", group.ref), self.storage.now())
            await self.storage.units.commit(unit)

    async def own(self, browser: Browser) -> Place:
        """Where whoever is signed in there is written to alone."""
        visit = await self.storage.web.visit(browser.cookie, self.storage.now())
        assert visit
        return Place("web", visit.account.id, private=True)

    async def posts_card(
        self, words: str, to: Place | None = None, button: str = "", key: str = ""
    ) -> str:
        """The outbox brings a card to a place; the receipt."""
        self.posts += 1
        place, key = to or Place("web", HOME.ref), key or f"test/{self.posts}"
        buttons = (Button("Press me", Call(button)),) if button else ()
        card = Card((Plain(words),), buttons=buttons, private=place.private)
        return await self.room.do(key, place, Post(place, card))


@asynccontextmanager
async def open_house(
    storage: Storage, *, config: Config | None = None, help_only: bool = False
) -> AsyncIterator[House]:
    config, toy = config or Config(port=0), Toy()
    room = WebRoom(config, None if help_only else storage.web_ports, Watch(storage))
    whole = Whole(data=Path("nowhere"), web=config)
    app = App([*build(storage, whole, room), toy], storage.ports)
    serving = asyncio.create_task(room.serve(app))
    ready = asyncio.create_task(room.ready.wait())
    await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
    house = House(room, storage, toy, app, serving)
    try:
        if serving.done():
            serving.result()
        yield house
    finally:
        ready.cancel()
        for browser in house.browsers:
            await browser.__aexit__(None, None, None)
        await house.closes()


async def signs_in(browser: Browser, word: str = WORD, secret: str = PASS) -> None:
    await browser.opens("/room")
    await browser.presses("Sign in", word=word, passphrase=secret)


async def comes_in(house: House, word: str = WORD, secret: str = PASS) -> Browser:
    """By an invitation."""
    await house.founded()
    browser = await house.stranger()
    await browser.opens(await house.link("invite", HOME.ref))
    await browser.presses("Come in", word=word, new=secret)
    return browser
