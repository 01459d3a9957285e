"""What was lost comes back, and what was forgotten does not."""

from __future__ import annotations

import os
from contextlib import closing

import pytest

from bot.core.errors import Forgotten
from bot.core.work import LoseKey, NewKey, Write
from storage import engine
from storage.backup import restore, verify
from storage.database import Database
from storage.engine import CannotUse
from storage.units import Units
from tests.cellar import NOON, SCHEMA, House
from tests.cellar import house as house
from tests.storage_floor import OTHER, add, child, held, lay


async def test_what_was_lost_comes_back(house: House) -> None:
    await house.db.commit([add("a", "Ana")])
    made = await house.back_up()
    await house.db.commit([Write("DELETE FROM chairs", {}), add("b", "Bo")])
    before = await house.restore(made.file)
    assert await held(house.db) == {"a": "Ana"}
    assert before == house.folder / "homegroup.db.before-restore-20260301T120000Z.db"
    with closing(engine.connect(before, house.db.key, write=False)) as old:
        assert [row["ref"] for row in old.execute("SELECT ref FROM chairs").fetchall()] == ["b"]
    assert await house.restore(made.file) != before
    assert house.db.path.stat().st_mode & 0o077 == 0


async def test_a_database_that_is_gone_comes_back(house: House) -> None:
    await house.db.commit([add("a", "Ana")])
    made = await house.back_up()
    await house.db.close()
    house.db.path.unlink()
    assert await house.restore(made.file) is None
    assert await held(house.db) == {"a": "Ana"}


async def test_a_damaged_database_is_replaced_and_kept(house: House) -> None:
    await house.db.commit([add("a", "Ana")])
    made = await house.back_up()
    await house.db.close()
    house.db.path.write_bytes(b"noise" * 5000)
    house.db.path.with_name("homegroup.db-wal").write_bytes(b"more noise" * 5000)
    before = await house.restore(made.file)
    assert await held(house.db) == {"a": "Ana"}
    assert before
    assert before.read_bytes() == b"noise" * 5000


async def test_a_log_without_its_database_is_not_taken_for_the_backups(house: House) -> None:
    await house.db.commit([add("a", "Ana")])
    made = await house.back_up()
    await house.db.commit([add("b", "Bo")])
    wal = house.db.path.with_name("homegroup.db-wal").read_bytes()
    await house.db.close()
    house.db.path.unlink()
    house.db.path.with_name("homegroup.db-wal").write_bytes(wal)
    await house.restore(made.file)
    assert await held(house.db) == {"a": "Ana"}


async def test_an_older_backup_is_brought_up_to_date(house: House) -> None:
    await house.db.commit([add("a", "Ana")])
    made = await house.back_up()
    lay(house.folder / "steps", SCHEMA, "ALTER TABLE chairs ADD COLUMN colour TEXT;")
    await house.restore(made.file)
    [row] = await house.db.read("SELECT * FROM chairs")
    assert row["colour"] is None


async def test_who_was_forgotten_stays_forgotten(house: House) -> None:
    units = Units(house.db, house.keys)
    for person in ("ana", "bo"):
        house.keys.mint(person)
        sealed = house.vault.seal(person, "chairs.holder", f"I am {person}")
        row = "INSERT INTO chairs (ref, holder) VALUES (:ref, :sealed)"
        await units.commit((NewKey(person), Write(row, {"ref": person, "sealed": sealed})))
    made = await house.back_up()
    forget = Write("DELETE FROM chairs WHERE ref = 'ana'", {}, expect=1)
    await units.commit((LoseKey("ana"), forget))
    await house.restore(made.file)
    rows = {row["ref"]: row["holder"] for row in await house.db.read("SELECT * FROM chairs")}
    assert house.vault.open("bo", "chairs.holder", rows["bo"]) == "I am bo"
    with pytest.raises(Forgotten):
        house.vault.open("ana", "chairs.holder", rows["ana"])
    assert rows.keys() - house.keys.owners() == {"ana"}  # whose rows the start sweeps


