"""A hundred thousand agreements whose question is due at the same hour: what it costs to ask, to
the row that queues the question, and to send it; beside APScheduler's memory store, once with
jobs that only count themselves and once with jobs that say the same to the same database.
"""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from time import monotonic, process_time

from benchmarks import rival, rival_pings
from benchmarks.house import MORNING, fill, guest, house
from benchmarks.process import Alone, listening, resident
from benchmarks.table import Figures, Promise, arguments, interleaved, middle, show
from benchmarks.table import number as shown
from bot import clock
from bot.core.app import App
from bot.core.model import Place
from bot.core.ports import Due
from bot.core.rooms import Deed, Limits
from bot.core.work import Unit, Write
from bot.outbox import Desk
from cogs import build
from cogs.pairs import Plans
from storage import Storage
from storage.agreements import Agreement, Kind
from storage.parts import Part, Shows, Terms
from storage.schedule import Schedule

DOOR, WINDOW = "telegram", 256
CLAIM, ASK, SEND = "claiming", "to the outbox row", "sending"
CPU = "{}, CPU per ping, µs"
PATH = "to the end, CPU per row, µs"
BLOCK, WORK = "longest block, ms", "longest work, ms"
MEMORY = "memory for it, MB"
ASKED = Terms((0, 1, 2, 3, 4, 5, 6), f"{MORNING:%H:%M}", Shows.MOOD)


class Mute:
    """A door that takes everything."""

    name, limits = DOOR, Limits(4096, 256, 8, 100)

    async def serve(self, app: App) -> None: ...

    async def do(
        self, key: str, place: Place, deed: Deed, standing: str = "", about: tuple[str, ...] = ()
    ) -> str:
        return key


class Timed:
    """A schedule that adds up what claiming costs."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule, self.worked = schedule, 0.0
        self.skip, self.fail = schedule.skip, schedule.fail
        self.earliest, self.close = schedule.earliest, schedule.close

    async def claim(self, now: object) -> list[Due]:
        begun = process_time()
        batch = await self._schedule.claim(now)  # type: ignore[arg-type]
        self.worked += process_time() - begun
        return batch


async def lay(folder: Path, pairs: int) -> None:
    """As many pairs, of whom the first is asked every day at that hour."""
    before = MORNING - timedelta(hours=12)
    async with house(folder, before) as storage:
        await fill(storage, _joined(storage, 2 * pairs))
        await fill(storage, _agreed(storage, pairs))


def _joined(storage: Storage, people: int) -> Iterator[Unit]:
    for account, person in map(guest, range(people)):
        yield storage.people.join(account, person)


def _agreed(storage: Storage, pairs: int) -> Iterator[Unit]:
    plans, now = Plans(storage.schedule, storage.agreements), storage.now()
    for n in range(pairs):
        (_, ana), (_, bo) = guest(2 * n), guest(2 * n + 1)
        parts = (Part(ana.ref, ASKED, agreed=True), Part(bo.ref, agreed=True))
        ref, ahead = f"a{n:07}".ljust(12, "_"), now + timedelta(days=365)
        one = Agreement(ref, Kind.PAIR, parts, now, ahead)
        people = {person.ref: person for person in (ana, bo)}
        yield storage.agreements.add(one) + plans.all(one, people, now)


async def fire(folder: Path, number: int) -> Figures:
    """The morning of the day with that number."""
    morning = MORNING + timedelta(days=number)
    async with house(folder, morning) as storage:
        app, timed = App(build(storage), storage.ports), Timed(storage.schedule)
        gc.collect()
        before = resident(os.getpid())
        async with listening() as heart:
            asking, asked = process_time(), 0
            while some := await clock.tick(app, timed, morning):
                asked += some
            asking = process_time() - asking
        more = resident(os.getpid()) - before
        keys = [row["key"] for row in await storage.db.read("SELECT key FROM outbox")]
        sending, sent = process_time(), await _send(app, storage)
        sending = process_time() - sending
        await storage.db.commit([Write("DELETE FROM outbox", {})])
    refs = {key.partition("@")[0] for key in keys}
    return {
        "due": asked,
        "lost": asked - len(refs),
        "doubled": len(keys) - len(refs),
        "not sent": asked - sent,
        CPU.format(CLAIM): 1e6 * timed.worked / max(asked, 1),
        CPU.format(ASK): 1e6 * asking / max(asked, 1),
        CPU.format(SEND): 1e6 * sending / max(asked, 1),
        BLOCK: 1000 * heart.longest,
        WORK: 1000 * heart.busiest,
        MEMORY: more,
    }


async def _send(app: App, storage: Storage) -> int:
    """Everything, as the outbox's own loop does it, at no pace."""
    desk, sent, now = Desk(app, storage.outbox, {DOOR: Mute()}, {}, monotonic), 0, storage.now()
    while parcels := await storage.outbox.claim(now, WINDOW):
        sent += sum(await asyncio.gather(*(desk.take(parcel, now) for parcel in parcels)))
    return sent


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.pings", __doc__)
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=10_000, help="of APScheduler's")
    options = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as name, Alone() as us, Alone() as them, Alone() as same:
        ours, theirs = Path(name, "ours"), Path(name, "theirs")
        us.run(lay, ours, options.pairs)
        them.run(rival.prepare, options.jobs, options.jobs, "UTC")
        same.run(lay, theirs, options.jobs)
        same.run(rival_pings.prepare, theirs, options.jobs)
        sides: dict[str, Callable[[int], Figures]] = {
            f"ours, {options.pairs:,}": lambda number: us.run(fire, ours, number),
            f"APScheduler, counting, {options.jobs:,}": lambda _: them.run(rival.fire, rival.LONG),
            "the same statements": lambda number: same.run(rival_pings.fire, number),
        }
        found = interleaved(options.rounds, sides)
        same.run(rival_pings.close)
    return _show(options.pairs, options.seed, found)


def _show(pairs: int, seed: int, found: dict[str, list[Figures]]) -> int:
    ours, counting, same = found.values()
    each = CPU.format(ASK)
    to_same, to_counting = (middle(ours, each) / middle(them, PATH) for them in (same, counting))
    promises = [
        Promise("lost", sum(one["lost"] for one in ours), 0),
        Promise("doubled", sum(one["doubled"] for one in ours), 0),
        Promise("not sent", sum(one["not sent"] for one in ours), 0),
        Promise("longest block, ms", middle(ours, BLOCK), 50),
    ]
    notes = [
        "To the outbox row, CPU, ours to theirs who say the same to the database:"
        f" {shown(to_same)}; to theirs who only count: {shown(to_counting)}",
        "",
    ]
    title = f"{pairs:,} agreements due at the same hour, SQLCipher, FULL"
    return show(title, seed, found, promises, notes)


if __name__ == "__main__":
    raise SystemExit(main())
