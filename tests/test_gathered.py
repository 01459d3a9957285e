"""What many look up at the same moment is read once, and each is told their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.core.model import Account, Person
from bot.core.work import Value
from storage import Storage
from storage.database import Row

NAMES = ("Ana", "Bo", "Cy")


async def joined(storage: Storage) -> None:
    for name in NAMES:
        person = Person(f"ref-{name}", name)
        await storage.units.commit(storage.people.join(Account("door", name), person))


@pytest.fixture
def reads(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said to the database."""
    said: list[str] = []
    read = storage.db.read

    async def heard(sql: str, /, **values: Value) -> Sequence[Row]:
        said.append(sql)
        return await read(sql, **values)

    monkeypatch.setattr(storage.db, "read", heard)
    return said


async def test_many_at_once_are_one_read(storage: Storage, reads: list[str]) -> None:
    await joined(storage)
    many = storage.people.many
    asked: tuple[list[str], ...] = (["ref-Ana", "ref-Bo"], ["ref-Bo", "x"], ["ref-Cy"], [])
    found = await asyncio.gather(*map(many, asked))
    assert [[p.name for p in one.values()] for one in found] == [["Ana", "Bo"], ["Bo"], ["Cy"], []]
    assert len(reads) == 1
    assert list(await many(["ref-Ana"])) == ["ref-Ana"], "and then anew"
    assert len(reads) == 2


async def test_who_gives_up_does_not_give_up_for_others(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await joined(storage)
    read, begun = storage.db.read, asyncio.Event()

    async def heard(sql: str, /, **values: Value) -> Sequence[Row]:
        begun.set()
        return await read(sql, **values)

    monkeypatch.setattr(storage.db, "read", heard)
    impatient = asyncio.create_task(storage.people.many(["ref-Ana"]))
    patient = asyncio.create_task(storage.people.many(["ref-Bo"]))
    await begun.wait()
    impatient.cancel()
    assert list(await patient) == ["ref-Bo"]
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_what_goes_wrong_is_said_to_each(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(sql: str, /, **values: Value) -> Sequence[Row]:
        raise OSError("the disk is gone")

    monkeypatch.setattr(storage.db, "read", fails)
    asked = (storage.people.many(["ref-Ana"]), storage.people.many(["ref-Bo"]))
    assert [type(one) for one in await asyncio.gather(*asked, return_exceptions=True)] == [
        OSError,
        OSError,
    ]
