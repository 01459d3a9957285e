"""Texts of a report: what its reporter wrote, once for each who may read it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from bot.core.ports import Vault
from bot.core.work import Write
from storage.database import Database
from storage.values import instant, millis


@dataclass(frozen=True, slots=True)
class Text:
    """Something that was written at that time."""

    at: datetime
    words: str


class Texts:
    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    async def of(self, report: str, person: str) -> list[Text]:
        """Theirs of one report, the oldest first."""
        rows = await self._db.read(
            "SELECT * FROM report_texts WHERE report = :report AND person = :person"
            " ORDER BY at, ref",
            report=report,
            person=person,
        )
        sealed = ((row["at"], f"report_texts.body/{row['ref']}", row["body"]) for row in rows)
        return [
            Text(instant(at), self._vault.open(person, where, body)) for at, where, body in sealed
        ]

    def hand(self, report: str, person: str, words: str, at: datetime) -> Write:
        """One for them, under their own key."""
        ref = secrets.token_urlsafe(9)
        return Write(
            "INSERT INTO report_texts (ref, report, person, at, body)"
            " VALUES (:ref, :report, :person, :at, :body)",
            {
                "ref": ref,
                "report": report,
                "person": person,
                "at": millis(at),
                "body": self._vault.seal(person, f"report_texts.body/{ref}", words),
            },
            expect=1,
        )
