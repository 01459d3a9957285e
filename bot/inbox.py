"""Performs what platforms handed over: in order for each chat, several chats at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from bot.core.ports import Clock

log = logging.getLogger(__name__)

TOGETHER = 16
"""Updates performed at once."""
LOOK = 1.0
"""Seconds after which is looked again though nobody was woken: what failed may be tried again."""
PATIENCE = 60.0
"""Seconds for one update; less than the lease of its row."""


class Waiting(Protocol):
    """An update that was stored; `Origin.update` is its `ref`."""

    @property
    def ref(self) -> str: ...
    @property
    def door(self) -> str: ...
    @property
    def body(self) -> str: ...


W = TypeVar("W", bound=Waiting)
Took = TypeVar("Took", bound=Waiting, covariant=True)


class Inbox(Protocol[Took]):
    async def claim(self, now: datetime, most: int) -> Sequence[Took]:
        """The oldest of each chat, none where another is being performed."""
        ...

    async def settle(self, update: str) -> None:
        """Nothing more is to be done about it; the unit that performed it may have said so."""

    async def fail(self, update: str, now: datetime) -> None:
        """Once more later, or given up where the host can see it."""


async def run(
    inbox: Inbox[W], handle: Callable[[W], Awaitable[None]], clock: Clock, wake: asyncio.Event
) -> None:
    """Until cancelled. `wake` is set when something was stored. `handle` ends in `App.perform`
    and shows the answer; what it had begun when the process died is performed again."""
    running: dict[str, asyncio.Task[None]] = {}

    def over(update: str, _: asyncio.Task[None]) -> None:
        running.pop(update, None)
        wake.set()

    try:
        while True:
            wake.clear()
            if room := TOGETHER - len(running):
                for waiting in await inbox.claim(clock.now(), room):
                    if waiting.ref not in running:
                        task = asyncio.create_task(_perform(inbox, handle, waiting, clock))
                        running[waiting.ref] = task
                        task.add_done_callback(partial(over, waiting.ref))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):  # wait_for can lose a cancellation
                    await wake.wait()
    finally:
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)


async def _perform(
    inbox: Inbox[W], handle: Callable[[W], Awaitable[None]], waiting: W, clock: Clock
) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await handle(waiting)
        await inbox.settle(waiting.ref)
    except Exception:
        log.exception("inbox.update_failed")
        await inbox.fail(waiting.ref, clock.now())
