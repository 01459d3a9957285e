"""Numbered files of SQL, each kept in one transaction together with its number."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from storage import engine
from storage.engine import CannotUse, Connection

MIGRATIONS = Path(__file__).parent / "migrations"

TABLE = (
    "CREATE TABLE IF NOT EXISTS migrations"
    " (version INTEGER PRIMARY KEY, name TEXT NOT NULL, at BIGINT NOT NULL)"
)
NEWER = (
    "The database {file} was written by a newer Homegroup (step {found}; this one knows {known})."
    " Install that version, or restore a backup of your own."
)


def migrate(
    path: Path,
    key: str | None,
    folder: Path = MIGRATIONS,
    between: Callable[[int], None] = lambda _done: None,
) -> int:
    """Bring the file to the newest version, which is returned. Raises CannotUse.

    `between` is told how many statements were run before each one, and before each commit.
    """
    opened(path, key, folder, between).close()
    return len(steps(folder))


def opened(
    path: Path,
    key: str | None,
    folder: Path = MIGRATIONS,
    between: Callable[[int], None] = lambda _done: None,
) -> Connection:
    """A connection to the file, which it has brought to the newest version. Raises CannotUse."""
    files, db = steps(folder), engine.connect(path, key)
    try:
        with engine.refusing(path, key):
            version = version_of(db)
            _require(path, version, len(files))
            for number, file in enumerate(files[version:], version + 1):
                _step(db, number, file, between)
    except BaseException:
        db.close()
        raise
    return db


def require_known(path: Path, version: int, folder: Path = MIGRATIONS) -> None:
    """Refuse a database that a newer Homegroup has changed."""
    _require(path, version, len(steps(folder)))


def _require(path: Path, version: int, known: int) -> None:
    if version > known:
        raise CannotUse("newer_schema", NEWER, file=str(path), found=version, known=known)


def steps(folder: Path) -> list[Path]:
    """The files in order; ValueError when a number is missing or there twice."""
    files = sorted(folder.glob("*.sql"), key=lambda file: file.name)
    for number, file in enumerate(files, 1):
        if not file.name.startswith(f"{number:04}_"):
            raise ValueError(f"{file.name} is not migration {number:04}")
    return files


def statements(script: str) -> Iterator[str]:
    """One statement after the other; a semicolon in a text, a comment or a trigger ends none."""
    begun = ""
    for part in re.split("(?<=;)", script):
        begun += part
        if engine.is_whole_statement(begun):
            yield begun.strip()
            begun = ""
    if re.sub(r"--.*|/\*[\s\S]*?\*/", "", begun).strip():
        raise ValueError(f"a statement without an end: {begun.strip()[:60]}")


def version_of(db: Connection) -> int:
    """The newest step it has taken, 0 in a database that knows of none."""
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'"
    if not db.execute(known).fetchall():
        return 0
    [row] = db.execute("SELECT coalesce(max(version), 0) AS version FROM migrations").fetchall()
    return int(row["version"])


def _step(db: Connection, number: int, file: Path, between: Callable[[int], None]) -> None:
    """All of the file or nothing. Tables may be rebuilt: references are checked at the end."""
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("BEGIN IMMEDIATE")
    try:
        done = 0
        for statement in statements(file.read_text(encoding="utf-8")):
            between(done)
            db.execute(statement)
            done += 1
            if not db.in_transaction:
                raise ValueError(f"{file.name} ends the transaction that it stands in")
        if db.execute("PRAGMA foreign_key_check").fetchall():
            raise ValueError(f"{file.name} leaves rows that refer to nothing")
        db.execute(TABLE)
        db.execute(
            "INSERT INTO migrations (version, name, at) VALUES (:version, :name, :at)",
            {"version": number, "name": file.stem, "at": time.time_ns() // 1_000_000},
        )
        between(done)
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
        db.execute("PRAGMA foreign_keys = ON")
