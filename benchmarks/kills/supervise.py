"""Starts the platform, lets one house after another live there, and kills them."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.kills.house import AheadClock, Orders, opened
from benchmarks.kills.points import POINTS, RANDOM
from benchmarks.kills.setting import settle_in
from benchmarks.kills.wire import Line

ROOT = Path(__file__).parents[2]
TENTH = 10
JUMP = 600.0
"""Seconds by which every tenth restart is late."""
LAST_JUMP = 1200.0
"""Before the last life: everything that was planned has come due by then."""
LONGEST_LIFE = 3.0
"""Seconds; who has not come to their point by then is killed wherever they are."""
RANDOM_LIFE = 0.6
COUNTDOWN = 30
"""How often a life passes its point at most."""
KINDS = (*POINTS, *(RANDOM,) * 4)
"""A third at random."""
PATIENCE = 180.0
"""Seconds until everything is quiet."""


class Fell(Exception):
    """A house ended by itself, or never came to rest."""


@dataclass
class Run:
    """What was done to the houses; the ledgers say what came of it."""

    folder: Path
    begun: float
    broken: str = ""
    socket: str = ""
    """Where the platform is."""
    offset: float = 0.0
    kills: Counter[str] = field(default_factory=Counter)
    jumps: int = 0
    seconds: float = 0.0
    last: float = 0.0
    """When, by the clock of the houses, the last one was started."""

    def orders(self, point: str = RANDOM, countdown: int = 1, *, last: bool = False) -> Orders:
        folder, broken = str(self.folder), self.broken
        return Orders(folder, self.socket, self.offset, point, countdown, broken, last)

    @property
    def ledger(self) -> dict[str, Any]:
        """The platform's."""
        read: dict[str, Any] = json.loads((self.folder / "ledger.json").read_text())
        return read

    @property
    def events(self) -> Counter[str]:
        """What the houses logged, by its code."""
        return Counter((self.folder / "events").read_text().split())

    @property
    def complaints(self) -> list[str]:
        """What the houses said on standard error, where their warnings and errors go."""
        return (self.folder / "complaints").read_text().splitlines()


async def kill(
    folder: Path,
    count: int,
    seed: int,
    *,
    kinds: Sequence[str] = KINDS,
    countdown: int = COUNTDOWN,
    broken: str = "",
) -> Run:
    """Kill as many houses in turn, of each kind as many, then let one come to rest. Raises Fell."""
    run, chance = Run(folder, time.time(), broken), random.Random(seed)
    clock = AheadClock(0.0)
    async with opened(folder, clock) as storage:
        await settle_in(storage, clock.now())
    async with _platform(run, seed) as line, _house(folder) as house:
        bag: list[str] = []
        for number in range(1, count + 1):
            if number % TENTH == 0:
                run.jumps += 1
                await _jump(run, line, JUMP)
            bag = bag or chance.sample(kinds, len(kinds))
            point, turn = bag.pop(), chance.randint(1, countdown)
            seconds = chance.uniform(0, RANDOM_LIFE) if point == RANDOM else LONGEST_LIFE
            ended, status = await _live(house, run.orders(point, turn), seconds)
            if status != -signal.SIGKILL:
                raise Fell(f"a house ended by itself, with {status}")
            run.kills[point if ended else RANDOM] += 1
        await _rest(run, line, house)
        await line.ask("write_down", path=str(folder / "ledger.json"))
    run.seconds = time.time() - run.begun
    return run


async def _live(house: Process, orders: Orders, limit: float) -> tuple[bool, int]:
    """Whether it ended within so many seconds, before it was killed, and its exit status."""
    assert house.stdin
    assert house.stdout
    house.stdin.write(f"{orders}\n".encode())
    pid = await _number(house.stdout)
    ending = asyncio.create_task(_number(house.stdout))
    try:
        ended, _ = await asyncio.wait({ending}, timeout=limit)
    finally:  # also when we are told to end
        if not ending.done():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    return bool(ended), await ending


async def _rest(run: Run, line: Line, house: Process) -> None:
    await line.ask("quiet")
    await _jump(run, line, LAST_JUMP)
    run.last = time.time() + run.offset
    ended, status = await _live(house, run.orders(last=True), PATIENCE)
    if not ended:
        raise Fell(f"nothing came to rest within {PATIENCE:.0f} seconds")
    if status:
        raise Fell(f"the last house ended with {status}")


async def _number(pipe: asyncio.StreamReader) -> int:
    if not (line := await pipe.readline()):
        raise Fell("the house did not start")
    return int(line)


async def _jump(run: Run, line: Line, seconds: float) -> None:
    run.offset += seconds
    await line.ask("jump", offset=run.offset)


@asynccontextmanager
async def _house(folder: Path) -> AsyncIterator[Process]:
    """The parent of them all."""
    with (folder / "complaints").open("wb") as complaints:
        process = await _start("house", stdin=PIPE, stdout=PIPE, stderr=complaints)
    try:
        yield process
    finally:
        await _end(process)


@asynccontextmanager
async def _platform(run: Run, seed: int) -> AsyncIterator[Line]:
    """Its socket is in a folder of its own, since the path of one must be short."""
    with TemporaryDirectory(prefix="kills-") as folder:
        run.socket = str(Path(folder) / "platform")
        process = await _start("platform", run.socket, str(seed), stdin=PIPE, stdout=PIPE)
        try:
            assert process.stdout
            if not await process.stdout.readline():
                raise Fell("the platform did not start")
            line = await Line.to(Path(run.socket))
            yield line
            await line.close()
        finally:
            await _end(process)


async def _end(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    await process.wait()


async def _start(program: str, *arguments: str, **pipes: Any) -> Process:
    module = f"benchmarks.kills.{program}"
    command = (sys.executable, "-m", module, *arguments)
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, **pipes)
