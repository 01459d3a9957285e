"""A house with a Telegram door: the real library, our transport, real sockets; people type."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot import clock, inbox, outbox
from bot.config.settings import Telegram as Config
from bot.core.actions import Cog
from bot.core.app import App
from bot.core.model import Account, Group, Person, Place
from bot.core.pacing import Gate
from bot.platforms.telegram.door import Handle, Telegram, Waiting, Works
from bot.platforms.telegram.places import shared
from cogs import build
from storage import Storage
from tests.fakes.telegram import TOKEN, TelegramServer, telegram_server
from tests.fakes.telegram_people import Someone, group
from tests.fakes.telegram_world import Chat, Given, World
from tests.room import HOME, PURPOSES, ref_of
from tests.web_house import Watch

RESTS = 20.0


@dataclass
class TelegramHouse:
    """The door, what lies behind it and who stands before it."""

    server: TelegramServer
    storage: Storage
    app: App
    door: Telegram
    busy: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when nothing is performed any more."""
    delivers: bool = True
    """Whether the outbox runs here; else whoever tests delivers."""
    people: dict[str, Someone] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.server.world

    def guest(self, name: str, language: str = "en") -> Someone:
        """Somebody who has not joined, nor written to the bot."""
        if name not in self.people:
            number = 500 + len(self.people)
            self.people[name] = Someone(self.world, number, name, language)
        return self.people[name]

    async def person(self, name: str, zone: str = "UTC", language: str = "en") -> Someone:
        """Somebody who has joined, and opened the chat with the bot."""
        someone = self.guest(name, language)
        self.world.started.add(someone.id)
        joined = Person(ref_of(name), name, zone, language, consents=PURPOSES)
        unit = self.storage.people.join(Account("telegram", str(someone.id)), joined)
        if await self.storage.groups.any():
            unit += self.storage.groups.enter(HOME, joined, self.storage.now())
        await self.storage.units.commit(unit)
        return someone

    async def group(self, *people: Someone, founded: Group | None = HOME, **how: Any) -> Chat:
        """A group on Telegram, with its door here."""
        chat = group(self.world, "Harbour Street", *people, **how)
        if founded:
            unit = self.storage.groups.found(founded, shared(chat.id), self.storage.now())
            await self.storage.units.commit(unit)
        return chat

    async def rests(self) -> None:
        """Until all that came was confirmed and performed, and all that followed is delivered."""
        async with asyncio.timeout(RESTS):
            while await self._is_busy():
                continue  # reading is waiting

    async def passes(self) -> None:
        """The clock looks once; what it finds is done."""
        await clock.tick(self.app, self.storage.schedule, self.storage.now())
        await self.rests()

    async def _is_busy(self) -> bool:
        before = bool(self.world.updates or self.busy)
        await self.server.until(lambda: not self.world.updates)
        while self.busy:
            self.idle.clear()
            await self.idle.wait()
        [row] = await self.storage.db.read(
            "SELECT (SELECT count(*) FROM inbox WHERE state IN ('waiting', 'claimed')) AS come,"
            " (SELECT count(*) FROM inbox WHERE state IN ('waiting', 'claimed'))"
            " + (SELECT count(*) FROM outbox WHERE turn IS NOT NULL"
            " AND (next_at <= :now OR state <> 'pending')) AS n",
            now=int(self.storage.now().timestamp() * 1000),
        )
        return bool(before or (row["n"] if self.delivers else row["come"]) or self.busy)

    async def types(self, who: Someone, *lines: str) -> None:
        for line in lines:
            who.types(line)
            await self.rests()

    async def presses(self, who: Someone, *labels: str) -> None:
        for label in labels:
            who.presses(label)
            await self.rests()


def words(message: Given) -> str:
    return str(message.get("text") or message.get("caption") or "")


def labels(message: Given) -> list[str]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


@asynccontextmanager
async def telegram_house(
    storage: Storage,
    *more: Cog,
    world: World | None = None,
    gates: dict[str, Gate] | None = None,
    app: App | None = None,
    delivers: bool = True,
    **config: Any,
) -> AsyncIterator[TelegramHouse]:
    async with telegram_server(world) as server:
        watch = Watch(storage)

        async def works(handle: Handle) -> None:
            async def counted(waiting: Waiting) -> None:
                house.busy += 1
                try:
                    await handle(waiting)
                finally:
                    house.busy -= 1
                    house.idle.set()

            await inbox.run(storage.inbox, counted, watch, storage.units.wakes["inbox"])

        door = door_to(server, storage, works, **config)
        app = app or App([*build(storage, doors={door.name: door}), *more], storage.ports)
        house = TelegramHouse(server, storage, app, door, delivers=delivers)
        doors, wake = {door.name: door}, storage.units.wakes["outbox"]
        run = partial(outbox.run, app, storage.outbox, doors, watch, wake, gates=gates or {})
        tasks = [asyncio.create_task(door.serve(app))]
        tasks += [asyncio.create_task(run())] if delivers else []
        try:
            await _ready(door, tasks[0])
            yield house
            if tasks[0].done():
                tasks[0].result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def door_to(
    server: TelegramServer, storage: Storage, works: Works | None, token: str = TOKEN, **config: Any
) -> Telegram:
    """Without `works` it has no database behind it."""
    given = Config(token=token, address=f"http://127.0.0.1:{server.port}", **config)
    ports = storage.telegram_ports if works else None
    return Telegram(given, ports, works, Watch(storage))


async def idle(handle: Handle) -> None:
    """Performs nothing of what was stored."""
    await asyncio.Event().wait()


async def _ready(door: Telegram, serving: asyncio.Task[None]) -> None:
    ready = asyncio.create_task(door.ready.wait())
    await asyncio.wait({ready, serving}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    if serving.done():
        serving.result()


def place(chat: Chat) -> Place:
    return shared(chat.id)
