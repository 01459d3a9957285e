"""What the engine refuses, in words that help, and what it leaves on the disk."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from bot.core.work import Write
from storage import engine
from storage.database import Database
from storage.engine import CannotUse
from tests.storage_floor import KEY, KEYS, OTHER, add, bytes_of, hall, held, refused, take
from tests.storage_floor import db as db


async def test_a_wrong_key_opens_nothing_and_harms_nothing(tmp_path: Path) -> None:
    db = hall(tmp_path)
    await db.open()
    await db.commit([add("a", "Ana")])
    await db.close()
    before = (tmp_path / "hall.db").read_bytes()
    assert await refused(hall(tmp_path, OTHER)) == "wrong_key"
    assert await refused(hall(tmp_path, None)) == "encrypted"
    assert (tmp_path / "hall.db").read_bytes() == before
    await db.open()
    assert await held(db) == {"a": "Ana"}
    await db.close()


async def test_a_plain_file_is_not_taken_for_an_encrypted_one(tmp_path: Path) -> None:
    db = hall(tmp_path, None)
    await db.open()
    await db.close()
    assert await refused(hall(tmp_path)) == "not_encrypted"


def test_a_key_is_64_digits(tmp_path: Path) -> None:
    for key in ("", "5e", "xy" * 32, "5e" * 33, "'" + "5e" * 32):
        with pytest.raises(ValueError, match="64 hexadecimal digits"):
            engine.connect(tmp_path / "x.db", key)


@pytest.mark.parametrize("key", KEYS, ids=["cipher", "stock"])
@pytest.mark.parametrize("left", [1, 100, 4096, 4097, 3 * 4096, 5 * 4096 - 1])
async def test_a_truncated_file_is_found_out(key: str | None, left: int, tmp_path: Path) -> None:
    db = hall(tmp_path, key)
    await db.open()
    await db.commit([add(f"c{n}", "x" * 500) for n in range(100)])
    await db.close()
    os.truncate(db.path, left)
    # With the cipher a page that is not whole cannot be told from one under another key.
    assert await refused(hall(tmp_path, key)) in ("corrupt", "wrong_key", "encrypted")


@pytest.mark.parametrize("key", KEYS, ids=["cipher", "stock"])
async def test_a_file_that_is_no_database_is_left_alone(key: str | None, tmp_path: Path) -> None:
    (tmp_path / "hall.db").write_text("Dear diary, " * 1000)
    assert await refused(hall(tmp_path, key)) == "corrupt"
    assert (tmp_path / "hall.db").read_text() == "Dear diary, " * 1000
    assert {file.name for file in os.scandir(tmp_path)} == {"hall.db", "steps"}


async def test_damage_inside_is_found_by_looking(db: Database) -> None:
    await db.commit([add(f"c{n}", "x" * 500) for n in range(100)])
    await db.check()
    await db.check(full=True)
    await db.close()
    with db.path.open("r+b") as file:
        file.seek(-2 * engine.PAGE, os.SEEK_END)
        file.write(bytes(2000))
    await db.open()
    with pytest.raises(CannotUse) as why:
        await db.check(full=True)
    assert why.value.code == "corrupt"


async def test_a_missing_file_is_made_only_where_that_is_meant(tmp_path: Path) -> None:
    db = hall(tmp_path)
    strict = Database(db.path, KEY, migrations=tmp_path / "steps", create=False)
    assert await refused(strict) == "missing"
    db.path.touch()
    assert await refused(strict) == "missing"
    await db.open()
    await db.close()
    await strict.open()
    await strict.close()


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    db = Database(tmp_path / "file" / "x.db", KEY)
    assert await refused(db) == "unreadable"
    with pytest.raises(CannotUse, match=r"file/x\.db"):
        await db.open()


async def test_a_file_that_another_holds_is_locked(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await db.close()
    monkeypatch.setattr(engine, "WAIT", 0.01)
    other = engine.connect(db.path, db.key)
    other.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    other.execute("UPDATE chairs SET version = 1")
    assert await refused(db) == "locked"
    other.close()
    await db.open()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 44, 9), True),
        ((3, 45, 0), False),
        ((3, 45, 7), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_the_gate_knows_which_sqlite_can_damage_a_file(
    version: tuple[int, int, int], safe: bool
) -> None:
    assert engine.is_safe(version) is safe
    if safe:
        return engine.require_safe(version)
    with pytest.raises(CannotUse, match="pip install sqlcipher3") as why:
        engine.require_safe(version)
    assert why.value.code == "sqlite_too_old"


async def test_stock_sqlite_is_refused_at_the_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise CannotUse("sqlite_too_old", "No.")

    monkeypatch.setattr(engine, "require_safe", refuse)
    assert await refused(Database(tmp_path / "x.db", None)) == "sqlite_too_old"
    assert not (tmp_path / "x.db").exists()


async def test_without_the_cipher_an_encrypted_file_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "cipher", None)
    assert await refused(Database(tmp_path / "x.db", KEY)) == "missing_cipher"


# What is on the disk


async def test_an_encrypted_file_shows_nothing(tmp_path: Path) -> None:
    db = hall(tmp_path)
    await db.open()
    await db.commit([add("a", "planted-words")])
    assert b"planted-words" not in bytes_of(db.path)
    assert b"chairs" not in bytes_of(db.path)
    await db.checkpoint()
    assert not engine.is_plain(db.path)
    assert b"planted-words" not in bytes_of(db.path)
    await db.close()


async def test_what_was_deleted_is_overwritten_by_a_checkpoint(tmp_path: Path) -> None:
    db = hall(tmp_path, None)  # where there is no cipher, so that one can look
    await db.open()
    await db.commit([add(f"c{n}", "planted-words") for n in range(200)])
    await db.checkpoint()
    await db.commit([take("c7", "other planted-words")])
    assert b"planted-words" in bytes_of(db.path)
    await db.commit([Write("DELETE FROM chairs", {})])
    assert await db.checkpoint()
    assert b"planted-words" not in bytes_of(db.path)
    assert db.path.with_name("hall.db-wal").stat().st_size == 0
    await db.close()


async def test_a_checkpoint_says_when_somebody_was_reading(db: Database) -> None:
    await db.commit([add("a", "planted-words")])
    reader = engine.connect(db.path, db.key, write=False)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM chairs").fetchall()
    await db.commit([Write("DELETE FROM chairs", {})])
    assert not await db.checkpoint()
    reader.execute("COMMIT")
    assert await db.checkpoint()
    reader.close()


@pytest.mark.skipif(os.name != "posix", reason="a file has other rights here")
async def test_nobody_else_may_read_it(db: Database) -> None:
    await db.commit([add("a")])
    files = list(db.path.parent.glob("hall.db*"))
    assert len(files) == 3
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)


def test_nobody_else_knows_which_engine_it_is() -> None:
    root = Path(engine.__file__).parents[1]
    files = [file for part in ("bot", "cogs", "storage") for file in (root / part).rglob("*.py")]
    importing = re.compile(r"^\s*(import|from)\s+(sqlite3|sqlcipher3)\b", re.MULTILINE)
    found = [file for file in files if importing.search(file.read_text(encoding="utf-8"))]
    assert found == [Path(engine.__file__)]
