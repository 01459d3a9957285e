"""Units of two reads and three writes from many people at once: ours, beside transactions that stay
open while somebody waits, on the same engine with the same settings."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeAlias

import aiosqlite

from benchmarks.table import Figures, Promise, arguments, interleaved, middle, show
from bot.core.work import Value, Write
from storage import engine
from storage.database import Database
from storage.migrate import migrate

KEY = "5e" * 32
BODY = bytes(range(256))
"""As long as a sealed check-in."""

ACCOUNT = "SELECT person, used_at FROM accounts WHERE mark = :mark"
RECENT = "SELECT ref, at, body FROM checkins WHERE person = :person ORDER BY at DESC LIMIT 1"
KEEP = "INSERT INTO checkins (ref, person, at, body) VALUES (:ref, :person, :at, :body)"
QUEUE = """
    INSERT INTO outbox (key, destination, lane, must, state, turn, next_at, until, body)
    VALUES (:ref, :person, 2, 'once', 'pending', 0, :at, :at, :body)"""
USED = "UPDATE accounts SET used_at = :at WHERE mark = :mark"

Perform: TypeAlias = Callable[[dict[str, Value]], Awaitable[None]]
"""One unit."""


async def ours(folder: Path, people: int, each: int) -> Figures:
    """Reads on one connection; then a unit, closed, for the thread that writes."""
    db = Database(_laid(folder, people), KEY)
    await db.open()

    async def perform(values: dict[str, Value]) -> None:
        [account] = await db.read(ACCOUNT, mark=values["mark"])
        await db.read(RECENT, person=account["person"])
        await db.commit([Write(sql, values, expect=1) for sql in (KEEP, QUEUE, USED)])

    try:
        return await _rush(perform, people, each)
    finally:
        await db.close()


async def interactive(folder: Path, people: int, each: int) -> Figures:
    """One transaction after the other, each open from its first read to its last write."""
    path, lock = _laid(folder, people), asyncio.Lock()
    db = await aiosqlite.Connection(lambda: engine.connect(path, KEY), 64)

    async def perform(values: dict[str, Value]) -> None:
        async with lock:
            await db.execute("BEGIN IMMEDIATE")
            [account] = await db.execute_fetchall(ACCOUNT, values)
            await db.execute_fetchall(RECENT, {"person": account["person"]})
            for sql in (KEEP, QUEUE, USED):
                await db.execute(sql, values)
            await db.execute("COMMIT")

    try:
        return await _rush(perform, people, each)
    finally:
        await db.close()


def _laid(folder: Path, people: int) -> Path:
    """Our schema, with these people in it."""
    path = folder / "homegroup.db"
    migrate(path, KEY)
    db = engine.connect(path, KEY)
    for n in range(people):
        who = {"person": f"p{n}", "mark": f"m{n}", "body": BODY}
        db.execute("INSERT INTO people (ref, profile) VALUES (:person, :body)", who)
        db.execute(
            "INSERT INTO accounts (mark, person, account, used_at)"
            " VALUES (:mark, :person, :body, 0)",
            who,
        )
    db.close()
    return path


async def _rush(perform: Perform, people: int, each: int) -> Figures:
    """Everybody at once, each doing one unit after the other."""
    waits: list[float] = []

    async def person(who: int) -> None:
        for n in range(each):
            begun = perf_counter()
            await perform(
                {
                    "mark": f"m{who}",
                    "person": f"p{who}",
                    "ref": f"{who}-{n}",
                    "at": 60_000 * (n + 1),
                    "body": BODY,
                }
            )
            waits.append(perf_counter() - begun)

    begun, worked = perf_counter(), process_time()
    await asyncio.gather(*map(person, range(people)))
    took, work = perf_counter() - begun, process_time() - worked
    waits.sort()
    units = len(waits)
    return {
        "units": units,
        "units/s": units / took,
        "p50, ms": 1000 * waits[units // 2],
        "p99, ms": 1000 * waits[units * 99 // 100],
        "CPU per unit, µs": 1e6 * work / units,
    }


Side: TypeAlias = Callable[[Path, int, int], Awaitable[Figures]]


def measured(side: Side, people: int, each: int) -> Figures:
    """In a file of its own."""

    async def run() -> Figures:
        with tempfile.TemporaryDirectory() as folder:
            figures = await side(Path(folder), people, each)
            return {**figures, "lost": figures["units"] - _kept(Path(folder))}

    return asyncio.run(run())


def _kept(folder: Path) -> int:
    """Units that are there whole."""
    db = engine.connect(folder / "homegroup.db", KEY)
    both = "SELECT count(*) AS n FROM checkins JOIN outbox ON outbox.key = checkins.ref"
    [row] = db.execute(both).fetchall()
    db.close()
    return int(row["n"])


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.units", __doc__)
    parser.add_argument("--people", type=int, default=32)
    parser.add_argument("--each", type=int, default=60, help="units of each person")
    options = parser.parse_args(given)
    people, each = options.people, options.each
    sides: dict[str, Callable[[int], Figures]] = {
        "ours": lambda _: measured(ours, people, each),
        "aiosqlite, one lock": lambda _: measured(interactive, people, each),
    }
    us, them = interleaved(options.rounds, sides).values()
    rate, slowest = (middle(us, of) / middle(them, of) for of in ("units/s", "p99, ms"))
    promises = [
        Promise("units/s, ours to theirs", rate, 4, at_least=True),
        Promise("p99, ours to theirs", slowest, 1),
        Promise("lost by either", max(middle(side, "lost") for side in (us, them)), 0),
    ]
    title = f"Units of 2 reads and 3 writes, {people} people at once, SQLCipher, FULL"
    return show(title, options.seed, dict(zip(sides, (us, them), strict=True)), promises)


if __name__ == "__main__":
    raise SystemExit(main())
