"""APScheduler's memory store with the same jobs, each of which counts itself, and does no more
unless it is told to."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

from apscheduler.events import EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from benchmarks.process import listening
from benchmarks.table import Figures

LONG, DEFAULT = 3600, 1
"""Seconds of grace: a job that begins later is dropped. One is what it has by default."""
TO_SET = 0.0002
"""Seconds that it takes to set the time of one job, at most."""
AHEAD = timedelta(days=365)

work: Callable[[int], Awaitable[None]] | None = None
"""What a job does before it counts itself."""

_scheduler: Any = None
_jobs: list[str] = []
_ran: list[int] = []
_missed = 0
_over = asyncio.Event()


async def prepare(rows: int, due: int, zone: str) -> None:
    """Every day at nine on the clocks of that zone, or not for a year."""
    global _scheduler
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    _scheduler = AsyncIOScheduler(timezone=UTC)
    _scheduler.start(paused=True)
    _scheduler.add_listener(_count_missed, EVENT_JOB_MISSED)
    later = datetime.now(UTC) + AHEAD
    for n in range(rows):
        if n < due:
            daily = CronTrigger(hour=9, minute=0, second=0, timezone=zone)
            _jobs.append(_scheduler.add_job(_one, daily, args=(n,), next_run_time=later).id)
        else:
            _scheduler.add_job(_one, DateTrigger(later + timedelta(seconds=n)), args=(n,))


async def fire(grace: int) -> Figures:
    """All that are due come due in this second."""
    global _missed
    _missed = 0
    gc.collect()
    _ran.clear()
    _over.clear()
    at = datetime.now(UTC) + timedelta(seconds=max(1.0, len(_jobs) * TO_SET))
    for id in _jobs:
        _scheduler.modify_job(id, next_run_time=at, misfire_grace_time=grace)
    await asyncio.sleep((at - datetime.now(UTC)).total_seconds())
    async with listening() as heart:
        worked = process_time()
        _scheduler.resume()
        await _over.wait()
        worked = process_time() - worked
    _scheduler.pause()
    return {
        "due": len(_jobs),
        "lost": len(_jobs) - len(set(_ran)),
        "doubled": len(_ran) - len(set(_ran)),
        "to the end, CPU per row, µs": 1e6 * worked / len(_jobs),
        "longest block, ms": 1000 * heart.longest,
        "longest work, ms": 1000 * heart.busiest,
    }


async def _one(n: int) -> None:
    if work:
        await work(n)
    _ran.append(n)
    _look()


def _count_missed(event: Any) -> None:
    global _missed
    _missed += 1
    _look()


def _look() -> None:
    if len(_ran) + _missed >= len(_jobs):
        _over.set()
