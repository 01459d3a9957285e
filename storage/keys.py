"""keys.db: every key but the instance key, wrapped by it; what is lost here cannot be read."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.core.errors import Forgotten
from bot.core.ports import HOUSE
from bot.core.work import Write
from storage import copies, engine
from storage.database import MIGRATIONS, Database, Row
from storage.engine import CannotUse, Connection
from storage.epochs import hour_of, turned
from storage.files import dated, stamp, stamped
from storage.instance import read_instance_key

__all__ = ["KEYS", "Keys", "read_instance_key"]

KEYS = MIGRATIONS / "keys"
SIZE, NONCE = 32, 12
COPIES = timedelta(days=7)
"""How long a copy of the keys is kept; as long can what was forgotten be brought back."""
AT_HAND = 4096
"""Persons whose cipher is kept ready; the others' keys wait wrapped, 60 bytes each."""

MISSING = (
    "The keys in {file} are not there, but a database that they open is. Put keys.db back, or"
    " one of its copies."
)
WRONG_KEY = (
    "The instance key does not open {file}, or that is damaged. Put back the key that belongs to"
    " it, or one of the copies of keys.db."
)
DAMAGED = "The keys in {file} are damaged. Put one of the copies of keys.db in their place."

ADD = "INSERT INTO keys (kind, owner, wrapped, until) VALUES (:kind, :owner, :wrapped, :until)"
LOSE = "DELETE FROM keys WHERE kind = :kind AND owner = :owner"
MOVE = "UPDATE keys SET until = :until WHERE kind = 'epoch' AND owner = :owner"


