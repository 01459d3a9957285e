"""keys.db: what is kept can be had back, and what is lost is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import Conflict, Forgotten
from bot.core.ports import EPOCH, HOUSE
from bot.core.work import LoseKey, NewKey
from storage import engine
from storage.engine import CannotUse
from storage.epochs import HOUR
from storage.keys import Keys
from storage.units import Units
from storage.vault import Vault
from tests.storage_floor import add, bytes_of, hall, held, take

INSTANCE, OTHER = b"i" * 32, b"o" * 32
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=[True, False], ids=["cipher", "stock"])
async def keys(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Keys]:
    monkeypatch.setattr(engine, "has_cipher", request.param)
    made = Keys(tmp_path / "keys.db", INSTANCE, gate=False)
    await made.open()
    yield made
    await made.close()


async def again(keys: Keys, instance_key: bytes = INSTANCE) -> Keys:
    """The same file in the hands of the next process."""
    await keys.close()
    made = Keys(keys.store, instance_key, gate=False)
    await made.open()
    return made


# Persons


async def test_a_kept_key_is_there_after_a_restart(keys: Keys) -> None:
    keys.mint("ana")
    keys.mint("bo")
    await keys.keep("ana", "bo")
    sealed = {owner: Vault(keys).seal(owner, "x", owner) for owner in ("ana", "bo", HOUSE)}
    main, mark = keys.main, Vault(keys).mark("discord:1")
    keys = await again(keys)
    assert {owner: Vault(keys).open(owner, "x", sealed[owner]) for owner in sealed} == {
        owner: owner for owner in sealed
    }
    assert keys.owners() == {"ana", "bo"}
    assert (keys.main, Vault(keys).mark("discord:1")) == (main, mark)
    assert len(bytes.fromhex(keys.main)) == 32
    await keys.close()


async def test_a_minted_key_that_nobody_kept_is_gone_after_a_restart(keys: Keys) -> None:
    keys.mint("ana")
    sealed = Vault(keys).seal("ana", "x", "hello")
    assert Vault(keys).open("ana", "x", sealed) == "hello"
    assert keys.owners() == set()
    keys = await again(keys)
    with pytest.raises(Forgotten):
        Vault(keys).open("ana", "x", sealed)
    await keys.close()


async def test_to_mint_twice_changes_nothing(keys: Keys) -> None:
    keys.mint("ana")
    sealed = Vault(keys).seal("ana", "x", "hello")
    keys.mint("ana")
    await keys.keep("ana")
    keys.mint("ana")
    await keys.keep("ana")
    assert Vault(keys).open("ana", "x", sealed) == "hello"


async def test_what_was_never_minted_cannot_be_kept(keys: Keys) -> None:
    keys.mint("ana")
    with pytest.raises(LookupError):
        await keys.keep("ana", "bo")
    assert keys.owners() == set()


async def test_a_lost_key_is_gone_at_once_and_for_ever(keys: Keys) -> None:
    for owner in ("ana", "bo"):
        keys.mint(owner)
    await keys.keep("ana", "bo")
    sealed = Vault(keys).seal("ana", "x", "hello")
    await keys.lose(["ana", "nobody"])
    with pytest.raises(Forgotten):
        Vault(keys).open("ana", "x", sealed)
    with pytest.raises(Forgotten):
        Vault(keys).seal("ana", "x", "hello")
    keys = await again(keys)
    assert keys.owners() == {"bo"}
    with pytest.raises(Forgotten):
        Vault(keys).open("ana", "x", sealed)
    await keys.close()


async def test_the_bytes_of_a_lost_key_are_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "has_cipher", False)  # so that one can look
    keys = Keys(tmp_path / "keys.db", INSTANCE, gate=False)
    await keys.open()
    keys.mint("person-to-go")
    await keys.keep("person-to-go")
    db = engine.connect(keys.store, None, write=False)
    [row] = db.execute("SELECT wrapped FROM keys WHERE kind = 'person'").fetchall()
    wrapped = row["wrapped"]
    db.close()
    assert wrapped in bytes_of(keys.store)
    await keys.lose(["person-to-go"])
    assert wrapped not in bytes_of(keys.store)
    assert b"person-to-go" not in bytes_of(keys.store)
    await keys.close()


async def test_more_persons_than_are_at_hand(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.keys.AT_HAND", 3)
    everybody = [f"p{n}" for n in range(20)]
    for owner in everybody:
        keys.mint(owner)
    await keys.keep(*everybody)
    vault = Vault(keys)
    sealed = {owner: vault.seal(owner, "x", owner) for owner in everybody}
    assert all(vault.open(owner, "x", sealed[owner]) == owner for owner in reversed(everybody))
    await keys.lose(everybody[:10])
    for owner in everybody[:10]:
        with pytest.raises(Forgotten):
            vault.open(owner, "x", sealed[owner])


async def test_keys_without_a_person_are_swept(keys: Keys) -> None:
    for owner in ("ana", "bo", "cy"):
        keys.mint(owner)
    await keys.keep("ana", "bo", "cy")
    assert await keys.sweep({"ana", "cy", "dee"}) == 1
    assert keys.owners() == {"ana", "cy"}
    assert await keys.sweep(set()) == 0  # an empty database is not the one they belong to
    assert keys.owners() == {"ana", "cy"}


async def test_closed_keys_are_not_taken_for_lost_ones(keys: Keys) -> None:
    keys.mint("ana")
    await keys.keep("ana")
    await keys.close()
    for asked in (keys.owners, lambda: keys.cipher("bo"), lambda: keys.epoch_cipher(0)):
        with pytest.raises(CannotUse) as why:
            asked()
        assert why.value.code == "closed"


# Hours


async def test_an_hour_is_unreadable_a_day_later(keys: Keys) -> None:
    await keys.turn(NOON)
    sealed = Vault(keys).seal(EPOCH, "drafts/1", "hello")
    for hours in range(23):
        await keys.turn(NOON + hours * HOUR)
        assert Vault(keys).open(EPOCH, "drafts/1", sealed) == "hello"
    await keys.turn(NOON + 23 * HOUR)
    with pytest.raises(Forgotten):
        Vault(keys).open(EPOCH, "drafts/1", sealed)
    keys = await again(keys)
    with pytest.raises(Forgotten):
        Vault(keys).open(EPOCH, "drafts/1", sealed)
    await keys.close()


async def test_an_hour_is_readable_after_a_restart(keys: Keys) -> None:
    await keys.turn(NOON)
    sealed = Vault(keys).seal(EPOCH, "drafts/1", "hello")
    keys = await again(keys)
    await keys.turn(NOON + HOUR)
    assert Vault(keys).open(EPOCH, "drafts/1", sealed) == "hello"
    later = Vault(keys).seal(EPOCH, "drafts/1", "hello")
    assert later[1:5] != sealed[1:5]
    await keys.close()


async def test_what_was_sealed_before_any_turn_can_be_read_after_it(keys: Keys) -> None:
    sealed = Vault(keys).seal(EPOCH, "drafts/1", "hello")
    await keys.turn(datetime.now(UTC))
    assert Vault(keys).open(EPOCH, "drafts/1", sealed) == "hello"


async def test_a_machine_that_slept_does_not_lose_what_was_sealed_as_it_woke(keys: Keys) -> None:
    await keys.turn(NOON)
    woken = NOON + timedelta(days=3)
    sealed = Vault(keys).seal(EPOCH, "outbox/1", "hello")
    await keys.turn(woken)
    assert Vault(keys).open(EPOCH, "outbox/1", sealed) == "hello"
    await keys.turn(woken + HOUR)
    with pytest.raises(Forgotten):
        Vault(keys).open(EPOCH, "outbox/1", sealed)


async def test_a_process_that_starts_late_reads_nothing_that_is_over(keys: Keys) -> None:
    await keys.turn(NOON)
    sealed = Vault(keys).seal(EPOCH, "outbox/1", "hello")
    keys = await again(keys)
    await keys.turn(NOON + timedelta(days=3))
    with pytest.raises(Forgotten):
        Vault(keys).open(EPOCH, "outbox/1", sealed)
    await keys.close()


# The file


async def test_the_wrong_instance_key_opens_nothing_and_harms_nothing(keys: Keys) -> None:
    keys.mint("ana")
    await keys.keep("ana")
    with pytest.raises(CannotUse) as why:
        await again(keys, OTHER)
    assert why.value.code == "wrong_key"
    keys = await again(keys)
    assert keys.owners() == {"ana"}
    await keys.close()


async def test_no_new_keys_where_a_database_needs_the_old_ones(tmp_path: Path) -> None:
    with pytest.raises(CannotUse) as why:
        await Keys(tmp_path / "keys.db", INSTANCE).open(create=False)
    assert why.value.code == "missing_keys"
    assert not (tmp_path / "keys.db").exists()


async def test_the_file_shows_no_key(keys: Keys) -> None:
    keys.mint("ana")
    await keys.keep("ana")
    seen = bytes_of(keys.store)
    assert INSTANCE not in seen
    assert keys.lookup not in seen
    assert keys.main.encode() not in seen
    assert bytes.fromhex(keys.main) not in seen
    if keys.file_key:
        assert b"person" not in seen
        assert not engine.is_plain(keys.store)


async def test_a_copy_holds_all_persons_and_no_hour(keys: Keys, tmp_path: Path) -> None:
    keys.mint("ana")
    await keys.keep("ana")
    await keys.turn(NOON)
    vault = Vault(keys)
    sealed, brief = vault.seal("ana", "x", "hello"), vault.seal(EPOCH, "x", "hello")
    copy = await keys.copy(tmp_path / "copies", NOON)
    assert copy.name == "keys-20260301T120000Z.db"
    assert copy.stat().st_mode & 0o077 == 0
    assert [file.name for file in copy.parent.iterdir()] == [copy.name]
    await keys.lose(["ana"])
    old = Keys(copy, INSTANCE, gate=False)
    await old.open()
    assert Vault(old).open("ana", "x", sealed) == "hello"
    with pytest.raises(Forgotten):
        Vault(old).open(EPOCH, "x", brief)
    await old.close()


async def test_copies_end_after_a_week(keys: Keys, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    copies = [await keys.copy(folder, NOON + timedelta(days=day)) for day in range(9)]
    (folder / "keys-of-the-house.txt").touch()
    await keys.copy(folder, NOON + timedelta(days=9))
    assert [copy for copy in copies if copy.exists()] == copies[2:]
    assert (folder / "keys-of-the-house.txt").exists()


# A unit


async def test_the_key_is_kept_before_the_row_and_lost_before_it(
    keys: Keys, tmp_path: Path
) -> None:
    db = hall(tmp_path)
    await db.open()
    units = Units(db, keys)
    keys.mint("ana")
    await units.commit((add("ana"), NewKey("ana"), take("ana", "Ana")))
    assert (keys.owners(), await held(db)) == ({"ana"}, {"ana": "Ana"})
    keys.mint("bo")
    with pytest.raises(Conflict):
        await units.commit((NewKey("bo"), take("nobody", "Bo")))
    assert keys.owners() == {"ana", "bo"}  # an orphan, until the next start
    with pytest.raises(Conflict):
        await units.commit((take("nobody", "Bo"), LoseKey("ana")))
    assert keys.owners() == {"bo"}
    assert await keys.sweep({"ana"}) == 1
    await units.commit((add("cy"),))
    assert set(await held(db)) == {"ana", "cy"}
    await db.close()
