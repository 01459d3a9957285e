"""The power fails at every step to the disk: what was acknowledged is there, the rest wholly or
not at all. Then the disk is full at every step."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import Any, cast

import apsw

from benchmarks.disk import Ask, Disk, Files, after_cuts
from benchmarks.house import MORNING, ROOM, guest, house, settling
from benchmarks.table import Figures, Promise, arguments, show
from bot.core.cards import Card
from bot.core.rooms import Post
from bot.core.text import Plain
from bot.core.work import Sending, Unit, Write
from storage import Storage, engine
from storage.checkins import CheckIn
from storage.migrate import MIGRATIONS, statements, steps
from storage.writer import Writer

FILE = "homegroup.db"
PEOPLE = 8
TOGETHER = 4
"""Units in one transaction, at most."""
FOLD_AFTER = 8
"""Transactions between two folds of the log into the file, as tidying does it."""
FOLD_PAGES = 60
"""Pages in the log after which SQLite folds it by itself; 1,000 in the house, which would be
too few folds in so short a day."""
FULL_FOR = 3
"""Transactions that fail before somebody makes room."""

WRONG = ("acknowledged rows lost", "half units", "corrupt")

FACTS = """
    SELECT (SELECT count(*) FROM inbox WHERE ref = :update) AS stored,
        (SELECT count(*) FROM inbox WHERE ref = :update AND state = 'done') AS marked,
        (SELECT count(*) FROM checkins WHERE ref = :ref) AS kept,
        (SELECT count(*) FROM outbox WHERE key = :key) AS queued"""


class Cursor:
    """What a statement did; its rows were fetched."""

    description = None

    def __init__(self, db: apsw.Connection, sql: str, values: Any) -> None:
        self.rows: list[Any] = db.execute(sql, values).fetchall()
        self.rowcount = db.changes()


class Held:
    """An APSW connection, as the writer's thread knows connections."""

    def __init__(self, disk: Disk, synchronous: str = "FULL") -> None:
        self._db = apsw.Connection(FILE, vfs=disk.name)
        # Alone with its file, so that the log's index is in memory, not on the disk.
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        for pragma in engine.WRITING:
            self._db.execute(f"PRAGMA {pragma}").fetchall()
        self._db.execute(f"PRAGMA synchronous = {synchronous}")
        self._db.execute(f"PRAGMA wal_autocheckpoint = {FOLD_PAGES}").fetchall()

    def execute(self, sql: str, values: Any = None) -> Cursor:
        return Cursor(self._db, sql, dict(values) if values else None)

    @property
    def in_transaction(self) -> bool:
        return self._db.in_transaction

    def close(self) -> None:
        self._db.close(True)


@dataclass(frozen=True, slots=True)
class Exchange:
    """An update that is stored, and then performed as one unit: a check-in, a message that is
    queued, and the mark that the update is done."""

    update: str
    ref: str
    key: str
    stored: Unit
    performed: Unit


@dataclass(slots=True)
class Day:
    """What a community was told: by name, after which step to the disk."""

    stored: dict[str, int] = field(default_factory=dict)
    performed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """A schema on a disk, with people in it, and what they are going to do."""

    files: Files
    batches: list[list[Exchange]]


async def write_script(units: int, seed: int) -> Script:
    """Made of what the storage itself would write, and nothing of it by this file."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder)) as storage:
            before = list(settling(storage, PEOPLE))
            exchanges = [_exchange(storage, n) for n in range(units)]
    batches = []
    while exchanges:
        size = chance.randint(1, TOGETHER)
        batches.append(exchanges[:size])
        del exchanges[:size]
    return Script(_laid(before), batches)


def _exchange(storage: Storage, n: int) -> Exchange:
    person = guest(n % PEOPLE)[1].ref
    now = MORNING + timedelta(minutes=10 * n)
    number, ref, key = str(n), f"c{n}".ljust(12, "_"), f"telegram:{n}/checkins.checkin/0"
    entry = CheckIn(ref, person, now, now.date(), 1 + n % 5, ("tired",), "x" * (37 * n % 900))
    deed = Post(ROOM, Card((Plain("y" * (53 * n % 700)),)))
    stored = storage.inbox.store("telegram", [(number, person, "z" * (n % 300))], now)
    performed = (
        storage.inbox.done(f"telegram:{n}"),
        *storage.checkins.add(entry, now - timedelta(minutes=5)),
        *storage.outbox.queue(key, Sending(deed, about=(person,)), now),
    )
    return Exchange(f"telegram:{n}", ref, key, stored, performed)


def _laid(before: Sequence[Unit]) -> Files:
    """Our schema, with people in it, flushed."""
    disk = Disk()
    db = Held(disk)
    for file in steps(MIGRATIONS):
        for statement in statements(file.read_text(encoding="utf-8")):
            db.execute(statement)
    for unit in before:
        for part in unit:
            if isinstance(part, Write):
                db.execute(part.sql, part.values)
    _fold(db)
    files = disk.begin()
    db.close()
    return files


async def live(script: Script, disk: Disk, db: Held) -> Day:
    """The day as the writer's thread keeps it, but step by step, so that it is always the same.

    On a disk that is full somebody makes room after a few transactions, or for the last one.
    """
    day, failed = Day(), 0
    for number, batch in enumerate(script.batches):
        if failed >= FULL_FOR or batch is script.batches[-1]:
            disk.full_at = None
        for told, part in ((day.stored, "stored"), (day.performed, "performed")):
            outcomes = await _keep(db, [getattr(exchange, part) for exchange in batch])
            for exchange, outcome in zip(batch, outcomes, strict=True):
                if outcome is None:
                    told[exchange.update] = len(disk.steps)
            failed += outcomes[-1] is not None
        if number % FOLD_AFTER == FOLD_AFTER - 1:
            _fold(db)
    return day


async def _keep(db: Held, units: Sequence[Unit]) -> list[BaseException | None]:
    """Together, by what the writer's thread does with units that wait for it."""
    connection = cast(engine.Connection, db)
    writer = Writer(lambda: connection)
    kept = [writer.put(cast(Sequence[Write], unit)) for unit in units]
    await asyncio.sleep(0)
    writer.between(connection)
    return await asyncio.gather(*kept, return_exceptions=True)


