"""A new instance's two files, made and migrated once; each test has a copy of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from storage import Storage
from storage.database import Database
from storage.keys import Keys
from tests.room import MORNING, Hour

INSTANCE_KEY = bytes(range(32))
KEYS, HOUSE = "keys.db", "test.db"

_made: dict[str, bytes] = {}


@asynccontextmanager
async def fresh(folder: Path) -> AsyncIterator[Storage]:
    """As it is after the very first start."""
    if not _made:
        await _make()
    for name, content in _made.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_bytes(content)
    async with _opened(folder) as (keys, db):
        yield Storage(db, keys, Hour())


async def _make() -> None:
    """Without the keys of its hours: those each copy makes for itself, as it starts."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        async with _opened(folder) as (keys, _):
            copy = await keys.copy(folder / "copies", MORNING)
        _made.update({KEYS: copy.read_bytes(), HOUSE: (folder / HOUSE).read_bytes()})


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[tuple[Keys, Database]]:
    keys = Keys(folder / KEYS, INSTANCE_KEY)
    await keys.open()
    db = Database(folder / HOUSE, keys.main)
    try:
        await db.open()
        yield keys, db
    finally:
        await db.close()
        await keys.close()
