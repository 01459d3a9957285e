"""Two who agreed, in a process that kills itself in the middle of asking one of them.

python -m tests.pair_kills FOLDER claimed|asked|sent
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import clock, outbox
from bot.core.app import App
from bot.core.model import Place
from bot.core.rooms import Deed, Post
from bot.core.text import plain
from cogs import build
from storage import Storage
from storage.database import Database
from storage.keys import Keys
from tests.pair_room import at, pair
from tests.room import TELEGRAM, Hour, Room

EVENING = at("2026-03-01T20:00")


@dataclass
class Book(Room):
    """A platform in another house: it writes down what people saw, and cannot tell a repeat."""

    file: Path = Path("book")
    dies: bool = False

    async def do(
        self, key: str, place: Place, deed: Deed, standing: str = "", about: tuple[str, ...] = ()
    ) -> str:
        assert isinstance(deed, Post)
        with self.file.open("a") as book:
            book.write(f"{plain(deed.card.text).splitlines()[0]}\n")
        if self.dies:
            die()
        return await super().do(key, place, deed, standing, about)


@asynccontextmanager
async def opened(folder: Path, now: datetime) -> AsyncIterator[Book]:
    keys = Keys(folder / "keys.db", bytes(range(32)))
    await keys.open()
    db = Database(folder / "home.db", keys.main)
    await db.open()
    storage = Storage(db, keys, Hour(now))
    await storage.wake_up(now)
    app = App(build(storage), storage.ports)
    yield Book(app, storage, TELEGRAM, file=folder / "book")
    await db.close()
    await keys.close()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def works(room: Book) -> None:
    """What is due, and what is on its way."""
    await clock.tick(room.app, room.storage.schedule, room.now)
    await outbox.deliver(room.app, room.storage.outbox, {room.name: room}, room.now)


async def _lives(folder: Path, until: str) -> None:
    async with opened(folder, at("2026-03-01T12:00")) as room:
        await pair(room, "Ana", "Bo", asked="me")
        await works(room)
        room.file.unlink()
        room.now = EVENING
        if until == "claimed":
            await room.storage.schedule.claim(room.now)
            die()
        await clock.tick(room.app, room.storage.schedule, room.now)
        if until == "asked":
            die()
        room.dies = True
        await works(room)


if __name__ == "__main__":
    asyncio.run(_lives(Path(sys.argv[1]), sys.argv[2]))
