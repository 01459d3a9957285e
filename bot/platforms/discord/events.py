"""What happens on Discord beside commands: told to the features, in order, where it is a door's."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from itertools import count
from typing import Protocol, TypeAlias

from bot.core import rooms
from bot.core.app import App
from bot.core.model import Account, Origin, Place, Via
from bot.core.ports import Clock
from bot.platforms.discord.ports import DiscordPorts
from bot.platforms.discord.render import NAME

log = logging.getLogger(__name__)

NOBODY = Account(NAME, "")


@dataclass(frozen=True, slots=True)
class Here:
    """We know where we are: what was lost while nobody looked is seen now."""


@dataclass(frozen=True, slots=True)
class Left:
    """We are in this server no more."""

    server: str


Event: TypeAlias = rooms.Event | Here | Left


class Map(Protocol):
    """Where we are, as far as Discord has told us."""

    def is_there(self, where: Place) -> bool: ...
    def is_in(self, server: str) -> bool: ...
    def above(self, where: Place) -> Place:
        """The channel of a thread; of anything else itself."""
        ...


class Events:
    """One after the other."""

    def __init__(self, app: App, ports: DiscordPorts, clock: Clock, map: Map) -> None:
        self._app, self._ports, self._clock, self._map = app, ports, clock, map
        self._waiting: asyncio.Queue[Event] = asyncio.Queue()
        self._numbers = count()
        self.looked = asyncio.Event()
        """Set when what was lost while nobody looked has been seen."""

    def happened(self, event: Event) -> None:
        self._waiting.put_nowait(event)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            event = await self._waiting.get()
            try:
                await self._notice(event)
            except Exception:
                log.exception("discord.event_failed")
            finally:
                self._waiting.task_done()

    async def settled(self) -> None:
        """Until all that has happened so far is noticed."""
        await self._waiting.join()

    async def _notice(self, event: Event) -> None:
        match event:
            case Here():
                await self._look_round()
                self.looked.set()
            case Left(server):
                await self._ports.units.commit(self._ports.servers.leave(server))
            case _:
                await self._tell(event)

    async def _look_round(self) -> None:
        for server, group in await self._ports.servers.all():
            doors = await self._ports.groups.doors(group)
            for place in dict.fromkeys(each for some in doors.values() for each in some):
                if place.platform == NAME and not self._map.is_there(place):
                    await self._tell(rooms.DoorLost(place))
            if not self._map.is_in(server):
                await self._ports.units.commit(self._ports.servers.leave(server))

    async def _tell(self, event: rooms.Event) -> None:
        """What happens in a place that is nobody's door is nothing to us."""
        if isinstance(event, rooms.Done):
            return
        doors = dict.fromkeys((event.place, self._map.above(event.place)))
        if not any([await self._ports.groups.door(place) for place in doors]):
            return
        cause = f"{NAME}:event:{self._clock.now().timestamp():.3f}:{next(self._numbers)}"
        now = self._clock.now()
        await self._app.notice(event, Origin(NOBODY, event.place, now, cause, Via.CLOCK))
