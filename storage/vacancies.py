"""Groups that nobody looks after any more, and who of them may take that up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.text import key
from bot.core.work import Write
from storage.database import Database
from storage.groups import Groups, Settings
from storage.values import millis

A_WHILE = timedelta(days=7)
"""Who has belonged to a group for so long comes before whoever has just joined it."""
VACANT = key("Nobody looks after this group at the moment.")
TAKE_UP = key("I'll look after it for 90 days")
LAST = key(
    "You are the last who looks after {group}. After you, whoever has been in it for a week can"
    " take that up with /roles. Until then nobody can change its settings."
)
"""What is said in such a group, and before it comes to that."""


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Of a group in which nobody holds a role at this moment."""

    settings: Settings
    heirs: frozenset[str]

    @property
    def ref(self) -> str:
        """The group's."""
        return self.settings.ref

    @property
    def version(self) -> int:
        return self.settings.version

    @property
    def belongs_to(self) -> frozenset[str]:
        return self.heirs


class Vacancies:
    kind = Vacancy

    def __init__(self, db: Database, groups: Groups, now: Callable[[], datetime]) -> None:
        self._db, self._groups, self._now = db, groups, now

    async def load(self, ref: str) -> Vacancy | None:
        """None while somebody looks after the group."""
        settings = await self._groups.load(ref)
        if settings is None or settings.servants:
            return None
        rows = await self._db.read("SELECT person, since FROM members WHERE grp = :grp", grp=ref)
        since = millis(self._now() - A_WHILE)
        long = frozenset(row["person"] for row in rows if row["since"] <= since)
        return Vacancy(settings, long or frozenset(row["person"] for row in rows))

    def hold(self, ref: str, version: int) -> Write:
        """Of several at once only the first takes it up."""
        return Write(
            "UPDATE groups SET version = version + 1 WHERE ref = :ref AND version = :version"
            " AND NOT EXISTS (SELECT 1 FROM roles WHERE grp = :ref AND until > :now)",
            {"ref": ref, "version": version, "now": millis(self._now())},
            expect=1,
        )
