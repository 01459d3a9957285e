"""Discord servers, and the group whose home each is."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.ports import HOUSE, Vault
from bot.core.work import Unit, Write
from storage.database import Database
from storage.errands import Errands
from storage.groups import Groups
from storage.units import Units


class Servers:
    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    async def group(self, server: str) -> str:
        """The ref of its group, or ""."""
        rows = await self._db.read(
            "SELECT grp FROM discord_servers WHERE mark = :mark", mark=self._mark(server)
        )
        return next((str(row["grp"]) for row in rows), "")

    async def all(self) -> list[tuple[str, str]]:
        """Every server with its group."""
        rows = await self._db.read("SELECT * FROM discord_servers ORDER BY mark")
        return [
            (
                self._vault.open(HOUSE, f"discord_servers.body/{row['mark']}", row["body"]),
                row["grp"],
            )
            for row in rows
        ]

    def belongs(self, server: str, group: str) -> Write:
        """From now on, whatever it was before."""
        mark = self._mark(server)
        sealed = self._vault.seal(HOUSE, f"discord_servers.body/{mark}", server)
        return Write(
            "INSERT INTO discord_servers (mark, grp, body) VALUES (:mark, :grp, :body)"
            " ON CONFLICT (mark) DO UPDATE SET grp = excluded.grp",
            {"mark": mark, "grp": group, "body": sealed},
        )

    def leave(self, server: str) -> Unit:
        sql = "DELETE FROM discord_servers WHERE mark = :mark"
        return (Write(sql, {"mark": self._mark(server)}),)

    def _mark(self, server: str) -> str:
        return self._vault.mark(f"discord server {server}")


@dataclass(frozen=True, slots=True)
class DiscordPorts:
    """What the Discord door needs of us."""

    servers: Servers
    groups: Groups
    units: Units
    errands: Errands
