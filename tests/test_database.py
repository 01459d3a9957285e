"""The contract of the database: what was acknowledged is there, and nothing by halves."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.errors import Conflict
from bot.core.work import Write
from storage import engine
from storage.database import Database
from storage.engine import CannotUse
from tests.storage_floor import KEY, KEYS, OTHER, add, bytes_of, child, hall, held, take


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


# What a unit is


async def test_all_of_a_unit_is_kept(db: Database) -> None:
    await db.commit([add("a"), add("b"), take("a", "Ana")])
    assert await held(db) == {"a": "Ana", "b": ""}


async def test_a_unit_that_fails_in_the_middle_leaves_nothing(db: Database) -> None:
    await db.commit([add("a")])
    for broken, error in (
        (add("a"), engine.IntegrityError),
        (Write("UPDATE nowhere SET x = 1", {}), engine.OperationalError),
        (Write("INSERT INTO cushions VALUES ('x', 'no such chair')", {}), engine.IntegrityError),
        (take("nothing", "Bo"), (Conflict,)),
    ):
        with pytest.raises(error):
            await db.commit([take("a", "Ana"), broken, add("c")])
        assert await held(db) == {"a": ""}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE chairs SET version = 2",
        "-- with a word before\nUPDATE chairs SET version = 2",
        "INSERT INTO chairs (ref) VALUES ('c'), ('d')",
        "INSERT INTO chairs (ref) VALUES ('c'), ('d') RETURNING ref",
        "INSERT INTO chairs (ref) VALUES ('c'), ('a'), ('d') ON CONFLICT DO NOTHING",
        "WITH x AS (SELECT 'a' AS ref) UPDATE chairs SET version = 2"
        " WHERE ref IN (SELECT ref FROM x UNION SELECT 'b')",
        "DELETE FROM chairs",
    ],
)
async def test_the_rows_that_changed_are_counted(db: Database, sql: str) -> None:
    await db.commit([add("a"), add("b")])
    with pytest.raises(Conflict):
        await db.commit([Write(sql, {}, expect=1)])
    await db.commit([Write(sql, {}, expect=2)])


async def test_units_that_share_a_transaction_fail_each_for_itself(db: Database) -> None:
    units = [[add(f"c{n % 50}")] for n in range(100)]
    outcomes = await asyncio.gather(*map(db.commit, units), return_exceptions=True)
    assert outcomes[:50] == [None] * 50
    assert all(isinstance(outcome, engine.IntegrityError) for outcome in outcomes[50:])
    assert len(await held(db)) == 50


async def test_what_cannot_be_held_stops_nobody_else(db: Database) -> None:
    odd = [[Write("UPDATE chairs SET holder = :x", {"x": value})] for value in (10**30, "\ud800")]
    outcomes = await asyncio.gather(*map(db.commit, [*odd, [add("a")]]), return_exceptions=True)
    assert isinstance(outcomes[0], OverflowError)
    assert isinstance(outcomes[1], UnicodeEncodeError)
    assert outcomes[2] is None


async def test_odd_values_come_back_as_they_were(db: Database) -> None:
    for odd in ("", "\0", "'; DROP TABLE chairs; --", "👩‍👩‍👧", "x" * 1_000_000):
        await db.commit([add("a", odd)])
        assert await held(db) == {"a": odd}
        await db.commit([Write("DELETE FROM chairs", {})])
    blob, huge = bytes(range(256)), 2**63 - 1
    sql = "INSERT INTO chairs (ref, holder, version) VALUES ('b', :blob, :huge)"
    await db.commit([Write(sql, {"blob": blob, "huge": huge})])
    [row] = await db.read("SELECT * FROM chairs")
    assert (row["holder"], row["version"]) == (blob, huge)


async def test_units_are_kept_in_the_order_they_came(db: Database) -> None:
    await db.commit([add("a")])
    say = "UPDATE chairs SET holder = holder || :word"
    units = [[Write(say, {"word": f"{n} "})] for n in range(600)]
    await asyncio.gather(*map(db.commit, units))
    [row] = await db.read("SELECT holder FROM chairs")
    assert row["holder"].split() == [str(n) for n in range(600)]


async def test_who_has_committed_reads_it(db: Database) -> None:
    async def somebody(name: str) -> None:
        for turn in range(20):
            await db.commit([add(f"{name}{turn}", name)])
            [row] = await db.read("SELECT count(*) AS n FROM chairs WHERE holder = :who", who=name)
            assert row["n"] == turn + 1

    await asyncio.gather(*(somebody(name) for name in "abcdefgh"))


async def test_a_unit_outlives_whoever_waited_for_it(db: Database) -> None:
    waiting = asyncio.create_task(db.commit([add("a")]))
    failing = asyncio.create_task(db.commit([take("nothing", "Bo")]))
    await asyncio.sleep(0)
    waiting.cancel()
    failing.cancel()
    await asyncio.gather(waiting, failing, return_exceptions=True)
    await db.commit([add("b")])
    assert set(await held(db)) == {"a", "b"}


async def test_reading_changes_nothing(db: Database) -> None:
    await db.commit([add("a")])
    for sql in ("DELETE FROM chairs", "UPDATE chairs SET holder = 'x'", "DROP TABLE chairs"):
        with pytest.raises(engine.OperationalError):
            await db.read(sql)
    assert await held(db) == {"a": ""}


# Its end


async def test_what_was_on_its_way_when_it_closed_is_kept(db: Database) -> None:
    waiting = [asyncio.create_task(db.commit([add(f"c{n}")])) for n in range(1000)]
    await asyncio.sleep(0)
    await db.close()
    assert await asyncio.gather(*waiting) == [None] * 1000
    await db.open()
    assert len(await held(db)) == 1000


async def test_a_closed_database_says_so(db: Database) -> None:
    await db.close()
    for asked in (db.read("SELECT 1"), db.commit([add("a")]), db.checkpoint()):
        with pytest.raises(CannotUse) as why:
            await asked
        assert why.value.code == "closed"
    await db.close()
    await db.open()


WRITES_UNTIL_KILLED = """
import asyncio, sys
from pathlib import Path
from tests.storage_floor import add, hall

