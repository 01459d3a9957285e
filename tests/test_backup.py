"""A backup is made while people go on, and holds what it should and nothing else."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import timedelta

import pytest

from bot.core.work import Write
from storage import engine
from storage.backup import backup, verify
from storage.engine import CannotUse
from tests.cellar import NOON, House
from tests.cellar import house as house
from tests.storage_floor import add


async def test_a_backup_has_all_that_was_kept(house: House) -> None:
    await house.db.commit([add(f"c{n}", f"Ana {n}") for n in range(500)])
    steps: list[tuple[int, int]] = []
    made = await backup(
        house.db,
        house.keys,
        house.folder / "backups",
        house.folder / "copies",
        NOON,
        7,
        lambda done, total: steps.append((done, total)),
    )
    assert made.file.name == "homegroup-20260301T120000Z.db"
    assert made.file.stat().st_size == made.size
    assert made.file.stat().st_mode & 0o077 == 0
    assert made.keys == house.folder / "copies" / "keys-20260301T120000Z.db"
    assert steps[-1][0] == steps[-1][1] > 0
    await verify(made.file, house.db.key, house.folder / "steps")
    with closing(engine.connect(made.file, house.db.key, write=False)) as copy:
        assert len(copy.execute("SELECT * FROM chairs").fetchall()) == 500
    assert list(made.file.parent.iterdir()) == [made.file]
    assert list(made.keys.parent.iterdir()) == [made.keys]


async def test_what_was_on_its_way_is_in_no_backup(house: House) -> None:
    await house.db.commit(
        [
            Write("INSERT INTO outbox VALUES (1, 'pending', :b)", {"b": b"planted" * 999}),
            Write("INSERT INTO outbox VALUES (2, 'sent', NULL)", {}),
            Write("INSERT INTO inbox VALUES ('u1', :b)", {"b": b"planted"}),
            Write("INSERT INTO drafts VALUES ('m', :b)", {"b": b"planted" * 999}),
            Write("INSERT INTO inbox_marks VALUES ('m')", {}),
        ]
    )
    made = await house.back_up()
    with closing(engine.connect(made.file, house.db.key, write=False)) as copy:
        bodies = copy.execute("SELECT seq, state, body FROM outbox ORDER BY seq").fetchall()
        assert [tuple(row) for row in bodies] == [(1, "pending", None), (2, "sent", None)]
        assert [row["body"] for row in copy.execute("SELECT * FROM inbox").fetchall()] == [None]
        assert not copy.execute("SELECT * FROM drafts").fetchall()
    assert b"planted" not in made.file.read_bytes()
    assert [row["body"] for row in await house.db.read("SELECT body FROM inbox")] == [b"planted"]


async def test_no_key_is_in_a_backup(house: House) -> None:
    house.keys.mint("ana")
    await house.keys.keep("ana")
    made = await house.back_up()
    seen = made.file.read_bytes()
    assert bytes.fromhex(house.keys.main) not in seen
    assert house.keys.main.encode() not in seen
    assert house.keys.lookup not in seen


async def test_people_go_on_while_a_backup_is_made(house: House) -> None:
    await house.db.commit([add(f"c{n}", "x" * 2000) for n in range(500)])
    making = asyncio.create_task(house.back_up())
    turn = 0
    while not making.done():
        await house.db.commit([add(f"l{turn}"), add(f"r{turn}")])
        turn += 1
    made = await making
    assert turn > 1
    with closing(engine.connect(made.file, house.db.key, write=False)) as copy:
        refs = {row["ref"] for row in copy.execute("SELECT ref FROM chairs").fetchall()}
    assert len(refs) >= 500
    assert {r[1:] for r in refs if r[0] == "l"} == {r[1:] for r in refs if r[0] == "r"}


async def test_two_backups_at_once_do_not_tread_on_each_other(house: House) -> None:
    later = NOON + timedelta(seconds=1)
    made = await asyncio.gather(house.back_up(), house.back_up(later))
    for one in made:
        await verify(one.file, house.db.key, house.folder / "steps")


async def test_the_newest_backups_stay(house: House) -> None:
    (house.folder / "backups").mkdir()
    (house.folder / "backups" / "homegroup-of-old.db").touch()
    made = [await house.back_up(NOON + timedelta(days=day), keep=3) for day in range(5)]
    assert [one.file.exists() for one in made] == [False, False, True, True, True]
    assert [one.removed for one in made] == [0, 0, 0, 1, 1]
    assert (house.folder / "backups" / "homegroup-of-old.db").exists()


async def test_a_backup_that_cannot_be_written_leaves_nothing(house: House) -> None:
    (house.folder / "backups").touch()
    with pytest.raises(CannotUse):
        await house.back_up()
    (house.folder / "backups").unlink()
    assert (await house.back_up()).file.exists()


async def test_a_backup_that_was_killed_is_tidied_by_the_next(house: House) -> None:
    folder = house.folder / "backups"
    folder.mkdir()
    (folder / "homegroup-20260228T120000Z.db.1.part").write_bytes(b"half")
    (folder / "homegroup-20260228T120000Z.db.1.part-journal").write_bytes(b"half")
    made = await house.back_up()
    assert list(folder.iterdir()) == [made.file]
