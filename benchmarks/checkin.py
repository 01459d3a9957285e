"""One `/checkin` from the typed line to the card, beside the same statements without us.

Theirs is what a program would need that knows everything beforehand: the statements that App made,
word for word, with the values that App made, so that it names, decides, seals and opens nothing.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from shutil import copytree
from time import perf_counter, process_time
from typing import TypeAlias

import aiosqlite

from benchmarks.house import FILE, MORNING, house, settle_in, types
from benchmarks.table import Figures, Promise, arguments, interleaved, middle, show
from bot.core.app import App
from bot.core.cards import Card
from bot.core.work import Value, Write
from cogs.checkins import CheckInCog
from storage import Storage, engine
from storage.database import Database, Row

TODAY = MORNING + timedelta(hours=23)
"""Everybody has checked in the day before, so that there is something to be read."""
BEFORE = "before"
LINES = ("4", "2 tired,lonely", "5 -", "3 angry")

Read: TypeAlias = tuple[str, dict[str, Value]]


@dataclass(slots=True)
class Said:
    """What one check-in says to the database: reads, then a unit."""

    reads: list[Read] = field(default_factory=list)
    unit: list[Write] = field(default_factory=list)


class Heard(Database):
    """Remembers what it is told, by who was the last to begin."""

    def __init__(self, path: Path, key: str | None) -> None:
        super().__init__(path, key)
        self.said: list[Said] = []

    async def read(self, sql: str, /, **values: Value) -> Sequence[Row]:
        self.said[-1].reads.append((sql, values))
        return await super().read(sql, **values)

    async def commit(self, unit: Sequence[Write]) -> None:
        self.said[-1].unit += unit
        await super().commit(unit)


async def prepared(folder: Path, people: int) -> tuple[list[Said], str]:
    """Lays down the house as it is in the morning, and rehearses the day in a copy of it."""
    before, rehearsal = folder / BEFORE, folder / "rehearsal"
    before.mkdir()
    async with house(before) as storage:
        await settle_in(storage, people)
        await _everybody(storage, people)
    copytree(before, rehearsal)
    async with house(rehearsal, TODAY, Heard) as storage:
        assert isinstance(storage.db, Heard)
        await _everybody(storage, people)
        return storage.db.said, storage.db.key or ""


async def ours(folder: Path, people: int) -> Figures:
    async with house(folder, TODAY) as storage:
        return await _measured(partial(_everybody, storage, people), people)


async def theirs(folder: Path, said: Sequence[Said], key: str) -> Figures:
    """Reads first, then a transaction, as we do."""
    db = await aiosqlite.Connection(lambda: engine.connect(folder / FILE, key), 64)

    async def everybody() -> None:
        for one in said:
            for sql, values in one.reads:
                await db.execute_fetchall(sql, values)
            await db.execute("BEGIN IMMEDIATE")
            for write in one.unit:
                await db.execute(write.sql, write.values)
            await db.execute("COMMIT")

    try:
        return await _measured(everybody, len(said))
    finally:
        await db.close()


async def _everybody(storage: Storage, people: int) -> None:
    """One after the other, each with the typed line that App is given by a door."""
    app = App([CheckInCog(storage)], storage.ports)
    action, now = app.actions["checkins.checkin"], storage.now()
    for n in range(people):
        if isinstance(storage.db, Heard):
            storage.db.said.append(Said())
        call = action.call(LINES[n % len(LINES)])
        answer = await app.perform(call, types(n, now, f"{now:%d}-{n}"))
        if not isinstance(answer, Card) or not answer.facts:
            raise RuntimeError(f"a check-in was refused: {answer}")


async def _measured(everybody: Callable[[], Awaitable[None]], people: int) -> Figures:
    begun, worked = perf_counter(), process_time()
    await everybody()
    took, work = perf_counter() - begun, process_time() - worked
    return {"CPU, µs": 1e6 * work / people, "time, µs": 1e6 * took / people}


async def run(side: Callable[[Path], Awaitable[Figures]], folder: Path, before: int) -> Figures:
    """In a copy of the house, which must hold one check-in more for everybody afterwards."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        copy = Path(name)
        copytree(folder / BEFORE, copy, dirs_exist_ok=True)
        figures = await side(copy)
        async with house(copy) as storage:
            [row] = await storage.db.read("SELECT count(*) AS n FROM checkins")
        return {**figures, "missing": 2 * before - row["n"]}


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.checkin", __doc__)
    parser.add_argument("--people", type=int, default=300)
    options = parser.parse_args(given)
    people = options.people
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        said, key = asyncio.run(prepared(folder, people))
        sides: dict[str, Callable[[int], Figures]] = {
            "through App": lambda _: asyncio.run(run(lambda f: ours(f, people), folder, people)),
            "the same statements": lambda _: asyncio.run(
                run(lambda f: theirs(f, said, key), folder, people)
            ),
        }
        us, them = interleaved(options.rounds, sides).values()
    work = middle(us, "CPU, µs") / middle(them, "CPU, µs")
    promises = [
        Promise("CPU, ours to theirs", work, 2.5),
        Promise("check-ins missing", max(middle(side, "missing") for side in (us, them)), 0),
    ]
    reads, writes = len(said[-1].reads), len(said[-1].unit)
    title = f"One /checkin after the other: {reads} reads and {writes} writes, SQLCipher, FULL"
    return show(title, options.seed, dict(zip(sides, (us, them), strict=True)), promises)


if __name__ == "__main__":
    raise SystemExit(main())
