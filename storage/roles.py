"""Trusted servants: who, what, until when. A term ends by itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.text import key
from bot.core.work import Unit, Write
from storage.database import Database, Row
from storage.values import instant, millis

FOUNDER, SERVANT = "founder", "servant"
LABELS = {FOUNDER: key("founder"), SERVANT: key("trusted servant")}
"""What people call them."""


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody does for a group, for a term."""

    ref: str
    group: str
    person: str
    role: str
    since: datetime
    until: datetime
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})


class Roles:
    kind = Role

    def __init__(self, db: Database) -> None:
        self._db = db

    async def load(self, ref: str) -> Role | None:
        rows = await self._db.read("SELECT * FROM roles WHERE ref = :ref", ref=ref)
        return next((_role(row) for row in rows), None)

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE roles SET version = version + 1 WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    async def of(self, group: str, now: datetime) -> list[Role]:
        """Whose term lasts, the longest in service first."""
        rows = await self._db.read(
            "SELECT * FROM roles WHERE grp = :grp AND until > :now ORDER BY since, ref",
            grp=group,
            now=millis(now),
        )
        return [_role(row) for row in rows]

    async def held(self, person: str, now: datetime) -> list[Role]:
        rows = await self._db.read(
            "SELECT * FROM roles WHERE person = :person AND until > :now ORDER BY since, ref",
            person=person,
            now=millis(now),
        )
        return [_role(row) for row in rows]

    def give(self, group: str, person: str, role: str, now: datetime, until: datetime) -> Write:
        """A term from now on; one that they still have begins anew."""
        return Write(
            "INSERT INTO roles (ref, grp, person, role, since, until)"
            " VALUES (:ref, :grp, :person, :role, :since, :until)"
            " ON CONFLICT (person, grp, role) DO UPDATE SET since = excluded.since,"
            " until = excluded.until, version = roles.version + 1",
            {
                "ref": secrets.token_urlsafe(9),
                "grp": group,
                "person": person,
                "role": role,
                "since": millis(now),
                "until": millis(until),
            },
        )

    def end(self, role: Role) -> Write:
        """Fails when it has ended."""
        return Write("DELETE FROM roles WHERE ref = :ref", {"ref": role.ref}, expect=1)

    def tidy(self, now: datetime) -> Unit:
        return (Write("DELETE FROM roles WHERE until <= :now", {"now": millis(now)}),)

    def forget(self, person: str) -> Unit:
        return (Write("DELETE FROM roles WHERE person = :person", {"person": person}),)

    async def mine(self, person: str) -> list[dict[str, Any]]:
        rows = await self._db.read(
            "SELECT * FROM roles WHERE person = :person ORDER BY since", person=person
        )
        return [
            {
                "role": role.role,
                "since": role.since.isoformat(),
                "until": role.until.isoformat(),
            }
            for role in map(_role, rows)
        ]


def _role(row: Row) -> Role:
    return Role(
        row["ref"],
        row["grp"],
        row["person"],
        row["role"],
        instant(row["since"]),
        instant(row["until"]),
        row["version"],
    )
