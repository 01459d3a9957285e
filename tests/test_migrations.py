"""A database is at one step or the next, whatever happens on the way."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.work import Write
from storage import engine
from storage.engine import CannotUse
from storage.migrate import MIGRATIONS, migrate, statements, steps
from tests.storage_floor import KEY, add, child, hall, held, lay

OLD = """
CREATE TABLE chairs (ref TEXT PRIMARY KEY, holder TEXT NOT NULL);
INSERT INTO chairs VALUES ('c1', 'Ana'); INSERT INTO chairs VALUES ('c2', 'Bo');
CREATE TABLE cushions (ref TEXT PRIMARY KEY, chair TEXT NOT NULL REFERENCES chairs (ref));
INSERT INTO cushions VALUES ('q1', 'c2');
"""
NEW = """
-- A table is rebuilt; what refers to it stays.
CREATE TABLE chairs_new (ref TEXT PRIMARY KEY, who TEXT NOT NULL, since INTEGER DEFAULT 0);
INSERT INTO chairs_new (ref, who) SELECT ref, upper(holder) FROM chairs;
DROP TABLE chairs;
ALTER TABLE chairs_new RENAME TO chairs;
CREATE INDEX chairs_who ON chairs (who);
UPDATE chairs SET since = 7;
"""
STATEMENTS = 6
BEFORE = (1, [("c1", "Ana"), ("c2", "Bo")])
AFTER = (2, [("c1", "ANA", 7), ("c2", "BO", 7)])


def look(path: Path, key: str | None) -> tuple[int, list[tuple[object, ...]]]:
    """The step it is at, and the chairs; the cushion has to be there."""
    with closing(engine.connect(path, key)) as db:
        [[version]] = db.execute("SELECT max(version) FROM migrations").fetchall()
        assert [tuple(row) for row in db.execute("SELECT * FROM cushions")] == [("q1", "c2")]
        assert not db.execute("PRAGMA foreign_key_check").fetchall()
        [[sound]] = db.execute("PRAGMA integrity_check").fetchall()
        assert sound == "ok"
        chairs = db.execute("SELECT * FROM chairs ORDER BY ref").fetchall()
        return int(version), [tuple(row) for row in chairs]


MIGRATES_UNTIL_KILLED = """
import os, signal, sys
from pathlib import Path
from storage.migrate import migrate

path, folder = Path(sys.argv[1]), Path(sys.argv[3])
key, last = sys.argv[2] or None, int(sys.argv[4])

def between(done):
    if done == last:
        os.kill(os.getpid(), signal.SIGKILL)

migrate(path, key, folder, between)
"""


@pytest.mark.parametrize(
    ("key", "last"), [*((KEY, last) for last in range(STATEMENTS + 2)), (None, 3), (None, 6)]
)
async def test_a_migration_that_is_killed_has_not_begun(
    key: str | None, last: int, tmp_path: Path
) -> None:
    path = tmp_path / "x.db"
    migrate(path, key, lay(tmp_path / "old", OLD))
    assert look(path, key) == BEFORE
    folder = lay(tmp_path / "new", OLD, NEW)
    with child(MIGRATES_UNTIL_KILLED, path, key or "", folder, last) as killed:
        pass
    assert killed.returncode == (-9 if last <= STATEMENTS else 0)
    assert look(path, key) == (BEFORE if last <= STATEMENTS else AFTER)
    assert migrate(path, key, folder) == 2
    assert look(path, key) == AFTER


@pytest.mark.parametrize("wrong", ["UPDATE nowhere SET x = 1;", "DELETE FROM chairs;", "COMMIT;"])
def test_a_migration_that_fails_has_not_begun(wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    migrate(path, KEY, lay(tmp_path / "steps", OLD))
    with pytest.raises((ValueError, *engine.OperationalError)):
        migrate(path, KEY, lay(tmp_path / "steps", OLD, f"UPDATE chairs SET holder = '';{wrong}"))
    if wrong != "COMMIT;":
        assert look(path, KEY) == BEFORE
        assert migrate(path, KEY, lay(tmp_path / "steps", OLD, NEW)) == 2


async def test_a_migration_runs_once(tmp_path: Path) -> None:
    for _ in range(3):
        assert migrate(tmp_path / "x.db", KEY, lay(tmp_path / "steps", OLD, NEW)) == 2
    assert look(tmp_path / "x.db", KEY) == AFTER


async def test_what_was_kept_is_there_after_the_next_step(tmp_path: Path) -> None:
    db = hall(tmp_path)
    await db.open()
    await db.commit([add("a", "Ana")])
    await db.close()
    lay(
        tmp_path / "steps",
        (tmp_path / "steps" / "0001_step.sql").read_text(),
        "CREATE TABLE t (x);",
    )
    await db.open()
    await db.commit([Write("INSERT INTO t VALUES (1)", {})])
    assert await held(db) == {"a": "Ana"}
    rows = await db.read("SELECT version, name, at FROM migrations ORDER BY version")
    assert [(row["version"], row["name"]) for row in rows] == [(1, "0001_step"), (2, "0002_step")]
    assert rows[0]["at"] > 1_700_000_000_000
    await db.close()


async def test_a_newer_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    migrate(path, KEY, lay(tmp_path / "newer", OLD, NEW))
    before = path.read_bytes()
    with pytest.raises(CannotUse, match=r"step 2; this one knows 1") as why:
        await hall(tmp_path).open()
    assert why.value.code == "newer_schema"
    assert path.read_bytes() == before


def test_the_numbers_have_no_gap(tmp_path: Path) -> None:
    lay(tmp_path, OLD, NEW)
    (tmp_path / "0002_step.sql").rename(tmp_path / "0003_step.sql")
    with pytest.raises(ValueError, match="0003_step"):
        migrate(tmp_path / "x.db", KEY, tmp_path)


def test_ours_are_in_order_and_whole() -> None:
    for folder in (MIGRATIONS, MIGRATIONS / "keys"):
        assert steps(folder)
        for file in steps(folder):
            assert list(statements(file.read_text(encoding="utf-8")))


PARTS = [
    "CREATE TABLE t (x TEXT DEFAULT ';')",
    "INSERT INTO t VALUES ('it''s; a -- text')",
    'SELECT ";", [;] FROM t',
    "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; SELECT 1; END",
    "-- a word; or two\nSELECT 1",
    "/* a; b */ SELECT 2",
    "SELECT CASE WHEN 1 THEN 2 END",
]


@given(st.lists(st.sampled_from(PARTS)), st.sampled_from(["", "\n", " -- end; of it", "/* ; */\n"]))
def test_a_script_is_cut_at_its_statements_only(parts: list[str], end: str) -> None:
    script = "".join(f"{part};\n" for part in parts) + end
    assert list(statements(script)) == [f"{part};" for part in parts]


def test_a_statement_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="SELECT 2"):
        list(statements("SELECT 1; SELECT 2"))
