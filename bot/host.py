"""The house: everything is put together here, kept going, and changed while it stands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from msgspec.structs import replace

from bot import clock as time
from bot import outbox
from bot.cellar import (
    RUNNING,
    CannotStart,
    back_up,
    closed,
    opened,
    put_back,
    sentence,
    socket_of,
)
from bot.config import Config
from bot.control import Control, Refused, Told, Verb
from bot.core.app import App
from bot.core.ports import Clock
from bot.doors import OPENERS, OPENING, Doors, Openers, named
from bot.locks import Held, Lock
from bot.supervise import end, innermost, is_ending, keep, until_over
from cogs import build
from cogs.now import NowCog
from cogs.readings.library import packs
from storage import Storage, engine
from storage.backup import verify
from storage.engine import CannotUse
from storage.keys import expire

log = logging.getLogger(__name__)

TIDY = 600.0
"""Seconds between two rounds of forgetting what is to be forgotten."""
FOUNDING = timedelta(days=1)
"""How long a founding link is good for; the next start prints another."""

NO_DOOR = "There is no door to be opened: set web.enabled to true, or give a door its token."
OPEN = "Homegroup is open: {where}"
DEMO = "To look around first, among people who are made up: `python3 run.py demo`."
SHUT = "The database cannot be used at the moment; `homegroup doctor` says why."
UNEXPECTED = "Something is wrong that nobody thought of. The log says where: house.help_only."

Say: TypeAlias = Callable[[str], None]


class Host:
    """One process: opens the house, keeps its doors open, and changes what lies under them.

    Where the lock could not be taken yet it is taken before anything is opened.
    """

    def __init__(
        self,
        config: Config,
        environ: Mapping[str, str],
        clock: Clock,
        say: Say,
        lock: Lock,
        *,
        found: bool,
        look_again: float,
        openers: Openers = OPENERS,
    ) -> None:
        self._config, self._environ, self._clock = config, environ, clock
        self._say, self._lock, self._found, self._look_again = say, lock, found, look_again
        self._openers, self._was_open, self._said = openers, False, ""
        self._doors: Doors | None = None
        self._storage: Storage | None = None
        self._why = ""
        """Why there is none."""
        self._life: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()
        self._settled = asyncio.Event()
        """Set when it is open, or it is known why not."""

    async def serve(self) -> None:
        """Until cancelled. Raises CannotStart when a door cannot be opened at the start."""
        if not (self._config.web.enabled or named(self._config, self._openers)):
            raise CannotStart(NO_DOOR)
        control: list[asyncio.Task[None]] = []
        try:
            while True:
                async with self._changing:
                    self._life = asyncio.create_task(self._live())
                if self._lock.held and not control:
                    listen = Control(socket_of(self._config), self._verbs).serve
                    control.append(asyncio.create_task(keep(listen, self._clock)))
                await until_over(self._life)
        finally:
            await end(*control)

    async def _live(self) -> None:
        """Until cancelled while all is well; over when a database that could not be used can."""
        try:
            async with self._house() as storage:
                self._storage = storage
                await self._open_doors(storage)
        except Exception as error:
            if is_ending():
                log.exception("house.ended_badly")
                raise asyncio.CancelledError from None
            self._storage, trouble = None, innermost(error)
            if isinstance(trouble, CannotStart):
                raise trouble from None
            await self._help_only(trouble)
        finally:
            self._storage = None

    @asynccontextmanager
    async def _house(self) -> AsyncIterator[Storage]:
        self._lock.take()
        async with opened(self._config, self._environ, self._clock.now) as storage:
            with engine.refusing(storage.db.path, storage.db.key):
                await storage.wake_up(self._clock.now())
            yield storage

    async def _open_doors(self, storage: Storage) -> None:
        doors, clock = self._made(storage), self._clock
        app = App(
            build(storage, self._config, doors.web, doors.by_name),
            storage.ports,
            self._config.language,
        )
        wakes, copies = storage.units.wakes, self._config.keys.copies
        parts = (
            partial(time.run, app, storage.schedule, clock, wakes["clock"]),
            partial(outbox.run, app, storage.outbox, doors.by_name, clock, wakes["outbox"]),
            partial(self._now_and_then, partial(_tidy, storage)),
            partial(self._now_and_then, partial(_expire, copies)),
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(doors.keep_open(app))
            for part in parts:
                tasks.create_task(keep(part, clock))
            tasks.create_task(asyncio.to_thread(packs, self._config.readings.packs))
            if doors.web:
                await doors.web.ready.wait()
            await self._welcome(storage, doors)

    def _made(self, storage: Storage | None) -> Doors:
        self._doors = Doors(
            self._config,
            storage,
            self._clock,
            self._openers,
            self._tell,
            was_open=self._was_open,
        )
        return self._doors

    def _opened(self, doors: Doors) -> None:
        """From now on the web room is found at this address, whatever happens in between."""
        if doors.web:
            doors.opened()
            web = replace(self._config.web, port=doors.web.port)
            self._was_open, self._config = True, replace(self._config, web=web)

    async def _welcome(self, storage: Storage, doors: Doors) -> None:
        """Where there is no web room there is no founding link: /setup founds behind each door."""
        self._opened(doors)
        unit, lines = storage.codes.end("found"), [OPEN.format(where=doors.where)]
        if (web := doors.web) and (self._found or not await storage.groups.any()):
            secret, kept = storage.codes.make("found", "", "", self._clock.now(), FOUNDING)
            unit = (*unit, kept)
            if not self._found:
                lines.append(DEMO)
            lines.append(f"To found your group, open this once, within a day: {web.link(secret)}")
        await storage.units.commit(unit)
        for line in lines:
            self._tell(line)
        self._settled.set()

    async def _help_only(self, trouble: BaseException) -> None:
        """Answer /now at every door, until more is possible."""
        async with self._porch() as doors:
            found: BaseException | None = trouble
            while found:
                self._complain(found, doors)
                await self._clock.sleep(self._look_again)
                found = await self._trouble()

    async def _trouble(self) -> Exception | None:
        """What is in the way of opening the house."""
        try:
            async with self._house():
                return None
        except Exception as trouble:
            return trouble

    def _complain(self, trouble: BaseException, doors: Doors) -> None:
        code, known = "unexpected", isinstance(trouble, CannotUse | OSError | Held)
        if isinstance(trouble, CannotUse | OSError):
            code = trouble.code if isinstance(trouble, CannotUse) else "no_access"
            self._why = sentence(trouble)
        elif isinstance(trouble, Held):
            code, self._why = "held", RUNNING.format(folder=self._config.data)
        else:
            self._why = UNEXPECTED
        where = doors.web.address if doors.web else ""
        said = f"Only {where}/now is answered. {self._why}"
        if said != self._said:
            shown = None if known else trouble
            log.critical("house.help_only", extra={"code": code}, exc_info=shown)
        self._tell(said)
        self._settled.set()

    @asynccontextmanager
    async def _porch(self) -> AsyncIterator[Doors]:
        """Every door, with someone to talk to now behind it, and nothing else."""
        doors = self._made(None)
        app = App([NowCog()], closed(self._config).ports, self._config.language)
        async with doors.trying(app) as listens:
            if listens:
                self._opened(doors)
            yield doors

    async def _now_and_then(self, task: Callable[[datetime], Any]) -> None:
        while True:
            await task(self._clock.now())
            await self._clock.sleep(TIDY)

    @property
    def _verbs(self) -> Mapping[str, Verb]:
        verbs = {"backup": self._backup, "restore": self._restore, "status": self._status}
        return {name: _refusing(verb) for name, verb in verbs.items()}

    async def _status(self, given: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
        if self._storage is None:
            return {"open": False, "why": self._why}
        try:
            await self._storage.db.check()
        except CannotUse as trouble:
            return {"open": True, "why": str(trouble)}
        shut = self._doors.troubles if self._doors else []
        return {"open": True, "shut": shut, **await self._storage.counts()}

    async def _backup(self, given: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
        if self._storage is None:
            raise Refused(SHUT)
        return await back_up(self._storage, self._config, self._clock.now(), told)

    async def _restore(self, given: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
        """Closes the house, changes the file, and opens it again; meanwhile there is /now."""
        file = Path(given["backup"])
        if self._storage:  # nobody is sent out for a backup that is of no use
            await verify(file, self._storage.db.key)
        try:
            async with self._changing:
                if self._life:
                    await end(self._life)
                self._settled.clear()
                self._why = "A backup is being put back."
                async with self._porch():
                    now = self._clock.now()
                    return await put_back(self._config, self._environ, file, now, told)
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(OPENING):
                    await self._settled.wait()

    def _tell(self, line: str) -> None:
        """What was said last is not said again."""
        if line != self._said:
            self._said = line
            self._say(line)


def _refusing(verb: Verb) -> Verb:
    async def asked(given: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
        try:
            return await verb(given, told)
        except (CannotUse, OSError) as trouble:
            raise Refused(sentence(trouble)) from None

    return asked


async def _tidy(storage: Storage, now: datetime) -> None:
    await storage.tidy(now)


async def _expire(copies: Path, now: datetime) -> None:
    await asyncio.to_thread(expire, copies, now)
