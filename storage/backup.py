"""Backups made while the house is open, looked through before they count, and put back by one call.

They hold no keys, and no text that was only on its way.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from storage import copies, engine
from storage.database import Database, Progress, check
from storage.engine import CannotUse, Connection
from storage.files import dated, flush_file, flush_folder, stamped
from storage.keys import Keys
from storage.migrate import MIGRATIONS, migrate, require_known, version_of

EPHEMERAL = {
    **{"inbox": "body", "outbox": "body", "drafts": "body", "web_events": "body"},
    "errands": "body",
}
"""Where a text stands that is wiped soon. It is left out; its row too if it cannot do without."""

BLOCK = 256 * engine.PAGE
"""Bytes that are copied between two words of progress."""
LOG = ("-wal", "-shm")
"""What SQLite puts beside a file in use: it belongs to that file and to no other."""

NO_BACKUP = "There is no backup {file}."
BAD_BACKUP = "The backup {file} is damaged. Take another one."
NOT_OURS = "The backup {file} was not made with these keys, or it is damaged. Take another one."
IN_USE = "Another program is using the database {file}. Stop it, then restore again."


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup made, and which older ones it removed."""

    file: Path
    keys: Path
    size: int
    """Bytes."""
    removed: int
    """Older backups that made room."""


async def backup(
    db: Database,
    keys: Keys,
    folder: Path,
    keys_folder: Path,
    now: datetime,
    keep: int,
    progress: Progress | None = None,
) -> BackupReport:
    """A verified backup of both, apart from each other; of those of `db` the newest `keep` stay.

    The keys come second, so that each person in the backup has theirs. Raises CannotUse.
    """
    file = folder / stamped("homegroup", now)
    look = partial(_look, key=db.key)
    await copies.take(db, file, _scrub, look, progress)
    kept = await keys.copy(keys_folder, now)
    removed = await asyncio.to_thread(_make_room, folder, max(keep, 1))
    return BackupReport(file, kept, file.stat().st_size, removed)


async def verify(file: Path, key: str | None, migrations: Path = MIGRATIONS) -> None:
    """Read every page of a backup. Raises CannotUse when it could not be put back."""
    await asyncio.to_thread(_verify, file, key, migrations)


async def restore(
    file: Path,
    path: Path,
    key: str | None,
    now: datetime,
    progress: Progress | None = None,
    *,
    migrations: Path = MIGRATIONS,
) -> Path | None:
    """Put the backup in the place of the database at `path`, which nobody may be using.

    Returns where the database is that was there before, if one was. Raises CannotUse; then that
    is in its place again.
    """
    loop = asyncio.get_running_loop()

    def told(done: int, total: int) -> None:
        if progress:
            loop.call_soon_threadsafe(progress, done, total)

    work = partial(_restore, file, path, key, now, told, migrations)
    return await asyncio.to_thread(work)


def _scrub(copy: Connection) -> None:
    copy.execute("PRAGMA foreign_keys = OFF")
    for table, column in EPHEMERAL.items():
        columns = copy.execute(f"PRAGMA table_info({table})").fetchall()
        for found in columns:
            if found["name"] == column and found["notnull"]:
                copy.execute(f"DELETE FROM {table}")
            elif found["name"] == column:
                copy.execute(f"UPDATE {table} SET {column} = NULL")


def _look(copy: Path, key: str | None) -> None:
    """Nothing that is only on its way has stayed in it."""
    with closing(engine.connect(copy, key, write=False)) as db:
        for table, column in EPHEMERAL.items():
            if db.execute(f"PRAGMA table_info({table})").fetchall():
                left = f"SELECT 1 FROM {table} WHERE {column} IS NOT NULL LIMIT 1"
                if db.execute(left).fetchall():
                    raise RuntimeError("a text that was on its way is in a backup")


def _make_room(folder: Path, keep: int) -> int:
    old = dated(folder, "homegroup")[:-keep]
    for file in old:
        file.unlink()
    return len(old)


def _verify(file: Path, key: str | None, migrations: Path) -> None:
    if not file.is_file():
        raise CannotUse("missing", NO_BACKUP, file=str(file))
    try:
        check(file, key, full=True)
        with closing(engine.connect(file, key, write=False)) as db:
            version = version_of(db)
    except CannotUse as error:
        message = {"corrupt": BAD_BACKUP, "wrong_key": NOT_OURS}.get(error.code)
        if message is None:
            raise
        raise CannotUse(error.code, message, file=str(file)) from error
    require_known(file, version, migrations)
    if not version:
        raise CannotUse("corrupt", BAD_BACKUP, file=str(file))


def _restore(
    file: Path, path: Path, key: str | None, now: datetime, told: Progress, migrations: Path
) -> Path | None:
    _verify(file, key, migrations)
    new = path.with_name(f"{path.name}.restoring")
    try:
        with engine.refusing(path, key):
            _copy(file, new, told)
            _fold(path, key)
            before = _unused(path.with_name(f"{path.name}.before-{stamped('restore', now)}"))
            with _aside(path, before):
                new.replace(path)
                flush_folder(path.parent)
                migrate(path, key, migrations)
                check(path, key, full=True)
    finally:
        new.unlink(missing_ok=True)
    return before if before.exists() else None


def _copy(file: Path, new: Path, told: Progress) -> None:
    new.unlink(missing_ok=True)
    engine.make(new)
    total, done = file.stat().st_size, 0
    with file.open("rb") as old, new.open("r+b") as copy:
        while block := old.read(BLOCK):
            copy.write(block)
            done += len(block)
            told(done // engine.PAGE, total // engine.PAGE)
    flush_file(new)


def _fold(path: Path, key: str | None) -> None:
    """Fold the log of the database into its file, if it can be read. Raises CannotUse when
    somebody else has it open: then a log is left."""
    if not path.exists():
        return
    try:
        engine.connect(path, key).close()
    except CannotUse as error:
        if error.code == "locked":
            raise
        return  # damaged, or another's: it is moved as it is
    if path.with_name(path.name + LOG[0]).exists():
        raise CannotUse("locked", IN_USE, file=str(path))


@contextmanager
def _aside(path: Path, before: Path) -> Iterator[None]:
    """Put a database and its log away; when what follows fails, bring them back.

    Under its own name it stays until something takes its place, where the disk can do that.
    """
    try:
        os.link(path, before)
    except FileNotFoundError:
        pass
    except OSError:
        path.replace(before)
    _move_log(path, before)
    try:
        yield
    except BaseException:
        _remove_log(path)
        if before.exists() and path.exists() and before.samefile(path):
            before.unlink()
        elif before.exists():
            before.replace(path)
        else:
            path.unlink(missing_ok=True)
        _move_log(before, path)
        raise
    finally:
        flush_folder(path.parent)


def _move_log(path: Path, to: Path) -> None:
    for end in LOG:
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).replace(to.with_name(to.name + end))


def _remove_log(path: Path) -> None:
    for end in LOG:
        path.with_name(path.name + end).unlink(missing_ok=True)


def _unused(path: Path) -> Path:
    """Nothing that was put aside is ever written over."""
    names = (path.with_name(path.name + end) for end in ("", *(f".{n}" for n in range(2, 1000))))
    return next(name for name in names if not name.exists())
