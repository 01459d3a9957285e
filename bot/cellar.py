"""What lies under the doors: opened with its keys, looked at, backed up and put back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from bot.config import Config
from bot.control import Told
from bot.locks import Held, hold
from storage import Storage, utcnow
from storage.backup import backup, restore
from storage.database import Database, check
from storage.engine import CannotUse
from storage.keys import Keys, read_instance_key

Now: TypeAlias = Callable[[], datetime]


class CannotStart(Exception):
    """One sentence for the person who started it: what is in the way, and how to mend it."""


async def work_alone(
    config: Config, environ: Mapping[str, str], verb: str, given: Mapping[str, str], told: Told
) -> Mapping[str, Any]:
    """`backup` or `restore` while no server runs, and none can start. Raises CannotStart."""
    with alone(config):
        try:
            if verb == "restore":
                return await put_back(config, environ, Path(given["backup"]), told)
            async with opened(config, environ, utcnow, create=False) as storage:
                return await back_up(storage, config, utcnow(), told)
        except CannotUse as trouble:
            raise CannotStart(str(trouble)) from None
        except OSError as trouble:
            raise CannotStart(no_access(trouble)) from None


@asynccontextmanager
async def opened(
    config: Config, environ: Mapping[str, str], now: Now, *, create: bool = True
) -> AsyncIterator[Storage]:
    """The storage, with its keys. Raises CannotUse or OSError; then nothing was made or changed
    that was there before."""
    keys = await open_keys(config, environ, create=create)
    try:
        key = keys.main if config.database.cipher else None
        db = Database(config.database.file, key, create=create)
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
    instance = await asyncio.to_thread(read_instance_key, config.keys.file, environ)
    keys = Keys(config.keys.store, instance)
    await keys.open(create=fresh)
    return keys


async def look(config: Config, environ: Mapping[str, str]) -> None:
    """Whether the database opens and is whole, without changing anything. Raises CannotUse."""
    keys = await open_keys(config, environ, create=False)
    try:
        key = keys.main if config.database.cipher else None
        await asyncio.to_thread(check, config.database.file, key, full=False)
    finally:
        await keys.close()


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
    config: Config, environ: Mapping[str, str], file: Path, told: Told
) -> Mapping[str, Any]:
    """Raises CannotUse when the backup cannot be used; then what was there is untouched."""
    keys = await open_keys(config, environ, create=False)
    try:
        key = keys.main if config.database.cipher else None
        before = await restore(file, config.database.file, key, utcnow(), told)
    finally:
        await keys.close()
    return {"before": str(before)}


@contextmanager
def alone(config: Config) -> Iterator[None]:
    """Hold the data folder, so that no second process writes. Raises CannotStart."""
    try:
        config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with hold(config.data / "homegroup.lock"):
            yield
    except Held:
        raise CannotStart(f"Homegroup is running already in {config.data}.") from None
    except OSError as trouble:
        raise CannotStart(no_access(trouble)) from None


def socket_of(config: Config) -> Path:
    return config.data / "homegroup.sock"


def no_access(trouble: OSError) -> str:
    return f"{trouble.filename or 'A file'} cannot be used: {trouble.strerror or 'no access'}."
