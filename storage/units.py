"""Closed units over two files: the keys first, on the way in and on the way out."""

from __future__ import annotations

import asyncio

from bot.core.errors import Conflict
from bot.core.work import LoseKey, NewKey, Unit, Write
from storage import engine
from storage.database import Database
from storage.keys import Keys


class Units:
    """A process that dies in between leaves a key without rows, or rows that nobody can read;
    both are swept at the next start."""

    def __init__(self, db: Database, keys: Keys) -> None:
        self._db, self._keys = db, keys
        self.wakes = {name: asyncio.Event() for name in ("clock", "inbox", "outbox")}
        """Set when a unit was kept that concerns them; whoever waits clears it."""

    async def commit(self, unit: Unit) -> None:
        """Keep all of the unit or none; raises Conflict when an expectation failed, or when
        what a row refers to is gone: whoever read it reads anew.

        A lost key is not found again then: who loses one has decided.
        """
        writes = [part for part in unit if isinstance(part, Write)]
        if len(writes) == len(unit):
            await self._kept(writes)
        else:
            await asyncio.shield(self._with_keys(unit, writes))
        for write in writes:
            if write.wakes:
                self.wakes[write.wakes].set()

    async def _with_keys(self, unit: Unit, writes: list[Write]) -> None:
        new = [part.owner for part in unit if isinstance(part, NewKey)]
        lost = [part.owner for part in unit if isinstance(part, LoseKey)]
        if new:
            await self._keys.keep(*new)
        if lost:
            await self._keys.lose(lost)
        await self._kept(writes)

    async def _kept(self, writes: list[Write]) -> None:
        try:
            await self._db.commit(writes)
        except engine.IntegrityError as error:
            if engine.refers_to_nothing(error):
                raise Conflict("what it refers to is gone") from None
            raise
