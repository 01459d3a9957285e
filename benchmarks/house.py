"""A house to measure in: encrypted, on the disk, with people in it who agreed to everything."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.core.model import Account, Group, Origin, Person, Place, Via
from bot.core.work import NewKey, Unit, Write
from storage import Storage, engine
from storage.database import Database
from storage.keys import Keys

INSTANCE_KEY = bytes(range(32))
FILE = "homegroup.db"
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
GROUP = Group("harbour-st__", "Harbour Street")
ROOM = Place("web", GROUP.ref)
PIECE = 20_000
"""Statements in one transaction while a house is filled."""
PURPOSES = frozenset({"checkins", "dates", "messages"})


@dataclass
class Hour:
    """What time it is for the storage."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at


@asynccontextmanager
async def house(
    folder: Path, now: datetime = MORNING, database: type[Database] = Database
) -> AsyncIterator[Storage]:
    """Made if it is not there yet."""
    keys = Keys(folder / "keys.db", INSTANCE_KEY)
    await keys.open()
    try:
        await keys.turn(now)
        db = database(folder / FILE, keys.main)
        await db.open()
        try:
            yield Storage(db, keys, Hour(now))
        finally:
            await db.close()
    finally:
        await keys.close()


async def settle_in(storage: Storage, number: int) -> None:
    """As many people join, and enter the one group there is."""
    first, *others = settling(storage, number)
    await storage.units.commit(first)
    await asyncio.gather(*map(storage.units.commit, others))


async def fill(storage: Storage, units: Iterable[Unit]) -> None:
    """Keeps units that the storage made, in large pieces and without waiting for the disk."""
    db = engine.connect(storage.db.path, storage.db.key)
    for pragma in ("synchronous = OFF", "cache_size = -200000"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    parts = itertools.chain.from_iterable(units)
    while piece := list(itertools.islice(parts, PIECE)):
        await storage.keys.keep(*(part.owner for part in piece if isinstance(part, NewKey)))
        db.execute("BEGIN IMMEDIATE")
        for part in piece:
            if isinstance(part, Write):
                db.execute(part.sql, part.values)
        db.execute("COMMIT")
    db.close()


def settling(storage: Storage, number: int) -> Iterator[Unit]:
    """The group, then one person after the other."""
    now = storage.now()
    yield storage.groups.found(GROUP, ROOM, now)
    for account, person in guests(number):
        joined = storage.people.join(account, person)
        yield joined + storage.groups.enter(GROUP, person, now)


def guests(number: int) -> Iterator[tuple[Account, Person]]:
    return (guest(n) for n in range(number))


def guest(n: int) -> tuple[Account, Person]:
    """The same for the same number."""
    ref = f"p{n}".ljust(12, "_")
    return Account("telegram", str(10**9 + n)), Person(ref, f"Guest {n}", consents=PURPOSES)


def types(n: int, now: datetime, cause: str) -> Origin:
    """Where a line comes from that this person types in a chat of their own."""
    account, _ = guest(n)
    own = Place(account.platform, account.id, private=True)
    return Origin(account, own, now, cause, Via.TYPED, "en")
