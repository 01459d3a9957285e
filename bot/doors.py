"""The doors that are configured: made, kept open, and shut alone when one must be mended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from bot import inbox
from bot.cellar import CannotStart
from bot.config import Config
from bot.core.app import App
from bot.core.errors import DoorShut
from bot.core.ports import Clock, Platform
from bot.supervise import end, innermost, keep
from storage import Storage
from storage.inbox import Waiting

if TYPE_CHECKING:
    from bot.platforms.web import WebRoom

log = logging.getLogger(__name__)

OPENING = 5.0
"""Seconds in which a door opens, or goes on trying."""

Opens: TypeAlias = Callable[[Config, Storage | None, Clock], Platform]
"""Makes a door; it imports its library then. Without a storage there is someone to talk to now
behind it, and nothing else."""
Handle: TypeAlias = Callable[[Waiting], Awaitable[None]]
Openers: TypeAlias = Mapping[str, Opens]
"""By the section in which each is configured."""


def _discord(config: Config, storage: Storage | None, clock: Clock) -> Platform:
    from bot.platforms.discord import DiscordDoor

    ports = storage.discord_ports if storage else None
    public = config.web.public_url if config.web.enabled else ""
    return DiscordDoor(config.discord, ports, clock, config.data, public)


def _telegram(config: Config, storage: Storage | None, clock: Clock) -> Platform:
    from bot.platforms.telegram.door import Telegram

    if storage is None:
        return Telegram(config.telegram, None, None, clock)
    works, public = partial(_works, storage, clock), config.web.public_url
    return Telegram(config.telegram, storage.telegram_ports, works, clock, public)


async def _works(storage: Storage, clock: Clock, handle: Handle) -> None:
    await inbox.run(storage.inbox, handle, clock, storage.units.wakes["inbox"])


OPENERS: Openers = {"discord": _discord, "telegram": _telegram}
"""The doors beside the web room."""


@runtime_checkable
class Hooked(Protocol):
    """A door to which its platform brings what there is, by way of the web room."""

    @property
    def path(self) -> str:
        """Where; "" when it fetches it instead."""
        ...

    async def takes(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status that is answered."""
        ...


class Doors:
    """The web room, where it is enabled, and each door that has a token.

    `was_open` says that the web room has been open before, so that it is tried again where it
    cannot listen. `tell` is told what the host is to mend; `shut` keeps it by door.
    """

    def __init__(
        self,
        config: Config,
        storage: Storage | None,
        clock: Clock,
        openers: Openers,
        tell: Callable[[str], None],
        *,
        was_open: bool,
    ) -> None:
        self._config, self._clock, self._tell, self._was_open = config, clock, tell, was_open
        self.web = _web_room(config, storage, clock)
        self.others = [openers[name](config, storage, clock) for name in named(config, openers)]
        self.shut: dict[str, str] = {}
        for door in self.others:
            if self.web and isinstance(door, Hooked) and door.path:
                self.web.hooks[door.path] = door.takes

    @property
    def by_name(self) -> dict[str, Platform]:
        return {door.name: door for door in (*self.others, self.web) if door}

    @property
    def troubles(self) -> list[str]:
        """What the host is to mend, in a sentence each."""
        open_yet = (getattr(door, "trouble", "") for door in self.others)
        return [*self.shut.values(), *(said for said in open_yet if said)]

    @property
    def where(self) -> str:
        """Where people find them."""
        return self.web.address if self.web else ", ".join(door.name for door in self.others)

    def opened(self) -> None:
        """The web room listens: if it cannot some other time, that is tried again."""
        self._was_open = True

    async def keep_open(self, app: App) -> None:
        """Until cancelled. Raises CannotStart when the web room cannot listen at the start."""
        try:
            async with asyncio.TaskGroup() as tasks:
                if self.web:
                    tasks.create_task(self._keep_web(self.web, app))
                for door in self.others:
                    tasks.create_task(self._keep(door, app))
        except BaseExceptionGroup as failed:
            raise innermost(failed) from None

    @asynccontextmanager
    async def trying(self, app: App) -> AsyncIterator[bool]:
        """Open while this lasts, as far as they can be; whether the web room listens by now."""
        doors = asyncio.create_task(self.keep_open(app))
        ready = asyncio.create_task(self.web.ready.wait()) if self.web else None
        try:
            if ready:
                first = asyncio.FIRST_COMPLETED
                await asyncio.wait({doors, ready}, timeout=OPENING, return_when=first)
                if doors.done():
                    doors.result()
            yield bool(ready and ready.done())
        finally:
            await end(doors, *([ready] if ready else []))

    async def _keep_web(self, web: WebRoom, app: App) -> None:
        from bot.platforms.web import CannotListen

        async def serve() -> None:
            try:
                await web.serve(app)
            except CannotListen as trouble:
                if not self._was_open:
                    raise CannotStart(str(trouble)) from None
                self._tell(str(trouble))
                raise

        await keep(serve, self._clock, but=CannotStart)

    async def _keep(self, door: Platform, app: App) -> None:
        """One that its host has to mend stays shut until the next start."""
        try:
            await keep(partial(door.serve, app), self._clock, but=DoorShut)
        except DoorShut as trouble:
            log.critical("house.door_shut", extra={"door": door.name})
            self.shut[door.name] = str(trouble)
            self._tell(str(trouble))


def named(config: Config, openers: Openers) -> list[str]:
    """The doors that have a token."""
    return [name for name in openers if getattr(config, name).token]


def _web_room(config: Config, storage: Storage | None, clock: Clock) -> WebRoom | None:
    if not config.web.enabled:
        return None
    from bot.platforms.web import WebRoom
    from bot.platforms.web.reader import Reader

    ports = storage.web_ports if storage else None
    return WebRoom(config.web, ports, clock, Reader(config.language, config.zone))
