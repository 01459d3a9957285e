"""Does what storage committed: in order per destination, and knowing what it does not know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from time import monotonic

from bot.core.app import App
from bot.core.pacing import Gate, Pace
from bot.core.ports import Clock, Outbox, Paces, Platform
from bot.core.rooms import Limits
from bot.outbox.desk import Desk
from bot.outbox.window import WINDOW, Window

__all__ = ["Desk", "deliver", "gate", "run"]


SOON = 0.005
"""Seconds until a slot that is waited for is taken, at least: a gate makes up for as much, and
what goes together is begun in one unit."""


async def run(
    app: App,
    outbox: Outbox,
    doors: Mapping[str, Platform],
    clock: Clock,
    wake: asyncio.Event,
    gates: Mapping[str, Gate] | None = None,
    time: Callable[[], float] = monotonic,
) -> None:
    """Until cancelled. `wake` is set when something was queued. `gates`, by door, are handed in
    where an adapter counts on them too; `time` is theirs, in seconds."""
    paced = gates if gates is not None else {name: _gate(d) for name, d in doors.items()}
    desk = Desk(app, outbox, doors, paced, time)
    window = Window(desk, outbox, clock, time)
    hearing = asyncio.create_task(_hear(wake, window))
    try:
        while True:
            window.bell.clear()
            rest = max(min(window.fill(), window.start()), SOON)
            with suppress(TimeoutError):
                async with asyncio.timeout(rest):  # wait_for can lose a cancellation
                    await window.bell.wait()
    finally:
        hearing.cancel()
        await window.end()


async def deliver(app: App, outbox: Outbox, doors: Mapping[str, Platform], now: datetime) -> int:
    """All that can be done at this instant, at no pace; returns how many deeds were done."""
    desk, done = Desk(app, outbox, doors, {}, monotonic), 0
    while parcels := await outbox.claim(now, WINDOW):
        for parcel in parcels:
            done += await desk.take(parcel, now)
    return done


def gate(limits: Limits) -> Gate:
    return Gate(Pace(limits.per_second, limits.per_place, limits.per_minute))


async def _hear(wake: asyncio.Event, window: Window) -> None:
    """Apart from the window's own bell: what was queued is looked for at once."""
    while True:
        await wake.wait()
        wake.clear()
        window.asked = True
        window.bell.set()


def _gate(door: Platform) -> Gate:
    """Its own, where it counts on it too."""
    return door.gate if isinstance(door, Paces) else gate(door.limits)
