"""Processes to measure in: each side in one of its own, its memory, and whether its loop runs."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import asynccontextmanager
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, thread_time
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from bot.cli import collect_seldom

P = ParamSpec("P")
T = TypeVar("T")

BEAT = 0.005
"""Seconds between two beats of a loop's heart."""
MB = 1e6


class Alone:
    """A process that does one thing after the other, and keeps its loop and its module's names
    in between. Whoever is measured in it, it collects as seldom as ours does."""

    def __enter__(self) -> Alone:
        self._pool = ProcessPoolExecutor(1, get_context("spawn"), collect_seldom)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def run(self, work: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **named: P.kwargs) -> T:
        """Await it over there; returns what it returned, or raises what it raised."""
        return self.begin(work, *args, **named).result()

    def begin(
        self, work: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **named: P.kwargs
    ) -> Future[T]:
        return self._pool.submit(_run, work, args, named)


_runner: asyncio.Runner | None = None


def _run(work: Callable[..., Coroutine[Any, Any, Any]], args: Any, named: Any) -> Any:
    global _runner
    _runner = _runner or asyncio.Runner()
    return _runner.run(work(*args, **named))


class Heart:
    """Beats in a loop as often as it is let."""

    def __init__(self) -> None:
        self.longest = 0.0
        """Seconds that the loop did something else, or was not let, at most."""
        self.busiest = 0.0
        """Seconds of its thread's CPU between two beats, at most."""

    async def beat(self) -> None:
        last, worked = perf_counter(), thread_time()
        while True:
            await asyncio.sleep(BEAT)
            now, work = perf_counter(), thread_time()
            self.longest = max(self.longest, now - last - BEAT)
            self.busiest = max(self.busiest, work - worked)
            last, worked = now, work


@asynccontextmanager
async def listening() -> AsyncIterator[Heart]:
    """Until the heart has beaten once more: a block at the end counts too."""
    heart = Heart()
    beating = asyncio.create_task(heart.beat())
    await asyncio.sleep(BEAT)
    yield heart
    await asyncio.sleep(2 * BEAT)
    beating.cancel()


def resident(pid: int) -> float:
    """Megabytes of memory that the process has."""
    with contextlib.suppress(FileNotFoundError):
        status = Path(f"/proc/{pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024 / MB
    asked = ("ps", "-o", "rss=", "-p", str(pid))
    return int(subprocess.run(asked, capture_output=True, check=True).stdout) * 1024 / MB
