"""What a million schedules cost while nothing happens, and how soon a start gets to the first."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from benchmarks.house import FILE, house
from benchmarks.planned import DUE, lay
from benchmarks.process import Alone, resident
from benchmarks.table import Figures, Promise, interleaved, middle, show

MANY = 1_000_000
DUE_AT_ONCE = 10_000
GROUPS = 1_000
MEMORY, CLAIM = "memory, MB", "first claim, ms"


async def start(folder: Path, number: int) -> Figures:
    """In a process of its own, as it is after a restart."""
    now = DUE + timedelta(hours=number)
    _forget(folder / FILE)
    begun = perf_counter()
    async with house(folder, now) as storage:
        await storage.wake_up(now)
        opened = perf_counter()
        batch = await storage.schedule.claim(now)
        claimed = perf_counter()
        await storage.schedule.earliest()
        return {
            "to open, ms": 1000 * (opened - begun),
            CLAIM: 1000 * (claimed - opened),
            "claimed": len(batch),
            MEMORY: resident(os.getpid()),
        }


def _forget(file: Path) -> None:
    """The machine is to read it from the disk again, where it can be told so."""
    if hasattr(os, "posix_fadvise"):
        with file.open("rb") as opened:
            os.fsync(opened.fileno())
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def compare(folder: Path, rounds: int, seed: int, many: int = MANY) -> int:
    none, full = folder / "none", folder / "full"
    begun = perf_counter()
    for where, rows in ((none, 0), (full, many)):
        where.mkdir()
        with Alone() as maker:
            maker.run(lay, where, rows, min(rows, DUE_AT_ONCE), GROUPS)
    took = perf_counter() - begun
    sides: dict[str, Callable[[int], Figures]] = {
        f"{many:,}": lambda number: _fresh(full, number),
        "none": lambda number: _fresh(none, number),
    }
    ours, bare = interleaved(rounds, sides).values()
    more = middle(ours, MEMORY) - middle(bare, MEMORY)
    promises = [
        Promise("memory for them, MB", more, 10),
        Promise("first claim after a restart, ms", middle(ours, CLAIM), 200),
    ]
    title = f"{many:,} schedules of {GROUPS:,} groups, {min(many, DUE_AT_ONCE):,} of them due"
    size = (full / FILE).stat().st_size / 1e6
    notes = [f"They were made in {took:.0f} s; the file has {size:,.0f} MB.", ""]
    return show(title, seed, dict(zip(sides, (ours, bare), strict=True)), promises, notes)


def _fresh(folder: Path, number: int) -> Figures:
    with Alone() as process:
        return process.run(start, folder, number)
