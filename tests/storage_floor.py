"""What the tests of the database stand on: a small schema, both engines, another process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.work import Write
from storage.database import Database
from storage.engine import CannotUse

KEY = "5e" * 32
OTHER = "0f" * 32
KEYS = [KEY, None]
"""SQLCipher's, and none for stock SQLite, whose gate the tests open: they lose nothing."""

SCHEMA = """
CREATE TABLE chairs (ref TEXT PRIMARY KEY, holder TEXT NOT NULL DEFAULT '', version INTEGER);
CREATE TABLE cushions (ref TEXT PRIMARY KEY, chair TEXT NOT NULL REFERENCES chairs (ref));
"""
ADD = "INSERT INTO chairs (ref, holder, version) VALUES (:ref, :holder, 1)"
TAKE = "UPDATE chairs SET holder = :who WHERE ref = :ref"


def add(ref: str, holder: str = "") -> Write:
    return Write(ADD, {"ref": ref, "holder": holder})


def take(ref: str, who: str, expect: int | None = 1) -> Write:
    return Write(TAKE, {"ref": ref, "who": who}, expect)


def lay(folder: Path, *scripts: str) -> Path:
    """A folder of migrations."""
    folder.mkdir(exist_ok=True)
    for number, script in enumerate(scripts, 1):
        (folder / f"{number:04}_step.sql").write_text(script)
    return folder


def hall(folder: Path, key: str | None = KEY) -> Database:
    """A database with chairs in it."""
    steps = lay(folder / "steps", SCHEMA)
    return Database(folder / "hall.db", key, migrations=steps, gate=False)


@pytest.fixture(params=KEYS, ids=["cipher", "stock"])
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    made = hall(tmp_path, request.param)
    await made.open()
    yield made
    await made.close()


async def refused(db: Database) -> str:
    """The code under which it cannot be opened."""
    with pytest.raises(CannotUse) as why:
        await db.open()
    assert "{" not in why.value.sentence
    assert why.value.sentence.endswith(".")
    return why.value.code


async def held(db: Database) -> dict[str, str]:
    rows = await db.read("SELECT ref, holder FROM chairs ORDER BY ref")
    return {row["ref"]: row["holder"] for row in rows}


def child(code: str, *args: object) -> subprocess.Popen[str]:
    """Another Python, with `args` as its sys.argv; what it says is read from its pipe."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
    )


def bytes_of(file: Path) -> bytes:
    """All that is on the disk of a database: the file, its log, its index.

    Another process reads them: if this one closed them, SQLite's locks on them would be gone.
    """
    parts = sorted(map(str, file.parent.glob(f"{file.name}*")))
    return subprocess.run(["cat", *parts], capture_output=True, check=True).stdout
