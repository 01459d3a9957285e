"""Planted words are looked for in every file, while everything is open and after a SIGKILL."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import engine
from storage.backup import backup
from storage.database import Database
from storage.keys import Keys
from tests import canary

ROOT = Path(__file__).parents[1]
PLANTED = {"people", "accounts", "groups", "doors", "checkins", "clocks", "codes", "blocks"}
PLANTED |= {"step_notebooks", "step_entries", "step_suggestions", "step_answers"}
PLANTED |= {"reflections", "favourites", "reading_hours"}
PLANTED |= {"offers", "requests", "asks", "parted", "agreements", "parts", "pings"}
PLANTED |= {"drafts", "inbox", "outbox", "schedule", "web_accounts", "web_events"}


@dataclass(frozen=True)
class Remains:
    """What a process left behind that was killed in the middle of everything."""

    folder: Path
    living: list[str]
    """What was found on the disk while it ran."""
    logs: bytes


@pytest.fixture(scope="module")
def remains(tmp_path_factory: pytest.TempPathFactory) -> Remains:
    folder = tmp_path_factory.mktemp("canary")
    run = [sys.executable, "-m", "tests.canary", str(folder)]
    with subprocess.Popen(run, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as life:
        assert life.stdout
        assert life.stderr
        said = life.stdout.readline()
        living = [*found_in(folder)]
        os.kill(life.pid, signal.SIGKILL)
        logs = life.stderr.read()
    assert said == b"ready\n", logs.decode()
    return Remains(folder, living, logs)


def test_a_planted_word_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "leak.db").write_bytes(b"\x00" + canary.NOTE.encode("utf-16-le"))
    assert [*found_in(tmp_path)] == [f"leak.db: {canary.NOTE}"]


def test_nothing_is_readable_while_everything_is_open(remains: Remains) -> None:
    assert not remains.living


def test_nothing_is_readable_after_a_kill(remains: Remains) -> None:
    assert (remains.folder / "home.db-wal").stat().st_size, "the log is looked at too"
    assert not [*found_in(remains.folder)]


def test_nothing_is_readable_without_the_cipher_of_the_file(remains: Remains) -> None:
    plain = remains.folder.parent / "plain"
    plain.mkdir(exist_ok=True)
    keys = asyncio.run(_keys(remains.folder))
    _decrypt(remains.folder / "home.db", keys.main, plain / "home.db")
    assert keys.file_key
    _decrypt(remains.folder / "keys.db", keys.file_key, plain / "keys.db")
    planted = _filled(plain / "home.db")
    assert planted >= PLANTED, "every table that may hold somebody's words holds some"
    assert not [*found_in(plain)]


def test_nothing_is_readable_in_a_backup(remains: Remains) -> None:
    saved = remains.folder.parent / "saved"
    keys = asyncio.run(_backed_up(remains.folder, saved))
    [copy] = saved.glob("homegroup-*.db")
    _decrypt(copy, keys.main, saved / "plain.db")
    assert not [*found_in(saved)]


def test_the_logs_hold_codes_and_nothing_else(remains: Remains) -> None:
    assert b'"app.action_failed"' in remains.logs
    assert not [word for word in canary.PLANTED if word.encode() in remains.logs]


def found_in(folder: Path) -> Iterator[str]:
    """Each planted word, in the ways in which it might have been written down."""
    for file in sorted(folder.rglob("*")):
        held = file.read_bytes().lower() if file.is_file() else b""
        for word in canary.PLANTED:
            if any(way.lower() in held for way in _ways(word)):
                yield f"{file.name}: {word}"


def _ways(word: str) -> tuple[bytes, ...]:
    plain = word.encode()
    coded = base64.b64encode(plain).rstrip(b"=")[:-1]  # whatever follows it
    return (plain, word.encode("utf-16-le"), plain.hex().encode(), coded)


async def _keys(folder: Path) -> Keys:
    keys = Keys(folder / "keys.db", canary.KEY)
    await keys.open(create=False)
    await keys.close()
    return keys


def _filled(file: Path) -> set[str]:
    """The tables with something in them."""
    with closing(sqlite3.connect(file)) as db:
        tables = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        return {t for t in tables if db.execute(f"SELECT 1 FROM {t} LIMIT 1").fetchone()}


async def _backed_up(folder: Path, saved: Path) -> Keys:
    keys = Keys(folder / "keys.db", canary.KEY)
    await keys.open(create=False)
    db = Database(folder / "home.db", keys.main, create=False)
    await db.open()
    await backup(db, keys, saved, saved / "keys", datetime.now(UTC), 7)
    await db.close()
    await keys.close()
    return keys


def _decrypt(file: Path, key: str, target: Path) -> None:
    """The same database as anyone could open it who has the key of the file."""
    with closing(engine.connect(file, key)) as db:
        db.execute("ATTACH DATABASE :target AS plain KEY ''", {"target": str(target)})
        db.execute("SELECT sqlcipher_export('plain')")
        db.execute("DETACH DATABASE plain")
