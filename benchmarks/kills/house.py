"""The process that is killed: the real house on the real disk, with doors to the script.

What it imports is imported once, by a parent that has opened nothing and forks for each life:
the kills are to meet lives, not the half second before them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from benchmarks.kills import broken
from benchmarks.kills.doings import Doings
from benchmarks.kills.door import Door, doors
from benchmarks.kills.points import RANDOM, Points
from benchmarks.kills.wire import Line
from bot import clock, inbox, outbox
from bot.core.actions import Cog
from bot.core.app import App
from cogs.checkins import CheckInCog
from cogs.now import NowCog
from storage import Storage
from storage.database import Database
from storage.keys import Keys

INSTANCE_KEY = bytes(range(32))
LONGEST = 300
"""Seconds; a life that nobody ends ends itself."""
TIDY = 600.0
"""Seconds, as in the server."""
LOOK = 0.05
OPEN = """
    SELECT (SELECT count(*) FROM inbox WHERE state IN ('waiting', 'claimed'))
        + (SELECT count(*) FROM outbox WHERE turn IS NOT NULL)
        + (SELECT count(*) FROM schedule WHERE due_at <= :now AND look_at IS NOT NULL) AS n"""


@dataclass(frozen=True)
class Orders:
    """What a life is to be; as JSON on one line."""

    folder: str
    socket: str
    offset: float
    """Seconds by which its clock is ahead."""
    point: str = RANDOM
    countdown: int = 1
    broken: str = ""
    last: bool = False
    """Whether it lives until there is nothing left to do."""

    def __str__(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class AheadClock:
    offset: float

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.offset, UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@asynccontextmanager
async def opened(folder: Path, clock: AheadClock) -> AsyncIterator[Storage]:
    keys = Keys(folder / "keys.db", INSTANCE_KEY)
    await keys.open()
    try:
        db = Database(folder / "homegroup.db", keys.main)
        await db.open()
        try:
            yield Storage(db, keys, clock.now)
        finally:
            await db.close()
    finally:
        await keys.close()


async def live(orders: Orders) -> None:
    ahead, line = AheadClock(orders.offset), await Line.to(Path(orders.socket))
    async with opened(Path(orders.folder), ahead) as storage:
        open_doors = doors(storage, line, ahead)
        _put_points(Points(orders.point, orders.countdown), storage, open_doors)
        if orders.broken:
            broken.WAYS[orders.broken](storage, open_doors)
        await storage.wake_up(ahead.now())
        app = App(_cogs(storage), storage.ports)
        parts = [asyncio.create_task(part) for part in _parts(app, storage, open_doors, ahead)]
        watch = asyncio.create_task(_until_quiet(storage, line, ahead) if orders.last else _ever())
        ended, others = await asyncio.wait({watch, *parts}, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for task in ended:
            task.result()
    await line.close()


def _cogs(storage: Storage) -> list[Cog]:
    return [NowCog(), CheckInCog(storage), Doings(storage.schedule)]


def _put_points(points: Points, storage: Storage, open_doors: Mapping[str, Door]) -> None:
    points.put_around(storage.units, "commit", "commit")
    for box in (storage.outbox, storage.inbox, storage.schedule):
        points.put_around(box, "claim", "claim")
    points.put_around(storage.outbox, "settle", "acknowledge")
    for door in open_doors.values():
        points.put_around(door, "do", "send")
        points.put_around(door, "confirm", "acknowledge")


def _parts(
    app: App, storage: Storage, open_doors: Mapping[str, Door], ahead: AheadClock
) -> Iterator[Coroutine[Any, Any, None]]:
    """Everything that runs in a server, as it runs there."""
    wakes = storage.units.wakes

    async def handle(waiting: inbox.Waiting) -> None:
        await open_doors[waiting.door].handle(waiting)

    async def tidy() -> None:
        while True:
            await storage.tidy(ahead.now())
            await asyncio.sleep(TIDY)

    yield clock.run(app, storage.schedule, ahead, wakes["clock"])
    yield outbox.run(app, storage.outbox, open_doors, ahead, wakes["outbox"])
    yield inbox.run(storage.inbox, handle, ahead, wakes["inbox"])
    yield tidy()
    for door in open_doors.values():
        yield door.serve(app)


async def _until_quiet(storage: Storage, line: Line, clock: AheadClock) -> None:
    """Looked at twice: between the platform and the inbox something may be on its way."""
    still = 0
    while still < 2:
        await asyncio.sleep(LOOK)
        [row] = await storage.db.read(OPEN, now=round(clock.now().timestamp() * 1000))
        left = row["n"] + await line.ask("left")
        still = 0 if left else still + 1


async def _ever() -> None:
    await asyncio.Event().wait()


def main() -> None:
    """For each line of orders a life, which is a process of its own: its id is said, and, when
    it has ended, how."""
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _born(Orders(**json.loads(line)))
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _log(folder: Path) -> None:
    """What is worth a warning is for whoever reads the benchmark; of the rest the codes do."""
    events, complaints = logging.FileHandler(folder / "events"), logging.StreamHandler()
    complaints.setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[events, complaints])


def _born(orders: Orders) -> NoReturn:
    ended = 1
    signal.alarm(LONGEST)
    _log(Path(orders.folder))
    try:
        asyncio.run(live(orders))
        ended = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(ended)


if __name__ == "__main__":
    main()
