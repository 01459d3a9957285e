"""The Discord door, with the real client, against the fake; and a group behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import outbox
from bot.config import Config as Whole
from bot.config.settings import Discord as Config
from bot.config.settings import Web
from bot.core.actions import Cog
from bot.core.app import App
from bot.core.model import Account, Group, Person, Place
from bot.doors import OPENERS
from bot.platforms.discord import DiscordDoor, client
from cogs import build
from storage import Storage
from tests.fakes.discord import TOKEN, FakeDiscord, Someone
from tests.fakes.discord.world import Json
from tests.room import HOME, PURPOSES, ref_of
from tests.web_house import Watch

client.STILL = 0.01  # the fake tells of all its servers at once

PATIENCE = 20.0


@dataclass
class Home:
    """A server with one channel, which is the group's door."""

    fake: FakeDiscord
    door: DiscordDoor
    app: App
    storage: Storage
    guild: Json
    channel: Json
    serving: asyncio.Task[None]

    @property
    def place(self) -> Place:
        return Place("discord", self.channel["id"])

    def guest(self, name: str, *, host: bool = False) -> Someone:
        return self.fake.person(name, self.guild, host=host)

    async def founded(self, group: Group = HOME) -> None:
        if not await self.storage.groups.door(self.place):
            found = self.storage.groups.found(group, self.place, self.storage.now())
            await self.storage.units.commit(found)

    async def member(self, name: str, zone: str = "UTC", language: str = "en") -> Someone:
        """Somebody who has joined, and agreed to everything they were asked."""
        await self.founded()
        made = self.guest(name)
        person = Person(ref_of(name), name, zone, language, consents=PURPOSES)
        unit = self.storage.people.join(Account("discord", made.id), person)
        unit += self.storage.groups.enter(HOME, person, self.storage.now())
        await self.storage.units.commit(unit)
        return made

    async def delivers(self) -> int:
        """The outbox brings what waits."""
        now = self.storage.now()
        return await outbox.deliver(self.app, self.storage.outbox, {"discord": self.door}, now)


@asynccontextmanager
async def at_home(
    fake: FakeDiscord,
    storage: Storage,
    folder: Path,
    *more: Cog,
    config: Config | None = None,
    public: str = "",
    help_only: bool = False,
    guild: Json | None = None,
) -> AsyncIterator[Home]:
    if guild is None:
        guild = fake.world.guild()
        fake.world.channel(guild["id"], "general")
    channel = next(c for c in fake.world.channels.values() if c.get("guild_id") == guild["id"])
    settings = config or Config(token=TOKEN, address=fake.address)
    whole = Whole(data=folder, discord=settings, web=Web(public_url=public))
    door = OPENERS["discord"](whole, None if help_only else storage, Watch(storage))
    assert isinstance(door, DiscordDoor)
    app = App([*build(storage, doors={"discord": door}), *more], storage.ports)
    serving = asyncio.create_task(door.serve(app))
    home = Home(fake, door, app, storage, guild, channel, serving)
    try:
        await is_ready(home)
        yield home
    finally:
        serving.cancel()
        await asyncio.wait({serving})


async def is_ready(home: Home) -> None:
    """Connected, and its commands are told."""
    ready = asyncio.ensure_future(home.door.opened())
    async with asyncio.timeout(PATIENCE):
        await asyncio.wait({ready, home.serving}, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    if home.serving.done():
        home.serving.result()
