"""The contract of the database: what was acknowledged is there, and nothing by halves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.core.errors import Conflict
from bot.core.work import Write
from storage import engine
from storage.database import Database
from storage.engine import CannotUse
from tests.storage_floor import KEYS, OTHER, add, child, hall, held, refused, take
from tests.storage_floor import db as db

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