@pytest.mark.parametrize(
    "harm", ["truncated", "changed", "noise", "another key's", "gone", "newer"]
)
async def test_a_bad_backup_is_refused_and_nothing_is_touched(house: House, harm: str) -> None:
    await house.db.commit([add(f"c{n}", "x" * 2000) for n in range(100)])
    made = await house.back_up()
    if harm == "truncated":
        os.truncate(made.file, made.size // 2)
    if harm == "changed":
        with made.file.open("r+b") as file:
            file.seek(-engine.PAGE, os.SEEK_END)
            file.write(bytes(2000))
    if harm == "noise":
        made.file.write_text("Dear diary, " * 1000)
    if harm == "gone":
        made.file.unlink()
    if harm == "another key's":
        made.file.unlink()
        other = Database(made.file, OTHER, migrations=house.folder / "steps")
        await other.open()
        await other.close()
    if harm == "newer":
        with closing(engine.connect(made.file, house.db.key)) as db:
            db.execute("INSERT INTO migrations VALUES (9, 'x', 0)")
    with pytest.raises(CannotUse) as why:
        await verify(made.file, house.db.key, house.folder / "steps")
    assert made.file.name in str(why.value)
    files = {file.name for file in house.folder.iterdir()}
    with pytest.raises(CannotUse):
        await house.restore(made.file)
    assert len(await held(house.db)) == 100
    assert {file.name for file in house.folder.iterdir()} == files


async def test_a_restore_that_fails_late_puts_everything_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.db.commit([add("a", "Ana")])
    made = await house.back_up()
    await house.db.commit([add("b", "Bo")])

    def broken(*_: object) -> None:
        raise CannotUse("corrupt", "It was in order a moment ago.")

    monkeypatch.setattr("storage.backup.migrate", broken)
    with pytest.raises(CannotUse, match="a moment ago"):
        await house.restore(made.file)
    assert await held(house.db) == {"a": "Ana", "b": "Bo"}
    assert not list(house.folder.glob("*.before-*"))
    assert not list(house.folder.glob("*.restoring"))


async def test_a_database_in_use_is_not_replaced(house: House) -> None:
    await house.db.commit([add("a", "Ana")])
    made = await house.back_up()
    with pytest.raises(CannotUse) as why:
        await restore(
            made.file, house.db.path, house.db.key, NOON, migrations=house.folder / "steps"
        )
    assert why.value.code == "locked"
    await house.db.commit([add("b", "Bo")])
    assert set(await held(house.db)) == {"a", "b"}


RESTORES_UNTIL_KILLED = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from storage import backup

file, path, steps = map(Path, sys.argv[1:4])
key, left = sys.argv[4], int(sys.argv[5])

def count(name):
    done = getattr(Path, name)
    def counted(*args, **kwargs):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done(*args, **kwargs)
    setattr(Path, name, counted)

count("replace")
count("unlink")
asyncio.run(backup.restore(file, path, key, datetime.now(UTC), migrations=steps))
"""


@pytest.mark.parametrize("house", [True], indirect=True, ids=["cipher"])
@pytest.mark.parametrize("left", range(5))
async def test_a_restore_that_was_killed_can_be_done_again(house: House, left: int) -> None:
    """Killed at each file that it moves."""
    await house.db.commit([add("a", "Ana")])
    made = await house.back_up()
    await house.db.commit([add("b", "Bo")])
    await house.db.close()
    place = (made.file, house.db.path, house.folder / "steps")
    with child(RESTORES_UNTIL_KILLED, *place, house.db.key, left) as killed:
        pass
    assert killed.returncode in (-9, 0)
    assert house.db.path.exists()  # a start in between would find one or the other
    kept = [house.db.path, *house.folder.glob("*.before-restore-*Z.db")]
    seen = set[str]()
    for file in kept:
        if file.exists():
            with closing(engine.connect(file, house.db.key, write=False)) as db:
                seen |= {row["ref"] for row in db.execute("SELECT ref FROM chairs").fetchall()}
    assert seen == {"a", "b"}
    await house.restore(made.file)
    assert await held(house.db) == {"a": "Ana"}
