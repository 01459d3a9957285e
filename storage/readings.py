"""What people write about readings, and which they like: sealed, and theirs alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.core.ports import Vault
from bot.core.work import Unit, Write
from storage.database import Database, Row
from storage.values import instant, millis

BLOCK = 128
"""Bytes to which a text is filled up, so that its length tells little."""


@dataclass(frozen=True, slots=True)
class Reflection:
    """What somebody wrote about the reading of a day; its title is kept with it, since a pack
    may go."""

    ref: str
    person: str
    at: datetime
    track: str
    day: date
    title: str
    note: str
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})

    def noted(self, note: str) -> Reflection:
        """With these words under those that were there; the same sent twice stands once."""
        if self.note == note or self.note.endswith(f"\n\n{note}"):
            return self
        return replace(self, note=f"{self.note}\n\n{note}")


@dataclass(frozen=True, slots=True)
class Favourite:
    """`key` is the reading's in its track, `day` the one on which it was chosen."""

    ref: str
    person: str
    at: datetime
    track: str
    key: str
    day: date
    title: str


class Readings:
    kind = Reflection

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    async def load(self, ref: str) -> Reflection | None:
        rows = await self._db.read("SELECT * FROM reflections WHERE ref = :ref", ref=ref)
        return next((self._reflection(row) for row in rows), None)

    async def written(self, person: str, track: str, day: date) -> Reflection | None:
        """What they wrote about the reading of that day."""
        rows = await self._db.read(
            "SELECT * FROM reflections WHERE person = :person AND mark = :mark",
            person=person,
            mark=self._mark("reflection", person, track, day.isoformat()),
        )
        return next((self._reflection(row) for row in rows), None)

    async def latest(self, person: str, most: int, skip: int = 0) -> list[Reflection]:
        """Newest first, after that many were passed over."""
        return [
            self._reflection(row) for row in await self._rows("reflections", person, most, skip)
        ]

    async def liked(self, person: str, most: int, skip: int = 0) -> list[Favourite]:
        """The last chosen first, after that many were passed over."""
        return [self._favourite(row) for row in await self._rows("favourites", person, most, skip)]

    async def likes(self, person: str, track: str, key: str) -> bool:
        mark = self._mark("favourite", person, track, key)
        found = "SELECT 1 FROM favourites WHERE person = :person AND mark = :mark"
        return bool(await self._db.read(found, person=person, mark=mark))

    async def count(self, person: str) -> int:
        """Of both together."""
        [row] = await self._db.read(
            "SELECT (SELECT count(*) FROM reflections WHERE person = :person)"
            " + (SELECT count(*) FROM favourites WHERE person = :person) AS n",
            person=person,
        )
        return int(row["n"])

    async def mine(self, person: str) -> dict[str, Any]:
        """Oldest first, in plain values."""
        kept = {
            "reflections": [
                {"at": _at(r.at), "day": r.day.isoformat(), "title": r.title, "note": r.note}
                for r in reversed(await self.latest(person, -1))
            ],
            "favourites": [
                {"at": _at(f.at), "day": f.day.isoformat(), "title": f.title}
                for f in reversed(await self.liked(person, -1))
            ],
        }
        return {name: listed for name, listed in kept.items() if listed}

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE reflections SET version = version + 1 WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    def write(self, made: Reflection) -> Write:
        """Fails when there is one about the reading of that day."""
        return Write(
            "INSERT INTO reflections (ref, person, mark, at, body)"
            " VALUES (:ref, :person, :mark, :at, :body) ON CONFLICT DO NOTHING",
            {
                "ref": made.ref,
                "person": made.person,
                "mark": self._mark("reflection", made.person, made.track, made.day.isoformat()),
                "at": millis(made.at),
                "body": self._sealed(made),
            },
            expect=1,
        )

    def change(self, changed: Reflection) -> Write:
        """Its words; to be held first, or a change made meanwhile would be lost."""
        return Write(
            "UPDATE reflections SET body = :body WHERE ref = :ref AND person = :person",
            {"ref": changed.ref, "person": changed.person, "body": self._sealed(changed)},
            expect=1,
        )

    def delete(self, gone: Reflection) -> Write:
        return Write("DELETE FROM reflections WHERE ref = :ref", {"ref": gone.ref}, expect=1)

    def like(self, liked: Favourite) -> Write:
        """Chosen twice it stands once."""
        body = {
            "track": liked.track,
            "key": liked.key,
            "day": liked.day.isoformat(),
            "title": liked.title,
        }
        return Write(
            "INSERT INTO favourites (ref, person, mark, at, body)"
            " VALUES (:ref, :person, :mark, :at, :body) ON CONFLICT DO NOTHING",
            {
                "ref": liked.ref,
                "person": liked.person,
                "mark": self._mark("favourite", liked.person, liked.track, liked.key),
                "at": millis(liked.at),
                "body": self._seal(liked.person, f"favourites.body/{liked.ref}", body),
            },
        )

    def unlike(self, person: str, track: str, key: str) -> Write:
        return Write(
            "DELETE FROM favourites WHERE person = :person AND mark = :mark",
            {"person": person, "mark": self._mark("favourite", person, track, key)},
        )

    def forget(self, person: str) -> Unit:
        who = {"person": person}
        return (
            Write("DELETE FROM reflections WHERE person = :person", who),
            Write("DELETE FROM favourites WHERE person = :person", who),
        )

    async def _rows(self, table: str, person: str, most: int, skip: int) -> Sequence[Row]:
        return await self._db.read(
            f"SELECT * FROM {table} WHERE person = :person ORDER BY at DESC, ref"
            " LIMIT :most OFFSET :skip",
            person=person,
            most=most,
            skip=skip,
        )

    def _mark(self, *words: str) -> str:
        return self._vault.mark(" ".join(words))

    def _seal(self, person: str, row: str, body: dict[str, str]) -> bytes:
        text = json.dumps(body, ensure_ascii=False)
        return self._vault.seal(person, row, text.ljust(-(-len(text) // BLOCK) * BLOCK))

    def _sealed(self, one: Reflection) -> bytes:
        day = one.day.isoformat()
        body = {"track": one.track, "day": day, "title": one.title, "note": one.note}
        return self._seal(one.person, f"reflections.body/{one.ref}", body)

    def _opened(self, row: Row, table: str) -> dict[str, str]:
        opened = self._vault.open(row["person"], f"{table}.body/{row['ref']}", row["body"])
        body: dict[str, str] = json.loads(opened)
        return body

    def _reflection(self, row: Row) -> Reflection:
        body = self._opened(row, "reflections")
        day, at = date.fromisoformat(body["day"]), instant(row["at"])
        track, title, note = body["track"], body["title"], body["note"]
        return Reflection(row["ref"], row["person"], at, track, day, title, note, row["version"])

    def _favourite(self, row: Row) -> Favourite:
        body = self._opened(row, "favourites")
        day, at = date.fromisoformat(body["day"]), instant(row["at"])
        return Favourite(
            row["ref"], row["person"], at, body["track"], body["key"], day, body["title"]
        )


def _at(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
