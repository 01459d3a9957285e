"""Reads of the same kind that are wanted in one turn of the loop are one read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.core.work import Value
from storage.database import Database, Row

Rows = dict[str, list[Row]]
"""By what they were looked up by."""


@dataclass(slots=True)
class _Turn:
    keys: dict[str, None] = field(default_factory=dict)
    read: asyncio.Task[Rows] | None = None


class Gathered:
    """What many that fall due together look up, each for itself, costs hardly more than for one.
    `sql` has `{keys}` where what is looked for goes, and `column` says which of it a row is for."""

    def __init__(self, db: Database, sql: str, column: str) -> None:
        self._db, self._sql, self._column = db, sql, column
        self._turn: _Turn | None = None

    async def rows(self, keys: Iterable[str]) -> Rows:
        """Also those of others who asked in the same turn."""
        turn = self._turn or _Turn()
        turn.keys.update(dict.fromkeys(keys))
        if turn.read is None:
            self._turn, turn.read = turn, asyncio.create_task(self._read(turn))
        return await asyncio.shield(turn.read)  # who is cancelled cancels nobody else

    async def _read(self, turn: _Turn) -> Rows:
        self._turn = None
        found: Rows = {key: [] for key in turn.keys}
        names, values = listed("k", list(turn.keys))
        if names:
            for row in await self._db.read(self._sql.format(keys=", ".join(names)), **values):
                found[row[self._column]].append(row)
        return found


def listed(name: str, values: Sequence[str]) -> tuple[list[str], dict[str, Value]]:
    """A name for each, and up to the next power of two for the last again: so there are few
    different statements, and SQLite need not read each anew."""
    if not values:
        return [], {}
    many = 1 << (len(values) - 1).bit_length()
    filled = [*values, *[values[-1]] * (many - len(values))]
    named: dict[str, Value] = {f"{name}{n}": value for n, value in enumerate(filled)}
    return [f":{name}" for name in named], named
