"""Changes of what a group has settled: asked for by one trusted servant, agreed to by another."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.ports import HOUSE, Vault
from bot.core.work import Unit, Write
from storage.database import Database, Row
from storage.groups import Groups
from storage.values import instant, millis


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` hold the settings it touches, by name."""

    ref: str
    group: str
    asked: str
    """Who asked for it; "" when they were forgotten since."""
    before: Mapping[str, str]
    after: Mapping[str, str]
    until: datetime
    agreed: str = ""
    made: bool = False
    version: int = 1
    servants: frozenset[str] = frozenset()

    @property
    def belongs_to(self) -> frozenset[str]:
        """Until it is made it is the others' to agree to; then it is both of theirs to undo."""
        both = frozenset({self.asked, self.agreed}) - {""}
        return both if self.made else self.servants - both


class Changes:
    kind = Change

    def __init__(
        self, db: Database, vault: Vault, groups: Groups, now: Callable[[], datetime]
    ) -> None:
        self._db, self._vault, self._groups, self._now = db, vault, groups, now

    async def load(self, ref: str) -> Change | None:
        rows = await self._db.read(
            "SELECT * FROM changes WHERE ref = :ref AND until > :now",
            ref=ref,
            now=millis(self._now()),
        )
        for row in rows:
            return self._change(row, await self._groups.servants(row["grp"]))
        return None

    async def waiting(self, group: str) -> list[Change]:
        """What another trusted servant has yet to agree to, the oldest first."""
        rows = await self._db.read(
            "SELECT * FROM changes WHERE grp = :grp AND made = 0 AND until > :now"
            " ORDER BY until, ref",
            grp=group,
            now=millis(self._now()),
        )
        servants = await self._groups.servants(group) if rows else frozenset[str]()
        return [self._change(row, servants) for row in rows]

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE changes SET version = version WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    def add(self, change: Change) -> Write:
        body = json.dumps([dict(change.before), dict(change.after)], ensure_ascii=False)
        return Write(
            "INSERT INTO changes (ref, grp, asked, agreed, made, body, until)"
            " VALUES (:ref, :grp, :asked, :agreed, :made, :body, :until)",
            {
                "ref": change.ref,
                "grp": change.group,
                "asked": change.asked or None,
                "agreed": change.agreed or None,
                "made": int(change.made),
                "body": self._vault.seal(HOUSE, f"changes.body/{change.ref}", body),
                "until": millis(change.until),
            },
        )

    def end(self, change: Change) -> Write:
        """Fails when somebody else was faster."""
        return Write("DELETE FROM changes WHERE ref = :ref", {"ref": change.ref}, expect=1)

    def forget(self, person: str) -> Unit:
        """What they had asked for is not asked any more; what was made stays made."""
        who = {"person": person}
        return (
            Write("DELETE FROM changes WHERE asked = :person AND made = 0", who),
            Write("UPDATE changes SET asked = NULL WHERE asked = :person", who),
            Write("UPDATE changes SET agreed = NULL WHERE agreed = :person", who),
        )

    def tidy(self, now: datetime) -> Unit:
        return (Write("DELETE FROM changes WHERE until <= :now", {"now": millis(now)}),)

    def _change(self, row: Row, servants: frozenset[str]) -> Change:
        ref = row["ref"]
        before, after = json.loads(self._vault.open(HOUSE, f"changes.body/{ref}", row["body"]))
        return Change(
            ref,
            row["grp"],
            row["asked"] or "",
            before,
            after,
            instant(row["until"]),
            row["agreed"] or "",
            bool(row["made"]),
            row["version"],
            servants,
        )