async def main():
    db = hall(Path(sys.argv[1]), sys.argv[2] or None)
    await db.open()
    async def one(worker):
        for n in range(10**6):
            await db.commit([add(f"{worker}-{n}-a"), add(f"{worker}-{n}-b")])
            print(worker, n, flush=True)
    await asyncio.gather(*map(one, range(4)))
asyncio.run(main())
"""


@pytest.mark.parametrize("key", KEYS, ids=["cipher", "stock"])
async def test_a_killed_process_keeps_what_it_acknowledged(key: str | None, tmp_path: Path) -> None:
    with child(WRITES_UNTIL_KILLED, tmp_path, key or "") as writer:
        assert writer.stdout
        said = [writer.stdout.readline().split() for _ in range(100)]
        writer.kill()
        said += [line.split() for line in writer.stdout if line.endswith("\n")]
    if key:  # to look with another key is no harm
        assert await refused(hall(tmp_path, OTHER)) == "wrong_key"
    db = hall(tmp_path, key)
    await db.open()
    kept = set(await held(db))
    await db.close()
    assert {f"{w}-{n}-{half}" for w, n in said for half in "ab"} <= kept
    assert {ref[:-1] + "a" for ref in kept} == {ref for ref in kept if ref.endswith("a")}


# What it cannot use


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


async def test_a_full_disk_refuses_what_is_too_big_and_keeps_the_rest(db: Database) -> None:
    [row] = await db.read("PRAGMA page_count")
    await db.commit([Write(f"PRAGMA max_page_count = {row['page_count'] + 8}", {})])
    units = [[add("small")], [add("big", "x" * 100_000)], [add("other")]]
    outcomes = await asyncio.gather(*map(db.commit, units), return_exceptions=True)
    assert outcomes[::2] == [None, None]
    assert isinstance(outcomes[1], engine.OperationalError)
    assert set(await held(db)) == {"small", "other"}
    await db.commit([add("later")])
    await db.check(full=True)


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


@pytest.mark.skipif(os.name != "posix", reason="rights are otherwise there")
async def test_nobody_else_may_read_it(db: Database) -> None:
    await db.commit([add("a")])
    files = list(db.path.parent.glob("hall.db*"))
    assert len(files) == 3
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)


# Beside it


READS = """
import sys
from pathlib import Path
from storage import engine

