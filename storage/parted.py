"""Parted: between whom something ended of late, so that nobody is asked again right after it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING

from bot.core.ports import Vault
from bot.core.work import Unit, Write
from storage.database import Database
from storage.values import instant, millis

if TYPE_CHECKING:
    from storage.agreements import Agreement, Kind

AGAIN = timedelta(days=30)
"""So long is nobody asked again who said no, or did not answer, or with whom it ended."""


class Parted:
    """Only a mark of the two is kept: nobody can read from it who the other was."""

    def __init__(self, db: Database, vault: Vault, now: Callable[[], datetime]) -> None:
        self._db, self._vault, self._now = db, vault, now

    def note(self, agreement: Agreement, gone: Collection[str]) -> Unit:
        """That it ended between those who are `gone` and the others, for each towards each;
        nothing for those who never agreed."""
        agreed = [part.person for part in agreement.parts if part.agreed]
        return tuple(
            self._note(agreement.kind, one, other)
            for one, other in permutations(agreed, 2)
            if one in gone or other in gone
        )

    async def among(self, person: str, kind: Kind, others: Iterable[str]) -> frozenset[str]:
        """Those of them with whom such an agreement of this person ended."""
        rows = await self._db.read(
            "SELECT mark FROM parted WHERE person = :person AND until > :now",
            person=person,
            now=millis(self._now()),
        )
        marks = {row["mark"] for row in rows}
        return frozenset(o for o in others if marks and self._mark(kind, person, o) in marks)

    def forget(self, person: str) -> Unit:
        return (Write("DELETE FROM parted WHERE person = :person", {"person": person}),)

    def tidy(self, now: datetime) -> Unit:
        return (Write("DELETE FROM parted WHERE until <= :now", {"now": millis(now)}),)

    async def mine(self, person: str) -> list[str]:
        """Until when it holds; who it is about, nobody knows."""
        rows = await self._db.read(
            "SELECT until FROM parted WHERE person = :person ORDER BY until", person=person
        )
        return [instant(row["until"]).isoformat(timespec="seconds") for row in rows]

    def _note(self, kind: Kind, person: str, other: str) -> Write:
        return Write(
            "INSERT INTO parted (person, mark, until) SELECT ref, :mark, :until FROM people"
            " WHERE ref = :person ON CONFLICT (person, mark) DO UPDATE SET until = excluded.until",
            {
                "person": person,
                "mark": self._mark(kind, person, other),
                "until": millis(self._now() + AGAIN),
            },
        )

    def _mark(self, kind: Kind, person: str, other: str) -> str:
        return self._vault.mark(f"parted {kind.value} {person} {other}")
