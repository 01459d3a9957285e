"""A copy of a database in use: cleaned, compacted, checked, and then under its name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from storage import engine
from storage.database import Database, Progress, check
from storage.engine import Connection
from storage.files import flush_file, flush_folder

Clean = Callable[[Connection], None]
Verify = Callable[[Path], None]


async def take(
    db: Database,
    target: Path,
    clean: Clean,
    verify: Verify,
    progress: Progress | None = None,
) -> None:
    """`clean` deletes what the copy must not hold; no byte of it is in the file that is kept.
    `verify` reads the copy as it will be used.

    Raises CannotUse; then nothing is left of the attempt.
    """
    first, second = (target.with_name(f"{target.name}.{n}.part") for n in (1, 2))
    async with db.copying:
        try:
            with engine.refusing(target, db.key):
                await asyncio.to_thread(_begin, target.parent)
                await db.copy_to(first, progress)
                await asyncio.to_thread(_clean, db.key, first, second, clean)
                await asyncio.to_thread(verify, second)
                await asyncio.to_thread(_keep, second, target)
        finally:
            await asyncio.to_thread(_remove, target.parent)


def _begin(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _remove(folder)


def _clean(key: str | None, first: Path, second: Path, clean: Clean) -> None:
    engine.make(second)  # it is filled, with our rights, not made with everybody's
    with closing(engine.bare(first, key)) as copy, engine.refusing(first, key):
        copy.execute("PRAGMA journal_mode = DELETE").fetchall()  # one file, not three
        copy.execute("PRAGMA synchronous = OFF")
        clean(copy)
        copy.execute("VACUUM INTO :file", {"file": str(second.resolve())})
    check(second, key, full=True)


def _keep(second: Path, target: Path) -> None:
    flush_file(second)
    second.replace(target)
    flush_folder(target.parent)


def _remove(folder: Path) -> None:
    """What an attempt has left, this one or one that was killed."""
    for part in folder.glob("*.part*"):
        part.unlink(missing_ok=True)
