"""The house of the demo: the real parts, one web room on loopback, and a clock to move."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot import clock as time
from bot import outbox
from bot.cellar import CannotStart
from bot.config import Config
from bot.core.app import App
from bot.demo.bar import Bar
from bot.demo.clock import MovedClock
from bot.demo.parts import PARTS
from bot.demo.people import PEOPLE
from bot.demo.village import GROUP, Happens, Village, before
from bot.platforms.web import CannotListen, WebRoom
from bot.platforms.web.reader import Reader
from bot.supervise import keep
from cogs import build
from storage import Storage

log = logging.getLogger(__name__)

TIDY = 600.0
"""Seconds between two rounds of forgetting what is to be forgotten."""
LOOK = 0.01
SETTLES = 3.0
"""Seconds that what falls due at an instant is waited for."""
LONGEST = 12.0
"""Seconds that a whole move takes; then the clock is put where it was to go at once."""


class Demo:
    def __init__(self, config: Config, storage: Storage, clock: MovedClock) -> None:
        self._storage, self._clock = storage, clock
        self._turn = asyncio.Lock()
        self.bar = Bar(storage, clock, self.move)
        home = Reader(config.language, GROUP.zone)
        self._web = WebRoom(config.web, storage.web_ports, clock, home, self.bar)
        self._app = App(build(storage, config, self._web), storage.ports, config.language)

    async def serve(self, opens: datetime, say: Callable[[str], None]) -> None:
        """Until cancelled; `say` gets the address. Raises CannotStart, in a group."""
        storage, clock, web = self._storage, self._clock, self._web
        wakes = storage.units.wakes
        await storage.wake_up(clock.now())
        parts = (
            partial(time.run, self._app, storage.schedule, clock, wakes["clock"]),
            partial(outbox.run, self._app, storage.outbox, {web.name: web}, clock, wakes["outbox"]),
            self._tidy,
        )
        async with asyncio.TaskGroup() as tasks:
            for part in parts:
                tasks.create_task(keep(part, clock))
            await self._fill(Village(storage, GROUP, PEOPLE, opens))
            tasks.create_task(self._listen())
            await web.ready.wait()
            say(web.address)

    async def move(self, to: datetime) -> None:
        """Put the clock forward, by way of every instant at which something falls due, so that
        all of it has happened when this is over."""
        async with self._turn:
            loop = asyncio.get_running_loop()
            ends = loop.time() + LONGEST
            while loop.time() < ends:
                at = await self._storage.waiting.next(self._clock.now())
                if at is None or at >= to:
                    break
                await self._step(at)
            await self._step(to)

    async def _fill(self, village: Village) -> None:
        for part in PARTS:
            await self._storage.units.commit(await part.puts(village))
        happens = [one for part in PARTS for one in part.happens(village)]
        await self._storage.keys.turn(before(village.opens))
        self._clock.put(before(village.opens))
        for one in sorted(happens, key=_hour):
            await self.move(one.at)
            await one.does()
        await self.move(village.opens)

    async def _step(self, to: datetime) -> None:
        storage = self._storage
        await storage.keys.turn(max(to, self._clock.now()))
        self._clock.put(to)
        storage.units.wakes["outbox"].set()
        ends = asyncio.get_running_loop().time() + SETTLES
        while await storage.waiting.due(self._clock.now()):
            if asyncio.get_running_loop().time() > ends:
                log.warning("demo.unsettled")
                return
            storage.units.wakes["clock"].set()
            await asyncio.sleep(LOOK)

    async def _listen(self) -> None:
        try:
            await self._web.serve(self._app)
        except CannotListen as trouble:
            raise CannotStart(str(trouble)) from None

    async def _tidy(self) -> None:
        while True:
            await self._storage.tidy(self._clock.now())
            await self._clock.sleep(TIDY)


def _hour(one: Happens) -> datetime:
    return one.at
