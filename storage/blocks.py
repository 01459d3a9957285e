"""Blocks: by name, so that nobody is told whether there is such a person, or how many."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.core.ports import Vault
from bot.core.work import Unit, Write
from storage.database import Database, Row
from storage.gathered import Gathered
from storage.namesakes import called

AROUND = """
    SELECT person AS one, blocked AS other, 1 AS own FROM blocks
    WHERE person IN ({keys}) AND blocked IS NOT NULL
    UNION ALL SELECT blocked, person, 0 FROM blocks WHERE blocked IN ({keys})"""


@dataclass(frozen=True, slots=True)
class Block:
    """A name that somebody does not want to meet, whomever it means."""

    ref: str
    person: str
    name: str
    """As they wrote it."""
    mark: str
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})


class Blocks:
    kind = Block

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault
        self._around = Gathered(db, AROUND, "one")

    async def load(self, ref: str) -> Block | None:
        rows = await self._db.read("SELECT * FROM blocks WHERE ref = :ref", ref=ref)
        return next((self._block(row) for row in rows), None)

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE blocks SET version = version + 1 WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    async def of(self, person: str) -> list[Block]:
        """What this person has blocked: one for each name."""
        rows = await self._db.read(
            "SELECT * FROM blocks WHERE person = :person ORDER BY ref DESC", person=person
        )
        named = {row["mark"]: self._block(row) for row in rows}
        return sorted(named.values(), key=lambda block: block.name.casefold())

    async def kept_from(self, person: str) -> frozenset[str]:
        """The refs of those whom this person has blocked; looked up together with `around`."""
        rows = (await self._around.rows((person,)))[person]
        return frozenset(row["other"] for row in rows if row["own"])

    async def between(self, one: str, other: str) -> bool:
        """Whether either has blocked the other: then nothing goes from one to the other, and it
        looks like no answer."""
        return bool(
            await self._db.read(
                "SELECT 1 FROM blocks WHERE (person = :one AND blocked = :other)"
                " OR (person = :other AND blocked = :one) LIMIT 1",
                one=one,
                other=other,
            )
        )

    def none(self, one: str, other: str) -> Write:
        """Fails when there is a block between the two by then."""
        return Write(
            "UPDATE blocks SET version = version WHERE (person = :one AND blocked = :other)"
            " OR (person = :other AND blocked = :one)",
            {"one": one, "other": other},
            expect=0,
        )

    async def around(self, person: str) -> frozenset[str]:
        """The refs of all between whom and this person there is a block."""
        rows = (await self._around.rows((person,)))[person]
        return frozenset(row["other"] for row in rows)

    def add(self, person: str, name: str, blocked: str) -> Write:
        """`blocked` is a ref, or "" when nobody goes by the name: then it means who comes by it
        next. The same name again may mean one more, and lets nobody go."""
        ref = secrets.token_urlsafe(9)
        return Write(
            "INSERT INTO blocks (ref, person, mark, blocked, name)"
            " SELECT :ref, :person, :mark, (SELECT ref FROM people WHERE ref = :blocked), :name"
            " WHERE NOT EXISTS (SELECT 1 FROM blocks"
            " WHERE person = :person AND mark = :mark AND coalesce(blocked, '') = :blocked)",
            {
                "ref": ref,
                "person": person,
                "mark": called(self._vault, name),
                "blocked": blocked,
                "name": self._vault.seal(person, f"blocks.name/{ref}", name),
            },
        )

    def remove(self, block: Block) -> Write:
        """With all whom the name means."""
        values = {"person": block.person, "mark": block.mark}
        return Write("DELETE FROM blocks WHERE person = :person AND mark = :mark", values)

    def forget(self, person: str) -> Unit:
        """What they blocked goes; where they were blocked, a name stays that means nobody."""
        return (
            Write("DELETE FROM blocks WHERE person = :person", {"person": person}),
            Write(
                "UPDATE blocks SET blocked = NULL, version = version + 1 WHERE blocked = :person",
                {"person": person},
            ),
        )

    async def mine(self, person: str) -> list[str]:
        return [block.name for block in await self.of(person)]

    def _block(self, row: Row) -> Block:
        ref, person = row["ref"], row["person"]
        name = self._vault.open(person, f"blocks.name/{ref}", row["name"])
        return Block(ref, person, name, row["mark"], row["version"])
