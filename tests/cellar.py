"""A database with its keys and its backups, as one instance has them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import engine
from storage.backup import BackupReport, backup, restore
from storage.database import Database
from storage.keys import Keys
from storage.vault import Vault
from tests.storage_floor import lay

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCHEMA = """
CREATE TABLE chairs (ref TEXT PRIMARY KEY, holder TEXT NOT NULL DEFAULT '', version INTEGER);
CREATE TABLE outbox (seq INTEGER PRIMARY KEY, state TEXT NOT NULL, body BLOB);
CREATE TABLE drafts (mark TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE inbox (ref TEXT PRIMARY KEY, body BLOB);
CREATE TABLE inbox_marks (ref TEXT PRIMARY KEY REFERENCES drafts (mark));
"""


@dataclass
class House:
    """A database, its keys and where their copies go."""

    folder: Path
    db: Database
    keys: Keys

    @property
    def vault(self) -> Vault:
        return Vault(self.keys)

    async def back_up(self, now: datetime = NOON, keep: int = 7) -> BackupReport:
        return await backup(
            self.db, self.keys, self.folder / "backups", self.folder / "copies", now, keep
        )

    async def restore(self, file: Path, now: datetime = NOON) -> Path | None:
        """With the server down, as it has to be; then up again."""
        await self.db.close()
        try:
            return await restore(
                file, self.db.path, self.db.key, now, migrations=self.folder / "steps"
            )
        finally:
            await self.db.open()


@pytest.fixture(params=[True, False], ids=["cipher", "stock"])
async def house(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setattr(engine, "has_cipher", request.param)
    keys = Keys(tmp_path / "keys" / "keys.db", b"i" * 32, gate=False)
    await keys.open()
    key = keys.main if request.param else None
    steps = lay(tmp_path / "steps", SCHEMA)
    db = Database(tmp_path / "homegroup.db", key, migrations=steps, gate=False)
    await db.open()
    yield House(tmp_path, db, keys)
    await db.close()
    await keys.close()
