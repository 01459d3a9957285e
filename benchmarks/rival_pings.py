"""APScheduler's jobs that ask as ours do, as far as the database sees it: the same reads, and one
transaction with the same rows. They name, decide, seal and open nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import aiosqlite

from benchmarks import rival
from benchmarks.house import FILE, INSTANCE_KEY, MORNING, guest
from benchmarks.table import Figures
from bot.core.work import Value
from storage import deeds, engine
from storage.agreements import ALL
from storage.keys import Keys
from storage.values import millis

PING, CARD = bytes(285), bytes(1100)
"""As long as they are when they are sealed."""
READS = (
    f"{ALL} WHERE agreements.ref = :agreement",
    "SELECT * FROM people WHERE ref IN (:person, :other)",
    "SELECT person, blocked FROM blocks WHERE blocked IS NOT NULL"
    " AND (person = :person OR blocked = :person)",
    "SELECT * FROM pings WHERE agreement = :agreement AND person = :person",
)
ASK = """
    INSERT INTO pings (ref, agreement, person, at, body)
    VALUES (:agreement, :agreement, :person, :at, :ping) ON CONFLICT (ref)
    DO UPDATE SET at = excluded.at, body = excluded.body, version = version + 1"""

_db: aiosqlite.Connection
_turn = asyncio.Lock()
_morning = MORNING


async def prepare(folder: Path, due: int) -> None:
    """As many of the pairs that were laid there."""
    global _db
    keys = Keys(folder / "keys.db", INSTANCE_KEY)
    await keys.open()
    path, key = folder / FILE, keys.main
    await keys.close()
    _db = await aiosqlite.Connection(lambda: engine.connect(path, key), 64)
    rival.work = _ask
    await rival.prepare(due, due, "UTC")


async def fire(number: int) -> Figures:
    """The morning of the day with that number."""
    global _morning
    _morning = MORNING + timedelta(days=number)
    figures = await rival.fire(rival.LONG)
    await _db.execute("DELETE FROM outbox")
    return figures


async def close() -> None:
    await _db.close()


async def _ask(n: int) -> None:
    (_, me), (_, other) = guest(2 * n), guest(2 * n + 1)
    agreement = f"a{n:07}".ljust(12, "_")
    for sql in READS:
        given = {"agreement": agreement, "person": me.ref, "other": other.ref}
        named = {name: value for name, value in given.items() if f":{name}" in sql}
        await _db.execute_fetchall(sql, named)
    at, key = millis(_morning), f"ping/{agreement}/{me.ref}@{_morning.timestamp():.0f}"
    values: dict[str, Value] = {"agreement": agreement, "person": me.ref, "at": at, "ping": PING}
    queued: dict[str, Value] = {"key": key, "to": f"person:{me.ref}", "lane": 2, "must": "once"}
    queued |= {"at": at, "until": at + 1, "passes": None, "panel": None, "body": CARD}
    async with _turn:
        await _db.execute("BEGIN IMMEDIATE")
        await _db.execute(ASK, values)
        await _db.execute(deeds.QUEUE, queued)
        for about in (agreement, other.ref, f"{agreement}/{me.ref}/asked"):
            await _db.execute(deeds.ABOUT, {"key": key, "person": about})
        await _db.execute("COMMIT")
