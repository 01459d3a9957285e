"""What is still to be done at an instant: for a clock that is put forward by hand."""

from __future__ import annotations

from datetime import datetime

from storage.database import Database
from storage.values import instant, millis

DUE = """
    SELECT (SELECT count(*) FROM schedule WHERE due_at <= :now AND look_at IS NOT NULL)
        + (SELECT count(*) FROM outbox
            WHERE turn IS NOT NULL AND (next_at <= :now OR state <> 'pending')) AS n"""
NEXT = """
    SELECT min(at) AS at FROM (
        SELECT min(look_at) AS at FROM schedule WHERE look_at > :now
        UNION ALL SELECT min(next_at) FROM outbox WHERE turn IS NOT NULL AND next_at > :now
    ) AS either"""


class Waiting:
    """Over the rows of the schedule and of the outbox, which have their own classes."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def due(self, now: datetime) -> int:
        """How much has its time, and is not done."""
        [row] = await self._db.read(DUE, now=millis(now))
        return int(row["n"])

    async def next(self, now: datetime) -> datetime | None:
        """When there is something to do after that instant."""
        [row] = await self._db.read(NEXT, now=millis(now))
        return None if row["at"] is None else instant(row["at"])
