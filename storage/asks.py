"""Asks: how often somebody asked others, and that somebody new may say no to anyone."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.ports import Vault
from bot.core.work import Unit, Write
from storage.database import Database
from storage.requests import Request
from storage.values import instant, millis

WEEK = timedelta(days=7)
MOST = 3
"""Times in a week that somebody may ask others."""
MONTH = timedelta(days=30)
"""So long somebody is new in a group, and so long it is known that somebody asked."""


class Asks:
    """Whom somebody asked is kept as a mark alone. It stays when they leave, so that coming back
    gives nobody more questions."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    def note(self, request: Request, *, newcomer: bool) -> Write:
        """That they asked, and whether it was somebody new; fails when they have asked
        `MOST` times within a week."""
        return Write(
            "INSERT INTO asks (person, grp, at, newcomer, mark)"
            " SELECT :person, :grp, :at, :newcomer, :mark"
            " WHERE :most > (SELECT count(*) FROM asks WHERE person = :person AND at > :week)",
            {
                "person": request.person,
                "grp": request.group,
                "at": millis(request.at),
                "newcomer": int(newcomer),
                "mark": self._mark(request),
                "week": millis(request.at - WEEK),
                "most": MOST,
            },
            expect=1,
        )

    async def told_of(self, request: Request) -> bool:
        """Whether a word of the same question went within 30 days: one goes, also when it was
        taken back and is asked anew."""
        rows = await self._db.read(
            "SELECT 1 FROM asks WHERE mark = :mark AND at > :month",
            mark=self._mark(request),
            month=millis(request.at - MONTH),
        )
        return bool(rows)

    def untold(self, request: Request) -> Write:
        """The word of it, if it waits at this moment, is about to be dropped: the next one
        goes."""
        return Write(
            "UPDATE asks SET mark = NULL WHERE mark = :mark AND EXISTS (SELECT 1 FROM outbox_about"
            " JOIN outbox ON outbox.key = outbox_about.key"
            " WHERE outbox_about.person = :ref AND outbox.state = 'pending')",
            {"mark": self._mark(request), "ref": request.ref},
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
        """Who of a group asked people who were new there, and how often in 30 days, from `least`
        times on. Whom, nobody can read."""
        rows = await self._db.read(
            "SELECT person, count(*) AS n FROM asks WHERE grp = :grp AND at > :month"
            " AND newcomer = 1 AND EXISTS (SELECT 1 FROM members"
            " WHERE members.grp = asks.grp AND members.person = asks.person)"
            " GROUP BY person HAVING count(*) >= :least ORDER BY n DESC, person",
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

    def _mark(self, request: Request) -> str:
        one = request
        return self._vault.mark(f"asked {one.person} {one.asked} {one.group} {one.kind.value}")
