"""Asks: how often somebody asked others, and that somebody new may say no to anyone."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.work import Unit, Write
from storage.database import Database
from storage.values import instant, millis

WEEK = timedelta(days=7)
MOST = 3
"""Times in a week that somebody may ask others."""
MONTH = timedelta(days=30)
"""So long somebody is new in a group, and so long it is known that somebody asked."""


class Asks:
    """Whom somebody asked, is kept nowhere here."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, person: str, group: str, now: datetime, *, newcomer: bool) -> Write:
        """That they asked, and whether it was somebody new; fails when they have asked
        `MOST` times within a week."""
        return Write(
            "INSERT INTO asks (person, grp, at, newcomer) SELECT :person, :grp, :at, :newcomer"
            " WHERE :most > (SELECT count(*) FROM asks WHERE person = :person AND at > :week)",
            {
                "person": person,
                "grp": group,
                "at": millis(now),
                "newcomer": int(newcomer),
                "week": millis(now - WEEK),
                "most": MOST,
            },
            expect=1,
        )

    async def lately(self, person: str, now: datetime) -> int:
        """How often they have asked within a week, also what they took back."""
        [row] = await self._db.read(
            "SELECT count(*) AS n FROM asks WHERE person = :person AND at > :week",
            person=person,
            week=millis(now - WEEK),
        )
        return int(row["n"])

    async def approaches(self, group: str, now: datetime, least: int) -> list[tuple[str, int]]:
        """Who asked people who were new in a group, and how often in 30 days, from `least` times
        on. Whom, is kept nowhere."""
        rows = await self._db.read(
            "SELECT person, count(*) AS n FROM asks WHERE grp = :grp AND at > :month"
            " AND newcomer = 1 GROUP BY person HAVING count(*) >= :least ORDER BY n DESC, person",
            grp=group,
            month=millis(now - MONTH),
            least=least,
        )
        return [(row["person"], row["n"]) for row in rows]

    async def told(self, group: str, person: str, now: datetime) -> bool:
        """Whether they know that they may say no to anyone: they were told, or are not new."""
        rows = await self._db.read(
            "SELECT 1 FROM members WHERE grp = :grp AND person = :person"
            " AND (told IS NOT NULL OR since <= :month)",
            grp=group,
            person=person,
            month=millis(now - MONTH),
        )
        return bool(rows)

    async def new(self, group: str, person: str, now: datetime) -> bool:
        """Whether they have been in the group for less than 30 days."""
        rows = await self._db.read(
            "SELECT 1 FROM members WHERE grp = :grp AND person = :person AND since > :month",
            grp=group,
            person=person,
            month=millis(now - MONTH),
        )
        return bool(rows)

    def tell(self, group: str, person: str, now: datetime) -> Write:
        return Write(
            "UPDATE members SET told = :now WHERE grp = :grp AND person = :person",
            {"grp": group, "person": person, "now": millis(now)},
        )

    def leave(self, group: str, person: str) -> Unit:
        sql = "DELETE FROM asks WHERE grp = :grp AND person = :person"
        return (Write(sql, {"person": person, "grp": group}),)

    def forget(self, person: str) -> Unit:
        return (Write("DELETE FROM asks WHERE person = :person", {"person": person}),)

    def tidy(self, now: datetime) -> Unit:
        return (Write("DELETE FROM asks WHERE at <= :before", {"before": millis(now - MONTH)}),)

    async def mine(self, person: str) -> list[str]:
        """When they asked."""
        rows = await self._db.read(
            "SELECT at FROM asks WHERE person = :person ORDER BY at", person=person
        )
        return [instant(row["at"]).isoformat(timespec="seconds") for row in rows]
