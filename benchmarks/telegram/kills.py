"""`python -m benchmarks.telegram.kills`: a backlog on Telegram, and a process that is killed.

The platform's ledger is in this process, the application's in the database of the one that is
killed. The library's own poller stands beside it, with two kills.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.kills.house import AheadClock, opened
from benchmarks.kills.points import POINTS, RANDOM
from benchmarks.table import Promise, arguments, show
from tests.fakes.telegram import TOKEN, TelegramServer, telegram_server
from tests.fakes.telegram_people import Someone

ROOT = Path(__file__).parents[2]
PEOPLE = 40
BACKLOG = 1500
LEAST = 200
"""So many wait at every start, unless the backlog is smaller, so that each kill meets work."""
LIFE = 0.5
"""Seconds after the first question for updates, at most."""
SLOW = 5.0
COUNTDOWN = 12
KINDS = (*POINTS, *(RANDOM,) * 4)
KILLS = 300
STOCK_KILLS = 2


class Fell(Exception):
    """A life ended by itself, or never came to rest."""


@dataclass
class Platform:
    server: TelegramServer
    people: list[Someone]
    marks: list[str] = field(default_factory=list)
    """What was typed, in order."""

    def types(self, many: int) -> None:
        for _ in range(many):
            mark = f"u{len(self.marks)}"
            self.people[len(self.marks) % PEOPLE].types(f"/note {mark}")
            self.marks.append(mark)

    @property
    def answers(self) -> Counter[str]:
        return Counter(str(message.get("text")) for one in self.people for message in one.sees())


@dataclass(frozen=True)
class Ledgers:
    kills: Counter[str]
    typed: list[str]
    performed: Counter[str]
    answered: Counter[str]

    @property
    def lost(self) -> int:
        return sum(not self.performed[mark] for mark in self.typed)

    @property
    def doubled(self) -> int:
        return sum(self.performed[mark] > 1 for mark in self.typed)

    @property
    def unanswered(self) -> int:
        return sum(not self.answered[mark] for mark in self.typed)

    @property
    def answered_twice(self) -> int:
        return sum(self.answered[mark] > 1 for mark in self.typed)

    def figures(self) -> dict[str, float]:
        return {
            "kills": sum(self.kills.values()),
            "updates": len(self.typed),
            "lost": self.lost,
            "doubled": self.doubled,
            "answers that never came": self.unanswered,
            "answers that came twice": self.answered_twice,
        }


async def kill(
    folder: Path, count: int, seed: int, *, backlog: int = BACKLOG, stock: bool = False
) -> Ledgers:
    """Kill as many lives in turn, then let one come to rest. Raises Fell."""
    chance, kills = random.Random(seed), Counter[str]()
    async with telegram_server(checked=False) as server, _houses() as houses:
        platform = Platform(server, [Someone(server.world, 900 + n, "P") for n in range(PEOPLE)])
        platform.types(backlog)
        orders = {
            "folder": str(folder),
            "address": f"http://127.0.0.1:{server.port}",
            "token": TOKEN,
            "stock": stock,
            "last": False,
        }
        bag: list[str] = []
        for _ in range(count):
            if not stock:
                platform.types(max(0, min(LEAST, backlog) - len(server.world.updates)))
            bag = bag or chance.sample(KINDS, len(KINDS))
            point = RANDOM if stock else bag.pop()
            told = orders | {"point": point, "countdown": chance.randint(1, COUNTDOWN)}
            await _one(houses, server, told, chance.uniform(0.05, LIFE))
            kills[point] += 1
        await _last(houses, orders | {"point": RANDOM, "countdown": 1, "last": True})
        performed = await (_stock_ledger(folder) if stock else _ledger(folder))
        return Ledgers(kills, platform.marks, performed, platform.answers)


async def _one(
    houses: Process, server: TelegramServer, told: dict[str, object], seconds: float
) -> None:
    """Killed at its point, or, when it was not there in time, wherever it is."""
    polls = len(server.of("getUpdates"))
    polls += bool(told["stock"])  # by its second question the library confirms what it only queued
    pid, ending = await _born(houses, told)
    first = asyncio.create_task(server.until(lambda: len(server.of("getUpdates")) > polls))
    await asyncio.wait({first, ending}, timeout=SLOW, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait({ending}, timeout=seconds if told["point"] == RANDOM else SLOW)
    first.cancel()
    if not ending.done():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if (status := await ending) != -signal.SIGKILL:
        raise Fell(f"a life ended by itself, with {status}")


async def _last(houses: Process, told: dict[str, object]) -> None:
    pid, ending = await _born(houses, told)
    done, _ = await asyncio.wait({ending}, timeout=280)
    if not done:
        os.kill(pid, signal.SIGKILL)
        raise Fell("it never came to rest")
    if status := await ending:
        raise Fell(f"the last life ended with {status}")


async def _born(houses: Process, told: dict[str, object]) -> tuple[int, asyncio.Task[int]]:
    assert houses.stdin
    assert houses.stdout
    houses.stdin.write(f"{json.dumps(told)}\n".encode())
    pid = await _number(houses.stdout)
    return pid, asyncio.create_task(_number(houses.stdout))


async def _number(pipe: asyncio.StreamReader) -> int:
    if not (line := await pipe.readline()):
        raise Fell("the house did not start")
    return int(line)


@asynccontextmanager
async def _houses() -> AsyncIterator[Process]:
    command = (sys.executable, "-m", "benchmarks.telegram.house")
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _ledger(folder: Path) -> Counter[str]:
    async with opened(folder, AheadClock(0.0)) as storage:
        rows = await storage.db.read("SELECT mark FROM performed")
        return Counter(str(row["mark"]) for row in rows)


async def _stock_ledger(folder: Path) -> Counter[str]:
    with sqlite3.connect(folder / "stock.db") as db:
        return Counter(str(mark) for (mark,) in db.execute("SELECT mark FROM performed"))


def main() -> int:
    parser = arguments("benchmarks.telegram.kills", __doc__)
    parser.add_argument("--count", type=int, default=KILLS)
    parser.add_argument("--backlog", type=int, default=BACKLOG)
    given = parser.parse_args()
    found = {}
    for name, count, stock in (
        ("ours", given.count, False),
        ("the library's poller", STOCK_KILLS, True),
    ):
        with tempfile.TemporaryDirectory(prefix="kills-") as folder:
            kills = kill(Path(folder), count, given.seed, backlog=given.backlog, stock=stock)
            found[name] = [asyncio.run(kills).figures()]
    ours = found["ours"][0]
    promises = [
        Promise("updates lost", ours["lost"], 0),
        Promise("effects doubled", ours["doubled"], 0),
    ]
    return show("Kills behind the Telegram door", given.seed, found, promises)


if __name__ == "__main__":
    sys.exit(main())
