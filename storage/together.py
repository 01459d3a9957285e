"""What comes up while one unit is being kept is kept in the next, all of it together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from bot.core.work import Unit
from storage.units import Units

T = TypeVar("T")

MOST = 64
"""In one unit."""
APART = 0.005
"""Seconds between two units while there is always more: a flush to the disk costs as much for
many as for one."""


class Together(Generic[T]):
    """The same few statements for many cost hardly more than for one. `unit` makes them of all
    that are given; who fails among them fails alone."""

    def __init__(self, units: Units, unit: Callable[[Sequence[T]], Unit]) -> None:
        self._units, self._unit = units, unit
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._keeping: asyncio.Task[None] | None = None

    async def keep(self, one: T) -> None:
        """Raises what its own unit raised. A waiter that is cancelled does not take it back."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, kept))
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep())
        await kept

    async def _keep(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._keep_these(some)
                await asyncio.sleep(APART)
        finally:
            self._keeping = None

    async def _keep_these(self, some: list[tuple[T, asyncio.Future[None]]]) -> None:
        try:
            await self._units.commit(self._unit([one for one, _ in some]))
        except Exception as error:
            if len(some) > 1:
                await asyncio.gather(*(self._keep_these([each]) for each in some))
            elif not some[0][1].done():
                some[0][1].set_exception(error)
            return
        for _, kept in some:
            if not kept.done():
                kept.set_result(None)
