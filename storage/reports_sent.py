"""How many reports somebody sent within a week, whatever became of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.work import Unit, Write
from storage.database import Database
from storage.values import millis

WEEK = timedelta(days=7)
MANY = 3
"""Reports that one person sends in it, with those that they took back."""


class Sent:
    """That one was sent and when, not which."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def enough(self, person: str, now: datetime) -> bool:
        """Whether they have sent so many that they are to wait."""
        [row] = await self._db.read(
            "SELECT count(*) AS n FROM reports_sent WHERE person = :person AND at > :since",
            person=person,
            since=millis(now - WEEK),
        )
        return bool(row["n"] >= MANY)

    def add(self, person: str, now: datetime) -> Write:
        """Fails when they are to wait."""
        return Write(
            "INSERT INTO reports_sent (person, at) SELECT :person, :now WHERE :many > ("
            "SELECT count(*) FROM reports_sent WHERE person = :person AND at > :since)",
            {"person": person, "now": millis(now), "since": millis(now - WEEK), "many": MANY},
            expect=1,
        )

    def forget(self, person: str) -> Write:
        return Write("DELETE FROM reports_sent WHERE person = :person", {"person": person})

    def tidy(self, now: datetime) -> Unit:
        return (Write("DELETE FROM reports_sent WHERE at <= :week", {"week": millis(now - WEEK)}),)
