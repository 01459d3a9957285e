"""A clock that can be put forward, and goes on from there."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from time import monotonic


class MovedClock:
    """It shows `start` when it is made. Who sleeps by it wakes when it is put forward."""

    def __init__(self, start: datetime) -> None:
        self._at, self._since = start, monotonic()
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=monotonic() - self._since)

    def put(self, to: datetime) -> None:
        """Never back: what has happened stays so."""
        self._at, self._since = max(to, self.now()), monotonic()
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def sleep(self, seconds: float) -> None:
        until = self.now() + timedelta(seconds=seconds)
        while (left := (until - self.now()).total_seconds()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._moved.wait()
            except TimeoutError:
                return