db = engine.connect(Path(sys.argv[1]), sys.argv[2] or None, write=False)
for _ in range(50):
    [row] = db.execute("SELECT count(*) AS n, count(DISTINCT holder) AS h FROM chairs").fetchall()
    assert row["n"] % 2 == 0, row["n"]
try:
    db.execute("DELETE FROM chairs")
except engine.OperationalError:
    print(row["n"])
"""


async def test_another_process_may_read_meanwhile(db: Database) -> None:
    await db.commit([add("a"), add("b")])
    reader = child(READS, db.path, db.key or "")
    waiting = asyncio.create_task(asyncio.to_thread(reader.communicate))
    turn = 0
    while not waiting.done():
        await db.commit([add(f"{turn}x"), add(f"{turn}y")])
        turn += 1
    said, _ = await waiting
    assert reader.returncode == 0
    assert 2 <= int(said) <= 2 + 2 * turn
    # It went last of all readers but knew that it was not alone: the log is still ours.
    assert db.path.with_name("hall.db-wal").exists()
    await db.check(full=True)


async def test_units_go_on_while_a_copy_is_made(db: Database, tmp_path: Path) -> None:
    await db.commit([add(f"c{n}", "x" * 2000) for n in range(1000)])
    steps: list[tuple[int, int]] = []
    copying = asyncio.create_task(
        db.copy_to(tmp_path / "copy.db", lambda done, total: steps.append((done, total)))
    )
    turn = 0
    while not copying.done():
        await db.commit([add(f"late{turn}"), take(f"c{turn}", "late")])
        turn += 1
    await copying
    await asyncio.sleep(0)
    assert turn > 1
    assert len(steps) > 3
    assert steps[-1][0] == steps[-1][1]
    await db.check(full=True)
    copy = engine.connect(tmp_path / "copy.db", db.key, write=False)
    [[found]] = copy.execute("PRAGMA integrity_check").fetchall()
    refs = [row["ref"] for row in copy.execute("SELECT ref FROM chairs").fetchall()]
    taken = copy.execute("SELECT count(*) AS n FROM chairs WHERE holder = 'late'").fetchall()
    copy.close()
    late = sum(ref.startswith("late") for ref in refs)
    assert found == "ok"
    assert len(refs) == 1000 + late
    assert taken[0]["n"] == late <= turn  # each unit is in it whole, or not at all


async def test_a_copy_that_is_under_way_does_not_hold_up_the_end(
    db: Database, tmp_path: Path
) -> None:
    await db.commit([add(f"c{n}", "x" * 2000) for n in range(2000)])
    begun = asyncio.Event()
    copying = asyncio.create_task(db.copy_to(tmp_path / "copy.db", lambda *_: begun.set()))
    await begun.wait()
    unit = asyncio.create_task(db.commit([add("last")]))
    await asyncio.sleep(0)
    await db.close()
    await unit
    (outcome,) = await asyncio.gather(copying, return_exceptions=True)
    assert outcome is None or isinstance(outcome, CannotUse)
    await db.open()
    assert "last" in await held(db)


async def test_a_copy_that_cannot_be_written_stops_nothing(db: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotUse):
        await db.copy_to(tmp_path / "file" / "copy.db")
    await db.commit([add("a")])
    assert await db.checkpoint()
