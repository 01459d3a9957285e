"""Ten thousand schedules due in one second out of a hundred thousand, to the row that queues what
they say; beside APScheduler's memory store, whose jobs only count themselves.

With --million: what a million of them cost while nothing happens, and at a start.
"""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import process_time

from benchmarks import million, rival
from benchmarks.house import house
from benchmarks.planned import DUE, ZONE, Bell, lay
from benchmarks.process import Alone, listening
from benchmarks.table import Figures, Promise, arguments, interleaved, middle, show
from bot import clock
from bot.core.app import App
from bot.core.work import Write
from storage import Storage
from storage.schedule import LEASE

CLAIM, PATH = "claiming, CPU per row, µs", "to the end, CPU per row, µs"
BLOCK = "longest block, ms"
GROUPS = 100


async def fire(folder: Path, due: int, number: int) -> Figures:
    """The morning of the day with that number. First a process claims all and is gone; when its
    leases have ended another performs them."""
    morning = DUE + timedelta(days=number)
    gc.collect()
    async with house(folder, morning) as storage:
        claimed, claiming = 0, process_time()
        while batch := await storage.schedule.claim(morning):
            claimed += len(batch)
        claiming = process_time() - claiming
        app = App([Bell()], storage.ports)
        now, performed = morning + LEASE, 0
        async with listening() as heart:
            working = process_time()
            while some := await clock.tick(app, storage.schedule, now):
                performed += some
            working = process_time() - working
        queued = await _queued(storage, morning)
        await storage.db.commit([Write("DELETE FROM outbox", {})])
    return {
        "due": due,
        "lost": due - len(set(queued)),
        "doubled": len(queued) - len(set(queued)),
        CLAIM: 1e6 * claiming / max(claimed, 1),
        PATH: 1e6 * working / max(performed, 1),
        BLOCK: 1000 * heart.longest,
        "longest work, ms": 1000 * heart.busiest,
    }


async def _queued(storage: Storage, morning: datetime) -> list[str]:
    """The ref of the schedule of each row in the outbox that is of this morning."""
    rows = await storage.db.read("SELECT key FROM outbox")
    causes = [str(row["key"]).partition("/")[0].partition("@") for row in rows]
    return [ref for ref, _, at in causes if at == f"{morning.timestamp():.0f}"]


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.schedules", __doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--people", action="store_true", help="each for a person, not a room")
    parser.add_argument("--million", action="store_true")
    options = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.million:
            return million.compare(folder, options.rounds, options.seed)
        people = options.due if options.people else 0
        return _second(folder, options.rows, options.due, people, options.rounds, options.seed)


def _second(folder: Path, rows: int, due: int, people: int, rounds: int, seed: int) -> int:
    with Alone() as us, Alone() as them:
        ready = (
            us.begin(lay, folder, rows, due, GROUPS, people),
            them.begin(rival.prepare, rows, due, ZONE),
        )
        for side in ready:
            side.result()
        sides: dict[str, Callable[[int], Figures]] = {
            "ours": lambda number: us.run(fire, folder, due, number),
            "APScheduler, grace 1 h": lambda _: them.run(rival.fire, rival.LONG),
        }
        found = interleaved(rounds, sides)
        dropped = them.run(rival.fire, rival.DEFAULT)
    ours, theirs = found.values()
    theirs_each = middle(theirs, PATH)
    promises = [
        Promise("lost", sum(one["lost"] for one in ours), 0),
        Promise("doubled", sum(one["doubled"] for one in ours), 0),
        Promise("claiming, to all that they do, CPU", middle(ours, CLAIM) / theirs_each, 0.1),
        Promise("to the outbox row, to all that they do, CPU", middle(ours, PATH) / theirs_each, 1),
        Promise("longest block, ms", middle(ours, BLOCK), 50),
    ]
    whose = "each for a person" if people else f"of {GROUPS} groups"
    title = f"{due:,} schedules due in one second out of {rows:,}, {whose}, SQLCipher, FULL"
    return show(title, seed, {**found, "APScheduler, its default": [dropped]}, promises)


if __name__ == "__main__":
    raise SystemExit(main())