def _fold(db: Held) -> None:
    """The log into the file; on a full disk the next one will do it."""
    with suppress(apsw.FullError):
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def judge(script: Script, day: Day, files: Files, done: float = inf) -> Counter[str]:
    """What is wrong with these files, if as many steps were done when the disk was left."""
    found: Counter[str] = Counter()
    try:
        db = Held(Disk(files))
        sound = db.execute("PRAGMA integrity_check").rows == [("ok",)]
        if not sound or db.execute("PRAGMA foreign_key_check").rows:
            found["corrupt"] += 1
        for one in (exchange for batch in script.batches for exchange in batch):
            [facts] = db.execute(FACTS, {"update": one.update, "ref": one.ref, "key": one.key}).rows
            stored, *parts = map(int, facts)
            if one.update in day.stored and day.stored[one.update] <= done:
                found["acknowledged rows lost"] += not stored
            if one.update in day.performed and day.performed[one.update] <= done:
                found["acknowledged rows lost"] += parts.count(0)
            found["half units"] += 0 < sum(parts) < len(parts)
        db.close()
    except apsw.Error:
        found["corrupt"] += 1
    return found


def cut_everywhere(script: Script, seed: int, synchronous: str) -> Figures:
    """One day, and the power gone at each of its steps to the disk."""
    disk = Disk(script.files)
    db = Held(disk, synchronous)
    before = disk.begin()
    day = asyncio.run(live(script, disk, db))
    asked = list(disk.steps)
    db.close()
    found: Counter[str] = Counter()
    runs = losing = 0
    for number, _how, files in after_cuts(before, asked, random.Random(seed)):
        wrong = judge(script, day, files, number)
        runs, losing = runs + 1, losing + bool(wrong["acknowledged rows lost"])
        found += wrong
    return {
        "units acknowledged": len(day.stored) + len(day.performed),
        "cut points": len(asked),
        "disks looked at": runs,
        "of them with a loss": losing,
        **{name: found[name] for name in WRONG},
    }


def full_everywhere(script: Script, every: int = 1) -> Figures:
    """The same day, on a disk that is full from each write on, until somebody makes room."""
    found: Counter[str] = Counter()
    points = stuck = refused = 0
    asked = 2 * sum(map(len, script.batches))
    writes = _writes(script)
    for full_at in writes[::every]:
        disk = Disk(script.files)
        db = Held(disk)
        disk.begin()
        disk.full_at = full_at
        day = asyncio.run(live(script, disk, db))
        db.close()
        points += 1
        refused += asked - len(day.stored) - len(day.performed)
        stuck += script.batches[-1][-1].update not in day.performed
        found += judge(script, day, {name: bytes(data) for name, data in disk.files.items()})
    return {
        "cut points": len(writes),
        "disks looked at": points,
        "units refused": refused,
        "did not go on": stuck,
        **{name: found[name] for name in WRONG},
    }


def _writes(script: Script) -> list[int]:
    """The numbers of the steps that write."""
    disk = Disk(script.files)
    db = Held(disk)
    disk.begin()
    asyncio.run(live(script, disk, db))
    found = [number for number, step in enumerate(disk.steps) if step.ask is Ask.WRITE]
    db.close()
    return found


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.power_cuts", __doc__)
    parser.add_argument("--units", type=int, default=40)
    options = parser.parse_args(given)
    script = asyncio.run(write_script(options.units, options.seed))
    ours = cut_everywhere(script, options.seed, "FULL")
    less = cut_everywhere(script, options.seed, "NORMAL")
    full = full_everywhere(script)
    promises = [Promise(f"{name}, FULL", ours[name], 0) for name in WRONG]
    promises += [Promise(f"{name}, disk full", full[name], 0) for name in (*WRONG, "did not go on")]
    lost, refused = less["acknowledged rows lost"], full["units refused"]
    promises.append(Promise("lost with NORMAL, so that a loss is seen", lost, 1, at_least=True))
    promises.append(Promise("refused by a full disk, so that it was", refused, 1, at_least=True))
    return show(
        f"The power fails at every step to the disk (SQLite {apsw.sqlite_lib_version()})",
        options.seed,
        {"FULL (ours)": [ours], "NORMAL (control)": [less], "disk full": [full]},
        promises,
    )


if __name__ == "__main__":
    raise SystemExit(main())
