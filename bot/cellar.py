"""What lies under the doors: opened with its keys, looked at, backed up and put back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from bot.config import Config
from bot.control import Told
from bot.locks import Held, Lock
from storage import Storage, engine, utcnow
from storage.backup import backup, restore
from storage.database import Database, check
from storage.engine import CannotUse
from storage.keys import Keys, read_instance_key
from storage.migrate import require_known, version_of

Now: TypeAlias = Callable[[], datetime]

ENDING = 1.0
"""Seconds that another process is given to let go: one that ends, or a look at the lock."""
RUNNING = "Homegroup is running already in {folder}."
SILENT = (
    "Homegroup is running in {folder} and does not answer here. Stop it, then try again as the"
    " user who runs it."
)


class CannotStart(Exception):
    """One sentence for the person who started it: what is in the way, and how to mend it."""


def work_alone(
    config: Config, environ: Mapping[str, str], verb: str, given: Mapping[str, str], told: Told
) -> Mapping[str, Any]:
    """`backup` or `restore` while no server runs, and none can start. Raises CannotStart."""
    lock = lock_of(config)
    try:
        if verb == "backup" and not config.database.file.exists():
            raise CannotUse("missing", engine.MISSING, file=str(config.database.file))
        lock.take(ENDING)
        return asyncio.run(_work(config, environ, verb, given, told))
    except Held:
        raise CannotStart(SILENT.format(folder=config.data)) from None
    except (CannotUse, OSError) as trouble:
        raise CannotStart(sentence(trouble)) from None
    finally:
        lock.release()


async def _work(
    config: Config, environ: Mapping[str, str], verb: str, given: Mapping[str, str], told: Told
) -> Mapping[str, Any]:
    if verb == "restore":
        return await put_back(config, environ, Path(given["backup"]), utcnow(), told)
    async with opened(config, environ, utcnow, create=False) as storage:
        return await back_up(storage, config, utcnow(), told)


@asynccontextmanager
async def opened(
    config: Config, environ: Mapping[str, str], now: Now, *, create: bool = True
) -> AsyncIterator[Storage]:
    """The storage, with its keys; by whoever has the lock. Raises CannotUse or OSError; then
    nothing was made or changed that was there before."""
    keys = await open_keys(config, environ, create=create)
    try:
        key = keys.main if config.database.cipher else None
        # Where somebody has a key there was a database: a new one would hide that it is gone.
        db = Database(config.database.file, key, create=create and not keys.owners())
        await db.open()
        try:
            yield Storage(db, keys, now, checkins_days=config.retention.checkins_days)
        finally:
            await db.close()
    finally:
        await keys.close()


async def open_keys(config: Config, environ: Mapping[str, str], *, create: bool) -> Keys:
    """New keys are made only where there is no database yet that they could not open."""
    fresh = create and not config.database.file.exists()
    keys = await _keys(config, environ, create=fresh)
    await keys.open(create=fresh)
    return keys


async def look(config: Config, environ: Mapping[str, str]) -> None:
    """Whether the database could be opened and is whole. Makes and changes nothing, and may be
    called while somebody else has it open. Raises CannotUse or OSError."""
    keys = await _keys(config, environ, create=False)
    await asyncio.to_thread(_look, config, keys)


def _look(config: Config, keys: Keys) -> None:
    main, persons = keys.look()
    file, key = config.database.file, main if config.database.cipher else None
    if key is None:
        engine.require_safe()
    if not (file.exists() and file.stat().st_size):
        if persons:
            raise CannotUse("missing", engine.MISSING, file=str(file))
        return  # it was never made
    check(file, key, full=False)
    with closing(engine.connect(file, key, write=False)) as db:
        require_known(file, version_of(db))


async def _keys(config: Config, environ: Mapping[str, str], *, create: bool) -> Keys:
    where = config.keys
    instance = await asyncio.to_thread(
        read_instance_key, where.file, environ, where.store, create=create
    )
    return Keys(where.store, instance)


def closed(config: Config) -> Storage:
    """A storage that refuses everything, for a process that can only answer /now."""
    db = Database(config.database.file, None)
    return Storage(db, Keys(config.keys.store, bytes(32)), utcnow)


async def back_up(storage: Storage, config: Config, now: datetime, told: Told) -> Mapping[str, Any]:
    made = await backup(
        storage.db,
        storage.keys,
        config.backup.folder,
        config.keys.copies,
        now,
        config.backup.keep,
        told,
    )
    return {"file": str(made.file), "keys": str(made.keys)}


async def put_back(
    config: Config, environ: Mapping[str, str], file: Path, now: datetime, told: Told
) -> Mapping[str, Any]:
    """Raises CannotUse when the backup cannot be used; then what was there is untouched.

    The keys are copied first: those of people who came after the backup was made go at the next
    start, and without them nobody could come back to what was there before.
    """
    keys = await open_keys(config, environ, create=False)
    try:
        key = keys.main if config.database.cipher else None
        copy = await keys.copy(config.keys.copies, now)
        before = await restore(file, config.database.file, key, now, told)
    finally:
        await keys.close()
    return {"before": str(before or ""), "keys": str(copy)}


def lock_of(config: Config) -> Lock:
    """Held by the one process that writes, in the data folder and beside the database."""
    first, file = config.data / "homegroup.lock", config.database.file
    more = () if file.parent == config.data else (file.with_name(f"{file.name}.lock"),)
    return Lock(first, *more)


def socket_of(config: Config) -> Path:
    return config.data / "homegroup.sock"


def sentence(trouble: CannotUse | OSError) -> str:
    """What the host is told."""
    if isinstance(trouble, CannotUse):
        return str(trouble)
    return f"{trouble.filename or 'A file'} cannot be used: {trouble.strerror or 'no access'}."