class Keys:
    """The keys of one instance. `turn` is to be called at start and then once an hour.

    `instance_key` is 32 bytes; from it come the key of the file and the key that wraps.
    """

    def __init__(self, store: Path, instance_key: bytes, *, gate: bool = True) -> None:
        self.store, self._gate = store, gate
        self.file_key: str | None = _derive(instance_key, b"homegroup keys.db").hex()
        self._db = Database(store, self.file_key, migrations=KEYS)
        self._wrapping = AESGCM(_derive(instance_key, b"homegroup wrapping"))
        self._persons: dict[str, bytes] = {}
        self._minted: dict[str, bytes] = {}
        self._ready: dict[str, AESGCM] = {}
        self._epochs: dict[int, AESGCM] = {}
        self._ends: dict[int, int] = {}
        self._house: AESGCM | None = None
        self._turned = self._owed = False
        self.epoch = 0
        """The hour since 1970 whose key seals now: that of the last turn."""
        self.main = ""
        """The main file's key, 64 hexadecimal digits."""
        self.lookup = b""

    async def open(self, *, create: bool = True) -> None:
        """Raises CannotUse; with `create=False` also when the file is not there."""
        if not create:
            self._require()
        # Without the cipher's module the file is a plain one; the keys in it are wrapped anyway.
        if not engine.has_cipher or await asyncio.to_thread(engine.is_plain, self.store):
            self.file_key = None
            self._db = Database(self.store, None, migrations=KEYS, gate=self._gate)
        with self._about_keys():
            await self._db.open()
        try:
            await self._load()
        except BaseException:
            await self._db.close()
            raise

    def look(self) -> tuple[str, int]:
        """The main file's key, and how many persons have one. Needs no `open` and changes
        nothing. Raises CannotUse."""
        self._require()
        key = None if not engine.has_cipher or engine.is_plain(self.store) else self.file_key
        with (
            self._about_keys(),
            engine.refusing(self.store, key),
            closing(engine.connect(self.store, key, write=False)) as db,
        ):
            table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'keys'"
            whole = db.execute(table).fetchall()
            rows = whole and db.execute("SELECT wrapped FROM keys WHERE kind = 'main'").fetchall()
            if not rows:
                raise CannotUse("damaged_keys", DAMAGED, file=str(self.store))
            [counted] = db.execute("SELECT count(*) FROM keys WHERE kind = 'person'").fetchall()
        return self._unwrap("main", "", rows[0]["wrapped"]).hex(), int(counted[0])

    async def close(self) -> None:
        self._house = None
        await self._db.close()

    def owners(self) -> set[str]:
        """The persons whose key is kept."""
        self._check_open()
        return set(self._persons)

    def cipher(self, owner: str) -> AESGCM:
        """A person's or the house's; raises Forgotten when there is no key."""
        if ready := self._ready.get(owner):
            return ready
        house = self._check_open()
        if owner == HOUSE:
            return house
        if owner in self._minted:
            key = self._minted[owner]
        elif owner in self._persons:
            key = self._unwrap("person", owner, self._persons[owner])
        else:
            raise Forgotten
        if len(self._ready) >= AT_HAND:
            del self._ready[next(iter(self._ready))]
        return self._ready.setdefault(owner, AESGCM(key))

    def epoch_cipher(self, epoch: int) -> AESGCM:
        """Of an hour; raises Forgotten when it was destroyed."""
        if ready := self._epochs.get(epoch):
            return ready
        self._check_open()
        raise Forgotten

    def mint(self, owner: str) -> None:
        """A key in memory, gone with the process unless `keep` is called; nothing if there is
        one already."""
        self._check_open()
        if owner not in self._persons:
            self._minted.setdefault(owner, secrets.token_bytes(SIZE))

    async def keep(self, *owners: str) -> None:
        """Put the minted keys of these persons on the disk, all or none."""
        if any(owner not in self._minted and owner not in self._persons for owner in owners):
            raise LookupError("a key that was never minted cannot be kept")
        new = {owner: self._minted[owner] for owner in owners if owner in self._minted}
        wrapped = {owner: self._wrap("person", owner, key) for owner, key in new.items()}
        if wrapped:
            await self._db.commit([_add("person", owner, blob) for owner, blob in wrapped.items()])
        self._persons |= wrapped
        for owner in new:
            self._minted.pop(owner, None)

    async def lose(self, owners: Iterable[str]) -> None:
        """Destroy these persons' keys: in the file, in memory, and in the file's log."""
        going = tuple(owners)
        await self._db.commit([Write(LOSE, {"kind": "person", "owner": o}) for o in going])
        for owner in going:
            for held in (self._persons, self._minted):
                held.pop(owner, None)
            self._ready.pop(owner, None)
        await self._overwrite()

    async def sweep(self, person_refs: set[str]) -> int:
        """Lose the keys of persons who have no row, and say how many; for the start, when no
        unit is on its way. With no rows at all none is lost: then it is not their database."""
        orphans = self.owners() - person_refs if person_refs else set()
        if orphans:
            await self.lose(orphans)
        return len(orphans)

    async def turn(self, now: datetime) -> None:
        """Make this hour's key and the next hour's, seal with this hour's from now on, and
        destroy those whose time is over."""
        ends = turned(self._ends, now, self.epoch if self._turned else None)
        new = {epoch: secrets.token_bytes(SIZE) for epoch in ends.keys() - self._ends.keys()}
        gone = self._ends.keys() - ends.keys()
        await self._db.commit(
            [self._add_epoch(epoch, key, ends[epoch]) for epoch, key in new.items()]
            + [Write(LOSE, {"kind": "epoch", "owner": str(epoch)}) for epoch in gone]
            + [
                Write(MOVE, {"owner": str(epoch), "until": end})
                for epoch, end in ends.items()
                if self._ends.get(epoch, end) != end
            ]
        )
        self._epochs |= {epoch: AESGCM(key) for epoch, key in new.items()}
        self._ends, self.epoch, self._turned = ends, hour_of(now), True
        for epoch in gone:
            del self._epochs[epoch]
        if gone or self._owed:
            await self._overwrite()

    async def copy(self, folder: Path, now: datetime) -> Path:
        """A copy that was read back, with its moment in its name; those over 7 days are deleted.

        Epochs stay out of it: no copy may bring back what is gone after a day.
        """
        made = folder / stamped("keys", now)
        await copies.take(self._db, made, _without_epochs, self._verify)
        await asyncio.to_thread(expire, folder, now)
        return made

    async def _load(self) -> None:
        keys: dict[str, bytes] = {}
        rows = await self._db.read("SELECT kind, owner, wrapped, until FROM keys")
        for row in rows or await self._found():
            kind, owner, wrapped = row["kind"], row["owner"], row["wrapped"]
            if kind == "person":
                self._persons[owner] = wrapped
            elif kind == "epoch":
                self._epochs[int(owner)] = AESGCM(self._unwrap(kind, owner, wrapped))
                self._ends[int(owner)] = row["until"]
            else:
                keys[kind] = self._unwrap(kind, owner, wrapped)
        if {"main", "lookup", "house"} - keys.keys():
            raise CannotUse("damaged_keys", DAMAGED, file=str(self.store))
        self.main, self.lookup = keys["main"].hex(), keys["lookup"]
        self._house = AESGCM(keys["house"])
        if not self._epochs:
            await self.turn(datetime.now(UTC))
            self._turned = False
        self.epoch = max(self._epochs)

    async def _found(self) -> Sequence[Row]:
        """The keys of a new instance."""
        new = {kind: secrets.token_bytes(SIZE) for kind in ("main", "lookup", "house")}
        await self._db.commit([_add(k, "", self._wrap(k, "", key)) for k, key in new.items()])
        return await self._db.read("SELECT kind, owner, wrapped, until FROM keys")

    async def _overwrite(self) -> None:
        self._owed = not await self._db.checkpoint()

    def _add_epoch(self, epoch: int, key: bytes, end: int) -> Write:
        return _add("epoch", str(epoch), self._wrap("epoch", str(epoch), key), end)

    def _wrap(self, kind: str, owner: str, key: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._wrapping.encrypt(nonce, key, f"{kind} {owner}".encode())

    def _unwrap(self, kind: str, owner: str, wrapped: bytes) -> bytes:
        bound = f"{kind} {owner}".encode()
        try:
            return self._wrapping.decrypt(wrapped[:NONCE], wrapped[NONCE:], bound)
        except InvalidTag:
            raise CannotUse("wrong_key", WRONG_KEY, file=str(self.store)) from None

    def _verify(self, copy: Path) -> None:
        """Every key in the copy can be had back from it."""
        with closing(engine.connect(copy, self.file_key, write=False)) as db:
            for row in db.execute("SELECT kind, owner, wrapped FROM keys"):
                self._unwrap(row["kind"], row["owner"], row["wrapped"])

    def _require(self) -> None:
        if not self.store.exists():
            raise CannotUse("missing_keys", MISSING, file=str(self.store))

    @contextmanager
    def _about_keys(self) -> Iterator[None]:
        """What is wrong with this file is not mended by restoring a backup of the other."""
        try:
            yield
        except CannotUse as error:
            said = {"wrong_key": WRONG_KEY, "corrupt": DAMAGED}.get(error.code)
            if said is None:
                raise
            raise CannotUse(error.code, said, file=str(self.store)) from error

    def _check_open(self) -> AESGCM:
        if self._house is None:
            raise CannotUse("closed", "The keys are not open.")
        return self._house


def _add(kind: str, owner: str, wrapped: bytes, until: int | None = None) -> Write:
    return Write(ADD, {"kind": kind, "owner": owner, "wrapped": wrapped, "until": until})


def _derive(instance_key: bytes, use: bytes) -> bytes:
    if len(instance_key) != SIZE:
        raise ValueError(f"an instance key has {SIZE} bytes")
    return HKDF(SHA256(), SIZE, salt=None, info=use).derive(instance_key)


def _without_epochs(copy: Connection) -> None:
    copy.execute("DELETE FROM keys WHERE kind = 'epoch'")


def expire(folder: Path, now: datetime) -> None:
    for old in dated(folder, "keys"):
        made = stamp(old)
        if made and made < now - COPIES:
            old.unlink()
