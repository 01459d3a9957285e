"""The one thread that writes: units in groups, and what must happen between two groups."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeAlias

from bot.core.errors import Conflict
from bot.core.work import Write
from storage.engine import Connection

GROUP = 256
"""Units in one transaction: they share one flush to the disk, and fail each for itself."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A unit, and whoever waits for it."""

    unit: Sequence[Write]
    kept: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done with the writing connection, outside any transaction."""

    work: Callable[[Connection], Any]
    done: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class End:
    """Of the thread, after everything that was put before it."""


class Stopped(Exception):
    """The writer was told to stop while it copied."""


Outcome: TypeAlias = tuple["asyncio.Future[Any]", object]


class Writer:
    """A queue and the thread that empties it. `connect` is called in the thread."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._queue: SimpleQueue[Waiting | Job | End] = SimpleQueue()
        self._later: deque[Job | End] = deque()
        self._ready: Future[None] = Future()
        self._thread = Thread(target=self._run, name="writer", daemon=True)

    async def start(self) -> None:
        """Raises what `connect` raised."""
        self._thread.start()
        await asyncio.wrap_future(self._ready)

    async def stop(self) -> None:
        """What was put before is kept; a copy under way is given up."""
        await asyncio.sleep(0)  # until it was handed over
        self._queue.put(End())
        await asyncio.to_thread(self._thread.join)

    def put(self, unit: Sequence[Write]) -> asyncio.Future[None]:
        """Handed over at the loop's next turn: what comes up in one turn is one group."""
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[None] = loop.create_future()
        loop.call_soon(self._queue.put, Waiting(unit, kept))
        return kept

    def do(self, work: Callable[[Connection], Any]) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        loop.call_soon(self._queue.put, Job(work, done))
        return done

    def between(self, db: Connection) -> None:
        """Called by a long job at a pause: keep what waits by now, so that nobody notices."""
        group, then = self._next(block=False)
        if group:
            _settle(_keep(db, group))
        if then:
            self._later.append(then)
        if isinstance(then, End):
            raise Stopped

    def _run(self) -> None:
        # Who waits for the start may give up meanwhile; being told is then theirs to ignore.
        self._ready.set_running_or_notify_cancel()
        try:
            db = self._connect()
        except BaseException as error:
            return self._ready.set_exception(error)
        self._ready.set_result(None)
        with closing(db):
            while True:
                group, then = self._next(block=True)
                if group:
                    _settle(_keep(db, group))
                if isinstance(then, End):
                    return
                if then:
                    _settle([(then.done, _outcome(then.work, db))])

    def _next(self, *, block: bool) -> tuple[list[Waiting], Job | End | None]:
        """The units that wait by now, and what comes after them if that is something else."""
        if block and self._later:
            return [], self._later.popleft()
        group: list[Waiting] = []
        try:
            while len(group) < GROUP:
                item = self._queue.get(block=block and not group)
                if not isinstance(item, Waiting):
                    return group, item
                group.append(item)
        except Empty:
            pass
        return group, None


def _keep(db: Connection, group: list[Waiting]) -> list[Outcome]:
    """One transaction; nobody is told before it is on the disk. A unit hardly ever fails, so it
    is only then that they are kept again, with a savepoint for each."""
    error = _together(db, group)
    if error is None or len(group) == 1:
        return [(one.kept, error) for one in group]
    return _each(db, group)


def _together(db: Connection, group: list[Waiting]) -> Exception | None:
    """All of them or none."""
    try:
        db.execute("BEGIN IMMEDIATE")
        for one in group:
            _run(db, one.unit)
        db.execute("COMMIT")
    except Exception as error:  # also what SQLite cannot hold: a huge number, half a character
        _undo(db)
        return error
    return None


def _each(db: Connection, group: list[Waiting]) -> list[Outcome]:
    """Those that do not fail."""
    try:
        db.execute("BEGIN IMMEDIATE")
        outcomes: list[Outcome] = [(one.kept, _apply(db, one.unit)) for one in group]
        db.execute("COMMIT")
        return outcomes
    except Exception:
        _undo(db)
    # The disk refused them together: what it takes of them one by one is kept.
    return [outcome for one in group for outcome in _keep(db, [one])]


def _undo(db: Connection) -> None:
    with suppress(Exception):  # a thread that ended here would leave everybody waiting
        if db.in_transaction:
            db.execute("ROLLBACK")


def _apply(db: Connection, unit: Sequence[Write]) -> Exception | None:
    db.execute("SAVEPOINT unit")
    try:
        _run(db, unit)
    except Exception as error:
        if not db.in_transaction:  # the disk, not the unit: nobody's work was kept
            raise
        db.execute("ROLLBACK TO unit")
        return error
    finally:
        if db.in_transaction:
            db.execute("RELEASE unit")
    return None


def _run(db: Connection, unit: Sequence[Write]) -> None:
    for write in unit:
        changed = _changed(db, write)
        if write.expect not in (None, changed):
            raise Conflict(f"{changed} rows, not {write.expect}: {write.sql.strip()[:60]}")


def _changed(db: Connection, write: Write) -> int:
    """The rows that it changed; the modules count wrongly after RETURNING, or WITH."""
    cursor = db.execute(write.sql, write.values)
    if cursor.description is None and cursor.rowcount >= 0:
        return cursor.rowcount
    cursor.fetchall()
    [[changed]] = db.execute("SELECT changes()").fetchall()
    return int(changed)


def _outcome(work: Callable[[Connection], object], db: Connection) -> object:
    try:
        return work(db)
    except Exception as error:
        return error


def _settle(outcomes: list[Outcome]) -> None:
    """Tell everybody at once: waking the loop costs more than the telling."""
    waiting: dict[asyncio.AbstractEventLoop, list[Outcome]] = {}
    for outcome in outcomes:
        waiting.setdefault(outcome[0].get_loop(), []).append(outcome)
    for loop, told in waiting.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_tell, told)


def _tell(outcomes: list[Outcome]) -> None:
    for future, outcome in outcomes:
        if future.done():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
