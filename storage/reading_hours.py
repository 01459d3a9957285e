"""When readings come: a person's own hour and track, sealed, and whose day was shown last."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.core.ports import Vault
from bot.core.work import Unit, Write
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody has chosen for themselves; `hour` is like "07:30", "" for none."""

    person: str
    hour: str = ""
    track: str = ""
    """"" is that of their group."""
    shown: date | None = None
    """Their own day whose reading was sent to them last."""
    version: int = 0
    """0 is of somebody who has chosen nothing yet."""


class ReadingHours:
    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    async def of(self, person: str) -> Chosen:
        rows = await self._db.read("SELECT * FROM reading_hours WHERE ref = :ref", ref=person)
        for row in rows:
            body = json.loads(self._vault.open(person, f"reading_hours.body/{person}", row["body"]))
            shown = date.fromisoformat(body["shown"]) if body["shown"] else None
            return Chosen(person, body["hour"], body["track"], shown, row["version"])
        return Chosen(person)

    def choose(self, chosen: Chosen) -> Write:
        """Fails when something was changed since it was read."""
        shown = chosen.shown.isoformat() if chosen.shown else ""
        body = json.dumps({"hour": chosen.hour, "track": chosen.track, "shown": shown})
        row = f"reading_hours.body/{chosen.person}"
        values: dict[str, Any] = {
            "ref": chosen.person,
            "body": self._vault.seal(chosen.person, row, body),
        }
        if not chosen.version:
            sql = (
                "INSERT INTO reading_hours (ref, body) VALUES (:ref, :body) ON CONFLICT DO NOTHING"
            )
            return Write(sql, values, expect=1)
        sql = (
            "UPDATE reading_hours SET body = :body, version = version + 1"
            " WHERE ref = :ref AND version = :version"
        )
        return Write(sql, values | {"version": chosen.version}, expect=1)

    async def shown(self, group: str) -> date | None:
        """The day whose reading a group was shown last."""
        rows = await self._db.read("SELECT day FROM readings_shown WHERE grp = :grp", grp=group)
        return next((date.fromisoformat(row["day"]) for row in rows), None)

    def show(self, group: str, day: date, before: date | None) -> Write:
        """Fails when another was shown than `before`: two that post at once are one."""
        values: dict[str, Any] = {"grp": group, "day": day.isoformat()}
        if before is None:
            sql = "INSERT INTO readings_shown (grp, day) VALUES (:grp, :day) ON CONFLICT DO NOTHING"
            return Write(sql, values, expect=1)
        sql = "UPDATE readings_shown SET day = :day WHERE grp = :grp AND day = :before"
        return Write(sql, values | {"before": before.isoformat()}, expect=1)

    async def mine(self, person: str) -> dict[str, Any]:
        chosen = await self.of(person)
        if not chosen.version:
            return {}
        shown = chosen.shown.isoformat() if chosen.shown else ""
        return {"hour": chosen.hour, "track": chosen.track, "day": shown}

    def forget(self, person: str) -> Unit:
        return (Write("DELETE FROM reading_hours WHERE ref = :person", {"person": person}),)
